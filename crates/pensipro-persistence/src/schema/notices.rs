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

diesel::table! {
    notification_deliveries (id) {
        id -> BigInt,
        channel -> Text,
        lane -> BigInt,
        event -> Text,
        notification_id -> Nullable<BigInt>,
        sales_id -> Nullable<BigInt>,
        funder_id -> Nullable<BigInt>,
        outbox_id -> Nullable<BigInt>,
        title -> Nullable<Text>,
        body -> Nullable<Text>,
        status -> Text,
        tries -> Integer,
        available_at -> Timestamp,
        claim -> Nullable<BigInt>,
        last_error -> Nullable<Text>,
        sent_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    webhooks (id) {
        id -> BigInt,
        url -> Text,
        events -> Text,
        secret -> Nullable<Binary>,
        is_active -> Bool,
        ended_at -> Nullable<Timestamp>,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        created_by -> Nullable<BigInt>,
        previous_secrets -> Nullable<Binary>,
    }
}

diesel::table! {
    member_preferences (member_id) {
        member_id -> BigInt,
        switched_off -> Text,
        version -> BigInt,
        updated_at -> Timestamp,
        updated_by -> Nullable<BigInt>,
    }
}
