//! Whether what is stored of a loan is what its inputs make of it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Debug},
};

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money, Period, StorageError, TransactionId};

use crate::{
    account::{Account, AccountState},
    allocation::{Allocation, Component},
    end_of_day::MonthEnd,
    fold::{Fold, replay},
    hold::Holds,
    loan::{LoanBalances, LoanStatus, StoredLoan},
    open_loan::LoanHistory,
    row::{Row, RowKey, RowState},
    rules::{KolektibilitasBounds, Rules, ServicingPolicy},
};

/// All that is stored of a loan's account, read from one state of the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanBook {
    /// The loan as a posting reads it.
    pub stored: StoredLoan,
    /// The figures that lists and reports show.
    pub balances: LoanBalances,
    /// Its inputs, what was booked of them, and every row.
    pub history: LoanHistory,
    /// What was written down of it at the ends of months, oldest first.
    pub month_ends: Vec<WrittenMonthEnd>,
}

/// What was written down of a loan at the end of a month's last day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WrittenMonthEnd {
    /// The day.
    pub day: NaiveDate,
    /// What was written; nothing where the loan was not open.
    pub written: Option<MonthEnd>,
    /// By which bounds its quality was judged; none where these were not kept.
    pub bounds: Option<KolektibilitasBounds>,
    /// Whether it could not be written, and people closed the month without it.
    pub is_left_out: bool,
}

/// The books of loans. Nothing is locked.
pub trait LoanBooks {
    /// The next loans by id.
    fn next_loans(&mut self, after: LoanId, limit: u16) -> Result<Vec<LoanId>, StorageError>;

    /// Their books by ascending id, with what was written down on these last days of months; ids that
    /// are not there are left out. A fixed number of queries, and two for each day.
    fn loan_books(
        &mut self,
        ids: &[LoanId],
        month_ends: &[NaiveDate],
    ) -> Result<Vec<LoanBook>, StorageError>;
}

/// Schedules, payments, deduction files and funders' shares, compared with one another.
pub trait CrossChecks {
    /// What contradicts something else, of a month or of all time; nothing is locked.
    fn cross_checks(&mut self, period: Option<Period>) -> Result<Vec<Difference>, StorageError>;

    /// What was booked, paid and deducted in a month or ever, by kind.
    fn book_totals(&mut self, period: Option<Period>) -> Result<Vec<BookTotal>, StorageError>;
}

/// What a book comes to for one kind of its entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookTotal {
    /// Which book: `transactions`, `payments`, `allocations`, `export_lines`, `import_lines`.
    pub book: String,
    /// The kind: a transaction's, a channel, a component, an outcome.
    pub kind: String,
    /// How many entries.
    pub count: u64,
    /// Their sum, where they have an amount.
    pub amount: Money,
}

/// Something stored that does not follow from what was entered, or contradicts something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// What was compared: `loan.principal`, `schedule.row`, `payment.amount`.
    pub check: String,
    /// Where: `loan 12`, `loan 12 row 31/4`, `import line 30000001`.
    pub thing: String,
    /// What is stored.
    pub stored: String,
    /// What it should be.
    pub expected: String,
}

/// Replays a loan and tells every difference from what is stored.
///
/// A default that an end of day noted stands later than the last input; it is compared with the account
/// on `today`, and may still be waiting to be noted.
///
/// ```
/// use pensipro_servicing::{ServicingPolicy, verify_loan};
/// # fn of(book: &pensipro_servicing::LoanBook, policy: &ServicingPolicy, today: chrono::NaiveDate) {
/// for difference in verify_loan(book, policy, today) {
///     println!("{}: {} is {}", difference.thing, difference.check, difference.stored);
/// }
/// # }
/// ```
pub fn verify_loan(book: &LoanBook, policy: &ServicingPolicy, today: NaiveDate) -> Vec<Difference> {
    let rules = Rules::of(&book.stored.loan.terms, policy);
    let holds = Holds::new(book.stored.holds.clone());
    let mut found = Found { loan: book.stored.loan.id, differences: Vec::new() };
    let mut fold = Fold::new(&rules, &holds, &book.history.entered.inputs);
    for end in &book.month_ends {
        let entered = &book.history.entered;
        let known = match entered.stood_as_now(end.day) {
            true => fold.through(end.day),
            false => &replay(&rules, &holds, entered.known_on(end.day)).account,
        };
        let bounds = end.bounds.unwrap_or(policy.kolektibilitas);
        found.month_end(end, MonthEnd::of(found.loan, known, &rules, (end.day, &bounds)));
    }
    let replayed = fold.finish();
    let account = &replayed.account;
    let later = account.brought_to(&rules, &holds, today);
    found.balances(book, account, &later, &rules);
    found.rows(book, account, &rules);
    found.allocations(&book.history.allocations, &replayed.allocations);
    found.differences
}

struct Found {
    loan: LoanId,
    differences: Vec<Difference>,
}

impl Found {
    fn compare<T: PartialEq + Debug>(&mut self, check: &str, thing: &str, stored: T, expected: T) {
        if stored != expected {
            self.differences.push(Difference {
                check: check.to_owned(),
                thing: format!("loan {}{thing}", self.loan),
                stored: format!("{stored:?}").replace('"', ""),
                expected: format!("{expected:?}").replace('"', ""),
            });
        }
    }

    /// What was written down is what was known at the time.
    fn month_end(&mut self, end: &WrittenMonthEnd, expected: Option<MonthEnd>) {
        let bounds = end.bounds;
        let told = |end: Option<MonthEnd>| end.map(|end| Standing::of(&end, bounds.is_some()));
        let (stored, expected) = (told(end.written), told(expected));
        if stored != expected && !(end.is_left_out && stored.is_none()) {
            let name = format!(" on {}", end.day);
            let words = |it: Option<Standing>| it.map_or("not open".into(), |it| it.to_string());
            self.compare("loan.month_end", &name, words(stored), words(expected));
        }
    }

    fn balances(&mut self, book: &LoanBook, account: &Account, later: &Account, rules: &Rules) {
        let stored = &book.balances;
        let expected = LoanBalances::of(account, rules);
        let since = stored.state.default_since;
        let noted = since == later.state().default_since;
        let state = match noted {
            true => AccountState { default_since: since, ..expected.state },
            false => expected.state,
        };
        let status = match stored.status {
            // No account tells of a cancellation.
            LoanStatus::Cancelled if state.dates.is_none() => LoanStatus::Cancelled,
            _ => state.status(),
        };
        self.compare("loan.status", "", stored.status, status);
        self.compare("loan.principal", "", stored.principal, expected.principal);
        self.compare("loan.interest", "", stored.interest, expected.interest);
        self.compare("loan.fee", "", stored.fee, expected.fee);
        self.compare("loan.penalty", "", stored.penalty, expected.penalty);
        let due = (stored.oldest_unpaid_due, expected.oldest_unpaid_due);
        self.compare("loan.oldest_unpaid_due", "", due.0, due.1);
        self.state(&stored.state, &state);
    }

    fn state(&mut self, stored: &AccountState, expected: &AccountState) {
        let AccountState {
            dates,
            closed_on,
            default_since,
            default_by_hand_since,
            deceased_on,
            frozen_on,
            collection,
            settled_on,
            written_off_on,
            last,
            excess,
            due_from_member,
            deposit,
            loan_penalty,
            discount,
        } = *expected;
        self.compare("loan.dates", "", stored.dates, dates);
        self.compare("loan.closed_on", "", stored.closed_on, closed_on);
        self.compare("loan.default_since", "", stored.default_since, default_since);
        let by_hand = (stored.default_by_hand_since, default_by_hand_since);
        self.compare("loan.default_by_hand_since", "", by_hand.0, by_hand.1);
        self.compare("loan.deceased_on", "", stored.deceased_on, deceased_on);
        self.compare("loan.frozen_on", "", stored.frozen_on, frozen_on);
        self.compare("loan.collection", "", stored.collection, collection);
        self.compare("loan.settled_on", "", stored.settled_on, settled_on);
        self.compare("loan.written_off_on", "", stored.written_off_on, written_off_on);
        self.compare("loan.last_input", "", stored.last, last);
        self.compare("loan.excess", "", stored.excess, excess);
        self.compare("loan.due_from_member", "", stored.due_from_member, due_from_member);
        self.compare("loan.deposit", "", stored.deposit, deposit);
        self.compare("loan.loan_penalty", "", stored.loan_penalty, loan_penalty);
        self.compare("loan.discount", "", stored.discount, discount);
    }

    /// Every row stands as the replay made it, rows that it did not make are superseded, and a posting
    /// reads all that it may need.
    fn rows(&mut self, book: &LoanBook, account: &Account, rules: &Rules) {
        let mut stored: BTreeMap<RowKey, &Row> =
            book.history.rows.iter().map(|row| (row.key, row)).collect();
        let read: BTreeMap<RowKey, &Row> =
            book.stored.rows.iter().map(|row| (row.key, row)).collect();
        for row in account.rows() {
            self.row("schedule.row", stored.remove(&row.key), row);
            let lies_ahead = account.on() < Some(row.due_date);
            let is_needed = row.is_live() && (lies_ahead || !row.is_paid(rules));
            if is_needed || read.contains_key(&row.key) {
                self.row("schedule.row_read", read.get(&row.key).copied(), row);
            }
        }
        for row in stored.into_values() {
            let gone = Row { state: RowState::Superseded, ..row.as_agreed() };
            self.row("schedule.row", Some(row), &gone);
        }
    }

    fn row(&mut self, check: &str, stored: Option<&Row>, expected: &Row) {
        if stored == Some(expected) {
            return;
        }
        let name = row_name(expected.key);
        let Some(stored) = stored else {
            return self.compare(check, &name, "no row", "a row");
        };
        for ((field, stored), (_, expected)) in fields(stored).zip(fields(expected)) {
            self.compare(check, &format!("{name} {field}"), stored, expected);
        }
    }

    fn allocations(&mut self, stored: &[Allocation], replayed: &[Allocation]) {
        let (stored, replayed) = (sums(stored), sums(replayed));
        if stored == replayed {
            return;
        }
        let parts: BTreeSet<_> = stored.keys().chain(replayed.keys()).collect();
        for part @ (transaction, row, component) in parts {
            let of = |sums: &Sums| sums.get(part).copied().unwrap_or_default();
            let name = format!(" payment {transaction}{} {component}", row_name(*row));
            self.compare("payment.allocation", &name, of(&stored), of(&replayed));
        }
    }
}

/// What is compared of an open loan at the end of a month: the quality where its bounds are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    outstanding: Money,
    dpd: u32,
    level: Option<u8>,
}

impl Standing {
    fn of(end: &MonthEnd, is_judged: bool) -> Self {
        let level = is_judged.then(|| end.kolektibilitas.level());
        Self { outstanding: end.outstanding, dpd: end.dpd, level }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { outstanding, dpd, level } = self;
        write!(f, "{outstanding:?}, {dpd} days past due")?;
        level.map_or(Ok(()), |level| write!(f, ", level {level}"))
    }
}

fn row_name(RowKey { made_by, no }: RowKey) -> String {
    format!(" row {made_by}/{no}")
}

/// What a row holds, by the names of its fields.
fn fields(row: &Row) -> impl Iterator<Item = (&'static str, String)> {
    // Taken apart whole, so that no field that comes later is passed over.
    macro_rules! fields {
        ($($field:ident),*) => {{
            let Row { key: _, $($field),* } = row;
            [$((stringify!($field), format!("{:?}", $field))),*]
        }};
    }
    let fields = fields![
        starts_on,
        due_date,
        principal,
        interest,
        fee,
        principal_paid,
        interest_paid,
        fee_paid,
        penalty_paid,
        interest_waived,
        fee_waived,
        penalty_waived,
        penalty_charged,
        tolerated,
        counted,
        held,
        cut_failed_on,
        state
    ];
    fields.into_iter()
}

/// Sen by payment, row and component, but for what comes to nothing.
type Sums = BTreeMap<(TransactionId, RowKey, Component), i64>;

fn sums(parts: &[Allocation]) -> Sums {
    let mut sums = Sums::new();
    for part in parts {
        let sum = sums.entry((part.transaction, part.row, part.component)).or_default();
        *sum = sum.saturating_add(part.amount.sen());
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}
