//! Loan accounts: inputs, and what the fold made of them.

diesel::table! {
    loans (id) {
        id -> BigInt,
        application_id -> BigInt,
        member_id -> BigInt,
        product_id -> BigInt,
        sales_id -> Nullable<BigInt>,
        branch_id -> Nullable<BigInt>,
        plafon -> BigInt,
        tenor -> Integer,
        approved_on -> Date,
        status -> Text,
        collection -> Text,
        disbursed_on -> Nullable<Date>,
        first_due_date -> Date,
        maturity_date -> Date,
        state_on -> Nullable<Date>,
        state_rank -> Nullable<Integer>,
        state_id -> Nullable<BigInt>,
        closed_on -> Nullable<Date>,
        default_since -> Nullable<Date>,
        default_by_hand_since -> Nullable<Date>,
        deceased_on -> Nullable<Date>,
        frozen_on -> Nullable<Date>,
        settled_on -> Nullable<Date>,
        written_off_on -> Nullable<Date>,
        excess -> BigInt,
        due_from_member -> BigInt,
        deposit -> BigInt,
        loan_penalty -> BigInt,
        discount -> BigInt,
        oldest_unpaid_due -> Nullable<Date>,
        principal -> BigInt,
        interest -> BigInt,
        fee -> BigInt,
        penalty -> BigInt,
        touched_through -> Date,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_terms (loan_id) {
        loan_id -> BigInt,
        terms -> Text,
        made_by -> BigInt,
        plan -> Binary,
    }
}

diesel::table! {
    loan_schedules (loan_id, made_by, no) {
        loan_id -> BigInt,
        made_by -> BigInt,
        no -> Integer,
        starts_on -> Date,
        due_date -> Date,
        principal -> BigInt,
        interest -> BigInt,
        fee -> BigInt,
        principal_paid -> BigInt,
        interest_paid -> BigInt,
        fee_paid -> BigInt,
        penalty_paid -> BigInt,
        interest_waived -> BigInt,
        fee_waived -> BigInt,
        penalty_waived -> BigInt,
        penalty_charged -> BigInt,
        tolerated -> BigInt,
        counted_sen_days -> BigInt,
        counted_base -> BigInt,
        held_sen_days -> BigInt,
        held_base -> BigInt,
        cut_failed_on -> Nullable<Date>,
        state -> Text,
        is_open -> Bool,
    }
}

diesel::table! {
    loan_transactions (id) {
        id -> BigInt,
        loan_id -> BigInt,
        kind -> Text,
        effective_on -> Date,
        booked_on -> Date,
        amount -> Nullable<BigInt>,
        due_from -> Nullable<Date>,
        due_through -> Nullable<Date>,
        tolerance -> Nullable<BigInt>,
        excess_to -> Nullable<Text>,
        paid_as -> Nullable<Text>,
        deposit -> Nullable<BigInt>,
        details -> Nullable<Text>,
        reverses -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_payments (id) {
        id -> BigInt,
        loan_id -> BigInt,
        paid_on -> Date,
        amount -> BigInt,
        channel -> Text,
        reference -> Nullable<Text>,
        source_line -> Nullable<BigInt>,
        cut_periode -> Nullable<Text>,
        reversed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_disbursements (id) {
        id -> BigInt,
        loan_id -> BigInt,
        disbursed_on -> Date,
        amount -> BigInt,
        charges -> Text,
        upfront_fees -> BigInt,
        deposit -> BigInt,
        net_amount -> BigInt,
        account_id -> BigInt,
        reference -> Nullable<Text>,
        reversed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_disbursement_sources (disbursement_id, no) {
        disbursement_id -> BigInt,
        no -> Integer,
        funder_id -> Nullable<BigInt>,
        contract_id -> Nullable<BigInt>,
        amount -> BigInt,
    }
}

diesel::table! {
    loan_transaction_allocations (transaction_id, caused_by, made_by, no, component) {
        transaction_id -> BigInt,
        caused_by -> BigInt,
        made_by -> BigInt,
        no -> Integer,
        component -> Text,
        amount -> BigInt,
        booked_on -> Date,
        loan_id -> BigInt,
    }
}

diesel::table! {
    loan_settlements (id) {
        id -> BigInt,
        loan_id -> BigInt,
        payment_id -> Nullable<BigInt>,
        settled_on -> Date,
        principal -> BigInt,
        interest_due -> BigInt,
        interest_running -> BigInt,
        prepaid_interest -> BigInt,
        penalty -> BigInt,
        fee -> BigInt,
        due_from_member -> BigInt,
        early_penalty -> BigInt,
        deposit -> BigInt,
        discount -> BigInt,
        total -> BigInt,
        reversed_by -> Nullable<BigInt>,
        netted_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_restructures (id) {
        id -> BigInt,
        loan_id -> BigInt,
        status -> Text,
        effective_on -> Date,
        extra_months -> Integer,
        new_rate -> Nullable<BigInt>,
        holiday_months -> Nullable<Integer>,
        holiday -> Nullable<Text>,
        arrears -> Text,
        reason -> Text,
        preview -> Text,
        requested_on -> Date,
        decided_on -> Nullable<Date>,
        decided_by -> Nullable<BigInt>,
        notes -> Nullable<Text>,
        transaction_id -> Nullable<BigInt>,
        reversed_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    accounting_periods (periode) {
        periode -> Text,
        status -> Text,
        closed_at -> Nullable<Timestamp>,
        closed_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    loan_month_ends (day, loan_id) {
        day -> Date,
        loan_id -> BigInt,
        dpd -> Integer,
        kolektibilitas -> Integer,
        outstanding -> BigInt,
    }
}

diesel::table! {
    loan_month_end_gaps (day, loan_id) {
        day -> Date,
        loan_id -> BigInt,
    }
}

diesel::table! {
    loan_month_end_bounds (day) {
        day -> Date,
        current_days -> Integer,
        special_mention_days -> Integer,
        substandard_days -> Integer,
        doubtful_days -> Integer,
    }
}

diesel::table! {
    loan_reminders (loan_id, due_date, dpd) {
        loan_id -> BigInt,
        due_date -> Date,
        dpd -> Integer,
        told_on -> Date,
    }
}
