//! `pensipro demo`.

use std::sync::Arc;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use pensipro_auth::{ConfigurationRepository, Password, PasswordHasher, Settings};
use pensipro_kernel::{Clock, Period};
use pensipro_persistence::{Migrate, Store};

use crate::{
    Config,
    app::{Bcrypt, Keeping, StartError, first_data, open_files, open_store_at},
    clock::{SystemClock, SystemEntropy, random_hex},
    config::Secret,
    demo::{self, Manner, Plan, Progress, Timeline, World},
    policy::Policies,
};

/// What to fill an empty database with.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How many loans, over the past months.
    #[arg(long, default_value_t = 200)]
    loans: u32,
    /// How many members beside them who do not borrow.
    #[arg(long, default_value_t = 0)]
    members: u32,
    /// The same seed gives the same portfolio.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Take the loans over as one portfolio, without visits, papers and committee; 10,000 and more
    /// always are.
    #[arg(long)]
    in_bulk: bool,
    /// Over how many past months; 12, in bulk 2.
    #[arg(long)]
    months: Option<u32>,
    /// The longest tenor, in months; 96, in bulk 36.
    #[arg(long, value_parser = clap::value_parser!(u16).range(12..=180))]
    longest_tenor: Option<u16>,
    /// The password of admin and of every member of the staff; without it one is made and printed.
    #[arg(long)]
    password: Option<String>,
    /// Do nothing, and succeed, where members are there already.
    #[arg(long)]
    if_empty: bool,
}

pub(super) fn run(mut config: Config, arguments: &Arguments) -> Result<(), StartError> {
    let password = match &arguments.password {
        Some(password) => password.clone(),
        None => random_hex::<8>(&SystemEntropy),
    };
    config.admin_password.get_or_insert_with(|| Secret::new(password.clone()));
    // Thousands of loans a transaction take their time.
    config.slow_query = None;
    let today = SystemClock::new(config.timezone, config.business_date).today();
    let timeline = Arc::new(Timeline::until(today));
    let store = open_store_at(&config, Migrate::Run, Arc::clone(&timeline) as Arc<dyn Clock>)?;
    first_data(&store, &config)?;
    if !demo::is_empty(&store).map_err(failed)? {
        return refuse(arguments);
    }
    let files = open_files(&config, Keeping::Remakeable)?;
    let bar = Bar::new(u64::from(arguments.loans) + u64::from(arguments.members));
    let world = World {
        store: &store,
        files: files.as_ref(),
        entropy: &SystemEntropy,
        timeline: &timeline,
        progress: &bar,
    };
    let plan = plan(&config, arguments, password)?;
    demo::fill(&world, &policies(&store)?, &plan).map_err(failed)?;
    bar.0.finish();
    println!("{} loans are there. Sign in as {}:", arguments.loans, demo::STAFF_NAMES.join(", "));
    println!("the password is {}", plan.password);
    Ok(())
}

fn refuse(arguments: &Arguments) -> Result<(), StartError> {
    if arguments.if_empty {
        println!("members are there already: nothing was changed");
        return Ok(());
    }
    Err(StartError::Other(
        "members are there already; the demonstration needs an empty database".into(),
    ))
}

fn plan(config: &Config, arguments: &Arguments, text: String) -> Result<Plan, StartError> {
    let password = Password::parse("password", &text)
        .map_err(|fault| StartError::Other(format!("--password {}", fault.message)))?;
    let password_hash = Bcrypt::new(config.bcrypt_cost)
        .hash(&password)
        .map_err(|error| StartError::Other(format!("the password: {error}")))?;
    let (manner, months, longest_tenor) = match arguments.in_bulk || arguments.loans >= 10_000 {
        true => (Manner::InBulk, 2, 36),
        false => (Manner::OneByOne, 12, 96),
    };
    Ok(Plan {
        manner,
        loans: arguments.loans,
        members: arguments.members,
        seed: arguments.seed,
        months: arguments.months.unwrap_or(months),
        longest_tenor: arguments.longest_tenor.unwrap_or(longest_tenor),
        password: text,
        password_hash,
    })
}

fn policies(store: &Store) -> Result<Policies, StartError> {
    let rows = store.read(|tx| tx.configurations())?;
    let settings = Settings::read(&rows).map_err(StartError::Other)?;
    Policies::of(&settings).map_err(|error| StartError::Other(error.to_string()))
}

fn failed(problem: crate::http::Problem) -> StartError {
    StartError::Other(problem.log_text().map_or_else(|| problem.to_string(), str::to_owned))
}

/// The bar that people see.
struct Bar(ProgressBar);

impl Bar {
    fn new(steps: u64) -> Self {
        let bar = ProgressBar::new(steps);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len}, {msg}, {eta} left");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self(bar)
    }
}

impl Progress for Bar {
    fn lent(&self, loans: u64) {
        self.0.inc(loans);
    }

    fn registered(&self, members: u64) {
        self.0.set_message("members");
        self.0.inc(members);
    }

    fn billed(&self, periode: Period) {
        self.0.set_message(periode.to_string());
    }
}
