//! Changing the master key.

use diesel::prelude::*;
use pensipro_kernel::{MemberId, StorageError};

use super::Store;
use crate::{
    MasterKey, Tx,
    schema::member_keys,
    sql::{BulkUpdate, Value},
};

/// Keys wrapped anew by one statement.
const CHUNK: i64 = 1_000;

impl Store {
    /// Wraps every key by another master key, in one transaction; gives how many members' keys there
    /// were. Nothing that is sealed changes. This store and those of other instances still hold the
    /// old key afterwards: stop them before, and open anew with the new key.
    pub fn change_master_key(self, new: &MasterKey) -> Result<u64, StorageError> {
        self.write("change_master_key", |tx| {
            let (keys, entropy) = (tx.keys(), tx.entropy());
            tx.run(|conn| keys.rewrapped_installation(conn, new, entropy))?;
            let (mut members, mut after) = (0, 0);
            while let Some(last) = rewrap_chunk(tx, new, after, &mut members)? {
                after = last;
            }
            Ok(members)
        })
    }
}

/// Wraps the next keys anew; gives the last member's id, or `None` when there were none.
fn rewrap_chunk(
    tx: &mut Tx<'_>,
    new: &MasterKey,
    after: i64,
    members: &mut u64,
) -> Result<Option<i64>, StorageError> {
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
    let rewrapped = rows
        .into_iter()
        .map(|(member, wrapped)| {
            *members += 1;
            let wrapped = keys.rewrapped_member(new, entropy, MemberId::new(member), &wrapped)?;
            Ok(vec![Value::from(member), Value::from(wrapped)])
        })
        .collect::<Result<Vec<_>, StorageError>>()?;
    let update = BulkUpdate { table: "member_keys", keys: &["member_id"], set: &["wrapped"] };
    tx.update_all(update, rewrapped)?;
    Ok(last)
}
