//! Idempotency keys: the answer to a request is stored in the transaction that it protects.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::TimeDelta;
use diesel::prelude::*;
use pensipro_kernel::{StorageError, UserId};

use crate::{
    Tx,
    crypto::{KeyRing, LookupKey},
    schema::idempotency_keys,
};

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

const PLACE: &str = "idempotency_keys.answer";

/// A request that must have its effect once: whose, under which key, and what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestKey {
    /// The caller.
    pub user_id: UserId,
    /// The `Idempotency-Key`.
    pub key: String,
    /// SHA-256 of method, path and body.
    pub fingerprint: [u8; 32],
}

/// What is stored under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoredAnswer {
    /// Nothing: the request is new, or its answer too old.
    None,
    /// Another request's answer: the key was used again.
    OtherRequest,
    /// This request's answer, as it was stored.
    Answer(Vec<u8>),
}

impl RequestKey {
    /// The number that stands for user and key among the database's locks. It is keyed, so that
    /// two installations on one server do not meet.
    pub(crate) fn lock_number(&self, keys: &KeyRing) -> i64 {
        keys.lookup(LookupKey::Request, &format!("{}:{}", self.user_id, self.key)).number()
    }
}

impl Tx<'_> {
    /// The answer that was given to this request in the last 24 hours.
    pub fn stored_answer(&mut self, request: &RequestKey) -> Result<StoredAnswer, StorageError> {
        use idempotency_keys::dsl;
        let now = self.now();
        let row: Option<(Vec<u8>, Vec<u8>)> = self.run(|conn| {
            dsl::idempotency_keys
                .filter(dsl::user_id.eq(request.user_id.get()))
                .filter(dsl::key.eq(&request.key))
                .filter(dsl::expires_at.gt(now))
                .select((dsl::fingerprint, dsl::answer))
                .first(conn)
                .optional()
        })?;
        match row {
            None => Ok(StoredAnswer::None),
            Some((fingerprint, _)) if fingerprint != request.fingerprint => {
                Ok(StoredAnswer::OtherRequest)
            }
            Some((_, sealed)) => {
                self.keys().installation().open(PLACE, &sealed).map(StoredAnswer::Answer)
            }
        }
    }

    /// Stores the answer, encrypted, in place of one that is too old.
    pub fn store_answer(
        &mut self,
        request: &RequestKey,
        answer: &[u8],
    ) -> Result<(), StorageError> {
        use idempotency_keys::dsl;
        let sealed = self.keys().installation().seal(self.entropy(), PLACE, answer);
        let now = self.now();
        self.run(|conn| {
            diesel::delete(dsl::idempotency_keys)
                .filter(dsl::user_id.eq(request.user_id.get()))
                .filter(dsl::key.eq(&request.key))
                .filter(dsl::expires_at.le(now))
                .execute(conn)?;
            diesel::insert_into(dsl::idempotency_keys)
                .values((
                    dsl::user_id.eq(request.user_id.get()),
                    dsl::key.eq(&request.key),
                    dsl::fingerprint.eq(request.fingerprint.as_slice()),
                    dsl::answer.eq(&sealed),
                    dsl::created_at.eq(now),
                    dsl::expires_at.eq(now + KEPT),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    /// Forgets answers that are too old, at most so many; gives how many there were.
    pub fn forget_answers(&mut self, at_most: i64) -> Result<usize, StorageError> {
        use idempotency_keys::dsl;
        let now = self.now();
        self.run(|conn| {
            let old: Vec<i64> = dsl::idempotency_keys
                .filter(dsl::expires_at.le(now))
                .order(dsl::id)
                .limit(at_most)
                .select(dsl::id)
                .load(conn)?;
            diesel::delete(dsl::idempotency_keys).filter(dsl::id.eq_any(old)).execute(conn)
        })
    }
}

/// The keys whose requests run in this process right now.
#[derive(Debug, Default)]
pub(crate) struct RunningKeys(Arc<Mutex<HashSet<i64>>>);

/// Leaves the set when it is dropped.
pub(crate) struct Running {
    number: i64,
    set: Arc<Mutex<HashSet<i64>>>,
}

impl RunningKeys {
    /// `None` if the key is running already.
    pub(crate) fn enter(&self, number: i64) -> Option<Running> {
        let mut set = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        set.insert(number).then(|| Running { number, set: Arc::clone(&self.0) })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.set.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.number);
    }
}
