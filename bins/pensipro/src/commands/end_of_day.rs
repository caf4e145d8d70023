//! `pensipro end-of-day`.

use chrono::NaiveDate;
use clap::Args;
use pensipro_kernel::{Actor, JobRun, JobRuns};
use pensipro_servicing::{DayTally, RequestDay, open_day};

use crate::{
    App, Config,
    app::{StartError, Started},
    http::Problem,
    jobs::Job,
};

/// Brings loans to the end of a day, beside a running server or without one. Repeating it changes
/// nothing.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The day, not after today; today where none is named. Days that were missed are caught up.
    #[arg(long)]
    date: Option<NaiveDate>,
}

pub(super) fn run(config: Config, arguments: &Arguments) -> Result<(), StartError> {
    let Started { app, first_password } = App::open(config)?;
    if let Some(password) = first_password {
        println!("The user admin was made with the password {}", password.0);
    }
    let date = arguments.date;
    let done = actix_web::rt::System::new().block_on(end_of(&app, date)).and_then(|run| told(&run));
    done.map_err(|problem| {
        StartError::Other(problem.log_text().unwrap_or(problem.detail()).to_owned())
    })
}

async fn end_of(app: &App, date: Option<NaiveDate>) -> Result<JobRun, Problem> {
    app.reload().await?;
    let run = app.change("begin_end_of_day", move |tx, at| {
        Ok(open_day(tx, &Actor::system(), RequestDay::check(date, at.today)?, at)?)
    });
    let id = run.await?.id;
    app.see_through(Job::EndOfDay(id)).await?;
    app.load(move |tx, _| Ok(tx.job_run(id)?)).await
}

fn told(run: &JobRun) -> Result<(), Problem> {
    let DayTally { loans, penalties, defaulted, cured, failed, reminded, expired, month_ends } =
        DayTally::of(run)?;
    println!(
        "end of {}: {loans} late loans, penalties grew by {penalties}, {defaulted} in default, {cured} \
         cured, {reminded} reminded, {expired} offers expired, {month_ends} written down at month ends",
        run.date
    );
    match failed {
        0 => Ok(()),
        _ => Err(Problem::internal(format!(
            "{failed} loans could not be brought to the day; the exceptions tell why"
        ))),
    }
}
