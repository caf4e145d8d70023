//! What begins by itself.

use chrono::{Days, NaiveDate};
use pensipro_auth::ModuleCode;
use pensipro_billing::{ProfileRepository, Profiles};
use pensipro_flows::{RequestMonth, begin_due_exports, due_exports, months_not_ended, open_month};
use pensipro_kernel::{Actor, JobKind, JobRuns, Period};
use pensipro_persistence::Tx;
use pensipro_servicing::{EndOfDayRepository, RequestDay, open_day};

use crate::{App, http::Problem};

impl App {
    /// Begins the end of yesterday once its time has come, whichever instance is first. While the
    /// business day is pinned nothing begins by itself.
    pub(crate) async fn schedule_end_of_day(&self) {
        let Some(day) = self.day_that_is_over() else { return };
        let begun = self.begin_end_of(day).await;
        self.chore_ended("loans.end_of_day.schedule", &begun);
        if matches!(begun, Ok(true)) {
            self.jobs.wake.notify_one();
        }
    }

    /// Ends the oldest month that awaits it, at the time at which days are ended, whichever instance is
    /// first.
    pub(crate) async fn schedule_end_of_month(&self) {
        let is_off = self.state().is_disabled(ModuleCode::Report.code());
        if is_off || self.day_that_is_over().is_none() {
            return;
        }
        self.chore_ended("reports.end_of_month.schedule", &self.begin_due_month().await);
    }

    /// Makes the exports that are due, at the time at which days are ended, whichever instance is first.
    pub(crate) async fn schedule_exports(&self) {
        let is_off = self.state().is_disabled(ModuleCode::Billing.code());
        if is_off || self.day_that_is_over().is_none() {
            return;
        }
        self.chore_ended("billing.exports.schedule", &self.make_due_exports().await);
    }

    /// Begins the exports that are due today and not there; gives how many.
    pub async fn make_due_exports(&self) -> Result<u64, Problem> {
        let policy = self.policies().export;
        let due = self.load(move |tx, at| Ok(due_exports(tx, &policy, at.today)?));
        if due.await?.is_empty() {
            return Ok(0);
        }
        let begun = self.change("begin_due_exports", move |tx, at| {
            let profiles = Profiles::new(tx.configured_profiles()?);
            Ok(begin_due_exports(tx, &Actor::system(), &policy, &profiles, at.today)?)
        });
        let begun = begun.await?;
        self.jobs.wake.notify_one();
        Ok(begun)
    }

    /// Begins the end of the oldest month that awaits it; true if there was one.
    pub async fn begin_due_month(&self) -> Result<bool, Problem> {
        if self.load(|tx, at| month_to_end(tx, at.today)).await?.is_none() {
            return Ok(false);
        }
        let begun = self.change("begin_end_of_month", |tx, at| {
            let Some(periode) = month_to_end(tx, at.today)? else { return Ok(false) };
            let request = RequestMonth::check(Some(&periode.to_string()), at.today)?;
            open_month(tx, &Actor::system(), request, at)?;
            Ok(true)
        });
        let begun = begun.await?;
        if begun {
            self.jobs.wake.notify_one();
        }
        Ok(begun)
    }

    /// Yesterday, if the end of a day has a time and it has come.
    fn day_that_is_over(&self) -> Option<NaiveDate> {
        let is_on = !self.state().is_disabled(ModuleCode::Lms.code());
        let time = self.config.end_of_day_at.filter(|_| is_on)?;
        let now = self.clock.now().with_timezone(&self.config.timezone).time();
        let is_time = self.config.business_date.is_none() && now >= time;
        self.clock.today().checked_sub_days(Days::new(1)).filter(|_| is_time)
    }

    /// Begins a run unless that day is done or others are under way.
    async fn begin_end_of(&self, day: NaiveDate) -> Result<bool, Problem> {
        if !self.load(move |tx, _| is_behind(tx, day)).await? {
            return Ok(false);
        }
        self.change("begin_end_of_day", move |tx, at| {
            let is_behind = is_behind(tx, day)?;
            if is_behind {
                open_day(tx, &Actor::system(), RequestDay::check(Some(day), at.today)?, at)?;
            }
            Ok(is_behind)
        })
        .await
    }
}

/// The oldest month that was not ended, if its last day is done for good and left no loan out, and no other is
/// under way: missed ones are caught up one by one.
fn month_to_end(tx: &mut Tx<'_>, today: NaiveDate) -> Result<Option<Period>, Problem> {
    let ended = tx.days_done(JobKind::EndOfMonth)?;
    let newest = Period::of(today).previous();
    let oldest = months_not_ended(&ended, tx.first_booking()?, newest).next();
    let Some(periode) = oldest else { return Ok(None) };
    let last = periode.last_day();
    let through = tx.done_through(JobKind::EndOfDay)?;
    let is_idle = tx.unfinished_job_runs(JobKind::EndOfMonth)?.is_empty();
    let is_done = is_idle && through.is_some_and(|through| through >= last);
    let awaits = is_done && tx.left_out_of_month_end(last)? == 0;
    Ok(awaits.then_some(periode))
}

/// True if the day is not done for good and no run is under way.
fn is_behind(tx: &mut Tx<'_>, day: NaiveDate) -> Result<bool, Problem> {
    let through = tx.done_through(JobKind::EndOfDay)?;
    let is_idle = tx.unfinished_job_runs(JobKind::EndOfDay)?.is_empty();
    Ok(is_idle && through.is_none_or(|through| through < day))
}
