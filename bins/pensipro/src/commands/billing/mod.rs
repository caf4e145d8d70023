//! `pensipro billing`: what finance does over HTTP, at the machine itself, beside a running server or
//! without one.

mod export;
mod import;
mod progress;
mod waiting;

use clap::{Args, Subcommand};

use crate::{
    App, Config,
    app::{StartError, Started},
    http::Problem,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Makes a month's export for a payer and writes its file.
    Export(export::Export),
    /// Takes a payer's realisation file and sees it through.
    Import(import::Import),
    /// Settles a line by hand: its money pays a loan.
    Reconcile(waiting::Reconcile),
    /// Tries a month's unmatched lines again.
    Retry(waiting::Retry),
}

pub(super) fn run(config: Config, Arguments { order }: Arguments) -> Result<(), StartError> {
    let Started { app, first_password } = App::open(config)?;
    if let Some(password) = first_password {
        println!("The user admin was made with the password {}", password.0);
    }
    let done = actix_web::rt::System::new().block_on(order.run(&app));
    done.map_err(|problem| StartError::Other(told(&problem)))
}

impl Order {
    async fn run(self, app: &App) -> Result<(), Problem> {
        app.reload().await?;
        match self {
            Self::Export(export) => export.run(app).await,
            Self::Import(import) => import.run(app).await,
            Self::Reconcile(reconcile) => reconcile.run(app).await,
            Self::Retry(retry) => retry.run(app).await,
        }
    }
}

/// What went wrong, with the faults of what was given.
fn told(problem: &Problem) -> String {
    let faults: Vec<String> = problem
        .fields()
        .iter()
        .map(|fault| format!("{}: {}", fault.field, fault.message))
        .collect();
    match (problem.log_text(), faults.is_empty()) {
        (Some(text), _) => text.to_owned(),
        (None, true) => problem.detail().to_owned(),
        (None, false) => faults.join("; "),
    }
}
