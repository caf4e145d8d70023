//! What a database error means. Diesel knows unique violations and serialisation failures by kind;
//! the rest is told by text, which `lc_messages = 'C'` keeps in English on PostgreSQL.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error};
use pensipro_kernel::StorageError;

/// The meaning of a database error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The transaction lost against another; the same one may succeed when run again.
    Retry,
    /// A unique rule refused a row; the constraint's name, the same on both databases.
    Duplicate(String),
    /// Locked, out of time or out of reach.
    Busy,
    /// Everything else.
    Other(String),
}

impl From<Fault> for StorageError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Retry | Fault::Busy => Self::Busy,
            Fault::Duplicate(constraint) => Self::Duplicate { constraint },
            Fault::Other(text) => Self::Failed(text),
        }
    }
}

/// Tells what an error means.
pub(crate) fn classify(error: &Error) -> Fault {
    match error {
        Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information) => {
            Fault::Duplicate(constraint(information.as_ref()))
        }
        Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Fault::Retry,
        Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => Fault::Busy,
        Error::DatabaseError(_, information) => by_text(information.as_ref()),
        Error::RollbackErrorOnCommit { commit_error, .. } => classify(commit_error),
        Error::BrokenTransactionManager => Fault::Busy,
        other => Fault::Other(other.to_string()),
    }
}

fn by_text(information: &dyn DatabaseErrorInformation) -> Fault {
    let text = information.message();
    let says = |parts: &[&str]| parts.iter().any(|part| text.contains(part));
    if says(RETRY) {
        Fault::Retry
    } else if says(BUSY) {
        Fault::Busy
    } else {
        Fault::Other(described(information))
    }
}

/// 40P01 and 40001.
const RETRY: &[&str] = &["deadlock detected", "could not serialize access"];

/// 55P03, 57014, 57P01 to 57P03, 25P03, 53300, 08xxx, and SQLITE_BUSY and SQLITE_LOCKED.
const BUSY: &[&str] = &[
    "due to lock timeout",
    "due to statement timeout",
    "could not obtain lock on",
    "terminating connection",
    "the database system is",
    "sorry, too many clients already",
    "remaining connection slots are reserved",
    "server closed the connection",
    "no connection to the server",
    "connection to server",
    "SSL connection has been closed",
    "database is locked",
    "database table is locked",
    "database schema is locked",
];

/// The log's text: message, table and constraint, but never `DETAIL`, which quotes the row.
fn described(information: &dyn DatabaseErrorInformation) -> String {
    let mut text = information.message().to_owned();
    for (name, value) in [
        ("table", information.table_name()),
        ("column", information.column_name()),
        ("constraint", information.constraint_name()),
    ] {
        if let Some(value) = value {
            text.push_str(&format!(" ({name} {value})"));
        }
    }
    text
}

/// The violated constraint. PostgreSQL names it; SQLite names its columns, from which the name
/// follows by the convention `table_column_column_key`.
fn constraint(information: &dyn DatabaseErrorInformation) -> String {
    if let Some(name) = information.constraint_name() {
        return name.to_owned();
    }
    let message = information.message();
    let columns = message.strip_prefix("UNIQUE constraint failed: ").unwrap_or(message);
    if let Some(index) = columns.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let mut name = String::new();
    for column in columns.split(", ") {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if name.is_empty() {
            name.push_str(table);
        }
        name.push('_');
        name.push_str(column);
    }
    name.push_str("_key");
    name.truncate(LONGEST_NAME);
    name
}

/// PostgreSQL cuts longer names.
const LONGEST_NAME: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(text: &str) -> Fault {
        classify(&Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned())))
    }

    #[test]
    fn texts_are_told_apart() {
        assert_eq!(unknown("deadlock detected"), Fault::Retry);
        assert_eq!(unknown("could not serialize access due to concurrent update"), Fault::Retry);
        for text in [
            "canceling statement due to lock timeout",
            "canceling statement due to statement timeout",
            "terminating connection due to idle-in-transaction timeout",
            "terminating connection due to administrator command",
            "server closed the connection unexpectedly",
            "database is locked",
        ] {
            assert_eq!(unknown(text), Fault::Busy, "{text}");
        }
        assert_eq!(unknown("syntax error"), Fault::Other("syntax error".into()));
    }

    #[test]
    fn columns_give_the_constraints_name() {
        let unique = |text: &str| {
            let information = Box::new(text.to_owned());
            classify(&Error::DatabaseError(DatabaseErrorKind::UniqueViolation, information))
        };
        assert_eq!(
            unique("UNIQUE constraint failed: members.nik"),
            Fault::Duplicate("members_nik_key".into())
        );
        assert_eq!(
            unique("UNIQUE constraint failed: loan_payments.channel, loan_payments.reference"),
            Fault::Duplicate("loan_payments_channel_reference_key".into())
        );
        assert_eq!(
            unique("UNIQUE constraint failed: index 'funders_lower_key'"),
            Fault::Duplicate("funders_lower_key".into())
        );
    }
}
