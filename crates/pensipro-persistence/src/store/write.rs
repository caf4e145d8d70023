//! Transactions that write: begin, run, commit, and run again what lost against another.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{RunQueryDsl, sql_types::Bool};
use pensipro_kernel::{Entropy, StorageError};

use super::{Lease, Store};
use crate::{
    Tx,
    classify::Fault,
    connection::{Begin, DbConnection},
    idempotency::RequestKey,
    tx::Trouble,
};

/// How often a transaction that lost is run again.
const RETRIES: u32 = 5;

/// The outcome of a call that only one may make at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exclusive<T> {
    /// Made.
    Done(T),
    /// Somebody else makes it right now.
    InProgress,
}

enum Attempt<T, E> {
    Ended(Result<T, E>),
    Lost,
}

impl Store {
    /// One transaction, counted under `name`: what the closure does is committed when it gives
    /// `Ok`, and rolled back otherwise. After a deadlock or a serialisation failure the whole
    /// closure runs again, up to five times: it must have no effect but through `tx`. A failed
    /// statement that the closure passes over is an error all the same, on both databases.
    ///
    /// On SQLite the writers take turns in the order of asking; a bulk job therefore works in
    /// chunks of at most 50 ms, each a call of its own.
    ///
    /// # Errors
    /// [`StorageError::Busy`] when no turn or connection came in time, or every run lost.
    pub fn write<T, E: From<StorageError>>(
        &self,
        name: &'static str,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lease = self.counted_writer(name)?;
        self.write_on(&mut lease, name, &mut work)
    }

    /// The same for a request with an idempotency key, which must not run twice at once: the key is
    /// held in this process, and on PostgreSQL by an advisory lock that is taken before the
    /// transaction begins (a row of an uncommitted transaction is visible to nobody).
    pub fn write_once<T, E: From<StorageError>>(
        &self,
        name: &'static str,
        request: &RequestKey,
        mut work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<Exclusive<T>, E> {
        let number = request.lock_number(&self.0.keys);
        let Some(_running) = self.0.running.enter(number) else {
            return Ok(Exclusive::InProgress);
        };
        let mut lease = self.counted_writer(name)?;
        lease.mark_used();
        if !advisory(lease.conn(), "SELECT pg_try_advisory_lock($1) AS held", number)? {
            lease.mark_clean();
            return Ok(Exclusive::InProgress);
        }
        let result = self.write_on(&mut lease, name, &mut work);
        // A connection that was left in a transaction, or cannot give the lock back, is dropped,
        // which gives it back.
        let was_clean = lease.is_clean();
        lease.mark_used();
        let unlocked = advisory(lease.conn(), "SELECT pg_advisory_unlock($1) AS held", number);
        if was_clean && unlocked.is_ok() {
            lease.mark_clean();
        }
        result.map(Exclusive::Done)
    }

    fn counted_writer(&self, name: &'static str) -> Result<Lease<'_>, StorageError> {
        self.writer().inspect_err(|_| self.0.metrics.count(name, |counts| counts.starved += 1))
    }

    fn write_on<T, E: From<StorageError>>(
        &self,
        lease: &mut Lease<'_>,
        name: &'static str,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let begun = Instant::now();
        let result = self.attempts(lease, name, work);
        self.0.metrics.took(name, begun.elapsed());
        result
    }

    fn attempts<T, E: From<StorageError>>(
        &self,
        lease: &mut Lease<'_>,
        name: &'static str,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        for run in 0..=RETRIES {
            match self.attempt(lease, name, work) {
                Attempt::Ended(result) => {
                    self.0.metrics.count(name, |counts| match result {
                        Ok(_) => counts.committed += 1,
                        Err(_) => counts.rolled_back += 1,
                    });
                    return result;
                }
                Attempt::Lost if run < RETRIES => {
                    self.0.metrics.count(name, |counts| counts.retried += 1);
                    thread::sleep(pause(run, self.0.entropy.as_ref()));
                }
                Attempt::Lost => {}
            }
        }
        self.0.metrics.count(name, |counts| counts.rolled_back += 1);
        Err(StorageError::Busy.into())
    }

    fn attempt<T, E: From<StorageError>>(
        &self,
        lease: &mut Lease<'_>,
        name: &'static str,
        work: &mut impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Attempt<T, E> {
        lease.mark_used();
        if let Err(error) = lease.begin(Begin::Write) {
            return Attempt::Ended(Err(error.into()));
        }
        let mut tx = self.tx(lease.conn(), Some(name));
        let result = work(&mut tx);
        let (trouble, key_changes, noted) = tx.end();
        let failed_in_silence = trouble == Trouble::Failed && result.is_ok();
        if trouble != Trouble::None || result.is_err() {
            if lease.rollback().is_ok() {
                lease.mark_clean();
            }
            return match result {
                _ if trouble == Trouble::Lost => Attempt::Lost,
                Ok(_) if failed_in_silence => Attempt::Ended(Err(passed_over().into())),
                result => Attempt::Ended(result),
            };
        }
        match lease.commit() {
            Ok(()) => {
                lease.mark_clean();
                self.0.keys.remember(key_changes.new);
                self.0.keys.forget(key_changes.destroyed);
                self.0.metrics.note(&noted);
                Attempt::Ended(result)
            }
            Err(fault) => {
                if lease.rollback().is_ok() {
                    lease.mark_clean();
                }
                match fault {
                    Fault::Retry => Attempt::Lost,
                    fault => Attempt::Ended(Err(StorageError::from(fault).into())),
                }
            }
        }
    }
}

fn passed_over() -> StorageError {
    StorageError::Failed("a failed statement was passed over; nothing was committed".into())
}

/// 1 to 8 ms before the second run, twice as long before each further one.
fn pause(run: u32, entropy: &dyn Entropy) -> Duration {
    let mut byte = [0];
    entropy.fill(&mut byte);
    Duration::from_micros((1_000 + u64::from(byte[0]) * 27) << run)
}

#[derive(diesel::QueryableByName)]
struct Held {
    #[diesel(sql_type = Bool)]
    held: bool,
}

/// Runs an advisory lock's function; SQLite needs none, as one process has one writer.
fn advisory(conn: &mut DbConnection, sql: &str, number: i64) -> Result<bool, StorageError> {
    match conn {
        DbConnection::Sqlite(_) => Ok(true),
        DbConnection::Postgres(conn) => diesel::sql_query(sql)
            .bind::<diesel::sql_types::BigInt, _>(number)
            .get_result::<Held>(conn)
            .map(|row| row.held)
            .map_err(|error| crate::classify::classify(&error).into()),
    }
}
