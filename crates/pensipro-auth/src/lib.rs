//! Users, roles, permissions, sessions, modules, configuration.
