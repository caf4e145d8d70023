//! The audit trail, exceptions, the outbox and job runs.

diesel::table! {
    audit_trails (id) {
        id -> BigInt,
        actor_id -> Nullable<BigInt>,
        session_id -> Nullable<BigInt>,
        action -> Text,
        ref_table -> Text,
        ref_id -> BigInt,
        subject_id -> Nullable<BigInt>,
        old_value -> Nullable<Text>,
        old_personal -> Nullable<Binary>,
        new_value -> Nullable<Text>,
        new_personal -> Nullable<Binary>,
        ip -> Nullable<Text>,
        request_id -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    audit_seals (seal_no) {
        seal_no -> BigInt,
        count -> BigInt,
        root -> Binary,
        previous -> Binary,
        sealed_at -> Timestamp,
    }
}

diesel::table! {
    audit_seal_entries (audit_id) {
        audit_id -> BigInt,
        seal_no -> BigInt,
        row_hash -> Binary,
    }
}

diesel::table! {
    access_logs (id) {
        id -> BigInt,
        user_id -> Nullable<BigInt>,
        member_id -> BigInt,
        action -> Text,
        ip -> Nullable<Text>,
        request_id -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    exception_logs (id) {
        id -> BigInt,
        severity -> Text,
        source -> Text,
        message -> Text,
        payload -> Text,
        member_id -> Nullable<BigInt>,
        personal -> Nullable<Binary>,
        request_id -> Nullable<Text>,
        created_at -> Timestamp,
        resolved_by -> Nullable<BigInt>,
        resolved_at -> Nullable<Timestamp>,
        note -> Nullable<Text>,
        ref_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        event -> Text,
        ref_table -> Text,
        ref_id -> BigInt,
        member_id -> Nullable<BigInt>,
        params -> Text,
        attempts -> Integer,
        available_at -> Timestamp,
        delivered_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    job_runs (id) {
        id -> BigInt,
        job -> Text,
        business_date -> Date,
        run_on -> Date,
        status -> Text,
        result -> Text,
        started_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    aging_reports (id) {
        id -> BigInt,
        periode -> Text,
        grouped_by -> Text,
        is_total -> Bool,
        group_id -> Nullable<BigInt>,
        group_name -> Nullable<Text>,
        bucket -> Text,
        loans -> BigInt,
        outstanding -> BigInt,
        branch_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    quality_reports (id) {
        id -> BigInt,
        periode -> Text,
        kind -> Text,
        mark -> BigInt,
        loans -> BigInt,
        outstanding -> BigInt,
        provision -> BigInt,
        rate -> Nullable<BigInt>,
        branch_id -> Nullable<BigInt>,
        grouped_by -> Text,
        is_total -> Bool,
        group_id -> Nullable<BigInt>,
        group_name -> Nullable<Text>,
    }
}
