//! `pensipro verify`.

mod evidence;

use std::{
    collections::BTreeMap,
    io::Write,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        mpsc::{SyncSender, sync_channel},
    },
    thread,
    time::Duration,
};

use chrono::NaiveDate;
use clap::Args;
use pensipro_audit::seal::{Request, TrailFault};
use pensipro_auth::{ConfigurationRepository, Settings};
use pensipro_kernel::{Clock, LoanId, Period, StorageError};
use pensipro_persistence::{Migrate, Store};
use pensipro_servicing::{
    BookTotal, CrossChecks, Difference, LoanBook, LoanBooks, ServicingPolicy, verify_loan,
    written_month_ends,
};

use super::audit::proved;
use crate::{
    Config,
    app::{StartError, clock, open_store},
    policy::Policies,
};
use evidence::Evidence;

/// Replays every loan and compares it with what is stored, and with what the ends of months wrote down
/// of it; compares schedules, payments, deduction files, funders' shares and kept reports with one
/// another; and the audit trail with its seal. Prints every difference and fails if there is one. It
/// reads alone and locks nothing: it runs beside a server at work.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Compare tables for this month alone, as 2026-07; loans are replayed whole.
    #[arg(long)]
    period: Option<Period>,
    /// An empty or new folder for the evidence: every loan's figures, totals, differences, and a
    /// summary with a checksum of each file.
    #[arg(long)]
    evidence: Option<PathBuf>,
}

/// Loans read at once: one state of the data each, so that what is posted meanwhile cannot tear them.
const LOANS_AT_ONCE: u16 = 500;
/// What one statement may take: some read all there ever was, beside a server at work.
const STATEMENT: Duration = Duration::from_secs(2 * 60 * 60);
/// Pages that wait at most until those before them are told.
const READ_AHEAD: usize = 2;

/// What was read of a page of loans: books, or why a loan's could not be read.
type Page = Vec<Result<LoanBook, Difference>>;

/// A page's place, and its books with what differs in each.
type Judged = (usize, Vec<(Option<LoanBook>, Vec<Difference>)>);

/// The pages that are not read yet.
struct Pages {
    after: LoanId,
    place: usize,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> Result<(), StartError> {
    let store = open_store(config, Migrate::Refuse)?;
    let clock = clock(config);
    let evidence = arguments.evidence.as_deref().map(Evidence::begin).transpose()?;
    let mut verified = Verified { loans: 0, differences: 0, evidence };
    let basis = Basis::read(&store, clock.today(), arguments.period)?;
    verified.loans(&store, &basis)?;
    let (crossed, totals) = tables(&store, arguments.period)?;
    for difference in crossed {
        verified.differs(&difference)?;
    }
    if let Some(difference) = trail(&store, clock.as_ref())? {
        verified.differs(&difference)?;
    }
    verified.close(arguments.period, &totals, &clock.now().to_rfc3339())
}

/// What loans are compared by.
struct Basis {
    policy: ServicingPolicy,
    today: NaiveDate,
    /// The last days of months for which loans were written down.
    month_ends: Vec<NaiveDate>,
}

impl Basis {
    fn read(store: &Store, today: NaiveDate, period: Option<Period>) -> Result<Self, StartError> {
        let (configurations, mut month_ends) = store.read_snapshot(|tx| {
            Ok::<_, StorageError>((tx.configurations()?, written_month_ends(tx)?))
        })?;
        let settings = Settings::read(&configurations).map_err(StartError::Other)?;
        let policies = Policies::of(&settings);
        let policies = policies.map_err(|error| StartError::Other(error.to_string()))?;
        month_ends.retain(|day| period.is_none_or(|period| period == Period::of(*day)));
        Ok(Self { policy: policies.servicing, today, month_ends })
    }
}

type Tables = (Vec<Difference>, Vec<BookTotal>);

fn tables(store: &Store, period: Option<Period>) -> Result<Tables, StorageError> {
    store.read_snapshot(|tx| {
        tx.allow_time(STATEMENT)?;
        Ok((tx.cross_checks(period)?, tx.book_totals(period)?))
    })
}

/// What the audit trail's seal tells, if anything. Rows that wait to be sealed are no difference: where
/// nothing serves, nothing seals.
fn trail(store: &Store, clock: &dyn Clock) -> Result<Option<Difference>, StartError> {
    let proof = proved(store, clock, Request::default(), &mut std::io::sink())?;
    let fault = proof.fault().filter(|fault| !matches!(fault, TrailFault::Unsealed(_)));
    Ok(fault.map(|fault| Difference {
        check: format!("audit.{}", fault.kind()),
        thing: match (fault.row(), fault.seal()) {
            (Some(id), _) => format!("audit row {id}"),
            (None, seal) => format!("seal {}", seal.unwrap_or_default()),
        },
        stored: fault.to_string(),
        expected: "what was sealed".into(),
    }))
}

/// Reads pages and replays their loans until none is left; each core does, since reading costs most.
fn judge_pages(
    store: &Store,
    pages: &Mutex<Pages>,
    basis: &Basis,
    judged: &SyncSender<Judged>,
) -> Result<(), StorageError> {
    while let Some((place, ids)) = next_page(store, pages)? {
        let judge = |book| match book {
            Ok(book) => {
                let differences = verify_loan(&book, &basis.policy, basis.today);
                (Some(book), differences)
            }
            Err(difference) => (None, vec![difference]),
        };
        let page = read_page(store, &ids, &basis.month_ends)?.into_iter().map(judge).collect();
        if judged.send((place, page)).is_err() {
            break;
        }
    }
    Ok(())
}

fn next_page(
    store: &Store,
    pages: &Mutex<Pages>,
) -> Result<Option<(usize, Vec<LoanId>)>, StorageError> {
    let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
    let after = pages.after;
    let ids = store.read(|tx| tx.next_loans(after, LOANS_AT_ONCE))?;
    let Some(last) = ids.last() else { return Ok(None) };
    let place = pages.place;
    *pages = Pages { after: *last, place: place + 1 };
    Ok(Some((place, ids)))
}

/// A page at once, or else loan by loan, so that one that cannot be read hides no other.
fn read_page(
    store: &Store,
    ids: &[LoanId],
    month_ends: &[NaiveDate],
) -> Result<Page, StorageError> {
    let books = |ids: &[LoanId]| {
        store.read_snapshot(|tx| {
            tx.allow_time(STATEMENT)?;
            tx.loan_books(ids, month_ends)
        })
    };
    match books(ids) {
        Ok(books) => return Ok(books.into_iter().map(Ok).collect()),
        Err(StorageError::Failed(_)) => {}
        Err(error) => return Err(error),
    }
    let mut page = Page::new();
    for id in ids {
        match books(&[*id]) {
            Ok(books) => page.extend(books.into_iter().map(Ok)),
            Err(StorageError::Failed(why)) => page.push(Err(unreadable(*id, why))),
            Err(error) => return Err(error),
        }
    }
    Ok(page)
}

fn unreadable(id: LoanId, why: String) -> Difference {
    Difference {
        check: "loan.readable".into(),
        thing: format!("loan {id}"),
        stored: why,
        expected: "values that can be read".into(),
    }
}

struct Verified {
    loans: u64,
    differences: u64,
    evidence: Option<Evidence>,
}

impl Verified {
    /// Verifies all loans, and tells of them in their order.
    fn loans(&mut self, store: &Store, basis: &Basis) -> Result<(), StartError> {
        let (sender, judged) = sync_channel(READ_AHEAD);
        let pages = Mutex::new(Pages { after: LoanId::new(0), place: 0 });
        let cores = thread::available_parallelism().map_or(1, usize::from);
        thread::scope(|scope| {
            let judge = |sender: SyncSender<Judged>| {
                let pages = &pages;
                scope.spawn(move || judge_pages(store, pages, basis, &sender))
            };
            let judges: Vec<_> = (0..cores).map(|_| judge(sender.clone())).collect();
            drop(sender);
            let (mut waiting, mut next) = (BTreeMap::new(), 0);
            for (place, page) in judged {
                waiting.insert(place, page);
                while let Some(page) = waiting.remove(&next) {
                    self.page(page)?;
                    next += 1;
                }
            }
            let gone = || StartError::Other("a reader of loans stopped".into());
            judges.into_iter().try_for_each(|judge| Ok(judge.join().map_err(|_| gone())??))
        })
    }

    fn page(&mut self, page: Vec<(Option<LoanBook>, Vec<Difference>)>) -> Result<(), StartError> {
        for (book, differences) in page {
            self.loans += 1;
            for difference in differences {
                self.differs(&difference)?;
            }
            if let (Some(evidence), Some(book)) = (&mut self.evidence, &book) {
                evidence.loan(book)?;
            }
        }
        Ok(())
    }

    fn differs(&mut self, difference: &Difference) -> Result<(), StartError> {
        self.differences += 1;
        let Difference { check, thing, stored, expected } = difference;
        let line = writeln!(
            std::io::stdout(),
            "{check}: {thing}: stored is {stored}, expected {expected}"
        );
        line.map_err(|error| StartError::Other(format!("the output: {error}")))?;
        self.evidence.as_mut().map_or(Ok(()), |evidence| evidence.difference(difference))
    }

    fn close(
        self,
        period: Option<Period>,
        totals: &[BookTotal],
        at: &str,
    ) -> Result<(), StartError> {
        let Self { loans, differences, evidence } = self;
        if let Some(evidence) = evidence {
            evidence.close(totals, &evidence::Summary { loans, differences, period, at })?;
        }
        let text = format!("{loans} loans were replayed, {differences} differences were found");
        match differences {
            0 => writeln!(std::io::stdout(), "{text}")
                .map_err(|error| StartError::Other(format!("the output: {error}"))),
            _ => Err(StartError::Other(text)),
        }
    }
}
