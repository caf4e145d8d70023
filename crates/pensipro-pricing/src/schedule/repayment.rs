//! A repayment that was agreed for one principal, applied to another.
//!
//! A schedule is computed once, when it is agreed. Where what is repaid turns out to be more or less,
//! instalment, rate and number of rows stand as agreed: the difference falls into the last rows.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, Money, Rate};
use serde::{Deserialize, Serialize};

use super::interest::Interest;
use super::rows::money;
use super::{DueDates, MAX_TENOR, Schedule, ScheduleRow, ScheduleRuleParts, ScheduleRules};
use crate::ScheduleError;
use crate::checked::checked;
use crate::codes::{BrokenPeriod, LastInstalment, Method};

/// What a [`Repayment`] is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepaymentParts {
    /// How interest is reckoned, and how many rows after the holiday bear interest alone.
    pub rules: ScheduleRules,
    /// The first day that bears interest.
    pub starts_on: NaiveDate,
    /// Due date of row 1.
    pub first_due: NaiveDate,
    /// The due day of every month, 1 to 31.
    pub due_day: u8,
    /// Number of rows, those of the holiday included.
    pub rows: u16,
    /// Rows at the beginning whose interest is added to the principal.
    pub holiday: u16,
    /// What a row repays: principal and interest; under `efektif` principal.
    pub step: Money,
}

checked! {
    /// Rate, instalment, dates and number of rows as they were agreed.
    #[derive(Copy)]
    Repayment(RepaymentParts, "RepaymentParts")
}

/// What a repayment is agreed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RepaymentFacts {
    /// What is repaid.
    pub principal: Money,
    /// How interest is reckoned: [renewed](ScheduleRules::renewed) rules.
    pub rules: ScheduleRules,
    /// When.
    pub dates: DueDates,
    /// In how many rows, those of the holiday included.
    pub rows: u16,
    /// How many rows at the beginning add their interest to the principal.
    pub holiday: u16,
}

impl RepaymentParts {
    fn check(&self, faults: &mut Faults) {
        let dates = DueDates::anchored(self.starts_on, self.first_due, self.due_day);
        faults.require(
            dates.is_ok(),
            "first_due",
            "not_possible",
            "is no due date after the start",
        );
        let few = (1..=MAX_TENOR).contains(&self.rows);
        faults.require(few, "rows", "out_of_range", "must be from 1 to 600");
        let repaying = self.rows.checked_sub(self.holiday);
        let repays = repaying.is_some_and(|rows| self.rules.principal_grace < rows);
        faults.require(repays, "rows", "out_of_range", "leaves no row to repay");
        let step = self.step.is_positive();
        faults.require(step, "step", "not_positive", "must be above zero");
    }

    fn dates(&self) -> DueDates {
        DueDates::of_parts(self.starts_on, self.first_due, self.due_day)
    }
}

impl ScheduleRules {
    /// The same for a schedule that takes another's place: at a rate, with some rows that bear interest
    /// alone, the last row taking what is left.
    pub fn renewed(&self, interest_rate: Rate, principal_grace: u16) -> Result<Self, Faults> {
        Self::new(ScheduleRuleParts {
            interest_rate,
            principal_grace,
            last_instalment: LastInstalment::Adjust,
            broken_period: BrokenPeriod::None,
            ..**self
        })
    }

    /// The interest of one row of a schedule of this principal.
    fn interest_of(&self, dates: DueDates, principal: u64, no: u16) -> u64 {
        let interest = Interest::new(self, dates, principal);
        interest.map_or(0, |interest| interest.of(principal, no))
    }
}

impl Repayment {
    /// Agrees on what repays a principal.
    pub fn agree(facts: RepaymentFacts) -> Result<Self, ScheduleError> {
        let RepaymentFacts { principal, rules, dates, rows, holiday } = facts;
        let grown = (1..=holiday).fold(sen(principal), |balance, no| {
            balance.saturating_add(rules.interest_of(dates, balance, no))
        });
        let refused = ScheduleError::Tenor { tenor: rows };
        let repaying = rows.checked_sub(holiday).ok_or(refused)?;
        if rows > MAX_TENOR {
            return Err(refused);
        }
        let (start, first) = (dates.due(holiday), dates.due(holiday.saturating_add(1)));
        let start = if holiday == 0 { dates.start() } else { start };
        let after_holiday = DueDates::of_parts(start, first, dates.due_day());
        let schedule = Schedule::new(money(grown), repaying, &rules, after_holiday)?;
        Ok(Self(RepaymentParts {
            rules,
            starts_on: dates.start(),
            first_due: dates.first(),
            due_day: dates.due_day(),
            rows,
            holiday,
            step: schedule.step(rules.method),
        }))
    }

    /// The rows that repay a principal, the agreed one or another: all of it, whatever it is, with no
    /// amount below zero. The interest of the holiday's rows is principal of the later ones; rows after
    /// the end of the principal ask for nothing.
    pub fn rows_of(&self, principal: Money) -> Vec<ScheduleRow> {
        let Self(parts) = self;
        let dates = parts.dates();
        let mut balance = sen(principal);
        let mut rows = Vec::with_capacity(parts.rows.into());
        for no in 1..=parts.holiday {
            let interest = parts.rules.interest_of(dates, balance, no);
            balance = balance.saturating_add(interest);
            rows.push(row(no, dates, 0, interest, balance));
        }
        let interest = Interest::new(&parts.rules, dates, balance);
        for no in parts.holiday + 1..=parts.rows {
            let owed = interest.as_ref().filter(|_| balance > 0);
            let interest = owed.map_or(0, |interest| interest.of(balance, no));
            let repaid = parts.repaid(no, balance, interest);
            balance -= repaid;
            rows.push(row(no, dates, repaid, interest, balance));
        }
        rows
    }

    /// Due date of the last row.
    pub fn maturity(&self) -> NaiveDate {
        self.dates().due(self.rows)
    }
}

impl RepaymentParts {
    /// What of a balance a row after the holiday repays.
    fn repaid(&self, no: u16, balance: u64, interest: u64) -> u64 {
        let step = sen(self.step);
        let repaid = match self.rules.method {
            _ if no == self.rows => balance,
            _ if no - self.holiday <= self.rules.principal_grace => 0,
            Method::Efektif => step,
            Method::Flat | Method::Anuitas => step.saturating_sub(interest),
        };
        repaid.min(balance)
    }
}

fn sen(amount: Money) -> u64 {
    u64::try_from(amount.sen()).unwrap_or(0)
}

fn row(no: u16, dates: DueDates, principal: u64, interest: u64, balance: u64) -> ScheduleRow {
    ScheduleRow {
        no,
        due_date: dates.due(no),
        principal: money(principal),
        interest: money(interest),
        instalment: money(principal.saturating_add(interest)),
        balance: money(balance),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dates() -> DueDates {
        let day = |text: &str| text.parse().unwrap();
        DueDates::from_first(day("2026-01-10"), day("2026-02-10")).unwrap()
    }

    fn rules() -> impl Strategy<Value = ScheduleRules> {
        let method = prop::sample::select(Method::ALL);
        (method, 0..600_000_i64, 0..4_u16).prop_map(|(method, rate, grace)| {
            let rules = ScheduleRules::new(ScheduleRuleParts::usual(method, Rate::ZERO)).unwrap();
            rules.renewed(Rate::from_units(rate), grace).unwrap()
        })
    }

    fn facts() -> impl Strategy<Value = RepaymentFacts> {
        (rules(), 1_000_000..500_000_000_i64, 9..240_u16, 0..4_u16).prop_map(
            |(rules, rupiah, rows, holiday)| {
                let principal = Money::from_rupiah(rupiah).unwrap();
                RepaymentFacts { principal, rules, dates: dates(), rows, holiday }
            },
        )
    }

    fn sum(rows: &[ScheduleRow], part: fn(&ScheduleRow) -> Money) -> Money {
        Money::checked_sum(rows.iter().map(part)).unwrap()
    }

    proptest! {
        /// The principal that was agreed on is repaid by the schedule's own rows.
        #[test]
        fn the_agreed_principal_is_repaid_as_scheduled(facts in facts()) {
            let facts = RepaymentFacts { holiday: 0, ..facts };
            let RepaymentFacts { principal, rules, rows, .. } = facts;
            let schedule = Schedule::new(principal, rows, &rules, dates()).unwrap();
            let repayment = Repayment::agree(facts).unwrap();
            prop_assert_eq!(repayment.rows_of(principal), schedule.dated_rows().collect::<Vec<_>>());
            prop_assert_eq!(repayment.maturity(), schedule.maturity());
        }

        /// Any principal is repaid to the sen, with the interest of its holiday, in the agreed
        /// instalment until it ends; stored, the agreement comes back.
        #[test]
        fn another_principal_is_repaid_too(facts in facts(), other in 0..100_000_000_000_i64) {
            let RepaymentFacts { rules, rows, holiday, .. } = facts;
            let repayment = Repayment::agree(facts).unwrap();
            let other = Money::from_sen(other);
            let made = repayment.rows_of(other);
            prop_assert_eq!(made.len(), usize::from(rows));
            let (held, repaying) = made.split_at(holiday.into());
            let capitalised = sum(held, |row| row.interest);
            prop_assert_eq!(sum(held, |row| row.principal), Money::ZERO);
            let mut balance = other.checked_add(capitalised).unwrap();
            prop_assert_eq!(sum(repaying, |row| row.principal), balance);
            for row in repaying {
                prop_assert!(!row.principal.is_negative() && !row.interest.is_negative());
                balance = balance.checked_sub(row.principal).unwrap();
                prop_assert_eq!(row.balance, balance);
                let repays = row.no > holiday + rules.principal_grace && row.no < rows;
                if repays && row.balance.is_positive() && rules.method != Method::Efektif {
                    prop_assert_eq!(row.instalment, repayment.step.max(row.interest));
                }
            }
            prop_assert_eq!(balance, Money::ZERO);
            let json = serde_json::to_string(&repayment).unwrap();
            prop_assert_eq!(serde_json::from_str::<Repayment>(&json).unwrap(), repayment);
        }
    }

    #[test]
    fn interest_of_a_holiday_bears_interest() {
        let rules = ScheduleRules::new(ScheduleRuleParts::usual(Method::Anuitas, Rate::ZERO));
        let rules = rules.unwrap().renewed(Rate::percent(12), 0).unwrap();
        let principal = Money::from_rupiah(1_000_000).unwrap();
        let facts = RepaymentFacts { principal, rules, dates: dates(), rows: 3, holiday: 2 };
        let repayment = Repayment::agree(facts).unwrap();
        let rows: Vec<_> = repayment
            .rows_of(principal)
            .into_iter()
            .map(|row| {
                (row.due_date.to_string(), row.principal.sen() / 100, row.interest.sen() / 100)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("2026-02-10".to_owned(), 0, 10_000),
                ("2026-03-10".to_owned(), 0, 10_100),
                ("2026-04-10".to_owned(), 1_020_100, 10_201),
            ]
        );
        assert!(Repayment::agree(RepaymentFacts { holiday: 3, ..facts }).is_err());
    }

    #[test]
    fn a_stored_agreement_is_checked() {
        let parts = RepaymentParts {
            rules: ScheduleRules::neutral(),
            starts_on: dates().start(),
            first_due: dates().start(),
            due_day: 10,
            rows: 0,
            holiday: 1,
            step: Money::ZERO,
        };
        let faults = Repayment::new(parts).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["first_due", "rows", "rows", "step"]);
    }
}
