//! Users, roles, sessions, settings, the installation's keys, and what requests and jobs leave behind.

diesel::table! {
    installation_keys (name) {
        name -> Text,
        wrapped -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sales_branches (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        name_search -> Text,
        address -> Nullable<Text>,
        is_active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    funders (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        kind -> Text,
        contact -> Nullable<Text>,
        is_active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    sys_users (id) {
        id -> BigInt,
        username -> Text,
        email -> Text,
        full_name -> Text,
        phone -> Nullable<Text>,
        password_hash -> Text,
        branch_id -> Nullable<BigInt>,
        funder_id -> Nullable<BigInt>,
        is_active -> Bool,
        authz_version -> BigInt,
        authz_changed_at -> Nullable<Timestamp>,
        failed_attempts -> Integer,
        locked_until -> Nullable<Timestamp>,
        last_login_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    sys_roles (id) {
        id -> BigInt,
        role_name -> Text,
        description -> Nullable<Text>,
        is_active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    sys_permissions (id) {
        id -> BigInt,
        permission_code -> Text,
        description -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sys_role_permissions (role_id, permission_id) {
        role_id -> BigInt,
        permission_id -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::table! {
    sys_user_roles (user_id, role_id) {
        user_id -> BigInt,
        role_id -> BigInt,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    sys_modules (id) {
        id -> BigInt,
        module_code -> Text,
        name -> Text,
        is_active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sys_user_sessions (id) {
        id -> BigInt,
        user_id -> BigInt,
        refresh_family -> Binary,
        refresh_once -> Binary,
        ip_address -> Nullable<Text>,
        device_info -> Nullable<Text>,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expired_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    sys_configurations (id) {
        id -> BigInt,
        config_key -> Text,
        config_value -> Text,
        value_type -> Text,
        description -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        updated_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    idempotency_keys (id) {
        id -> BigInt,
        user_id -> BigInt,
        key -> Text,
        fingerprint -> Binary,
        answer -> Binary,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    job_leases (job) {
        job -> Text,
        holder -> Text,
        heartbeat_at -> Timestamp,
        cursor -> Nullable<Text>,
        taken_at -> Timestamp,
    }
}
