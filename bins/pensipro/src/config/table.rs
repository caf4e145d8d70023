//! Every setting once: name, default, meaning.

/// A setting. In the environment it is `PENSIPRO_` and its key in capitals; in the file its key.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// Its default; empty where there is none.
    pub default: &'static str,
    /// Never printed.
    pub is_secret: bool,
    /// What it does.
    pub meaning: &'static str,
}

const fn setting(key: &'static str, default: &'static str, meaning: &'static str) -> Setting {
    Setting { key, default, is_secret: false, meaning }
}

const fn secret(key: &'static str, meaning: &'static str) -> Setting {
    Setting { key, default: "", is_secret: true, meaning }
}

/// The environment's name of a setting.
pub(super) fn variable(key: &str) -> String {
    format!("PENSIPRO_{}", key.to_uppercase())
}

/// Every setting.
#[rustfmt::skip]
pub const SETTINGS: &[Setting] = &[
    setting("database_url", "sqlite://data/pensipro.db", "the database: sqlite://file or postgres://…"),
    setting("bind", "127.0.0.1:8008", "address and port to listen on"),
    setting("data_dir", "data", "folder of uploaded files and kept secrets"),
    setting("s3_bucket", "", "keeps uploaded files in this bucket instead of the data folder"),
    setting("s3_endpoint", "", "server of the bucket, https://… or http://…; none: Amazon's"),
    setting("s3_region", "ap-southeast-3", "region that requests to the bucket are signed for"),
    setting("s3_access_key", "", "name of the key to the bucket"),
    secret("s3_secret_key", "the key to the bucket"),
    setting("migrate", "true", "bring the schema up at the start"),
    secret("admin_password", "password of the first administrator; without it one is made and printed once"),
    secret("jwt_secret", "signs tokens with HS256, at least 32 bytes; made and kept in the data folder"),
    setting("jwt_private_key", "", "PEM file of an RSA key of at least 2048 bits; signs tokens with RS256"),
    setting("jwt_verify_keys", "", "PEM files, comma-separated, of RSA keys that check tokens beside it: the last one, the next one"),
    secret("master_key", "wraps the data keys: 32 bytes as 64 hexadecimal digits; made and kept in the data folder"),
    secret("master_key_next", "the master key that is to follow, likewise; `pensipro keys rotate` lets it"),
    setting("business_date", "", "pins the business day, YYYY-MM-DD"),
    setting("timezone", "Asia/Jakarta", "zone of the business day"),
    setting("end_of_day_at", "00:30", "time of the day from which the day before is brought to its end, HH:MM, or off"),
    setting("workers", "2", "threads that serve connections, 1 to 256"),
    setting("connections", "8", "database connections, 1 to 1000; on SQLite those that read"),
    setting("queue_timeout_ms", "800", "wait for a free connection before 503, 10 to 2000"),
    setting("request_timeout_seconds", "25", "time that the database has for one request"),
    setting("body_timeout_seconds", "30", "time to send a JSON body; of an upload, without progress"),
    setting("shutdown_timeout_seconds", "30", "time that running requests have after SIGTERM"),
    setting("json_max_bytes", "1048576", "size of a JSON body"),
    setting("trusted_proxies", "", "addresses, comma-separated, whose X-Forwarded-For counts"),
    setting("cors_origins", "", "origins, comma-separated, that browsers may call from; none: closed"),
    setting("bcrypt_cost", "12", "cost of a password's hash, 4 to 16"),
    setting("hash_threads", "2", "passwords hashed at once"),
    setting("login_failures_per_minute", "30", "failed sign-ins of one address a minute before 429"),
    setting("access_log_buffer", "10000", "readings of members that wait to be written, 1 to 1000000; beyond them reading answers 503"),
    setting("smtp_host", "", "mail server; none: no e-mail"),
    setting("smtp_port", "587", "its port"),
    setting("smtp_tls", "starttls", "how the connection to it is secured: starttls, tls, or none for a server on this machine"),
    setting("smtp_authorities", "", "file of certificates, PEM, by which the mail server's may be signed, beside those that the machine trusts"),
    setting("smtp_user", "", "who signs in there; none: nobody"),
    secret("smtp_password", "his password"),
    setting("smtp_from", "", "who sends e-mail: koperasi@example.id, or Koperasi <koperasi@example.id>"),
    setting("gateway_url", "", "gateway of WhatsApp and text messages; none: neither"),
    secret("gateway_token", "the bearer token that it knows us by"),
    setting("gateway_channels", "whatsapp,sms", "what goes through it, comma-separated"),
    setting("private_receivers", "false", "lets gateway and webhooks listen by http and at private addresses"),
    setting("delivery_timeout_seconds", "15", "time that a mail server, a gateway or a webhook has to take a message, 1 to 60"),
    setting("slow_query_ms", "500", "statements and transactions that take so long are told of in the log, 0 to 600000; 0: none"),
    setting("log_format", "text", "how lines of the log are written: text, or json"),
    setting("log", "info", "what is logged: error, warn, info, debug, or a filter by module"),
];
