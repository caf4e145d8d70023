//! What sealing and proving need from storage.

use pensipro_kernel::{AuditId, StorageError};

use super::{
    chain::{Seal, SealEntry},
    row::RawRow,
};

/// The trail as it lies (`audit_trails`) and its seals (`audit_seals`, `audit_seal_entries`). Every
/// reading goes along an index from a given place, and gives as much as it is told at most.
pub trait SealRepository {
    /// The ids of rows after this one, rising.
    fn trail_ids(&mut self, after: AuditId, limit: u32) -> Result<Vec<AuditId>, StorageError>;
    /// The ids of sealed rows after the first and up to the second, rising.
    fn sealed_ids(
        &mut self,
        after: AuditId,
        through: AuditId,
    ) -> Result<Vec<AuditId>, StorageError>;
    /// The rows after this one, rising.
    fn raw_rows_after(&mut self, after: AuditId, limit: u32) -> Result<Vec<RawRow>, StorageError>;
    /// Those of these rows that are there, rising. The ids rise.
    fn raw_rows(&mut self, ids: &[AuditId]) -> Result<Vec<RawRow>, StorageError>;
    /// The id that so many rows of the trail follow; none where there are fewer.
    fn trail_id_before(&mut self, rows: u32) -> Result<Option<AuditId>, StorageError>;
    /// The highest id that was sealed.
    fn highest_sealed(&mut self) -> Result<Option<AuditId>, StorageError>;
    /// The newest seal.
    fn last_seal(&mut self) -> Result<Option<Seal>, StorageError>;
    /// A seal.
    fn seal(&mut self, no: i64) -> Result<Option<Seal>, StorageError>;
    /// A seal's entries after this row, rising.
    fn seal_entries(
        &mut self,
        no: i64,
        after: AuditId,
        limit: u32,
    ) -> Result<Vec<SealEntry>, StorageError>;
    /// The lowest number beyond this one that an entry names as its seal.
    fn entry_beyond(&mut self, no: i64) -> Result<Option<i64>, StorageError>;
    /// Keeps a seal and its entries.
    fn keep_seal(&mut self, seal: &Seal, entries: &[SealEntry]) -> Result<(), StorageError>;
}
