//! A run of the end of day: for which day, in which steps, how far it came, what it did.

use std::{fmt, str::FromStr};

use chrono::{Days, NaiveDate};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Faults, JobKind, JobRun, JobRunId,
    JobRunStatus, JobRuns, LoanId, Moment, Money, NewJobRun, Permission, StorageError,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{amount::plus, error::ServicingError};

use super::{Day, DueBetween, Late, month_end::month_ends};

/// A day that is wanted, not after today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestDay(NaiveDate);

impl RequestDay {
    /// Checks the day; today where none is named.
    pub fn check(date: Option<NaiveDate>, today: NaiveDate) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let date = date.unwrap_or(today);
        faults.require(date <= today, "date", "date_in_future", "is not after today");
        faults.finish(Some(Self(date)))
    }
}

/// What a run did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DayTally {
    /// Late loans that were brought to the day.
    pub loans: u64,
    /// By how much their penalties grew since the day done before.
    pub penalties: Money,
    /// Loans that came to be in default.
    pub defaulted: u64,
    /// Loans that are in default no longer.
    pub cured: u64,
    /// Loans that could not be done; each is an exception.
    pub failed: u64,
    /// Members who are reminded.
    pub reminded: u64,
    /// Offers that nobody took up in time, cancelled.
    pub expired: u64,
    /// Loans written down at the ends of months.
    pub month_ends: u64,
}

impl DayTally {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let Self { loans, penalties, defaulted, cured, failed, reminded, expired, month_ends } =
            other;
        Self {
            loans: self.loans.saturating_add(loans),
            penalties: plus(self.penalties, penalties),
            defaulted: self.defaulted.saturating_add(defaulted),
            cured: self.cured.saturating_add(cured),
            failed: self.failed.saturating_add(failed),
            reminded: self.reminded.saturating_add(reminded),
            expired: self.expired.saturating_add(expired),
            month_ends: self.month_ends.saturating_add(month_ends),
        }
    }

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

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Loans are written down as they stood at the end of this day.
    MonthEnd(NaiveDate),
    /// Offers whose time is over are cancelled.
    Offers,
    /// Late loans are brought to the run's day.
    Loans,
    /// Members are reminded of instalments that are due within so many days.
    Ahead(u32),
}

/// The due dates of which members are reminded so many days ahead when a day has ended: those that came
/// to lie within since the day done before.
pub fn due_within_lead(day: &Day, lead: u32) -> DueBetween {
    let ahead = |date: NaiveDate| date.checked_add_days(Days::new(lead.into())).unwrap_or(date);
    let before = day.since.map_or(day.told_on, ahead);
    DueBetween { after: before.max(day.told_on), through: ahead(day.told_on) }
}

/// The steps of a run for a day when everything up to `done` is done for good, and nothing was entered
/// before `first`. A day that lies before takes nothing.
pub fn steps_of_day(
    date: NaiveDate,
    done: Option<NaiveDate>,
    first: Option<NaiveDate>,
) -> Vec<Step> {
    if done.is_some_and(|done| date < done) {
        return Vec::new();
    }
    let from = match done {
        Some(done) => done.checked_add_days(Days::new(1)),
        None => first,
    };
    month_ends(from, date).map(Step::MonthEnd).chain([Step::Offers, Step::Loans]).collect()
}

/// How far a run came, as its lease keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The run.
    pub run: JobRunId,
    /// Which of its steps.
    pub step: usize,
    /// The last loan done in it; its due date counts in the step of late loans alone.
    pub after: Late,
}

impl Place {
    /// Before the first loan of a step.
    pub fn at(run: JobRunId, step: usize) -> Self {
        let after = Late { due: NaiveDate::default(), loan: LoanId::new(0) };
        Self { run, step, after }
    }

    /// Where a run goes on: at the place that its lease keeps, if that is its own.
    pub fn of(run: JobRunId, cursor: Option<&str>) -> Self {
        let kept = cursor.and_then(|cursor| cursor.parse::<Self>().ok());
        kept.filter(|place| place.run == run).unwrap_or(Self::at(run, 0))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, step, after: Late { due, loan } } = self;
        write!(f, "{run} {step} {due} {loan}")
    }
}

impl FromStr for Place {
    type Err = StorageError;

    fn from_str(text: &str) -> Result<Self, StorageError> {
        let mut parts = text.split(' ');
        let place = || {
            let run = JobRunId::new(parts.next()?.parse().ok()?);
            let step = parts.next()?.parse().ok()?;
            let due = parts.next()?.parse().ok()?;
            let loan = LoanId::new(parts.next()?.parse().ok()?);
            Some(Self { run, step, after: Late { due, loan } })
        };
        let mut place = place;
        place().ok_or_else(|| StorageError::Failed("a place in a run cannot be read".into()))
    }
}

/// How often a run is begun while others begin and end one at the same moment.
const BEGINNINGS: usize = 3;

/// Begins a run for a day, or gives the one that is under way for it.
pub fn open_day<Tx>(
    tx: &mut Tx,
    by: &Actor,
    RequestDay(date): RequestDay,
    at: Moment,
) -> Result<JobRun, ServicingError>
where
    Tx: JobRuns + AuditLog + Authority,
{
    tx.recheck(by, Permission::RunJob)?;
    by.whole_house()?;
    let new = NewJobRun {
        job: JobKind::EndOfDay,
        date,
        run_on: at.today,
        result: DayTally::default().to_value(),
        created_by: by.user_id,
    };
    for _ in 0..BEGINNINGS {
        if let Some(run) = under_way(tx, date)? {
            return Ok(run);
        }
        if let Some(run) = tx.begin_job_run(&new)? {
            let entry = AuditEntry::new("job.begin", "job_runs", run.id.get());
            tx.audit(by, entry.is(AuditValue::new().text("job", run.job).text("date", date)))?;
            return Ok(run);
        }
    }
    Err(StorageError::Busy.into())
}

fn under_way<Tx: JobRuns>(tx: &mut Tx, date: NaiveDate) -> Result<Option<JobRun>, StorageError> {
    let mut running = tx.unfinished_job_runs(JobKind::EndOfDay)?.into_iter();
    Ok(running.find(|run| run.date == date))
}

/// Ends a run that has nothing left to do.
pub fn finish_day<Tx>(tx: &mut Tx, by: &Actor, run: &JobRun) -> Result<(), ServicingError>
where
    Tx: JobRuns + AuditLog,
{
    tx.save_job_run(&JobRun { status: JobRunStatus::Done, ..run.clone() })?;
    let entry = AuditEntry::new("job.done", "job_runs", run.id.get());
    let after = AuditValue::new().text("job", run.job).text("date", run.date);
    tx.audit(by, entry.is(after.with("result", run.result.clone())))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_due_date_comes_to_lie_within_the_lead_once() {
        let due = |date: &str, since: Option<&str>| {
            let day = Day::ending(day(date), since.map(day), day(date));
            let DueBetween { after, through } = due_within_lead(&day, 3);
            (after.to_string(), through.to_string())
        };
        let pair = |after: &str, through: &str| (after.to_owned(), through.to_owned());
        assert_eq!(due("2026-06-15", Some("2026-06-14")), pair("2026-06-17", "2026-06-18"));
        assert_eq!(due("2026-06-15", Some("2026-06-12")), pair("2026-06-15", "2026-06-18"));
        assert_eq!(due("2026-06-15", Some("2026-05-01")), pair("2026-06-15", "2026-06-18"));
        assert_eq!(due("2026-06-15", None), pair("2026-06-15", "2026-06-18"));
        assert_eq!(due("2026-06-15", Some("2026-06-15")), pair("2026-06-18", "2026-06-18"));
    }

    #[test]
    fn missed_month_ends_come_first_and_in_order() {
        let steps = |date, done: Option<&str>, first: Option<&str>| {
            steps_of_day(day(date), done.map(day), first.map(day))
        };
        let end = |text| Step::MonthEnd(day(text));
        let rest = [Step::Offers, Step::Loans];
        assert_eq!(steps("2026-06-15", Some("2026-06-14"), None), rest);
        assert_eq!(steps("2026-06-15", None, None), rest);
        assert_eq!(
            steps("2026-06-30", Some("2026-04-29"), None),
            [&[end("2026-04-30"), end("2026-05-31"), end("2026-06-30")][..], &rest].concat()
        );
        assert_eq!(
            steps("2026-06-15", None, Some("2026-05-20")),
            [&[end("2026-05-31")][..], &rest].concat()
        );
        assert_eq!(steps("2026-05-31", Some("2026-05-31"), None), rest, "done for good");
        assert_eq!(steps("2026-05-30", Some("2026-05-31"), None), []);
    }

    #[test]
    fn a_place_comes_back_and_another_runs_place_is_none() {
        let run = JobRunId::new(7);
        let place =
            Place { run, step: 2, after: Late { due: day("2026-05-01"), loan: LoanId::new(9) } };
        assert_eq!(Place::of(run, Some(&place.to_string())), place);
        assert_eq!(Place::of(JobRunId::new(8), Some(&place.to_string())).step, 0);
        assert_eq!(Place::of(run, Some("nonsense")), Place::at(run, 0));
        assert_eq!(Place::of(run, None), Place::at(run, 0));
    }

    #[test]
    fn a_day_that_is_not_there_yet_is_refused() {
        let today = day("2026-06-15");
        assert_eq!(RequestDay::check(None, today), Ok(RequestDay(today)));
        assert!(RequestDay::check(Some(day("2026-06-16")), today).is_err());
    }
}
