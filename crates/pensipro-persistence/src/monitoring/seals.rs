//! The seals of the audit trail.

use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_audit::seal::{RawRow, Seal, SealEntry, SealHash, SealRepository};
use pensipro_kernel::{AuditId, StorageError};

use crate::{
    Tx,
    convert::{self, from_time},
    schema::{audit_seal_entries, audit_seals, audit_trails},
    sql::{List, batch_row, one_of},
};

/// SHA-256, as seals are made with.
pub fn sha256(bytes: &[u8]) -> SealHash {
    let mut hash = [0; 32];
    // SHA-256 gives 32 bytes always.
    hash.iter_mut().zip(digest(&SHA256, bytes).as_ref()).for_each(|(to, from)| *to = *from);
    SealHash::new(hash)
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_seals)]
#[diesel(treat_none_as_default_value = false)]
struct SealRow {
    seal_no: i64,
    count: i64,
    root: Vec<u8>,
    previous: Vec<u8>,
    sealed_at: NaiveDateTime,
}
batch_row!(SealRow => audit_seals);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_seal_entries)]
#[diesel(treat_none_as_default_value = false)]
struct EntryRow {
    audit_id: i64,
    seal_no: i64,
    row_hash: Vec<u8>,
}
batch_row!(EntryRow => audit_seal_entries);

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_trails)]
struct TrailRow {
    id: i64,
    actor_id: Option<i64>,
    session_id: Option<i64>,
    action: String,
    ref_table: String,
    ref_id: i64,
    subject_id: Option<i64>,
    old_value: Option<String>,
    old_personal: Option<Vec<u8>>,
    new_value: Option<String>,
    new_personal: Option<Vec<u8>>,
    ip: Option<String>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}

impl From<TrailRow> for RawRow {
    fn from(row: TrailRow) -> Self {
        let TrailRow {
            id,
            actor_id,
            session_id,
            action,
            ref_table,
            ref_id,
            subject_id,
            old_value,
            old_personal,
            new_value,
            new_personal,
            ip,
            request_id,
            created_at,
        } = row;
        Self {
            id: AuditId::new(id),
            actor_id,
            session_id,
            action,
            ref_table,
            ref_id,
            subject_id,
            old_value,
            old_personal,
            new_value,
            new_personal,
            ip,
            request_id,
            created_at: from_time(created_at),
        }
    }
}

/// A hash of a column. One of another length was written by hand, and matches nothing.
fn hash(bytes: Vec<u8>) -> SealHash {
    convert::digest("audit_seals", bytes).map_or(SealHash::new([0xff; 32]), SealHash::new)
}

impl From<SealRow> for Seal {
    fn from(SealRow { seal_no, count, root, previous, sealed_at }: SealRow) -> Self {
        Self {
            no: seal_no,
            count,
            root: hash(root),
            previous: hash(previous),
            sealed_at: from_time(sealed_at),
        }
    }
}

impl From<EntryRow> for SealEntry {
    fn from(EntryRow { audit_id, seal_no: _, row_hash }: EntryRow) -> Self {
        Self { id: AuditId::new(audit_id), hash: hash(row_hash) }
    }
}

fn ids(numbers: Vec<i64>) -> Vec<AuditId> {
    numbers.into_iter().map(AuditId::new).collect()
}

/// What was loaded; none where a value lies there that its column cannot hold. SQLite takes any: what was
/// put there so must be told of, and not stand in the way.
fn readable<T>(loaded: QueryResult<T>) -> QueryResult<Option<T>> {
    match loaded {
        Err(diesel::result::Error::DeserializationError(_)) => Ok(None),
        other => other.map(Some),
    }
}

impl Tx<'_> {
    /// Rows one by one. One that cannot be read comes as an empty one, which no sealed row was.
    fn one_by_one(&mut self, ids: &[AuditId]) -> Result<Vec<RawRow>, StorageError> {
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let query = audit_trails::table.find(id.get()).select(TrailRow::as_select());
            let row: Option<Option<TrailRow>> =
                self.run(|conn| readable(query.first(conn).optional()))?;
            match row {
                Some(row) => rows.extend(row.map(RawRow::from)),
                None => rows.push(RawRow::unreadable(*id)),
            }
        }
        Ok(rows)
    }
}

impl SealRepository for Tx<'_> {
    fn trail_ids(&mut self, after: AuditId, limit: u32) -> Result<Vec<AuditId>, StorageError> {
        let query = audit_trails::table
            .filter(audit_trails::id.gt(after.get()))
            .order(audit_trails::id)
            .limit(limit.into())
            .select(audit_trails::id);
        self.run(|conn| query.load(conn)).map(ids)
    }

    fn sealed_ids(
        &mut self,
        after: AuditId,
        through: AuditId,
    ) -> Result<Vec<AuditId>, StorageError> {
        let query = audit_seal_entries::table
            .filter(audit_seal_entries::audit_id.gt(after.get()))
            .filter(audit_seal_entries::audit_id.le(through.get()))
            .order(audit_seal_entries::audit_id)
            .select(audit_seal_entries::audit_id);
        self.run(|conn| query.load(conn)).map(ids)
    }

    fn raw_rows_after(&mut self, after: AuditId, limit: u32) -> Result<Vec<RawRow>, StorageError> {
        let query = audit_trails::table
            .filter(audit_trails::id.gt(after.get()))
            .order(audit_trails::id)
            .limit(limit.into())
            .select(TrailRow::as_select());
        match self.run(|conn| readable(query.load(conn)))? {
            Some(rows) => Ok(rows.into_iter().map(RawRow::from).collect()),
            None => {
                let ids = self.trail_ids(after, limit)?;
                self.one_by_one(&ids)
            }
        }
    }

    /// By their range where they lie close together, which costs least; else by their ids.
    fn raw_rows(&mut self, ids: &[AuditId]) -> Result<Vec<RawRow>, StorageError> {
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(Vec::new()) };
        let span = last.get().saturating_sub(first.get());
        let are_close = usize::try_from(span).is_ok_and(|span| span < ids.len().saturating_mul(2));
        let query = audit_trails::table.select(TrailRow::as_select());
        let rows: Option<Vec<TrailRow>> = if are_close {
            let query = query.filter(audit_trails::id.between(first.get(), last.get()));
            self.run(|conn| readable(query.load(conn)))?
        } else {
            let list = List::numbers(self.backend(), ids.iter().map(|id| id.get()));
            let query = query.filter(one_of(audit_trails::id, list));
            self.run(|conn| readable(query.load(conn)))?
        };
        let Some(rows) = rows else { return self.one_by_one(ids) };
        let wanted: HashSet<i64> = ids.iter().map(|id| id.get()).collect();
        let rows = rows.into_iter().filter(|row| wanted.contains(&row.id));
        let mut rows: Vec<RawRow> = rows.map(RawRow::from).collect();
        rows.sort_unstable_by_key(|row| row.id);
        Ok(rows)
    }

    fn trail_id_before(&mut self, rows: u32) -> Result<Option<AuditId>, StorageError> {
        let query = audit_trails::table
            .order(audit_trails::id.desc())
            .offset(rows.into())
            .limit(1)
            .select(audit_trails::id);
        Ok(self.run(|conn| query.first(conn).optional())?.map(AuditId::new))
    }

    fn highest_sealed(&mut self) -> Result<Option<AuditId>, StorageError> {
        let query =
            audit_seal_entries::table.select(diesel::dsl::max(audit_seal_entries::audit_id));
        let highest: Option<i64> = self.run(|conn| query.get_result(conn))?;
        Ok(highest.map(AuditId::new))
    }

    fn last_seal(&mut self) -> Result<Option<Seal>, StorageError> {
        let query = audit_seals::table
            .order(audit_seals::seal_no.desc())
            .limit(1)
            .select(SealRow::as_select());
        let row: Option<SealRow> = self.run(|conn| query.first(conn).optional())?;
        Ok(row.map(Seal::from))
    }

    fn seal(&mut self, no: i64) -> Result<Option<Seal>, StorageError> {
        let query = audit_seals::table.find(no).select(SealRow::as_select());
        let row: Option<Option<SealRow>> =
            self.run(|conn| readable(query.first(conn).optional()))?;
        Ok(row.map_or_else(|| Some(Seal::unreadable(no)), |row| row.map(Seal::from)))
    }

    fn seal_entries(
        &mut self,
        no: i64,
        after: AuditId,
        limit: u32,
    ) -> Result<Vec<SealEntry>, StorageError> {
        let query = audit_seal_entries::table
            .filter(audit_seal_entries::seal_no.eq(no))
            .filter(audit_seal_entries::audit_id.gt(after.get()))
            .order(audit_seal_entries::audit_id)
            .limit(limit.into())
            .select(EntryRow::as_select());
        let rows: Vec<EntryRow> = self.run(|conn| query.load(conn))?;
        Ok(rows.into_iter().map(SealEntry::from).collect())
    }

    fn entry_beyond(&mut self, no: i64) -> Result<Option<i64>, StorageError> {
        let query = audit_seal_entries::table
            .filter(audit_seal_entries::seal_no.gt(no))
            .order(audit_seal_entries::seal_no)
            .limit(1)
            .select(audit_seal_entries::seal_no);
        self.run(|conn| query.first(conn).optional())
    }

    fn keep_seal(&mut self, seal: &Seal, entries: &[SealEntry]) -> Result<(), StorageError> {
        let Seal { no, count, root, previous, sealed_at } = *seal;
        let entry = |entry: &SealEntry| EntryRow {
            audit_id: entry.id.get(),
            seal_no: no,
            row_hash: entry.hash.bytes().to_vec(),
        };
        self.insert_all(entries.iter().map(entry).collect())?;
        self.insert_all(vec![SealRow {
            seal_no: no,
            count,
            root: root.bytes().to_vec(),
            previous: previous.bytes().to_vec(),
            sealed_at: sealed_at.naive_utc(),
        }])
    }
}
