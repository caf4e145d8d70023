//! Use cases that cross modules.
