//! Contracts with funders, their shares of loans, and what is settled with them.

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
        allocated -> BigInt,
        document_key -> Nullable<Text>,
        document_type -> Nullable<Text>,
        document_size -> Nullable<BigInt>,
        document_sha256 -> Nullable<Binary>,
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
        ended_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    funder_settlements (id) {
        id -> BigInt,
        funder_id -> BigInt,
        periode -> Text,
        status -> Text,
        booked_through -> Date,
        open_month -> Bool,
        follows -> Nullable<BigInt>,
        months -> Integer,
        ppn_pct -> BigInt,
        pph23_pct -> BigInt,
        cursor -> Nullable<BigInt>,
        lines -> Integer,
        paid_principal -> BigInt,
        paid_interest -> BigInt,
        principal -> BigInt,
        interest_on_share -> BigInt,
        interest -> BigInt,
        fee_originator -> BigInt,
        fee_servicing -> BigInt,
        ppn -> BigInt,
        pph23 -> BigInt,
        corrections -> Text,
        generated_at -> Timestamp,
        generated_by -> Nullable<BigInt>,
        finalised_at -> Nullable<Timestamp>,
        finalised_by -> Nullable<BigInt>,
        paid_at -> Nullable<Timestamp>,
        paid_by -> Nullable<BigInt>,
        version -> BigInt,
    }
}

diesel::table! {
    funder_settlement_contracts (settlement_id, contract_id) {
        settlement_id -> BigInt,
        contract_id -> BigInt,
        paid_principal -> BigInt,
        paid_interest -> BigInt,
        principal -> BigInt,
        interest_on_share -> BigInt,
        interest -> BigInt,
        fee_originator -> BigInt,
        fee_servicing -> BigInt,
    }
}

diesel::table! {
    funder_settlement_lines (settlement_id, no) {
        settlement_id -> BigInt,
        no -> Integer,
        contract_id -> BigInt,
        loan_id -> Nullable<BigInt>,
        transaction_id -> Nullable<BigInt>,
        kind -> Text,
        corrects -> Nullable<BigInt>,
        paid_principal -> BigInt,
        paid_interest -> BigInt,
        principal -> BigInt,
        interest_on_share -> BigInt,
        interest -> BigInt,
        origination -> BigInt,
        fee_originator -> BigInt,
        fee_servicing -> BigInt,
    }
}
