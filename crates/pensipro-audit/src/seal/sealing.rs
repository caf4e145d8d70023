//! Rows that are seen and not sealed yet are gathered into seals.
//!
//! Ids do not rise in the order of commits: a row may come to be seen behind others with higher ids.
//! So the sealer looks beyond the highest row that was sealed, and from time to time through a window of
//! the newest rows. What comes to be seen behind the window is for the proof to tell of.

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_kernel::{AuditId, StorageError};

use super::{
    chain::{Seal, SealEntry},
    hash::Digest,
    repository::SealRepository,
    row::{RawRow, RowHasher},
};

/// How many of the newest rows are looked through again.
pub const WINDOW: u32 = 100_000;

/// A row that is older must have been sealed.
pub const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(10);

/// The rows as a seal holds them.
pub fn entries_of_rows(rows: &[RawRow], digest: Digest) -> Vec<SealEntry> {
    let mut hasher = RowHasher::new(digest);
    rows.iter().map(|row| hasher.entry(row)).collect()
}

/// Seals rows; nothing if there are none. Their entries were made before, outside of the transaction.
///
/// Cost: two statements and a batch of rows; no row of the trail is read or locked.
pub fn add_seal<Tx: SealRepository>(
    tx: &mut Tx,
    mut entries: Vec<SealEntry>,
    now: DateTime<Utc>,
    digest: Digest,
) -> Result<Option<Seal>, StorageError> {
    let last = tx.last_seal()?;
    let Some(seal) = Seal::after(last.as_ref(), &mut entries, now, digest) else {
        return Ok(None);
    };
    tx.keep_seal(&seal, &entries)?;
    Ok(Some(seal))
}

/// The next ids of the trail that have no entry, among so many rows after one; and the last row that
/// was looked at, none at the trail's end.
///
/// Rows are read before entries: one that is sealed meanwhile has its entry by then.
pub fn unsealed_behind<Tx: SealRepository>(
    tx: &mut Tx,
    after: AuditId,
    limit: u32,
) -> Result<(Vec<AuditId>, Option<AuditId>), StorageError> {
    let ids = tx.trail_ids(after, limit)?;
    let Some(through) = ids.last().copied() else { return Ok((Vec::new(), None)) };
    let mut sealed = tx.sealed_ids(after, through)?.into_iter().peekable();
    let mut unsealed = Vec::new();
    for id in ids {
        while sealed.next_if(|sealed| *sealed < id).is_some() {}
        if sealed.next_if_eq(&id).is_none() {
            unsealed.push(id);
        }
    }
    Ok((unsealed, Some(through)))
}
