//! Opening an import, its traces, taking it back, reading it. What lies between, chunk by chunk,
//! crosses into loan accounts: see [`crate::repository`] for the order of calls.

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Event, Faults, ImportId, MemberId, Moment,
    Money, Page, PageRequest, Period, Permission,
};

use super::exports::{Opened, check_payer, check_period};
use crate::{
    BillingError, Import, ImportStatus, MonthAccount, NewImport, OutcomeKind, Payer, PayerProfile,
    SameFile, Sha256, StoredChunk, StoredLine, Summary,
    repository::{CutHistory, ImportFilter, ImportRepository, MemberCut},
    value_date,
};

const TABLE: &str = "pension_cut_imports";

/// The fields of an upload beside its file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawImport {
    /// The payer's code.
    pub payer: String,
    /// The month, `2026-10`.
    pub periode: String,
    /// The value date, `2026-10-01`.
    pub paid_on: Option<String>,
    /// A profile's code.
    pub profile: Option<String>,
}

/// The fields of an upload, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestImport {
    /// Whose file it is.
    pub payer: Payer,
    /// The month it answers to.
    pub periode: Period,
    /// The value date, no earlier than the month before; `None`: the profile's pay day.
    pub paid_on: Option<NaiveDate>,
    /// The profile named.
    pub profile: Option<String>,
}

impl RequestImport {
    /// Checks the fields, all faults at once.
    pub fn check(raw: &RawImport) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let periode = check_period(&mut faults, &raw.periode);
        let payer = check_payer(&mut faults, &raw.payer);
        let given = raw.paid_on.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let paid_on = given.map(|text| text.parse::<NaiveDate>()).transpose();
        let paid_on = paid_on
            .map_err(|_| faults.add("paid_on", "invalid_date", "a date is such as 2026-10-01"))
            .ok();
        if let (Some(periode), Some(Some(paid_on))) = (periode, paid_on) {
            let in_time = paid_on >= periode.previous().first_day();
            let message = "is no earlier than the month before the file's month";
            faults.require(in_time, "paid_on", "date_too_early", message);
        }
        let profile = raw.profile.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let command = payer.zip(periode).zip(paid_on).map(|((payer, periode), paid_on)| Self {
            payer,
            periode,
            paid_on,
            profile: profile.map(str::to_owned),
        });
        faults.finish(command)
    }
}

/// A file that was spooled, hashed and judged (see [`Census`](crate::Census)).
#[derive(Debug, Clone)]
pub struct SpooledFile<'a> {
    /// Its hash.
    pub sha256: Sha256,
    /// Its size.
    pub bytes: u64,
    /// Where it lies.
    pub spool_key: String,
    /// The profile whose header was found.
    pub profile: &'a PayerProfile,
    /// Lines that get an outcome.
    pub lines: u32,
    /// The month that its title names, if any.
    pub titled: Option<Period>,
}

/// Opens an import in status `processing`, or gives the first import of the same file. Of two
/// uploads of one file at the same time one opens it and the other gets it.
pub fn open_import<Tx>(
    tx: &mut Tx,
    by: &Actor,
    command: &RequestImport,
    file: SpooledFile<'_>,
    tolerance: Money,
    at: Moment,
) -> Result<Opened<Import>, BillingError>
where
    Tx: ImportRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ImportBilling)?;
    by.whole_house()?;
    let sha256 = file.sha256;
    if let Some(first) = known_file(tx, command, &sha256)? {
        return Ok(Opened::Existing(first));
    }
    let periode = command.periode;
    if let Some(titled) = file.titled.filter(|titled| *titled != periode) {
        return Err(BillingError::FileOfOtherMonth { titled, periode });
    }
    let new = NewImport {
        payer: command.payer,
        periode: command.periode,
        profile: file.profile.code().to_owned(),
        paid_on: value_date(command.paid_on, file.profile, command.periode, at.today)?,
        tolerance,
        sha256,
        bytes: file.bytes,
        spool_key: file.spool_key,
        lines: file.lines,
    };
    let Some(id) = tx.add_import(&new, by.user_id)? else {
        let first = known_file(tx, command, &sha256)?;
        return first.map(Opened::Existing).ok_or(BillingError::ImportRaced);
    };
    let import = tx.import(id)?;
    tx.audit(by, entry("billing.import.create", &import).is(view(&import)))?;
    Ok(Opened::New(import))
}

/// The first import of a file, if it was imported before for the same payer and month; for others it
/// is refused. The shell may ask before it reads the file's lines.
pub fn known_file<Tx: ImportRepository>(
    tx: &mut Tx,
    command: &RequestImport,
    sha256: &Sha256,
) -> Result<Option<Import>, BillingError> {
    let Some(import) = tx.import_by_hash(sha256)? else { return Ok(None) };
    match import.uploaded_again(command.payer, command.periode) {
        SameFile::First(first) => Ok(Some(*first)),
        SameFile::Elsewhere(first) => Err(BillingError::FileImportedElsewhere { first }),
    }
}

/// The one audit row of a chunk; its lines are the detail.
pub fn chunk_audit(import: &Import, chunk: &StoredChunk) -> AuditEntry {
    let first = chunk.lines.first().map(|line| line.line_no);
    let value = totals(AuditValue::new(), &chunk.summary)
        .text("payer", import.payer)
        .text("periode", import.periode)
        .with("first_line", first)
        .with("last_line", chunk.last_line);
    entry("billing.import.chunk", import).is(value)
}

/// The one event of a chunk; members' notices fan out from its lines.
pub fn chunk_event(import: &Import, chunk: &StoredChunk) -> Event {
    let first = chunk.lines.first().map(|line| line.line_no).unwrap_or_default();
    Event::new("billing.import.chunk", TABLE, import.id.get())
        .with("periode", import.periode)
        .with("first_line", first)
        .with("last_line", chunk.last_line)
        .with("lines", chunk.summary.total().count)
}

/// The audit row of an import's end.
pub fn import_audit(import: &Import) -> AuditEntry {
    entry("billing.import.done", import).is(view(import))
}

/// The event of an import's end.
pub fn import_event(import: &Import) -> Event {
    Event::new("billing.import.done", TABLE, import.id.get())
        .with("periode", import.periode)
        .with("payer", import.payer)
        .with("lines", import.lines_done)
        .with("applied", import.summary.total().applied)
}

/// Takes an import back, which frees its hash and keys; refused while a payment of it stands.
pub fn discard_import<Tx>(tx: &mut Tx, by: &Actor, id: ImportId) -> Result<Import, BillingError>
where
    Tx: ImportRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ReconcileBilling)?;
    by.whole_house()?;
    let import = tx.lock_import(id)?;
    let before = view(&import);
    let live_postings = tx.live_postings(id)?;
    let import = import.discarded(live_postings)?;
    tx.save_import(&import)?;
    tx.release_lines(id)?;
    tx.audit(by, entry("billing.import.discard", &import).was(before).is(view(&import)))?;
    Ok(import)
}

/// An import.
pub fn read_import<Tx: ImportRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: ImportId,
) -> Result<Import, BillingError> {
    by.whole_house()?;
    Ok(tx.import(id)?)
}

/// An import's month as it stands now; `None` while lines of the import are in work, when it would be
/// told half.
pub fn month_of_import<Tx: ImportRepository>(
    tx: &mut Tx,
    import: &Import,
) -> Result<Option<MonthAccount>, BillingError> {
    match import.status {
        ImportStatus::Done => Ok(Some(tx.month_account(import.payer, import.periode)?)),
        ImportStatus::Processing | ImportStatus::Discarded => Ok(None),
    }
}

/// A page of imports, newest first.
pub fn list_imports<Tx: ImportRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &ImportFilter,
    page: &PageRequest,
) -> Result<Page<Import>, BillingError> {
    by.whole_house()?;
    Ok(tx.imports(filter, page)?)
}

/// A page of an import's lines, of one outcome or of all.
pub fn list_import_lines<Tx: ImportRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: ImportId,
    outcome: Option<OutcomeKind>,
    page: &PageRequest,
) -> Result<Page<StoredLine>, BillingError> {
    by.whole_house()?;
    tx.import(id)?;
    Ok(tx.import_lines(id, outcome, page)?)
}

/// A page of a month's unmatched lines.
pub fn list_unmatched<Tx: ImportRepository>(
    tx: &mut Tx,
    by: &Actor,
    periode: Period,
    page: &PageRequest,
) -> Result<Page<StoredLine>, BillingError> {
    by.whole_house()?;
    Ok(tx.unmatched_lines(periode, page)?)
}

/// A page of a member's cuts, newest month first, within the caller's scope.
pub fn member_history<Tx: CutHistory>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    page: &PageRequest,
) -> Result<Page<MemberCut>, BillingError> {
    Ok(tx.member_cuts(member, page, by.scope)?)
}

fn entry(action: &'static str, import: &Import) -> AuditEntry {
    AuditEntry::new(action, TABLE, import.id.get())
}

fn view(import: &Import) -> AuditValue {
    let view = AuditValue::new()
        .text("payer", import.payer)
        .text("periode", import.periode)
        .text("profile", &import.profile)
        .text("paid_on", import.paid_on)
        .text("tolerance", import.tolerance)
        .text("status", import.status)
        .with("sha256", hex(&import.sha256))
        .with("bytes", import.bytes)
        .with("file_lines", import.lines);
    totals(view, &import.summary)
}

fn totals(view: AuditValue, summary: &Summary) -> AuditValue {
    let total = summary.total();
    let view = view
        .with("lines", total.count)
        .text("amount", total.amount)
        .text("applied", total.applied)
        .text("to_refund", total.to_refund)
        .text("held", total.held);
    let told = summary.iter().filter(|(_, row)| row.count > 0);
    told.fold(view, |view, (kind, row)| view.with(kind.code(), row.count))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
