//! Contracts with funders, and their shares of loans.

diesel::table! {
    funder_contracts (id) {
        id -> BigInt,
        funder_id -> BigInt,
        number -> Text,
        scheme -> Text,
        share_pct -> BigInt,
        sharing -> Text,
        interest_share_pct -> Nullable<BigInt>,
        funder_rate -> Nullable<BigInt>,
        fee_originator_pct -> BigInt,
        fee_originator_base -> Text,
        fee_servicing_pct -> BigInt,
        fee_servicing_base -> Text,
        fee_servicing_minimum -> Nullable<BigInt>,
        exposure_limit -> Nullable<BigInt>,
        valid_from -> Date,
        valid_to -> Date,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    funder_allocations (id) {
        id -> BigInt,
        loan_id -> BigInt,
        funder_id -> BigInt,
        contract_id -> BigInt,
        kind -> Text,
        principal -> BigInt,
        valid_from -> Date,
        ended_on -> Nullable<Date>,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}
