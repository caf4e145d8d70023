//! PostgreSQL connections and what each is told on connecting.

use std::time::Duration;

use diesel::{Connection as _, PgConnection, connection::SimpleConnection};

/// Time-outs of a PostgreSQL session. Batches widen theirs with `SET LOCAL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Of one statement.
    pub statement: Duration,
    /// Of waiting for one lock.
    pub lock: Duration,
    /// Of a transaction in which nothing happens.
    pub idle_in_transaction: Duration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            statement: Duration::from_secs(15),
            lock: Duration::from_secs(3),
            idle_in_transaction: Duration::from_secs(30),
        }
    }
}

/// Connects and sets the session.
pub(crate) fn open(
    url: &str,
    limits: &SessionLimits,
) -> Result<PgConnection, diesel::ConnectionError> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute(&format!(
        "SET statement_timeout = {}; SET lock_timeout = {}; \
         SET idle_in_transaction_session_timeout = {}; SET timezone = 'UTC'; \
         SET default_transaction_isolation = 'read committed'",
        limits.statement.as_millis(),
        limits.lock.as_millis(),
        limits.idle_in_transaction.as_millis(),
    ))
    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    // Only a superuser, or whom he granted it, may choose the language of messages. Where it is
    // refused, the server's own must be English for errors to be told apart.
    if let Err(error) = conn.batch_execute("SET lc_messages = 'C'") {
        log::debug!("lc_messages stays as the server has it: {error}");
    }
    Ok(conn)
}
