//! The outside world but the database: file stores.
