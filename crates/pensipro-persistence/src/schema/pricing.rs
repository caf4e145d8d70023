//! Loan products with their fees and penalty rules.

diesel::table! {
    loan_products (id) {
        id -> BigInt,
        code -> Text,
        name -> Text,
        name_search -> Text,
        plafon_min -> BigInt,
        plafon_max -> BigInt,
        plafon_step -> BigInt,
        tenor_min -> Integer,
        tenor_max -> Integer,
        dsr_limit -> BigInt,
        umur_maksimal -> Integer,
        max_benefit_pct -> BigInt,
        interest_rate -> BigInt,
        method -> Text,
        day_count -> Text,
        rounding -> Text,
        instalment_unit -> Text,
        interest_unit -> Text,
        last_instalment -> Text,
        principal_grace -> Integer,
        broken_period -> Text,
        due_day -> Nullable<Integer>,
        allocation_order -> Text,
        max_active_loans -> Integer,
        freeze_interest_on_death -> Bool,
        funder_id -> Nullable<BigInt>,
        is_active -> Bool,
        valid_from -> Nullable<Date>,
        valid_to -> Nullable<Date>,
        interest_cap_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_fees (id) {
        id -> BigInt,
        product_id -> BigInt,
        kind -> Text,
        basis -> Text,
        value -> Text,
        collection -> Text,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    penalty_rules (id) {
        id -> BigInt,
        product_id -> BigInt,
        kind -> Text,
        basis -> Text,
        value -> Text,
        steps -> Text,
        grace_days -> Integer,
        cap_pct -> Nullable<BigInt>,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        ended_at -> Nullable<Timestamp>,
    }
}
