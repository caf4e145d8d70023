//! The schedule engine: the rows of a loan, in integer arithmetic.

mod dates;
mod instalment;
mod interest;
mod repayment;
mod rows;
mod rules;
#[cfg(test)]
mod tests;
mod wide;

pub use dates::{DueDates, FirstDuePolicy};
pub use repayment::{Repayment, RepaymentFacts, RepaymentParts};
pub use rows::Rows;
pub use rules::{MAX_RATE, MAX_TENOR, ScheduleRuleParts, ScheduleRules};

use chrono::NaiveDate;
use pensipro_kernel::Money;

use self::instalment::{Exact, rounding};
use self::interest::Interest;
use self::rows::money;
use crate::ScheduleError;
use crate::codes::{BrokenPeriod, InstalmentUnit, LastInstalment, Method};

/// A loan's schedule: its instalment is computed and proved, its rows follow from [`Schedule::rows`].
///
/// Laws: the principals add up to the principal exactly, the balance falls with every repaying row and
/// ends at exactly 0, no amount is negative.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    terms: InstalmentTerms,
    interest: Interest,
    step: Step,
    instalment: u64,
    /// Interest of the days beyond one month before row 1.
    broken: u64,
    unit: InstalmentUnit,
    asked: InstalmentUnit,
    last: LastInstalment,
    dates: DueDates,
}

/// One row of a schedule, without its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Counted from 1.
    pub no: u16,
    /// What it repays.
    pub principal: Money,
    /// Its interest.
    pub interest: Money,
    /// Principal left after it.
    pub balance: Money,
}

/// One row of a schedule with its due date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleRow {
    /// Counted from 1.
    pub no: u16,
    /// When it is due.
    pub due_date: NaiveDate,
    /// What it repays.
    pub principal: Money,
    /// Its interest.
    pub interest: Money,
    /// Both together.
    pub instalment: Money,
    /// Principal left after it.
    pub balance: Money,
}

/// What all rows come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The principal.
    pub principal: Money,
    /// All interest.
    pub interest: Money,
    /// Both together.
    pub payment: Money,
}

#[derive(Debug, Clone, Copy)]
struct InstalmentTerms {
    principal: u64,
    tenor: u16,
    grace: u16,
}

/// What stays the same from row to row.
#[derive(Debug, Clone, Copy)]
enum Step {
    Instalment(u64),
    Principal(u64),
}

impl InstalmentTerms {
    fn check(principal: Money, tenor: u16, grace: u16) -> Result<Self, ScheduleError> {
        if !principal.is_positive() || principal > Money::MAX_INPUT {
            return Err(ScheduleError::Principal { principal });
        }
        if !(1..=MAX_TENOR).contains(&tenor) {
            return Err(ScheduleError::Tenor { tenor });
        }
        if grace >= tenor {
            return Err(ScheduleError::Grace { grace, tenor });
        }
        Ok(Self { principal: principal.sen().unsigned_abs(), tenor, grace })
    }

    /// Rows that repay.
    fn rows(self) -> u16 {
        self.tenor - self.grace
    }
}

impl Schedule {
    /// The schedule of a principal over `tenor` months. Where instalments of the rules' unit would
    /// leave a row with nothing to repay, the largest finer unit that does not is taken
    /// ([`Schedule::finer_unit`]).
    pub fn new(
        principal: Money,
        tenor: u16,
        rules: &ScheduleRules,
        dates: DueDates,
    ) -> Result<Self, ScheduleError> {
        let terms = InstalmentTerms::check(principal, tenor, rules.principal_grace)?;
        let refused = ScheduleError::NotRepayable { principal, tenor, rate: rules.interest_rate };
        let interest = Interest::new(rules, dates, terms.principal).ok_or(refused)?;
        let broken = broken_interest(principal, rules, dates).ok_or(refused)?;
        let exact = Exact::new(rules, terms, &interest);
        let in_unit = |unit| -> Option<Self> {
            let (step, instalment) = settle(terms, &interest, rules, exact, unit)?;
            let (asked, last) = (rules.instalment_unit, rules.last_instalment);
            Some(Self { terms, interest, step, instalment, broken, unit, asked, last, dates })
        };
        rules.instalment_unit.and_finer().find_map(in_unit).ok_or(refused)
    }

    /// The regular instalment: that of every row but the last and those of grace, without interest of
    /// a broken first period. Under [`Method::Efektif`] the first and largest.
    pub fn instalment(&self) -> Money {
        money(self.instalment)
    }

    /// The unit that instalments are multiples of, if it is finer than the rules ask for.
    pub fn finer_unit(&self) -> Option<InstalmentUnit> {
        (self.unit != self.asked).then_some(self.unit)
    }

    /// What repays a row: the instalment; under `efektif` its principal.
    fn step(&self, method: Method) -> Money {
        match (method, self.step) {
            (Method::Flat, _) => self.instalment(),
            (_, Step::Instalment(amount) | Step::Principal(amount)) => money(amount),
        }
    }

    /// The due dates.
    pub fn dates(&self) -> DueDates {
        self.dates
    }

    /// The due date of the last row.
    pub fn maturity(&self) -> NaiveDate {
        self.dates.due(self.terms.tenor)
    }

    /// The rows without their dates.
    #[inline]
    pub fn rows(&self) -> Rows {
        Rows::new(*self)
    }

    /// The rows with their dates.
    pub fn dated_rows(&self) -> impl ExactSizeIterator<Item = ScheduleRow> + use<> {
        let dates = self.dates;
        self.rows().map(move |row| ScheduleRow {
            no: row.no,
            due_date: dates.due(row.no),
            principal: row.principal,
            interest: row.interest,
            instalment: row.instalment(),
            balance: row.balance,
        })
    }

    /// What all rows come to; `None` past 64 bits.
    pub fn totals(&self) -> Option<Totals> {
        let interest = Money::checked_sum(self.rows().map(|row| row.interest))?;
        let principal = money(self.terms.principal);
        Some(Totals { principal, interest, payment: principal.checked_add(interest)? })
    }
}

impl Row {
    /// Principal and interest.
    pub fn instalment(&self) -> Money {
        // Both stem from one schedule, whose amounts stay far below 2^63.
        Money::from_sen(self.principal.sen() + self.interest.sen())
    }
}

/// The step from row to row and the instalment in a unit; `None` if a row before the last would repay
/// nothing, or everything.
fn settle(
    terms: InstalmentTerms,
    interest: &Interest,
    rules: &ScheduleRules,
    exact: Exact,
    unit: InstalmentUnit,
) -> Option<(Step, u64)> {
    let amount = exact.rounded(unit.money().sen().unsigned_abs(), rounding(rules))?;
    let first = interest.of(terms.principal, terms.grace + 1);
    let step = match rules.method {
        Method::Anuitas => Step::Instalment(amount),
        Method::Efektif => Step::Principal(amount),
        Method::Flat => Step::Principal(amount.saturating_sub(first)),
    };
    if terms.rows() > 1 && !leaves_something(terms, interest, exact, step) {
        return None;
    }
    let level = rules.last_instalment == LastInstalment::Level;
    Some(match rules.method {
        _ if terms.rows() == 1 && !level => (step, terms.principal.checked_add(first)?),
        Method::Efektif => (step, amount.checked_add(first)?),
        Method::Flat | Method::Anuitas => (step, amount),
    })
}

/// True if every row before the last repays something and leaves something to the last.
fn leaves_something(terms: InstalmentTerms, interest: &Interest, exact: Exact, step: Step) -> bool {
    let before_last = u64::from(terms.rows() - 1);
    match step {
        Step::Principal(principal) => {
            let repaid = principal.checked_mul(before_last);
            principal > 0 && repaid.is_some_and(|repaid| repaid < terms.principal)
        }
        Step::Instalment(instalment) => {
            surely_repays(terms, interest, exact, instalment) || walk(terms, interest, instalment)
        }
    }
}

/// A sufficient test without the rows. A difference of e a row (the instalment's rounding and that of
/// interest) grows to at most e·P/A·(1+i)^n over the rows, so it cannot eat the last row's principal
/// while e·P < A²·v^n; e is taken twice.
fn surely_repays(
    terms: InstalmentTerms,
    interest: &Interest,
    exact: Exact,
    instalment: u64,
) -> bool {
    let instalment_exact = exact.whole_sen();
    let Some(difference) = instalment
        .abs_diff(instalment_exact)
        .checked_add(1 + interest.unit())
        .and_then(|difference| difference.checked_mul(2))
    else {
        return false;
    };
    let first_principal = exact.first_principal(instalment_exact);
    let eaten = u128::from(difference) * u128::from(terms.principal);
    first_principal > difference
        && eaten < u128::from(first_principal) * u128::from(instalment_exact)
}

fn walk(terms: InstalmentTerms, interest: &Interest, instalment: u64) -> bool {
    let repaying = terms.grace + 1..terms.tenor;
    let left = repaying.into_iter().try_fold(terms.principal, |balance, no| {
        let principal = instalment.checked_sub(interest.of(balance, no))?;
        if principal == 0 { None } else { balance.checked_sub(principal) }.filter(|left| *left > 0)
    });
    left.is_some()
}

fn broken_interest(principal: Money, rules: &ScheduleRules, dates: DueDates) -> Option<u64> {
    match rules.broken_period {
        BrokenPeriod::None => Some(0),
        BrokenPeriod::Add => {
            let interest = rules.interest_between(principal, dates.start(), dates.due(0))?;
            // So that a row's sum stays far below 2^63, however distant the first due date.
            (interest <= Money::MAX_INPUT).then(|| interest.sen().unsigned_abs())
        }
    }
}
