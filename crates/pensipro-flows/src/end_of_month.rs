//! The end of a month: it is closed, its aging is kept, every funder's settlement is drafted, lines that
//! wait are tried again, and the next month's exports are made once their day has come.

use chrono::NaiveDate;
use pensipro_billing::{
    ExportFilter, ExportPolicy, ExportRepository, ExportScope, ExportStatus, ImportRepository,
    Opened, Payer, Profiles, Replace, RequestExport, RetriableQuery, Retry, RetryRepository,
    begin_export, repository::BillableQuery,
};
use pensipro_funding::{
    FunderRepository, FundingError, SettlementRepository, settlement::TaxRates,
};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Faults, FunderId, JobKind, JobRun,
    JobRunStatus, JobRuns, Moment, NewJobRun, PageRequest, Period, Permission, StorageError,
};
use pensipro_servicing::{AccountingPeriods, EndOfDayRepository, close_period};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{FlowError, SettleFunder, retry::begin_retry, settle_funder::begin_settlement};

/// A month whose end is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestMonth(Period);

impl RequestMonth {
    /// Checks the month; the last one where none is named.
    pub fn check(periode: Option<&str>, today: NaiveDate) -> Result<Self, Faults> {
        let Some(text) = periode else { return Ok(Self(Period::of(today).previous())) };
        let mut faults = Faults::new();
        let periode = text.trim().parse::<Period>();
        let periode = periode
            .map_err(|fault| faults.add("periode", "invalid_periode", fault.to_string()))
            .ok();
        faults.finish(periode.map(Self))
    }
}

/// What a run did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MonthTally {
    /// Figures of the aging that were kept.
    pub aging: u64,
    /// Settlements that were begun.
    pub settlements: u64,
    /// Retries of lines that wait that were begun.
    pub retries: u64,
    /// Exports of the next month that were begun.
    pub exports: u64,
    /// Figures of the quality that were kept.
    pub quality: u64,
}

impl MonthTally {
    /// What a run says of itself.
    pub fn of(run: &JobRun) -> Result<Self, StorageError> {
        let unreadable = |_| StorageError::Failed("job_runs.result holds what cannot be".into());
        serde_json::from_value(run.result.clone()).map_err(unreadable)
    }

    /// As a run keeps it.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// The months that were not ended, the oldest first, of those from the first that was through the newest, and
/// none before anything was entered. A house that never ended a month begins with the newest.
pub fn months_not_ended(
    ended: &[NaiveDate],
    first_booking: Option<NaiveDate>,
    newest: Period,
) -> impl Iterator<Item = Period> {
    let first = ended.first().map_or(newest, |first| Period::of(*first));
    let first = first_booking.map_or(first, |booking| first.max(Period::of(booking)));
    let months = std::iter::successors(Some(first), |month| Some(month.next()));
    let months = months.take_while(move |month| *month <= newest);
    months.filter(|month| !ended.contains(&month.last_day()))
}

/// Closes a month that is over and whose end of day is done, and begins the run that does the rest; gives the
/// one that is under way for it. A month that is closed stays so, and is gone through again.
pub fn open_month<Tx>(
    tx: &mut Tx,
    by: &Actor,
    RequestMonth(periode): RequestMonth,
    at: Moment,
) -> Result<JobRun, FlowError>
where
    Tx: JobRuns + AccountingPeriods + EndOfDayRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::RunJob)?;
    by.whole_house()?;
    close_period(tx, by, periode, at)?;
    let new = NewJobRun {
        job: JobKind::EndOfMonth,
        date: periode.last_day(),
        run_on: at.today,
        result: MonthTally::default().to_value(),
        created_by: by.user_id,
    };
    if let Some(run) = under_way(tx, new.date)? {
        return Ok(run);
    }
    let Some(run) = tx.begin_job_run(&new)? else {
        return Ok(under_way(tx, new.date)?.ok_or(StorageError::Busy)?);
    };
    tx.audit(by, entry("job.begin", &run))?;
    Ok(run)
}

fn under_way<Tx: JobRuns>(tx: &mut Tx, date: NaiveDate) -> Result<Option<JobRun>, StorageError> {
    let mut running = tx.unfinished_job_runs(JobKind::EndOfMonth)?.into_iter();
    Ok(running.find(|run| run.date == date))
}

/// Begins the settlement of a closed month with a funder, unless there is one of it already; a draft that was
/// made while the month was open is made anew. Gives how many it began.
pub fn draft_settlement<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (funder, periode): (FunderId, Period),
    tax_rates: TaxRates,
    at: Moment,
) -> Result<u64, FlowError>
where
    Tx: FunderRepository + SettlementRepository + AccountingPeriods + AuditLog,
{
    let existing = tx.settlement_of(funder, periode)?;
    if existing.is_some_and(|settlement| !settlement.coverage.open_month) {
        return Ok(0);
    }
    let command = SettleFunder::of_closed(periode);
    match begin_settlement(tx, by, funder, command, tax_rates, at) {
        Ok(_) => Ok(1),
        // What was settled stays so.
        Err(FlowError::Funding(
            FundingError::SettlementFinal { .. } | FundingError::LaterSettlement { .. },
        )) => Ok(0),
        Err(error) => Err(error),
    }
}

/// Begins to try a month's lines that wait again, if there is any; gives how many runs it began.
pub fn retry_month<Tx>(tx: &mut Tx, by: &Actor, periode: Period) -> Result<u64, FlowError>
where
    Tx: ImportRepository + RetryRepository + AuditLog,
{
    let of = Retry { from_periode: periode, payer: None };
    let query = RetriableQuery { of, after: None, limit: 1 };
    if tx.retriable_lines(&query)?.is_empty() || tx.running_retry(of)?.is_some() {
        return Ok(0);
    }
    begin_retry(tx, by, of)?;
    Ok(1)
}

/// The scopes whose exports are due today and not there: each payer's who has something to bill. A payer
/// of whom somebody made an export of the month, of a pay office maybe, is left to people.
pub fn due_exports<Tx>(
    tx: &mut Tx,
    policy: &ExportPolicy,
    today: NaiveDate,
) -> Result<Vec<ExportScope>, FlowError>
where
    Tx: ExportRepository,
{
    let Some(periode) = policy.due(today) else { return Ok(Vec::new()) };
    let mut due = Vec::new();
    for payer in Payer::ALL.iter().copied() {
        let scope = ExportScope { periode, payer, pay_office: String::new() };
        if !is_exported(tx, &scope)? && has_loans(tx, &scope)? {
            due.push(scope);
        }
    }
    Ok(due)
}

fn is_exported<Tx: ExportRepository>(
    tx: &mut Tx,
    scope: &ExportScope,
) -> Result<bool, StorageError> {
    let filter = ExportFilter {
        periode: Some(scope.periode),
        payer: Some(scope.payer),
        ..ExportFilter::default()
    };
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let exports = tx.exports(&filter, &page)?.data;
    Ok(exports.iter().any(|export| export.status != ExportStatus::Superseded))
}

/// Loans that are looked through at once.
const STRETCH: u32 = 2_000;

fn has_loans<Tx: ExportRepository>(tx: &mut Tx, scope: &ExportScope) -> Result<bool, StorageError> {
    let mut query = BillableQuery { scope: scope.clone(), after: None, limit: STRETCH };
    loop {
        let found = tx.billable_loans(&query)?;
        if !found.loans.is_empty() || found.through.is_none() {
            return Ok(!found.loans.is_empty());
        }
        query.after = found.through;
    }
}

/// Opens the exports that are due; gives how many. Their lines come as those of any other.
pub fn begin_due_exports<Tx>(
    tx: &mut Tx,
    by: &Actor,
    policy: &ExportPolicy,
    profiles: &Profiles,
    today: NaiveDate,
) -> Result<u64, FlowError>
where
    Tx: ExportRepository + AuditLog,
{
    let mut begun = 0_u64;
    for scope in due_exports(tx, policy, today)? {
        let command = RequestExport { scope, arrears: None, replace: Replace::Keep, reason: None };
        if let Opened::New(_) = begin_export(tx, by, &command, policy, profiles, today)? {
            begun = begun.saturating_add(1);
        }
    }
    Ok(begun)
}

/// Ends a run that has nothing left to do.
pub fn finish_month<Tx>(tx: &mut Tx, by: &Actor, run: &JobRun) -> Result<(), FlowError>
where
    Tx: JobRuns + AuditLog,
{
    let done = JobRun { status: JobRunStatus::Done, ..run.clone() };
    tx.save_job_run(&done)?;
    tx.audit(by, entry("job.done", &done))?;
    Ok(())
}

fn entry(action: &'static str, run: &JobRun) -> AuditEntry {
    let view = AuditValue::new().text("job", run.job).text("date", run.date);
    let entry = AuditEntry::new(action, "job_runs", run.id.get());
    entry.is(view.with("result", run.result.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_caught_up_before_what_follows() {
        let not_ended = |ended: &[&str], newest: &str| {
            let ended: Vec<_> = ended.iter().map(|day| day.parse().unwrap()).collect();
            let first = Some("2026-05-20".parse().unwrap());
            let months = months_not_ended(&ended, first, newest.parse().unwrap());
            months.map(|month| month.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(not_ended(&[], "2026-07"), ["2026-07"]);
        assert_eq!(not_ended(&["2026-07-31"], "2026-07"), Vec::<String>::new());
        assert_eq!(not_ended(&["2026-07-31"], "2026-09"), ["2026-08", "2026-09"]);
        let gap = ["2026-05-31", "2026-07-31"];
        assert_eq!(not_ended(&gap, "2026-08"), ["2026-06", "2026-08"]);
        // Whoever ended a month of ten years ago by mistake began no long row of others.
        assert_eq!(not_ended(&["2016-05-31"], "2026-06"), ["2026-05", "2026-06"]);
        assert_eq!(not_ended(&[], "2026-04"), Vec::<String>::new());
    }
}
