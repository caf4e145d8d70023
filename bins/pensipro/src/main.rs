//! The command: `pensipro serve`, `migrate`, `admin`, `demo`, and what writes generated pages.

use std::process::ExitCode;

use clap::Parser;
use pensipro_server::commands::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pensipro: {error}");
            ExitCode::FAILURE
        }
    }
}
