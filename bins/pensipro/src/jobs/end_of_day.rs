//! Loans are brought to a day.
//!
//! A chunk is a page of loans: what it did, the run's tally and the place that it came to are one
//! transaction. A chunk that fails is done again loan by loan, and a loan that fails is noted and
//! passed over.

use chrono::NaiveDate;
use pensipro_audit::{ExceptionLog, NewException, Severity};
use pensipro_flows::cancel_expired_offers;
use pensipro_kernel::{
    Actor, JobKind, JobRun, JobRunId, JobRunStatus, JobRuns, LoanId, Moment, StorageError,
};
use pensipro_persistence::{Backend, Tx};
use pensipro_servicing::{
    Day, DayTally, EndOfDayRepository, Late, Place, Step, bring_loans, due_within_lead, finish_day,
    remind_ahead, steps_of_day, write_month_ends,
};
use serde_json::json;

use super::{Job, Stretch, on_behalf_of};
use crate::{App, app::Stop, http::Problem};

/// Goes through the steps from the place that was kept, until all are done or the worker is told to
/// stop.
pub(super) async fn process(
    app: &App,
    stop: &Stop,
    id: JobRunId,
    cursor: Option<&str>,
) -> Result<Stretch, Problem> {
    let Some(mut work) = Work::resume(app, id, cursor).await? else { return Ok(Stretch::Done) };
    while !app.is_told_to_stop(stop, work.job()) {
        let Some(step) = work.steps.get(work.place.step).copied() else {
            return work.finish(app, stop).await;
        };
        let page = work.page(app, step).await?;
        if page.is_empty() {
            work.place = Place::at(id, work.place.step + 1);
        } else if work.chunk(app, stop, step, page).await?.is_none() {
            return Ok(Stretch::Left);
        }
    }
    Ok(Stretch::Left)
}

/// How often a transaction is tried that fails for what may pass.
#[derive(Clone, Copy)]
enum Tries<'a> {
    One,
    Some(&'a Stop),
}

/// A run that is worked on.
#[derive(Debug, Clone)]
struct Work {
    run: JobRun,
    by: Actor,
    day: Day,
    steps: Vec<Step>,
    place: Place,
    tally: DayTally,
}

impl Work {
    /// `None` if it is done. A run whose place was lost begins anew: what it does again changes
    /// nothing, and is counted once.
    async fn resume(
        app: &App,
        id: JobRunId,
        cursor: Option<&str>,
    ) -> Result<Option<Self>, Problem> {
        let place = Place::of(id, cursor);
        let leads: Vec<_> = app.policies().reminders.leads().map(Step::Ahead).collect();
        app.load(move |tx, at| {
            let run = tx.job_run(id)?;
            let done = tx.done_through(JobKind::EndOfDay)?;
            let mut steps = steps_of_day(run.date, done, tx.first_booking()?);
            if !steps.is_empty() {
                steps.extend(leads);
            }
            // Behind the others: their places stay what they are once nobody is left out any more.
            let again = incomplete_ends(tx, run.date)?.into_iter().map(Step::MonthEnd);
            let again: Vec<_> = again.filter(|step| !steps.contains(step)).collect();
            steps.extend(again);
            let tally = match place == Place::at(id, 0) {
                true => DayTally::default(),
                false => DayTally::of(&run)?,
            };
            let day = Day::ending(run.date, done, at.today);
            let is_running = run.status == JobRunStatus::Running;
            let by = on_behalf_of(run.created_by);
            Ok(is_running.then_some(Self { run, by, day, steps, place, tally }))
        })
        .await
    }

    const fn job(&self) -> Job {
        Job::EndOfDay(self.run.id)
    }

    /// The next loans of a step.
    async fn page(&self, app: &App, step: Step) -> Result<Vec<Late>, Problem> {
        let (after, day) = (self.place.after, self.day);
        let limit = loans_of_a_chunk(app.store().backend(), step);
        let by_id = move |loan| Late { due: after.due, loan };
        app.load(move |tx, _| {
            let ids = match step {
                Step::Loans => return Ok(tx.late_loans(day.told_on, after, limit)?),
                Step::Ahead(lead) => {
                    return Ok(tx.loans_due(due_within_lead(&day, lead), after, limit)?);
                }
                Step::Offers => tx.pending_loans(after.loan, limit)?,
                Step::MonthEnd(end) => tx.loans_of_month_end(end, after.loan, limit)?,
            };
            Ok(ids.into_iter().map(by_id).collect())
        })
        .await
    }

    /// Does a page of loans, at once or else loan by loan; `None` if the job is another's by now.
    async fn chunk(
        &mut self,
        app: &App,
        stop: &Stop,
        step: Step,
        page: Vec<Late>,
    ) -> Result<Option<()>, Problem> {
        match self.store(app, Tries::One, step, &page).await {
            Err(problem) => log::warn!("loan by loan at the end of {}: {problem}", self.day.date),
            done => return done,
        }
        for loan in page {
            let done = match self.store(app, Tries::Some(stop), step, &[loan]).await {
                Err(problem) if !problem.may_pass() => {
                    self.pass_over(app, stop, (step, loan), &problem).await?
                }
                done => done?,
            };
            if done.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    /// Does loans in one transaction.
    async fn store(
        &mut self,
        app: &App,
        tries: Tries<'_>,
        step: Step,
        loans: &[Late],
    ) -> Result<Option<()>, Problem> {
        let Some(after) = loans.last().copied() else { return Ok(Some(())) };
        let mut next = self.clone();
        next.place.after = after;
        let ids = loans.iter().map(|late| late.loan).collect();
        let (name, work) = (("end_of_day", self.job()), next.transaction(app, step, ids));
        let tally = match tries {
            Tries::One => app.chunk_once(name, work).await?,
            Tries::Some(stop) => app.chunk(stop, name, work).await?,
        };
        Ok(tally.map(|tally| *self = Self { tally, ..next }))
    }

    /// What one transaction does; gives the tally after it.
    fn transaction(
        &self,
        app: &App,
        step: Step,
        ids: Vec<LoanId>,
    ) -> impl FnMut(&mut Tx<'_>, Moment) -> Result<DayTally, Problem> + Clone + Send + use<> {
        let (app, work) = (app.clone(), self.clone());
        move |tx, at| {
            let tally = work.tally.and(work.step(&app, tx, step, (&ids, at))?);
            work.keep(&app, tx, tally)?;
            Ok(tally)
        }
    }

    fn step(
        &self,
        app: &App,
        tx: &mut Tx<'_>,
        step: Step,
        (ids, at): (&[LoanId], Moment),
    ) -> Result<DayTally, Problem> {
        let policies = app.policies();
        let servicing = &policies.servicing;
        Ok(match step {
            Step::Loans => {
                bring_loans(tx, &self.by, ids, &self.day, (servicing, &policies.reminders))?
            }
            Step::Ahead(_) => {
                remind_ahead(tx, ids, self.day.told_on, (servicing, &policies.reminders))?
            }
            Step::Offers => {
                let offers = (policies.offer, self.day.date);
                let expired = cancel_expired_offers(tx, &self.by, ids, offers, at)?;
                DayTally { expired, ..DayTally::default() }
            }
            Step::MonthEnd(end) => {
                let month_ends = write_month_ends(tx, end, ids, servicing)?;
                DayTally { month_ends, ..DayTally::default() }
            }
        })
    }

    /// Stores what was done so far, and how far it came.
    fn keep(&self, app: &App, tx: &mut Tx<'_>, tally: DayTally) -> Result<(), Problem> {
        tx.save_job_run(&JobRun { result: tally.to_value(), ..self.run.clone() })?;
        app.note_progress(tx, self.job(), &self.place.to_string())
    }

    /// Notes that a loan could not be done, and goes on behind it.
    async fn pass_over(
        &mut self,
        app: &App,
        stop: &Stop,
        (step, loan): (Step, Late),
        problem: &Problem,
    ) -> Result<Option<()>, Problem> {
        self.place.after = loan;
        self.tally.failed += 1;
        let failure = failure((self.day.date, step), loan.loan, problem);
        let (task, work) = (app.clone(), self.clone());
        let kept = move |tx: &mut Tx<'_>, _| {
            // In one transaction: no month closes without a loan of which nobody was told.
            let is_news = match step {
                Step::MonthEnd(end) => tx.leave_out_of_month_end(end, loan.loan)?,
                Step::Offers | Step::Loans | Step::Ahead(_) => true,
            };
            if is_news {
                tx.note_exceptions(std::slice::from_ref(&failure))?;
            }
            work.keep(&task, tx, work.tally)
        };
        app.chunk(stop, ("end_of_day_failed", self.job()), kept).await
    }

    async fn finish(self, app: &App, stop: &Stop) -> Result<Stretch, Problem> {
        let job = self.job();
        let run = JobRun { result: self.tally.to_value(), ..self.run };
        let by = self.by;
        let finish = move |tx: &mut Tx<'_>, _| Ok(finish_day(tx, &by, &run)?);
        Ok(match app.chunk(stop, ("end_of_day_done", job), finish).await? {
            Some(()) => Stretch::Done,
            None => Stretch::Left,
        })
    }
}

/// The last days of months up to a day that left loans out, and whose months are not ended.
fn incomplete_ends(tx: &mut Tx<'_>, date: NaiveDate) -> Result<Vec<NaiveDate>, StorageError> {
    let ended = tx.days_done(JobKind::EndOfMonth)?;
    let mut days = tx.incomplete_month_ends(date)?;
    days.retain(|day| !ended.contains(day));
    Ok(days)
}

fn failure((day, step): (NaiveDate, Step), loan: LoanId, problem: &Problem) -> NewException {
    let code = problem.code();
    let (source, date, message) = match step {
        Step::MonthEnd(end) => {
            ("loans.month_end", end, format!("could not be written down at the end of {end}"))
        }
        Step::Offers | Step::Loans | Step::Ahead(_) => {
            ("loans.end_of_day", day, format!("could not be brought to {day}"))
        }
    };
    NewException {
        severity: Severity::Error,
        source,
        message: format!("loan {loan} {message} ({code})"),
        payload: json!({ "loan_id": loan, "date": date, "code": code }),
        about: Some(loan.get()),
        request_id: None,
    }
}

/// Loans of a chunk: on SQLite it holds the one writer for some 50 ms. A month's end reads a few
/// columns of a loan, the other steps its open rows.
fn loans_of_a_chunk(backend: Backend, step: Step) -> u16 {
    match (backend, step) {
        (_, Step::Offers) => 50,
        (Backend::Sqlite, Step::Loans | Step::Ahead(_)) => 250,
        (Backend::Sqlite, Step::MonthEnd(_)) => 1_000,
        (Backend::Postgres, Step::Loans | Step::Ahead(_)) => 1_000,
        (Backend::Postgres, Step::MonthEnd(_)) => 2_500,
    }
}
