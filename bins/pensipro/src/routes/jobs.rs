//! Jobs that bring the house to a day.

use pensipro_auth::ModuleCode;
use pensipro_flows::{RequestMonth, open_month};
use pensipro_kernel::{JobRun, JobRunId, JobRunStatus, JobRuns};
use pensipro_servicing::{RequestDay, open_day};

use crate::{
    App,
    bodies::jobs::{EndOfDayBody, EndOfMonthBody, JobRunBody},
    http::{
        Allowed, Answered, Begun, Id, Prefer, Problem, Progress, Reply, Routes, Shown, Valid,
        right::RunJob,
    },
    jobs::Job,
    routes::id_of,
};

pub(super) fn routes() -> Routes {
    let months = Routes::of(ModuleCode::Report).post(
        "/jobs/end-of-month",
        "Closes a month, keeps its aging and drafts every funder's settlement",
        end_of_month,
    );
    Routes::of(ModuleCode::Lms)
        .post("/jobs/end-of-day", "Brings loans to the end of a day", end_of_day)
        .get("/jobs/{id}", "Shows a run of a job", show)
        .and(months)
}

async fn end_of_month(
    app: App,
    by: Allowed<RunJob>,
    prefer: Prefer,
    body: Valid<EndOfMonthBody>,
) -> Reply<Begun<JobRunBody>> {
    let (once, EndOfMonthBody { periode }) = body.split();
    let opened = app.post("begin_end_of_month", once, move |tx, at| {
        let request = RequestMonth::check(periode.as_deref(), at.today)?;
        begun(open_month(tx, &by, request, at)?)
    });
    seen_through(&app, prefer, opened.await?, Job::EndOfMonth).await
}

async fn end_of_day(
    app: App,
    by: Allowed<RunJob>,
    prefer: Prefer,
    body: Valid<EndOfDayBody>,
) -> Reply<Begun<JobRunBody>> {
    let (once, EndOfDayBody { date }) = body.split();
    let opened = app.post("begin_end_of_day", once, move |tx, at| {
        begun(open_day(tx, &by, RequestDay::check(date, at.today)?, at)?)
    });
    seen_through(&app, prefer, opened.await?, Job::EndOfDay).await
}

/// Waits for a run as long as the caller wishes, and shows how far it is.
async fn seen_through(
    app: &App,
    prefer: Prefer,
    opened: Answered<Begun<JobRunBody>>,
    job: fn(JobRunId) -> Job,
) -> Reply<Begun<JobRunBody>> {
    match id_of(opened.location()).map(JobRunId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(job(id), prefer.wait).await?;
            let run = app.load(move |tx, _| Ok(tx.job_run(id)?)).await?;
            opened.showing(begun(run)?)
        }
        _ => Ok(opened),
    }
}

async fn show(app: App, by: Allowed<RunJob>, id: Id<JobRunId>) -> Reply<Shown<JobRunBody>> {
    by.whole_house()?;
    app.read(move |tx, _| Ok(Shown::new(tx.job_run(*id)?.try_into()?))).await
}

fn begun(run: JobRun) -> Result<Begun<JobRunBody>, Problem> {
    let progress = match run.status {
        JobRunStatus::Running => Progress::Going,
        JobRunStatus::Done => Progress::Complete,
    };
    Ok(Begun::new(progress, format!("/jobs/{}", run.id), run.try_into()?))
}
