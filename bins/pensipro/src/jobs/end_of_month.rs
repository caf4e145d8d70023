//! What comes of a month that was closed. Each part is a transaction of its own and does nothing twice, so
//! that a run that is broken off begins anew.

use pensipro_billing::{ProfileRepository, Profiles};
use pensipro_flows::{MonthTally, begin_due_exports, draft_settlement, finish_month, retry_month};
use pensipro_funding::SettlementRepository;
use pensipro_kernel::{JobRun, JobRunId, JobRunStatus, JobRuns, Period};
use pensipro_servicing::reports::{MonthFigures, store_aging, store_quality};

use super::{Job, Stretch, on_behalf_of};
use crate::{App, app::Stop, http::Problem};

/// Keeps the month's aging and quality, drafts every funder's settlement, and begins what billing has to do.
pub(super) async fn process(app: &App, stop: &Stop, id: JobRunId) -> Result<Stretch, Problem> {
    let run = app.load(move |tx, _| Ok(tx.job_run(id)?)).await?;
    if run.status == JobRunStatus::Done {
        return Ok(Stretch::Done);
    }
    let (job, by) = (Job::EndOfMonth(id), on_behalf_of(run.created_by));
    let periode = Period::of(run.date);
    let mut tally = MonthTally::of(&run)?;
    // The month is closed: its figures stand, and are read outside of the transaction that keeps them.
    let policies = app.policies();
    let figures = app
        .load_for_job(move |tx, _| {
            let (bounds, provision) = (&policies.servicing.kolektibilitas, &policies.provision);
            Ok(MonthFigures::of(tx, periode, bounds, provision)?)
        })
        .await?;
    let kept = run.clone();
    let keep = app.chunk(stop, ("end_of_month_reports", job), move |tx, _| {
        let MonthFigures { aging, quality } = &figures;
        let mut tally = tally;
        tally.aging += store_aging(tx, periode, aging)?;
        tally.quality += store_quality(tx, periode, quality)?;
        // With what it counts: a run that is broken off here finds them kept.
        tx.save_job_run(&JobRun { result: tally.to_value(), ..kept.clone() })?;
        Ok(tally)
    });
    let Some(kept) = keep.await? else { return Ok(Stretch::Left) };
    tally = kept;
    for funder in app.load(|tx, _| Ok(tx.funders_with_loans()?)).await? {
        let (by, taxes) = (by.clone(), app.policies().fee_taxes);
        let draft = app.chunk(stop, ("end_of_month_settlement", job), move |tx, at| {
            Ok(draft_settlement(tx, &by, (funder, periode), taxes, at)?)
        });
        let Some(begun) = draft.await? else { return Ok(Stretch::Left) };
        tally.settlements += begun;
    }
    let (cuts, policy) = (by.clone(), app.policies().export);
    let billing = app.chunk(stop, ("end_of_month_billing", job), move |tx, at| {
        let profiles = Profiles::new(tx.configured_profiles()?);
        let exports = begin_due_exports(tx, &cuts, &policy, &profiles, at.today)?;
        Ok((retry_month(tx, &cuts, periode)?, exports))
    });
    let Some((retries, exports)) = billing.await? else { return Ok(Stretch::Left) };
    tally.retries += retries;
    tally.exports += exports;
    let run = JobRun { result: tally.to_value(), ..run };
    let finish =
        app.chunk(stop, ("end_of_month_done", job), move |tx, _| Ok(finish_month(tx, &by, &run)?));
    let Some(()) = finish.await? else { return Ok(Stretch::Left) };
    app.jobs.wake.notify_one();
    Ok(Stretch::Done)
}
