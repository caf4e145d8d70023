-- Users, roles, sessions, settings, the installation's keys, and what requests and jobs leave behind.

-- Keys that seal and index personal data, each wrapped by the master key.
CREATE TABLE installation_keys (
    name TEXT NOT NULL,
    wrapped BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT installation_keys_name_key PRIMARY KEY (name)
);

-- Users belong to a branch or to a funder, so these two come first.
CREATE TABLE sales_branches (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    address TEXT,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT,
    CONSTRAINT sales_branches_code_key UNIQUE (code)
);

CREATE TABLE funders (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    contact TEXT,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT,
    CONSTRAINT funders_kind_check CHECK (kind IN ('bank', 'koperasi', 'multifinance')),
    CONSTRAINT funders_code_key UNIQUE (code)
);

CREATE TABLE sys_users (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    username TEXT NOT NULL,
    email TEXT NOT NULL,
    full_name TEXT NOT NULL,
    phone TEXT,
    password_hash TEXT NOT NULL,
    branch_id BIGINT REFERENCES sales_branches (id),
    funder_id BIGINT REFERENCES funders (id),
    is_active BOOLEAN NOT NULL,
    authz_version BIGINT NOT NULL,
    authz_changed_at TIMESTAMP,
    failed_attempts INTEGER NOT NULL DEFAULT 0,
    locked_until TIMESTAMP,
    last_login_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sys_users_failed_attempts_check CHECK (failed_attempts >= 0),
    CONSTRAINT sys_users_username_key UNIQUE (username),
    CONSTRAINT sys_users_email_key UNIQUE (email),
    CONSTRAINT sys_users_scope_check CHECK (branch_id IS NULL OR funder_id IS NULL)
);
CREATE INDEX sys_users_created_at_id_idx ON sys_users (created_at, id);
CREATE INDEX sys_users_authz_changed_at_idx ON sys_users (authz_changed_at);
CREATE INDEX sys_users_branch_id_idx ON sys_users (branch_id);
CREATE INDEX sys_users_funder_id_idx ON sys_users (funder_id);

CREATE TABLE sys_roles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    role_name TEXT NOT NULL,
    description TEXT,
    is_active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sys_roles_role_name_key UNIQUE (role_name)
);

CREATE TABLE sys_permissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    permission_code TEXT NOT NULL,
    description TEXT,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT sys_permissions_permission_code_key UNIQUE (permission_code)
);

CREATE TABLE sys_role_permissions (
    role_id BIGINT NOT NULL REFERENCES sys_roles (id),
    permission_id BIGINT NOT NULL REFERENCES sys_permissions (id),
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT sys_role_permissions_role_id_permission_id_key PRIMARY KEY (role_id, permission_id)
);
CREATE INDEX sys_role_permissions_permission_id_idx ON sys_role_permissions (permission_id);

CREATE TABLE sys_user_roles (
    user_id BIGINT NOT NULL REFERENCES sys_users (id),
    role_id BIGINT NOT NULL REFERENCES sys_roles (id),
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sys_user_roles_user_id_role_id_key PRIMARY KEY (user_id, role_id)
);
CREATE INDEX sys_user_roles_role_id_idx ON sys_user_roles (role_id);

CREATE TABLE sys_modules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    module_code TEXT NOT NULL,
    name TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT sys_modules_module_code_key UNIQUE (module_code)
);

-- The two parts of a refresh token are stored as SHA-256.
CREATE TABLE sys_user_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES sys_users (id),
    refresh_family BLOB NOT NULL,
    refresh_once BLOB NOT NULL,
    ip_address TEXT,
    device_info TEXT,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expired_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    end_reason TEXT,
    CONSTRAINT sys_user_sessions_end_reason_check CHECK (end_reason IN ('logout', 'reuse', 'forced', 'password_changed')),
    CONSTRAINT sys_user_sessions_refresh_family_key UNIQUE (refresh_family),
    CONSTRAINT sys_user_sessions_ended_check CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sys_user_sessions_user_id_id_idx ON sys_user_sessions (user_id, id);
CREATE INDEX sys_user_sessions_ended_at_idx ON sys_user_sessions (ended_at);

CREATE TABLE sys_configurations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    config_key TEXT NOT NULL,
    config_value TEXT NOT NULL,
    value_type TEXT NOT NULL,
    description TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sys_configurations_value_type_check CHECK (value_type IN ('string', 'integer', 'decimal', 'boolean', 'json')),
    CONSTRAINT sys_configurations_config_key_key UNIQUE (config_key)
);

-- Answers to requests that must have their effect once, sealed.
CREATE TABLE idempotency_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT NOT NULL REFERENCES sys_users (id),
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    CONSTRAINT idempotency_keys_user_id_key_key UNIQUE (user_id, key)
);
CREATE INDEX idempotency_keys_expires_at_id_idx ON idempotency_keys (expires_at, id);

-- Jobs that must run once at a time hold a row.
CREATE TABLE job_leases (
    job TEXT NOT NULL,
    holder TEXT NOT NULL,
    heartbeat_at TIMESTAMP NOT NULL,
    cursor TEXT,
    taken_at TIMESTAMP NOT NULL,
    CONSTRAINT job_leases_job_key PRIMARY KEY (job)
);
