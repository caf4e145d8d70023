//! Members and those who look after them.

diesel::table! {
    sales (id) {
        id -> BigInt,
        branch_id -> BigInt,
        user_id -> Nullable<BigInt>,
        code -> Text,
        name -> Text,
        name_search -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
        commission_pct -> BigInt,
        is_active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    sales_visits (id) {
        id -> BigInt,
        sales_id -> BigInt,
        branch_id -> BigInt,
        visited_on -> Date,
        member_id -> Nullable<BigInt>,
        prospect_name -> Nullable<Text>,
        prospect_search -> Nullable<Text>,
        result -> Text,
        notes -> Nullable<Text>,
        next_action_on -> Nullable<Date>,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    sales_targets (id) {
        id -> BigInt,
        sales_id -> Nullable<BigInt>,
        branch_id -> Nullable<BigInt>,
        periode -> Text,
        target_amount -> BigInt,
        target_count -> Integer,
        status -> Text,
        set_by -> Nullable<BigInt>,
        approved_by -> Nullable<BigInt>,
        approved_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    sales_commissions (id) {
        id -> BigInt,
        sales_id -> BigInt,
        branch_id -> BigInt,
        loan_id -> Nullable<BigInt>,
        kind -> Text,
        disbursement_id -> Nullable<BigInt>,
        plafon -> Nullable<BigInt>,
        commission_pct -> Nullable<BigInt>,
        corrects -> Nullable<BigInt>,
        periode -> Text,
        amount -> BigInt,
        reason -> Nullable<Text>,
        status -> Text,
        paid_on -> Nullable<Date>,
        payroll_periode -> Nullable<Text>,
        reference -> Nullable<Text>,
        paid_by -> Nullable<BigInt>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    members (id) {
        id -> BigInt,
        nik -> Nullable<Binary>,
        nik_sealed -> Nullable<Binary>,
        no_pensiun -> Nullable<Binary>,
        no_pensiun_sealed -> Nullable<Binary>,
        name -> Text,
        name_search -> Text,
        birth_place -> Nullable<Text>,
        birth_date -> Nullable<Date>,
        sex -> Nullable<Text>,
        address -> Nullable<Text>,
        payer -> Text,
        pay_office -> Nullable<Text>,
        rank -> Nullable<Text>,
        sk_number -> Nullable<Text>,
        sk_date -> Nullable<Date>,
        monthly_benefit -> BigInt,
        status -> Text,
        deceased_on -> Nullable<Date>,
        death_recorded_by -> Nullable<BigInt>,
        sales_id -> Nullable<BigInt>,
        branch_id -> Nullable<BigInt>,
        deleted_at -> Nullable<Timestamp>,
        anonymised_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_keys (member_id) {
        member_id -> BigInt,
        wrapped -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    member_contacts (id) {
        id -> BigInt,
        member_id -> BigInt,
        kind -> Text,
        value_sealed -> Binary,
        name_sealed -> Nullable<Binary>,
        relation -> Nullable<Text>,
        is_primary -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_bank_accounts (id) {
        id -> BigInt,
        member_id -> BigInt,
        bank_code -> Text,
        bank_name -> Text,
        account_number -> Binary,
        account_number_sealed -> Binary,
        account_name_sealed -> Binary,
        is_default -> Bool,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_documents (id) {
        id -> BigInt,
        member_id -> BigInt,
        kind -> Text,
        file_key -> Text,
        content_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
        status -> Text,
        reviewed_by -> Nullable<BigInt>,
        reviewed_at -> Nullable<Timestamp>,
        reason -> Nullable<Text>,
        uploaded_at -> Timestamp,
        uploaded_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_intakes (id) {
        id -> BigInt,
        mode -> Text,
        sent_from -> Nullable<BigInt>,
        branch_id -> Nullable<BigInt>,
        sales_id -> Nullable<BigInt>,
        sha256 -> Binary,
        spool_key -> Nullable<Text>,
        status -> Text,
        rows -> Integer,
        last_row -> Integer,
        registered -> Integer,
        acceptable -> Integer,
        present -> Integer,
        refused -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_intake_rows (intake_id, row_no) {
        intake_id -> BigInt,
        row_no -> Integer,
        verdict -> Text,
        member_id -> Nullable<BigInt>,
        faults -> Nullable<Text>,
    }
}

diesel::table! {
    consent_texts (id) {
        id -> BigInt,
        code -> Text,
        version -> Integer,
        title -> Text,
        body -> Text,
        sha256 -> Binary,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    member_consents (id) {
        id -> BigInt,
        member_id -> BigInt,
        text_id -> BigInt,
        channel -> Text,
        given_at -> Timestamp,
        taken_by -> Nullable<BigInt>,
        withdrawn_at -> Nullable<Timestamp>,
        withdrawn_by -> Nullable<BigInt>,
        withdrawal_channel -> Nullable<Text>,
        reason_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    files_to_remove (file_key) {
        file_key -> Text,
        created_at -> Timestamp,
    }
}
