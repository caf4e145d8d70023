//! The command line.

mod admin;
mod audit;
mod billing;
mod demo;
mod end_of_day;
mod end_of_month;
mod keys;
mod members;
mod migrate;
mod serve;
mod verify;

use std::{io::Write, path::PathBuf};

use clap::{Parser, Subcommand};

use crate::{Config, Source, app::StartError, http::codes, logging, openapi, policy, routes};

pub use serve::run as run_server;

/// Loans of cooperatives to pensioners.
#[derive(Debug, Parser)]
#[command(name = "pensipro", version)]
pub struct Cli {
    /// A TOML file of settings; the environment (PENSIPRO_…) comes before it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Brings the schema up (unless told not to) and answers requests.
    Serve,
    /// Brings the schema up.
    Migrate,
    /// Looks after users at the machine itself, beside a running server or without one.
    #[command(subcommand)]
    Admin(admin::Order),
    /// Fills an empty database with a portfolio.
    Demo(demo::Arguments),
    /// Pension cuts: the month's file to a payer, its answer, and lines that wait.
    Billing(billing::Arguments),
    /// Brings loans to the end of a day.
    EndOfDay(end_of_day::Arguments),
    /// Closes a month.
    EndOfMonth(end_of_month::Arguments),
    /// Proves the books: replays every loan, and compares tables with one another.
    Verify(verify::Arguments),
    /// The audit trail's seal.
    #[command(subcommand)]
    Audit(audit::Order),
    /// Members.
    Members(members::Arguments),
    /// The keys that data is encrypted with.
    #[command(subcommand)]
    Keys(keys::Order),
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints the table of errors.
    ErrorsDoc,
    /// Prints the table of configuration keys.
    ConfigurationDoc,
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> Result<(), StartError> {
        match self.command {
            Command::Openapi => return print(&openapi::document_text(&routes::all())),
            Command::ErrorsDoc => return print(&codes::page()),
            Command::ConfigurationDoc => return print(&policy::page()),
            Command::Serve
            | Command::Migrate
            | Command::Admin(_)
            | Command::Demo(_)
            | Command::Billing(_)
            | Command::EndOfDay(_)
            | Command::EndOfMonth(_)
            | Command::Verify(_)
            | Command::Audit(_)
            | Command::Keys(_)
            | Command::Members(_) => {}
        }
        let source = Source::load(self.config.as_deref())?;
        let config = Config::read(&source)?;
        logging::begin(&config);
        match self.command {
            Command::Migrate => migrate::run(&config),
            Command::Admin(order) => admin::run(&config, order),
            Command::Demo(arguments) => demo::run(config, &arguments),
            Command::Billing(arguments) => billing::run(config, arguments),
            Command::EndOfDay(arguments) => end_of_day::run(config, &arguments),
            Command::EndOfMonth(arguments) => end_of_month::run(config, &arguments),
            Command::Verify(arguments) => verify::run(&config, &arguments),
            Command::Audit(order) => audit::run(&config, &order),
            Command::Members(arguments) => members::run(&config, &arguments),
            Command::Keys(order) => keys::run(&config, &order),
            _ => serve::start(config, &source),
        }
    }
}

fn print(text: &str) -> Result<(), StartError> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| StartError::Other(format!("the output: {error}")))
}
