//! The pension cut: exports, realisation files, refunds.

diesel::table! {
    payer_profiles (id) {
        id -> BigInt,
        code -> Text,
        definition -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    pension_cut_exports (id) {
        id -> BigInt,
        periode -> Text,
        payer -> Text,
        pay_office -> Text,
        arrears -> Text,
        tolerance -> BigInt,
        profile -> Text,
        status -> Text,
        cursor -> Nullable<BigInt>,
        lines -> Integer,
        left_out -> Integer,
        total_amount -> BigInt,
        replaces -> Nullable<BigInt>,
        reason -> Nullable<Text>,
        sent_on -> Nullable<Date>,
        sent_note -> Nullable<Text>,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        approved_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    pension_cut_export_lines (export_id, line_no) {
        export_id -> BigInt,
        line_no -> Integer,
        periode -> Text,
        loan_id -> BigInt,
        member_id -> BigInt,
        instalment_no -> Integer,
        due_date -> Date,
        due_from -> Date,
        made_on -> Date,
        amount -> BigInt,
        is_live -> Bool,
        outcome -> Nullable<Text>,
        reason -> Nullable<Text>,
        paid -> BigInt,
        import_id -> Nullable<BigInt>,
        import_line_no -> Nullable<Integer>,
    }
}

diesel::table! {
    pension_cut_export_rows (export_id, line_no, made_by, no) {
        export_id -> BigInt,
        line_no -> Integer,
        made_by -> BigInt,
        no -> Integer,
        loan_id -> BigInt,
        due_date -> Date,
        amount -> BigInt,
        hold_after -> Date,
        hold_until -> Date,
    }
}

diesel::table! {
    pension_cut_export_left_out (export_id, loan_id) {
        export_id -> BigInt,
        loan_id -> BigInt,
        reason -> Text,
        held_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    pension_cut_imports (id) {
        id -> BigInt,
        payer -> Text,
        periode -> Text,
        profile -> Text,
        paid_on -> Date,
        tolerance -> BigInt,
        sha256 -> Binary,
        bytes -> BigInt,
        spool_key -> Nullable<Text>,
        status -> Text,
        lines -> Integer,
        lines_done -> Integer,
        last_line -> Integer,
        summary -> Text,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        approved_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    pension_cut_import_lines (import_id, line_no) {
        import_id -> BigInt,
        line_no -> Integer,
        periode -> Text,
        own_periode -> Nullable<Text>,
        reference_periode -> Nullable<Text>,
        reference_loan_id -> Nullable<BigInt>,
        key_base -> Nullable<Binary>,
        key_occurrence -> Nullable<Integer>,
        claims_key -> Bool,
        given -> Nullable<Binary>,
        amount -> Nullable<BigInt>,
        billed -> BigInt,
        difference -> BigInt,
        outcome -> Text,
        reason -> Nullable<Text>,
        applied -> BigInt,
        to_refund -> BigInt,
        held -> BigInt,
        export_id -> Nullable<BigInt>,
        export_line_no -> Nullable<Integer>,
        loan_id -> Nullable<BigInt>,
        member_id -> Nullable<BigInt>,
        payment_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    refund_requests (id) {
        id -> BigInt,
        member_id -> BigInt,
        loan_id -> BigInt,
        amount -> BigInt,
        transaction_id -> BigInt,
        status -> Text,
        notes -> Nullable<Text>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        approved_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    billing_retries (id) {
        id -> BigInt,
        from_periode -> Text,
        payer -> Text,
        status -> Text,
        through -> Nullable<BigInt>,
        retried -> BigInt,
        matched -> BigInt,
        duplicate -> BigInt,
        created_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}
