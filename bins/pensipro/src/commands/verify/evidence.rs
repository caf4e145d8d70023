//! What an auditor asks for: the figures that were proved, as files.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{Context, SHA256};
use pensipro_kernel::Period;
use pensipro_servicing::{BookTotal, Difference, LoanBook};
use serde_json::json;

use crate::{app::StartError, clock::hex};

const LOANS: &str = "loans.csv";
const TOTALS: &str = "totals.csv";
const DIFFERENCES: &str = "differences.csv";
const SUMMARY: &str = "summary.json";

/// A folder that is being filled. The summary comes last: without it the evidence is not whole.
pub(super) struct Evidence {
    folder: PathBuf,
    loans: csv::Writer<File>,
    differences: csv::Writer<File>,
}

/// What the summary tells beside the files.
pub(super) struct Summary<'a> {
    pub(super) loans: u64,
    pub(super) differences: u64,
    pub(super) period: Option<Period>,
    pub(super) at: &'a str,
}

impl Evidence {
    /// Begins in a folder that is empty or not there.
    pub(super) fn begin(folder: &Path) -> Result<Self, StartError> {
        Self::open(folder).map_err(|error| failed(folder, &error))
    }

    fn open(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        if folder.read_dir()?.next().is_some() {
            return Err(io::Error::other("the folder is not empty"));
        }
        let mut loans = csv::Writer::from_path(folder.join(LOANS))?;
        loans.write_record([
            "loan_id",
            "number",
            "member_id",
            "status",
            "plafon",
            "disbursed_on",
            "state_on",
            "inputs",
            "reversals",
            "rows",
            "principal",
            "interest",
            "fee",
            "penalty",
            "excess",
            "deposit",
            "due_from_member",
        ])?;
        let mut differences = csv::Writer::from_path(folder.join(DIFFERENCES))?;
        differences.write_record(["check", "thing", "stored", "expected"])?;
        Ok(Self { folder: folder.to_owned(), loans, differences })
    }

    pub(super) fn loan(&mut self, book: &LoanBook) -> Result<(), StartError> {
        let (loan, balances, history) = (&book.stored.loan, &book.balances, &book.history);
        let day =
            |date: Option<chrono::NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        let record = [
            loan.id.to_string(),
            loan.number(),
            loan.member_id.to_string(),
            balances.status.to_string(),
            loan.plafon.to_string(),
            day(loan.disbursed_on),
            day(balances.state_on()),
            history.entered.inputs.len().to_string(),
            history.reversals.len().to_string(),
            history.rows.len().to_string(),
            balances.principal.to_string(),
            balances.interest.to_string(),
            balances.fee.to_string(),
            balances.penalty.to_string(),
            balances.state.excess.to_string(),
            balances.state.deposit.to_string(),
            balances.state.due_from_member.to_string(),
        ];
        self.loans.write_record(record).map_err(|error| failed(&self.folder, &error.into()))
    }

    pub(super) fn difference(&mut self, difference: &Difference) -> Result<(), StartError> {
        let Difference { check, thing, stored, expected } = difference;
        let written = self.differences.write_record([check, thing, stored, expected]);
        written.map_err(|error| failed(&self.folder, &error.into()))
    }

    /// Writes totals and summary.
    pub(super) fn close(
        self,
        totals: &[BookTotal],
        summary: &Summary<'_>,
    ) -> Result<(), StartError> {
        let folder = self.folder.clone();
        self.finish(totals, summary).map_err(|error| failed(&folder, &error))
    }

    fn finish(mut self, totals: &[BookTotal], summary: &Summary<'_>) -> io::Result<()> {
        self.loans.flush()?;
        self.differences.flush()?;
        let mut sums = csv::Writer::from_path(self.folder.join(TOTALS))?;
        sums.write_record(["book", "kind", "count", "amount"])?;
        for BookTotal { book, kind, count, amount } in totals {
            sums.write_record([book, kind, &count.to_string(), &amount.to_string()])?;
        }
        sums.flush()?;
        let files: Vec<_> = [LOANS, TOTALS, DIFFERENCES]
            .into_iter()
            .map(|name| Ok(json!({ "name": name, "sha256": self.checksum(name)? })))
            .collect::<io::Result<_>>()?;
        let Summary { loans, differences, period, at } = summary;
        let summary = json!({
            "program": concat!("pensipro ", env!("CARGO_PKG_VERSION")),
            "verified_at": at,
            "periode": period.map(|period| period.to_string()),
            "loans": loans,
            "differences": differences,
            "files": files,
        });
        let mut file = File::create(self.folder.join(SUMMARY))?;
        writeln!(file, "{summary:#}")?;
        file.sync_all()
    }

    fn checksum(&self, name: &str) -> io::Result<String> {
        let mut file = BufReader::new(File::open(self.folder.join(name))?);
        let mut sum = Context::new(&SHA256);
        loop {
            let read = file.fill_buf()?;
            if read.is_empty() {
                return Ok(hex(sum.finish().as_ref()));
            }
            sum.update(read);
            let read = read.len();
            file.consume(read);
        }
    }
}

fn failed(folder: &Path, error: &io::Error) -> StartError {
    StartError::Other(format!("{}: {error}", folder.display()))
}
