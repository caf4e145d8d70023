//! Drives a running PensiPro over HTTP from a process of its own and prints the rate and the
//! latencies it saw. It measures; it judges nothing.

mod audit;
mod billing;
mod client;
mod deliveries;
mod funders;
mod measure;
mod members;
mod origination;
mod reports;
mod scenario;
mod sign_in;

use std::{process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use crate::{client::Server, measure::Load};

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    /// The server, as host:port.
    #[arg(long, default_value = "127.0.0.1:8008", global = true)]
    server: String,
    /// The user who signs in.
    #[arg(long, default_value = "admin", global = true)]
    username: String,
    /// The user's password.
    #[arg(long, default_value = "", global = true)]
    password: String,
    /// Connections that send at the same time.
    #[arg(long, default_value_t = 8, global = true)]
    clients: usize,
    /// How long to measure.
    #[arg(long, default_value_t = 10, global = true)]
    seconds: u64,
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Subcommand)]
enum Scenario {
    /// An authenticated answer that needs no database: GET /auth/me.
    Empty,
    /// GET /loans/{id} over all active loans.
    Loan,
    /// POST /loans/{id}/payments of a small amount in cash.
    Payment,
    /// GET /loans/{id} of active loans of ten years and more.
    OldLoan,
    /// POST /loans/{id}/payments dated ten years back.
    Backdated,
    /// Wrong sign-ins, all at once, and two other routes meanwhile.
    LoginStorm {
        /// How many.
        #[arg(default_value_t = 1_000)]
        tries: usize,
    },
    /// Whether time tells an unknown user, a wrong password and a locked account apart. Adds users.
    LoginTimes {
        /// How many of each kind.
        #[arg(default_value_t = 200)]
        tries: usize,
    },
    /// GET /members?nik= and ?no_pensiun= of members that are there.
    MemberLookup,
    /// GET /members?q= of parts of names: common ones, rare ones, and none.
    MemberSearch,
    /// GET /members page by page, with and without filters.
    MemberList,
    /// POST /members of people who are not there yet.
    MemberRegister,
    /// Upload a spreadsheet of people who are not there yet.
    MemberImport {
        /// How many rows.
        #[arg(default_value_t = 100_000)]
        rows: u64,
    },
    /// POST /applications: drafts.
    Draft,
    /// POST /applications/{id}/submit with its pre-check.
    Submit,
    /// GET a product's brochure of 20 plafons and 15 tenors.
    Brochure,
    /// POST /loans/{id}/allocate-funder of every active loan, to a new funder.
    Allocate,
    /// POST /funders/{id}/settlements: all months before, then the present one.
    Settle {
        /// The funder.
        funder: i64,
    },
    /// A month of both payers: exports, their files, the files back as answers; loans are read meanwhile.
    Cuts {
        /// The month, as YYYY-MM.
        periode: String,
    },
    /// Export a month of a payer and save the file.
    Export {
        /// The month, as YYYY-MM.
        periode: String,
        /// The payer.
        payer: String,
        /// Where the file goes.
        path: String,
    },
    /// POST /notifications by text message to lists of members, and be the gateway that they go to:
    /// the server's `PENSIPRO_GATEWAY_URL` names this machine and the port.
    Deliver {
        /// Where to listen.
        port: u16,
        /// How many messages.
        #[arg(default_value_t = 10_000)]
        count: usize,
    },
    /// Wait until the server has sealed so many rows of the audit trail.
    AuditSeal {
        /// How many.
        rows: u64,
    },
    /// GET /logs/audit-trails of one thing, and by other filters.
    AuditList {
        /// How many things the trail tells of.
        things: u64,
    },
    /// GET aging and loan quality, live and of a closed month.
    Reports {
        /// The month, as YYYY-MM.
        closed: String,
    },
    /// Upload a realisation file for an export, and pay at the counter meanwhile.
    Import {
        /// The month, as YYYY-MM.
        periode: String,
        /// The payer whose loans are cut.
        #[arg(default_value = "TASPEN")]
        payer: String,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<String, client::ClientError> {
    let server = Server::sign_in(&arguments.server, &arguments.username, &arguments.password)?;
    let load =
        Load { clients: arguments.clients.max(1), period: Duration::from_secs(arguments.seconds) };
    match &arguments.scenario {
        Scenario::Empty => scenario::empty(&server, load),
        Scenario::Loan => scenario::loan(&server, load),
        Scenario::Payment => scenario::payment(&server, load),
        Scenario::OldLoan => scenario::old_loan(&server, load),
        Scenario::Backdated => scenario::backdated(&server, load),
        Scenario::LoginStorm { tries } => sign_in::storm(&server, *tries),
        Scenario::LoginTimes { tries } => sign_in::times(&server, (*tries).max(1)),
        Scenario::MemberLookup => members::lookup(&server, load),
        Scenario::MemberSearch => members::search(&server, load),
        Scenario::MemberList => members::list(&server, load),
        Scenario::MemberRegister => members::register(&server, load),
        Scenario::MemberImport { rows } => members::import(&server, *rows),
        Scenario::Draft => origination::draft(&server, load),
        Scenario::Submit => origination::submit(&server, load),
        Scenario::Brochure => origination::brochure(&server, load),
        Scenario::Allocate => funders::allocate(&server, load),
        Scenario::Settle { funder } => funders::settle(&server, *funder),
        Scenario::Import { periode, payer } => billing::import(&server, periode, payer),
        Scenario::Cuts { periode } => billing::cuts(&server, periode),
        Scenario::Export { periode, payer, path } => billing::export(&server, periode, payer, path),
        Scenario::Deliver { port, count } => deliveries::deliver(&server, *port, (*count).max(1)),
        Scenario::Reports { closed } => reports::read(&server, closed),
        Scenario::AuditSeal { rows } => audit::sealed(&server, *rows),
        Scenario::AuditList { things } => audit::list(&server, load, *things),
    }
}
