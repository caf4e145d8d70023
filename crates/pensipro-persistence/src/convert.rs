//! Between what columns hold and what modules hold.

use std::{net::IpAddr, str::FromStr};

use chrono::{DateTime, NaiveDateTime, Utc};
use pensipro_kernel::StorageError;
use pensipro_members::{Sha256, StoredFile};
use serde::{Serialize, de::DeserializeOwned};

/// The time of a column, which is UTC.
pub(crate) fn from_time(time: NaiveDateTime) -> DateTime<Utc> {
    time.and_utc()
}

/// A time as a page's sort key: microseconds since 1970.
pub(crate) fn time_key(time: DateTime<Utc>) -> String {
    time.timestamp_micros().to_string()
}

/// The time of a sort key.
pub(crate) fn parse_time_key(key: &str) -> Result<NaiveDateTime, StorageError> {
    key.parse()
        .ok()
        .and_then(DateTime::from_timestamp_micros)
        .map(|time| time.naive_utc())
        .ok_or_else(|| StorageError::Failed("a page's sort key is no time".into()))
}

/// A stored code. One that the program does not know was written by a later one, or by hand.
pub(crate) fn code<T: FromStr>(column: &str, text: &str) -> Result<T, StorageError> {
    text.parse().map_err(|_| unreadable(column))
}

/// A stored value that its type refuses.
pub(crate) fn unreadable(column: &str) -> StorageError {
    StorageError::Failed(format!("{column} holds what cannot be"))
}

/// A count of a column that is never negative.
pub(crate) fn count<S: Copy, T: TryFrom<S>>(column: &str, number: S) -> Result<T, StorageError> {
    T::try_from(number).map_err(|_| unreadable(column))
}

/// What names are searched and sorted by: words apart by one blank, in lower case.
pub(crate) fn search_form(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// A value as the JSON that a column holds.
pub(crate) fn to_json(value: &impl Serialize) -> Result<String, StorageError> {
    serde_json::to_string(value).map_err(|error| StorageError::Failed(error.to_string()))
}

/// The value of a column of JSON.
pub(crate) fn from_json<T: DeserializeOwned>(column: &str, json: &str) -> Result<T, StorageError> {
    serde_json::from_str(json).map_err(|_| unreadable(column))
}

/// An address as text.
pub(crate) fn from_ip(text: Option<String>) -> Option<IpAddr> {
    text.and_then(|text| text.parse().ok())
}

/// SHA-256 and the like.
pub(crate) fn digest<const N: usize>(
    column: &str,
    bytes: Vec<u8>,
) -> Result<[u8; N], StorageError> {
    bytes.try_into().map_err(|_| unreadable(column))
}

/// A file's record in a table of documents.
pub(crate) fn stored_file(
    table: &str,
    key: String,
    content_type: String,
    size: i64,
    sha256: Vec<u8>,
) -> Result<StoredFile, StorageError> {
    Ok(StoredFile {
        key: code(table, &key)?,
        content_type: code(table, &content_type)?,
        size,
        sha256: Sha256(digest(table, sha256)?),
    })
}
