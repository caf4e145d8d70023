//! What billing needs from storage, in its own words.
//!
//! # Import: the order of calls
//!
//! One chunk is one write transaction. The flow that crosses into servicing does, per chunk:
//!
//! 1. [`ImportRepository::lock_import`]; stop unless it is `processing`. Lines up to its `last_line`
//!    are done: the parser reads the file from its start (it takes well under a second per 100 MB)
//!    and the flow drops them.
//! 2. [`Probes::of`] the chunk's lines.
//! 3. [`ImportRepository::candidate_loans`], then servicing locks these loans by ascending id: loans
//!    are locked before export lines.
//! 4. [`ImportRepository::lock_candidates`] and [`ImportRepository::key_uses`].
//! 5. [`match_chunk`](crate::match_chunk) decides.
//! 6. Servicing posts [`MatchedChunk::orders`](crate::MatchedChunk::orders);
//!    [`MatchedChunk::settle`](crate::MatchedChunk::settle) takes the answers.
//! 7. [`ImportRepository::store_chunk`], the log of exceptions of the audit module, with
//!    [`StoredChunk::exceptions`](crate::StoredChunk::exceptions),
//!    servicing's refund requests, which follow what the postings found due.
//! 8. [`ImportRepository::save_import`] with [`Import::after_chunk`] (and [`Import::finished`] after
//!    the last chunk): the checkpoint; then one audit row and one event
//!    ([`chunk_audit`](crate::chunk_audit), [`chunk_event`](crate::chunk_event)).
//!
//! `store_chunk` answering `Duplicate` means that another import claimed a key in between: the
//! transaction is rolled back and the chunk done again.

use chrono::NaiveDate;
use pensipro_kernel::{
    ExportId, ImportId, ImportLineId, LoanId, MemberId, Money, Page, PageRequest, PayerProfileId,
    Period, Scope, StorageError, TransactionId, UserId, Version,
};

use crate::{
    Answers, BillableLoan, Candidate, Cut, Export, ExportLine, ExportLineId, ExportScope,
    ExportStatus, FileRow, Import, ImportStatus, KeyBase, KeyUse, LeftOut, MonthAccount, NewExport,
    NewImport, OutcomeKind, OwnProfile, Payer, PayerProfile, Probes, Reference, Retry, Sha256,
    Standing, StoredChunk, StoredLine,
};

/// Profiles that an installation configures beside the built-in ones.
pub trait ProfileRepository {
    /// All of them, in order of their codes.
    fn configured_profiles(&mut self) -> Result<Vec<PayerProfile>, StorageError> {
        Ok(self.own_profiles()?.into_iter().map(|own| own.profile).collect())
    }

    /// The same as they are stored.
    fn own_profiles(&mut self) -> Result<Vec<OwnProfile>, StorageError>;

    /// One of them, locked until the transaction ends.
    fn lock_profile(&mut self, id: PayerProfileId) -> Result<OwnProfile, StorageError>;

    /// Adds one. [`StorageError::Duplicate`] when somebody else was faster with its code.
    fn add_profile(
        &mut self,
        profile: &PayerProfile,
        by: Option<UserId>,
    ) -> Result<OwnProfile, StorageError>;

    /// Saves the profile over the version read; gives the new version.
    fn save_profile(&mut self, own: &OwnProfile) -> Result<Version, StorageError>;

    /// Removes one.
    fn remove_profile(&mut self, id: PayerProfileId) -> Result<(), StorageError>;

    /// Whether an export or an import is written in the profile of this code.
    fn is_profile_in_use(&mut self, code: &str) -> Result<bool, StorageError>;
}

/// A filter of the list of exports, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportFilter {
    /// Of this month.
    pub periode: Option<Period>,
    /// For this payer.
    pub payer: Option<Payer>,
    /// In this status.
    pub status: Option<ExportStatus>,
}

/// Which loans an export asks for next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillableQuery {
    /// Of which payer, pay office ('' is all) and month.
    pub scope: ExportScope,
    /// Loans with a greater id than this; `None` from the first.
    pub after: Option<LoanId>,
    /// So many loans are looked through, whatever they owe.
    pub limit: u32,
}

/// Loans that an export decides on, of a stretch of their ids.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Billable {
    /// Those that owe something, by ascending id.
    pub loans: Vec<BillableLoan>,
    /// The last loan that was looked through; `None` if none was left.
    pub through: Option<LoanId>,
}

/// Exports.
pub trait ExportRepository {
    /// The export of the scope that is not superseded, locked (FOR UPDATE); its scope is matched
    /// exactly, so '' and a named pay office are two scopes.
    fn lock_live_export(&mut self, scope: &ExportScope) -> Result<Option<Export>, StorageError>;

    /// Adds an export in status `generating`; `None` if a live one of the scope stands by now
    /// (insert or nothing, by the partial unique index).
    fn add_export(
        &mut self,
        new: &NewExport,
        by: Option<UserId>,
    ) -> Result<Option<ExportId>, StorageError>;

    /// An export.
    fn export(&mut self, id: ExportId) -> Result<Export, StorageError>;

    /// An export, locked.
    fn lock_export(&mut self, id: ExportId) -> Result<Export, StorageError>;

    /// A page of exports, newest first (keyset by id).
    fn exports(
        &mut self,
        filter: &ExportFilter,
        page: &PageRequest,
    ) -> Result<Page<Export>, StorageError>;

    /// Stores status, cursor, totals, day and note of sending of an export that is locked.
    fn save_export(&mut self, export: &Export) -> Result<(), StorageError>;

    /// Takes every line of an export out of the live ones (it is being superseded) and ends their
    /// holds on the business day `on`.
    fn retire_lines(&mut self, id: ExportId, on: NaiveDate) -> Result<(), StorageError>;

    /// Whether an outcome or a standing payment counts against any line of the export.
    fn answers(&mut self, id: ExportId) -> Result<Answers, StorageError>;

    /// Exports still `generating`, oldest first: to be resumed at the start.
    fn unfinished_exports(&mut self) -> Result<Vec<ExportId>, StorageError>;

    /// The next loans to decide on, by ascending id: status `active` or `default`, member of the
    /// scope's payer (and pay office), with any row due up to the month's last day that has
    /// something unpaid. Cost: the stretch.
    fn billable_loans(&mut self, query: &BillableQuery) -> Result<Billable, StorageError>;

    /// Adds a chunk of live lines and of loans left out, in bulk. `Duplicate` if another live export
    /// took a loan of the month in between: redo the chunk.
    fn add_export_lines(
        &mut self,
        id: ExportId,
        lines: &[ExportLine],
        left_out: &[LeftOut],
    ) -> Result<(), StorageError>;

    /// Lines of an export for its file, by ascending number, after `after_line` (0 from the first).
    fn file_rows(
        &mut self,
        id: ExportId,
        after_line: u32,
        limit: u32,
    ) -> Result<Vec<FileRow>, StorageError>;

    /// A page of the loans left out, by ascending loan id.
    fn left_out(&mut self, id: ExportId, page: &PageRequest)
    -> Result<Page<LeftOut>, StorageError>;
}

/// A filter of the list of imports, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportFilter {
    /// Of this month.
    pub periode: Option<Period>,
    /// From this payer.
    pub payer: Option<Payer>,
    /// In this status.
    pub status: Option<ImportStatus>,
}

/// Which lines are tried next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetriableQuery {
    /// Of which imports.
    pub of: Retry,
    /// Lines after this one; `None` from the first.
    pub after: Option<ImportLineId>,
    /// At most so many.
    pub limit: u32,
}

/// What of the pension cut a transaction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutOf {
    /// The month.
    pub periode: Period,
    /// The import line that a payment came from.
    pub source: Option<ImportLineId>,
}

/// Imports and their lines.
pub trait ImportRepository {
    /// Adds an import in status `processing`; `None` if one that is not discarded has the hash by
    /// now (insert or nothing, by the partial unique index).
    fn add_import(
        &mut self,
        new: &NewImport,
        by: Option<UserId>,
    ) -> Result<Option<ImportId>, StorageError>;

    /// The import that is not discarded and has this hash.
    fn import_by_hash(&mut self, sha256: &Sha256) -> Result<Option<Import>, StorageError>;

    /// An import.
    fn import(&mut self, id: ImportId) -> Result<Import, StorageError>;

    /// An import, locked.
    fn lock_import(&mut self, id: ImportId) -> Result<Import, StorageError>;

    /// A page of imports, newest first (keyset by id).
    fn imports(
        &mut self,
        filter: &ImportFilter,
        page: &PageRequest,
    ) -> Result<Page<Import>, StorageError>;

    /// Stores status, spool key, checkpoint and summary of an import that is locked.
    fn save_import(&mut self, import: &Import) -> Result<(), StorageError>;

    /// Imports still `processing`, oldest first: to be resumed at the start.
    fn unfinished_imports(&mut self) -> Result<Vec<ImportId>, StorageError>;

    /// A page of an import's lines, by ascending number, of one outcome or of all.
    fn import_lines(
        &mut self,
        id: ImportId,
        outcome: Option<OutcomeKind>,
        page: &PageRequest,
    ) -> Result<Page<StoredLine>, StorageError>;

    /// A line by its number in the interface.
    fn import_line(&mut self, id: ImportLineId) -> Result<StoredLine, StorageError>;

    /// A page of the lines with held money or without a billed line (`unmatched`) of a month's
    /// imports that are not discarded, by ascending number.
    fn unmatched_lines(
        &mut self,
        periode: Period,
        page: &PageRequest,
    ) -> Result<Page<StoredLine>, StorageError>;

    /// The loans of the live export lines that the probes may find, ascending, not locked: by
    /// (periode, loan) for references; by the members' keyed indexes, this payer and this periode
    /// for numbers. A query per list of probes.
    fn candidate_loans(
        &mut self,
        payer: Payer,
        periode: Period,
        probes: &Probes,
    ) -> Result<Vec<LoanId>, StorageError>;

    /// The same lines, locked by ascending (export, line), with the payments that stand against
    /// them. Only exports that are `generated` or `sent` count. References find lines of any payer
    /// and month. `no_pensiun` and `nik` are filled where that number is among the probes.
    fn lock_candidates(
        &mut self,
        payer: Payer,
        periode: Period,
        probes: &Probes,
    ) -> Result<Vec<Candidate>, StorageError>;

    /// The uses of keys within the import's payer and periode; keys never used may be left out.
    fn key_uses(&mut self, import: &Import, keys: &[KeyBase]) -> Result<Vec<KeyUse>, StorageError>;

    /// Stores a chunk's lines and what they make of the export lines they answer to, in bulk. A line
    /// with [`ImportLine::claims_key`](crate::ImportLine::claims_key) takes its key, by a unique
    /// index over (payer, periode, identifier, amount, occurrence) of lines not discarded:
    /// `Duplicate` if it is taken.
    fn store_chunk(&mut self, chunk: &StoredChunk) -> Result<(), StorageError>;

    /// Stores what lines that are stored already have become, and what that makes of the export lines
    /// they answer to, in bulk. Their keys stay theirs.
    fn restate_lines(&mut self, chunk: &StoredChunk) -> Result<(), StorageError>;

    /// The lines to be tried again, by ascending number, after one of them: unmatched money of imports
    /// that are not discarded ([`may_be_retried`](crate::may_be_retried)).
    fn retriable_lines(&mut self, query: &RetriableQuery) -> Result<Vec<StoredLine>, StorageError>;

    /// Who pays a member's pension.
    fn payer_of(&mut self, member: MemberId) -> Result<Payer, StorageError>;

    /// What of the pension cut a transaction of a loan is: a payment that counts against a month's
    /// billed line, or a failed cut. `None` for all others.
    fn cut_of(
        &mut self,
        loan: LoanId,
        transaction: TransactionId,
    ) -> Result<Option<CutOf>, StorageError>;

    /// The live line that bills a loan for a month, locked, with all that stands against it. A fixed
    /// number of queries.
    fn lock_cut(&mut self, loan: LoanId, periode: Period) -> Result<Option<Cut>, StorageError>;

    /// Stores what a billed line comes to.
    fn save_standing(
        &mut self,
        line: ExportLineId,
        standing: &Standing,
    ) -> Result<(), StorageError>;

    /// A payer's month over its live billed lines. All of them are read.
    fn month_account(
        &mut self,
        payer: Payer,
        periode: Period,
    ) -> Result<MonthAccount, StorageError>;

    /// Payments and failed cuts of the import's lines that stand.
    fn live_postings(&mut self, id: ImportId) -> Result<u32, StorageError>;

    /// Frees the keys of an import that is being discarded (its hash is freed by its status), and
    /// takes its outcomes off the export lines that they were the latest of.
    fn release_lines(&mut self, id: ImportId) -> Result<(), StorageError>;
}

/// A month's cut in a member's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberCut {
    /// The month.
    pub periode: Period,
    /// Who was billed.
    pub payer: Payer,
    /// The line's reference.
    pub reference: Reference,
    /// The loan.
    pub loan_id: LoanId,
    /// What was billed.
    pub billed: Money,
    /// What was cut.
    pub paid: Money,
    /// The latest outcome; `None` while the payer has not answered.
    pub outcome: Option<OutcomeKind>,
    /// The import of the latest outcome.
    pub import_id: Option<ImportId>,
}

/// Reads about a member.
pub trait CutHistory {
    /// A page of the member's live lines, newest month first. `NotFound` for a member who is not
    /// there or outside the scope.
    fn member_cuts(
        &mut self,
        member: MemberId,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<MemberCut>, StorageError>;
}
