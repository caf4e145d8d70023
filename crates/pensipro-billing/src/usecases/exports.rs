//! Making an export, handing it over, reading it.

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, ExportId, Faults, Moment, Page,
    PageRequest, Period, Permission, optional_text,
};

use crate::{
    Arrears, BillingError, BillingRules, Export, ExportPolicy, ExportScope, ExportStatus, LeftOut,
    MarkSent, NewExport, Payer, Profiles, Replace,
    repository::{Billable, BillableQuery, ExportFilter, ExportRepository},
};

const TABLE: &str = "pension_cut_exports";

/// The wish for an export, as a body states it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawExport {
    /// The month, `2026-10`.
    pub periode: String,
    /// The payer's code.
    pub payer: String,
    /// Only this pay office's pensioners.
    pub pay_office: Option<String>,
    /// Bill arrears too.
    pub include_arrears: Option<bool>,
    /// Supersede the live export of the scope.
    pub replace: Option<bool>,
    /// Why, where it was sent.
    pub reason: Option<String>,
}

/// The wish for an export, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestExport {
    /// What it covers.
    pub scope: ExportScope,
    /// Whether it bills arrears; `None`: as [`ExportPolicy`] says.
    pub arrears: Option<Arrears>,
    /// What happens to a live export of the scope.
    pub replace: Replace,
    /// Why it replaces a sent one, or is made past the cut-off.
    pub reason: Option<String>,
}

impl RequestExport {
    /// Checks a body, all faults at once.
    pub fn check(raw: &RawExport) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let periode = check_period(&mut faults, &raw.periode);
        let payer = check_payer(&mut faults, &raw.payer);
        let pay_office = faults.take(optional_text("pay_office", raw.pay_office.as_deref(), 100));
        let reason = faults.take(optional_text("reason", raw.reason.as_deref(), 500));
        let checked = periode.zip(payer).zip(pay_office).zip(reason);
        let command = checked.map(|(((periode, payer), pay_office), reason)| Self {
            scope: ExportScope { periode, payer, pay_office: pay_office.unwrap_or_default() },
            arrears: raw.include_arrears.map(|include| match include {
                true => Arrears::Include,
                false => Arrears::Exclude,
            }),
            replace: match raw.replace {
                Some(true) => Replace::Supersede { reason: reason.clone() },
                Some(false) | None => Replace::Keep,
            },
            reason,
        });
        faults.finish(command)
    }
}

/// Reads the field `periode`.
pub(super) fn check_period(faults: &mut Faults, text: &str) -> Option<Period> {
    let parsed = text.trim().parse::<Period>();
    parsed.map_err(|fault| faults.add("periode", "invalid_periode", fault.to_string())).ok()
}

/// Reads the field `payer`.
pub(super) fn check_payer(faults: &mut Faults, text: &str) -> Option<Payer> {
    let parsed = text.trim().parse::<Payer>();
    let message = "is one of TASPEN, ASABRI, LAINNYA";
    parsed.map_err(|_| faults.add("payer", "invalid_payer", message)).ok()
}

/// A thing asked for: made now, or there before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened<T> {
    /// Made now.
    New(T),
    /// There before; nothing was changed.
    Existing(T),
}

impl<T> Opened<T> {
    /// The thing.
    pub fn into_inner(self) -> T {
        match self {
            Self::New(thing) | Self::Existing(thing) => thing,
        }
    }
}

/// Opens an export in status `generating`, or gives the live one of the scope. Its lines come by
/// [`generate_export_chunk`], each chunk in a transaction of its own.
pub fn open_export<Tx>(
    tx: &mut Tx,
    by: &Actor,
    command: &RequestExport,
    policy: &ExportPolicy,
    profiles: &Profiles,
    today: NaiveDate,
) -> Result<Opened<Export>, BillingError>
where
    Tx: ExportRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ExportBilling)?;
    begin_export(tx, by, command, policy, profiles, today)
}

/// The same for what begins by itself.
pub fn begin_export<Tx>(
    tx: &mut Tx,
    by: &Actor,
    command: &RequestExport,
    policy: &ExportPolicy,
    profiles: &Profiles,
    today: NaiveDate,
) -> Result<Opened<Export>, BillingError>
where
    Tx: ExportRepository + AuditLog,
{
    by.whole_house()?;
    let live = tx.lock_live_export(&command.scope)?;
    if let (Some(live), Replace::Keep) = (&live, &command.replace) {
        return Ok(Opened::Existing(live.clone()));
    }
    let (periode, reason) = (command.scope.periode, command.reason.as_deref());
    policy.refuse_late(periode, reason, today)?;
    let is_late = policy.cut_off(periode).is_some_and(|cut_off| today > cut_off);
    let replaces = live.map(|live| supersede(tx, by, live, reason, today)).transpose()?;
    let new = NewExport {
        scope: command.scope.clone(),
        arrears: command.arrears.unwrap_or(policy.arrears),
        tolerance: policy.tolerance,
        profile: profiles.for_export(command.scope.payer)?.code().to_owned(),
        replaces,
        reason: command.reason.clone().filter(|_| replaces.is_some() || is_late),
    };
    let id = tx.add_export(&new, by.user_id)?.ok_or(BillingError::ExportRaced)?;
    let export = tx.export(id)?;
    tx.audit(by, entry("billing.export.create", &export).is(view(&export)))?;
    Ok(Opened::New(export))
}

fn supersede<Tx>(
    tx: &mut Tx,
    by: &Actor,
    live: Export,
    reason: Option<&str>,
    today: NaiveDate,
) -> Result<ExportId, BillingError>
where
    Tx: ExportRepository + AuditLog,
{
    // Retiring takes the lines' locks, so that an import under way is waited for and then seen.
    tx.retire_lines(live.id, today)?;
    let answers = tx.answers(live.id)?;
    let before = view(&live);
    let old = live.superseded(reason, answers)?;
    tx.save_export(&old)?;
    let after = view(&old).with("superseded_because", reason);
    tx.audit(by, entry("billing.export.supersede", &old).was(before).is(after))?;
    Ok(old.id)
}

/// Looks through the next `limit` loans and stores the lines of those that owe something; the export is
/// `generated` once none is left. Call it until it is. One lock, two reads and one bulk write a chunk; a crash between chunks
/// loses nothing. An export that is complete stays as it is.
pub fn generate_export_chunk<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ExportId,
    limit: u32,
    profiles: &Profiles,
    today: NaiveDate,
) -> Result<Export, BillingError>
where
    Tx: ExportRepository + AuditLog,
{
    let export = tx.lock_export(id)?;
    if export.is_complete() {
        return Ok(export);
    }
    let query = BillableQuery { scope: export.scope.clone(), after: export.cursor, limit };
    let Billable { loans, through } = tx.billable_loans(&query)?;
    let rules = BillingRules {
        periode: export.scope.periode,
        arrears: export.arrears,
        tolerance: export.tolerance,
        profile: &*profiles.by_code(&export.profile)?,
        today,
    };
    let bill = rules.bill(&loans, export.lines.saturating_add(1))?;
    let export = match through {
        Some(through) => {
            tx.add_export_lines(id, &bill.lines, &bill.left_out)?;
            export.after_chunk(&bill, through)?
        }
        None => export.generated()?,
    };
    tx.save_export(&export)?;
    if export.is_complete() {
        tx.audit(by, entry("billing.export.generate", &export).is(view(&export)))?;
    }
    Ok(export)
}

/// Marks an export as handed to the payer.
pub fn mark_export_sent<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ExportId,
    command: &MarkSent,
    at: Moment,
) -> Result<Export, BillingError>
where
    Tx: ExportRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ExportBilling)?;
    by.whole_house()?;
    let export = tx.lock_export(id)?;
    let before = view(&export);
    let export = export.sent(command, at.today)?;
    tx.save_export(&export)?;
    let after = view(&export).with("reason", command.reason.as_deref());
    tx.audit(by, entry("billing.export.sent", &export).was(before).is(after))?;
    Ok(export)
}

/// An export whose file is about to be written: complete, and the reading of people's data noted.
/// The rows come by [`ExportRepository::file_rows`], in pages.
pub fn open_export_file<Tx>(tx: &mut Tx, by: &Actor, id: ExportId) -> Result<Export, BillingError>
where
    Tx: ExportRepository + AuditLog,
{
    by.whole_house()?;
    let export = tx.export(id)?;
    if !export.is_complete() {
        return Err(BillingError::ExportGenerating);
    }
    let read = AuditValue::new().with("lines", export.lines);
    tx.audit(by, entry("billing.export.download", &export).is(read))?;
    Ok(export)
}

/// An export.
pub fn read_export<Tx: ExportRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: ExportId,
) -> Result<Export, BillingError> {
    by.whole_house()?;
    Ok(tx.export(id)?)
}

/// A page of exports, newest first.
pub fn list_exports<Tx: ExportRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &ExportFilter,
    page: &PageRequest,
) -> Result<Page<Export>, BillingError> {
    by.whole_house()?;
    Ok(tx.exports(filter, page)?)
}

/// A page of the loans that an export left out.
pub fn list_left_out<Tx: ExportRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: ExportId,
    page: &PageRequest,
) -> Result<Page<LeftOut>, BillingError> {
    by.whole_house()?;
    tx.export(id)?;
    Ok(tx.left_out(id, page)?)
}

fn entry(action: &'static str, export: &Export) -> AuditEntry {
    AuditEntry::new(action, TABLE, export.id.get())
}

fn view(export: &Export) -> AuditValue {
    let Export { scope, status, lines, left_out, total_amount, replaces, .. } = export;
    let view = AuditValue::new()
        .text("periode", scope.periode)
        .text("payer", scope.payer)
        .text("pay_office", &scope.pay_office)
        .text("status", status)
        .with("include_arrears", export.arrears == Arrears::Include)
        .text("tolerance", export.tolerance)
        .with("lines", *lines)
        .with("left_out", *left_out)
        .text("total_amount", total_amount)
        .with("replaces", replaces.map(ExportId::get))
        .with("reason", export.reason.as_deref());
    match (status, export.sent_on) {
        (ExportStatus::Sent, Some(sent_on)) => {
            view.text("sent_on", sent_on).with("sent_note", export.sent_note.as_deref())
        }
        _ => view,
    }
}
