//! From a computed schedule and its fees to the rows of an account.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};
use pensipro_pricing::{
    Collection as FeeCollection, DueDates, FeeCharge, FeeFacts, FeeKind, FirstDuePolicy, Schedule,
    ScheduleRow, Terms, charges,
};

use crate::{
    account::LoanDates,
    amount::total,
    error::ServicingError,
    input::Disbursed,
    loan::{LoanFacts, NewLoan},
    row::{Instalment, Row, RowKey},
};

/// What a loan's schedule and fees come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepaymentPlan {
    starts_on: NaiveDate,
    instalment: Money,
    rows: Vec<ScheduleRow>,
    charges: Vec<FeeCharge>,
}

/// What a plan is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanFacts<'a> {
    /// Principal granted.
    pub plafon: Money,
    /// Instalments agreed.
    pub tenor: u16,
    /// The terms agreed.
    pub terms: &'a Terms,
    /// The disbursement.
    pub starts_on: NaiveDate,
    /// How the first due date is found.
    pub first_due: FirstDue,
    /// The member's age in completed years on that day, where a fee depends on it.
    pub age: Option<u16>,
}

/// How the first due date is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstDue {
    /// It is given, and sets the due day.
    On(NaiveDate),
    /// The terms' due day, far enough after the disbursement.
    Following(FirstDuePolicy),
}

impl FirstDue {
    /// The date asked for, otherwise by the policy.
    pub fn or_policy(given: Option<NaiveDate>, policy: FirstDuePolicy) -> Self {
        given.map_or(Self::Following(policy), Self::On)
    }
}

impl RepaymentPlan {
    /// The plan of a loan paid out on a day, by the pricing engine.
    pub fn compute(facts: &PlanFacts<'_>) -> Result<Self, ServicingError> {
        let PlanFacts { plafon, tenor, terms, starts_on, first_due, age } = *facts;
        let dates = match first_due {
            FirstDue::On(date) => DueDates::from_first(starts_on, date)?,
            FirstDue::Following(policy) => {
                DueDates::following(starts_on, terms.rules.due_day, policy)
            }
        };
        let schedule = Schedule::new(plafon, tenor, &terms.rules, dates)?;
        let instalment = schedule.instalment();
        let charges = charges(&terms.fees, FeeFacts { plafon, tenor, instalment, age })?;
        Ok(Self { starts_on, instalment, rows: schedule.dated_rows().collect(), charges })
    }

    /// The day on which interest begins.
    pub const fn starts_on(&self) -> NaiveDate {
        self.starts_on
    }

    /// The regular instalment, which the debt-service ratio takes.
    pub const fn instalment(&self) -> Money {
        self.instalment
    }

    /// The schedule.
    pub fn rows(&self) -> &[ScheduleRow] {
        &self.rows
    }

    /// The fees.
    pub fn charges(&self) -> &[FeeCharge] {
        &self.charges
    }

    /// Fees that are deducted from the plafon; the deposit is none of them.
    pub fn upfront_fees(&self) -> Money {
        self.charged(|charge| charge.kind != FeeKind::Blokir && is_upfront(charge))
    }

    /// The member's own money held back.
    pub fn deposit(&self) -> Money {
        self.charged(|charge| charge.kind == FeeKind::Blokir)
    }

    /// The loan's dates.
    pub fn dates(&self) -> LoanDates {
        let due = |row: Option<&ScheduleRow>| row.map_or(self.starts_on, |row| row.due_date);
        LoanDates {
            disbursed_on: self.starts_on,
            first_due_date: due(self.rows.first()),
            maturity_date: due(self.rows.last()),
        }
    }

    /// The rows of an account, made by a transaction; fees to be billed stand in the first.
    pub fn account_rows(&self, made_by: TransactionId) -> Vec<Row> {
        let billed = self.charged(|charge| charge.kind != FeeKind::Blokir && !is_upfront(charge));
        let fees = std::iter::once(billed).chain(std::iter::repeat(Money::ZERO));
        let due_dates = self.rows.iter().map(|row| row.due_date);
        let starts = std::iter::once(self.starts_on).chain(due_dates);
        let rows = self.rows.iter().zip(starts).zip(fees);
        rows.map(|((row, starts_on), fee)| {
            let owed = Instalment { principal: row.principal, interest: row.interest, fee };
            Row::new(RowKey::new(made_by, row.no), starts_on, row.due_date, owed)
        })
        .collect()
    }

    /// What the fold needs of the disbursement that a transaction makes of the plan.
    pub fn disbursed(&self, made_by: TransactionId) -> Disbursed {
        Disbursed { rows: self.account_rows(made_by), deposit: self.deposit() }
    }

    fn charged(&self, which: impl Fn(&FeeCharge) -> bool) -> Money {
        total(self.charges.iter().filter(|charge| which(charge)).map(|charge| charge.amount))
    }
}

fn is_upfront(charge: &FeeCharge) -> bool {
    charge.collection == FeeCollection::Upfront
}

/// The loan of an approved application, `pending`, with provisional rows as if it were paid out on
/// the day of approval.
pub fn create_pending_loan(
    facts: LoanFacts,
    first_due: FirstDue,
    age: Option<u16>,
) -> Result<NewLoan, ServicingError> {
    let LoanFacts { plafon, tenor, ref terms, approved_on, .. } = facts;
    let plan = PlanFacts { plafon, tenor, terms, starts_on: approved_on, first_due, age };
    let plan = RepaymentPlan::compute(&plan)?;
    Ok(NewLoan { rows: plan.account_rows(RowKey::PROVISIONAL), dates: plan.dates(), facts })
}
