//! Applications, their pre-checks, analyses and committee decisions.

diesel::table! {
    applications (id) {
        id -> BigInt,
        member_id -> BigInt,
        product_id -> BigInt,
        sales_id -> Nullable<BigInt>,
        branch_id -> Nullable<BigInt>,
        plafon -> BigInt,
        tenor -> Integer,
        purpose -> Nullable<Text>,
        other_obligations -> BigInt,
        terms -> Text,
        status -> Text,
        reason -> Nullable<Text>,
        entered_on -> Date,
        approved_on -> Nullable<Date>,
        due_level -> Nullable<Integer>,
        waiting_since -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        takeover_institution -> Nullable<Text>,
        takeover_payoff -> Nullable<BigInt>,
        takeover_reference -> Nullable<Text>,
        topup_loan_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    application_docs (id) {
        id -> BigInt,
        application_id -> BigInt,
        kind -> Text,
        file_key -> Text,
        content_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
        uploaded_at -> Timestamp,
        uploaded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    precheck_results (id) {
        id -> BigInt,
        application_id -> BigInt,
        passed -> Bool,
        rules -> Text,
        checked_at -> Timestamp,
        checked_by -> Nullable<BigInt>,
        occasion -> Text,
    }
}

diesel::table! {
    analysis (id) {
        id -> BigInt,
        application_id -> BigInt,
        income -> BigInt,
        other_obligations -> BigInt,
        dsr -> Nullable<BigInt>,
        risk_score -> Integer,
        recommendation -> Text,
        notes -> Text,
        analysed_at -> Timestamp,
        analysed_by -> Nullable<BigInt>,
        score -> Nullable<Text>,
    }
}

diesel::table! {
    committee_decisions (id) {
        id -> BigInt,
        application_id -> BigInt,
        level -> Integer,
        decision -> Text,
        notes -> Nullable<Text>,
        decided_at -> Timestamp,
        decided_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    committee_recusals (application_id, user_id) {
        application_id -> BigInt,
        user_id -> BigInt,
        level -> Integer,
        reason -> Text,
        recused_at -> Timestamp,
    }
}

diesel::table! {
    committee_deadlines (application_id, waiting_since) {
        application_id -> BigInt,
        waiting_since -> Timestamp,
        told_at -> Timestamp,
    }
}

diesel::table! {
    application_conditions (id) {
        id -> BigInt,
        application_id -> BigInt,
        decision_id -> BigInt,
        text -> Text,
        met_at -> Nullable<Timestamp>,
        met_by -> Nullable<BigInt>,
        notes -> Nullable<Text>,
    }
}
