//! `pensipro end-of-month`.

use clap::Args;
use pensipro_billing::{ExportRepository, RetryRepository};
use pensipro_flows::{MonthTally, RequestMonth, open_month};
use pensipro_funding::SettlementRepository;
use pensipro_kernel::{Actor, JobRun, JobRuns};

use crate::{
    App, Config,
    app::{StartError, Started},
    http::Problem,
    jobs::Job,
};

/// Closes a month that is over, keeps its aging and quality, drafts every funder's settlement, tries unmatched
/// lines again and makes the exports that are due, beside a running server or without one. Repeating it changes nothing.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The month, as 2026-10; the last one where none is named.
    #[arg(long)]
    period: Option<String>,
}

pub(super) fn run(config: Config, arguments: &Arguments) -> Result<(), StartError> {
    let Started { app, first_password } = App::open(config)?;
    if let Some(password) = first_password {
        println!("The user admin was made with the password {}", password.0);
    }
    let period = arguments.period.clone();
    let done = actix_web::rt::System::new().block_on(end_of(&app, period));
    let told = done.and_then(|run| {
        let MonthTally { aging, settlements, retries, exports, quality } = MonthTally::of(&run)?;
        println!(
            "end of the month of {}: {aging} figures of the aging and {quality} of the quality kept, \
             {settlements} settlements drafted, {retries} retries and {exports} exports begun",
            run.date
        );
        Ok(())
    });
    told.map_err(|problem| {
        StartError::Other(problem.log_text().unwrap_or(problem.detail()).to_owned())
    })
}

async fn end_of(app: &App, period: Option<String>) -> Result<JobRun, Problem> {
    app.reload().await?;
    let run = app.change("begin_end_of_month", move |tx, at| {
        let request = RequestMonth::check(period.as_deref(), at.today)?;
        Ok(open_month(tx, &Actor::system(), request, at)?)
    });
    let id = run.await?.id;
    app.see_through(Job::EndOfMonth(id)).await?;
    for settlement in app.load(|tx, _| Ok(tx.unfinished_settlements()?)).await? {
        app.see_through(Job::Settlement(settlement)).await?;
    }
    for retry in app.load(|tx, _| Ok(tx.unfinished_retries()?)).await? {
        app.see_through(Job::Retry(retry.id)).await?;
    }
    for export in app.load(|tx, _| Ok(tx.unfinished_exports()?)).await? {
        app.see_through(Job::Export(export)).await?;
    }
    app.load(move |tx, _| Ok(tx.job_run(id)?)).await
}
