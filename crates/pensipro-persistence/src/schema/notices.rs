//! Templates and notices.

diesel::table! {
    notification_templates (id) {
        id -> BigInt,
        template_code -> Text,
        event -> Text,
        channel -> Text,
        title -> Text,
        body -> Text,
        is_active -> Bool,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        user_id -> Nullable<BigInt>,
        member_id -> Nullable<BigInt>,
        event -> Text,
        channel -> Text,
        title -> Text,
        body -> Text,
        outbox_id -> Nullable<BigInt>,
        read_at -> Nullable<Timestamp>,
        hidden_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        created_by -> Nullable<BigInt>,
    }
}
