//! `pensipro members`.

use std::{fs::File, io::Write, path::PathBuf};

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use pensipro_adapters::read_spreadsheet;
use pensipro_kernel::{Actor, Scope, StorageError};
use pensipro_members::{
    IntakeCommand, IntakeMode, MemberError, ReadRow, Registration, RowVerdict, SalesDirectory,
    Seen, SheetFault, SheetReader, Tally, usecases::take_rows,
};
use pensipro_persistence::{Migrate, Store, Tx};

use crate::{
    Config,
    app::{StartError, open_store},
    jobs::rows_of_a_batch,
};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Registers the people of a spreadsheet (CSV or XLSX), each whole or not at all.
    Import(Import),
}

/// Prints a line for each fault, and at the end how many rows came to what. It can be repeated: who is
/// a member already is left as he is.
#[derive(Debug, Args)]
struct Import {
    /// The spreadsheet.
    file: PathBuf,
    /// Judge every row and register nobody.
    #[arg(long)]
    dry_run: bool,
    /// The code of the branch of rows that name none.
    #[arg(long)]
    branch: Option<String>,
    /// The code of the sales person of rows that name none.
    #[arg(long)]
    sales: Option<String>,
}

/// How often a batch is tried again that lost a race with another registration.
const TRIES: u32 = 5;

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<(), StartError> {
    let Command::Import(import) = &arguments.command;
    let migrate = if config.migrate { Migrate::Run } else { Migrate::Refuse };
    let store = open_store(config, migrate)?;
    let tally = import.run(&store).map_err(|error| StartError::Other(error.to_string()))?;
    let Tally { registered, acceptable, present, refused } = tally;
    println!(
        "{} rows: {registered} registered, {acceptable} acceptable, {present} present, {refused} refused",
        tally.rows()
    );
    if refused == 0 {
        Ok(())
    } else {
        Err(StartError::Other(format!("{refused} rows were refused")))
    }
}

/// Why the file was given up; what was registered before stays so.
#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error(transparent)]
    Member(#[from] MemberError),
    #[error(transparent)]
    Sheet(#[from] SheetFault),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("{path}: {error}", path = .0.display(), error = .1)]
    File(PathBuf, std::io::Error),
    #[error("the output: {0}")]
    Output(#[from] std::io::Error),
    #[error("no {0} has the code {1}")]
    Unknown(&'static str, String),
}

impl Import {
    /// Two passes: a file that cannot be read to its end registers nobody.
    fn run(&self, store: &Store) -> Result<Tally, ImportError> {
        let today = store.read(|tx| Ok::<_, StorageError>(tx.moment().today))?;
        let command = store.read(|tx| self.command(tx))?;
        let mut reader = SheetReader::new(today);
        read_spreadsheet(self.open()?, |row| reader.take(row).map(drop))?;
        let bar = bar(reader.finish()?);
        let size = rows_of_a_batch(store.backend());
        let mut work = Work { store, command, bar, seen: Seen::default(), tally: Tally::default() };
        let (mut reader, mut batch) = (SheetReader::new(today), Vec::with_capacity(size));
        read_spreadsheet(self.open()?, |row| {
            batch.extend(reader.take(row)?);
            if batch.len() < size { Ok(()) } else { work.take(&mut batch) }
        })?;
        work.take(&mut batch)?;
        work.bar.finish_and_clear();
        Ok(work.tally)
    }

    fn open(&self) -> Result<File, ImportError> {
        File::open(&self.file).map_err(|error| ImportError::File(self.file.clone(), error))
    }

    fn command(&self, tx: &mut Tx<'_>) -> Result<IntakeCommand, ImportError> {
        let unknown = |what, code: &String| ImportError::Unknown(what, code.clone());
        let branch_id = match &self.branch {
            None => None,
            Some(code) => {
                let found = tx.branches_by_code(std::slice::from_ref(code))?.remove(code);
                Some(found.ok_or_else(|| unknown("branch", code))?)
            }
        };
        let sales_id = match &self.sales {
            None => None,
            Some(code) => {
                let all = Scope::WholeHouse;
                let found = tx.sellers_by_code(std::slice::from_ref(code), all)?.remove(code);
                Some(found.ok_or_else(|| unknown("sales person", code))?.id)
            }
        };
        let mode = if self.dry_run { IntakeMode::DryRun } else { IntakeMode::Register };
        Ok(IntakeCommand { mode, branch_id, sales_id })
    }
}

/// Batches on their way into the database.
struct Work<'a> {
    store: &'a Store,
    command: IntakeCommand,
    bar: ProgressBar,
    seen: Seen,
    tally: Tally,
}

impl Work<'_> {
    fn take(&mut self, batch: &mut Vec<ReadRow>) -> Result<(), ImportError> {
        let rows = std::mem::take(batch);
        let mut tries = 1..=TRIES;
        let (verdicts, known) = loop {
            match (self.stored(&rows), tries.next()) {
                (Err(MemberError::Storage(StorageError::Duplicate { .. })), Some(_)) => {}
                (stored, _) => break stored?,
            }
        };
        self.seen.absorb(known);
        self.tally = self.tally.with(&verdicts);
        self.bar.inc(verdicts.len().try_into().unwrap_or_default());
        self.bar.suspend(|| tell(&verdicts))
    }

    fn stored(&self, rows: &[ReadRow]) -> Result<(Vec<RowVerdict>, Seen), MemberError> {
        let (by, known) = (Actor::system(), self.seen.among(rows));
        self.store.write("import_members", |tx| {
            let mut known = known.clone();
            let verdicts = take_rows(tx, &by, &self.command, rows.to_vec(), &mut known)?;
            Ok((verdicts, known))
        })
    }
}

/// A line for each fault.
fn tell(verdicts: &[RowVerdict]) -> Result<(), ImportError> {
    let mut out = std::io::stdout().lock();
    for RowVerdict { row, registration } in verdicts {
        let Registration::Refused(faults) = registration else { continue };
        for fault in faults.list() {
            writeln!(out, "row {row}: {} {}: {}", fault.field, fault.code, fault.message)?;
        }
    }
    Ok(())
}

fn bar(rows: u32) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} rows, {eta} left");
    ProgressBar::new(rows.into()).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
