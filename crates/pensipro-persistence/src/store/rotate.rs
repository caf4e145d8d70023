//! Changing the master key while instances run.

use diesel::prelude::*;
use pensipro_kernel::{MemberId, StorageError};

use super::Store;
use crate::{
    Tx,
    schema::member_keys,
    sql::{BulkUpdate, Value},
};

/// Keys wrapped anew by one transaction.
const CHUNK: i64 = 1_000;

/// What one walk over all members' keys found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rewrapped {
    /// Keys that were wrapped by the next master key just now.
    pub rewrapped: u64,
    /// Keys that it wrapped before.
    pub already: u64,
}

/// How far a walk is.
struct Chunk {
    last: Option<i64>,
    done: Rewrapped,
}

impl Store {
    /// True if a master key was given that is to follow the present one.
    pub fn has_next_master_key(&self) -> bool {
        self.0.keys.has_next_master()
    }

    /// Lets the next master key wrap the installation's own keys. From here on the database opens
    /// with that key alone or with both; instances that hold both wrap new keys with it as soon as
    /// they look ([`Tx::refresh_keys`]).
    pub fn begin_rotation(&self) -> Result<(), StorageError> {
        self.write("rotate_installation_keys", |tx| {
            let (keys, entropy) = (tx.keys(), tx.entropy());
            tx.run(|conn| keys.rewrap_installation(conn, entropy))
        })?;
        self.read(|tx| tx.follow_master())
    }

    /// Walks over all members' keys and wraps those anew that the present master key wraps, a
    /// thousand in a transaction. Nothing that is sealed changes. Stopped in the middle, the next
    /// walk takes up what is left. `told` learns of each transaction.
    ///
    /// Keys that instances made before they looked are found by the walk after.
    pub fn rewrap_member_keys(
        &self,
        mut told: impl FnMut(Rewrapped),
    ) -> Result<Rewrapped, StorageError> {
        let (mut after, mut all) = (i64::MIN, Rewrapped::default());
        loop {
            let Chunk { last, done } =
                self.write("rotate_member_keys", |tx| rewrap_chunk(tx, after))?;
            all.rewrapped += done.rewrapped;
            all.already += done.already;
            told(all);
            match last {
                Some(last) => after = last,
                None => return Ok(all),
            }
        }
    }
}

fn rewrap_chunk(tx: &mut Tx<'_>, after: i64) -> Result<Chunk, StorageError> {
    let rows: Vec<(i64, Vec<u8>)> = tx.run(|conn| {
        member_keys::table
            .filter(member_keys::member_id.gt(after))
            .order(member_keys::member_id)
            .limit(CHUNK)
            .select((member_keys::member_id, member_keys::wrapped))
            .load(conn)
    })?;
    let last = rows.last().map(|(member, _)| *member);
    let (keys, entropy) = (tx.keys(), tx.entropy());
    let mut done = Rewrapped::default();
    let mut changed = Vec::new();
    for (member, wrapped) in rows {
        match keys.rewrapped_member(entropy, MemberId::new(member), &wrapped)? {
            Some(wrapped) => {
                done.rewrapped += 1;
                changed.push(vec![Value::from(member), Value::from(wrapped)]);
            }
            None => done.already += 1,
        }
    }
    let update = BulkUpdate { table: "member_keys", keys: &["member_id"], set: &["wrapped"] };
    tx.update_all(update, changed)?;
    Ok(Chunk { last, done })
}
