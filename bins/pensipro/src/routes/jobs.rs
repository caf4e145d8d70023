//! Jobs that bring the house to a day.

use pensipro_auth::ModuleCode;
use pensipro_kernel::{JobRun, JobRunId, JobRunStatus, JobRuns};
use pensipro_servicing::{RequestDay, open_day};

use crate::{
    App,
    bodies::jobs::{EndOfDayBody, JobRunBody},
    http::{
        Allowed, Begun, Id, Prefer, Problem, Progress, Reply, Routes, Shown, Valid, right::RunJob,
    },
    jobs::Job,
    routes::id_of,
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Lms)
        .post("/jobs/end-of-day", "Brings loans to the end of a day", end_of_day)
        .get("/jobs/{id}", "Shows a run of a job", show)
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
    let opened = opened.await?;
    match id_of(opened.location()).map(JobRunId::new) {
        Some(id) if opened.is_acceptance() => {
            app.wait_for(Job::EndOfDay(id), prefer.wait).await?;
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
