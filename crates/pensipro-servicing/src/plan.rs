//! From a computed schedule and its fees to the rows of an account.

use chrono::NaiveDate;
use pensipro_kernel::{Money, TransactionId};
use pensipro_pricing::{Collection as FeeCollection, FeeCharge, FeeKind, ScheduleRow};

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
    rows: Vec<ScheduleRow>,
    charges: Vec<FeeCharge>,
}

impl RepaymentPlan {
    /// A plan from the pricing engine's rows, `None` without any. `starts_on` is the disbursement.
    pub fn new(
        starts_on: NaiveDate,
        rows: Vec<ScheduleRow>,
        charges: Vec<FeeCharge>,
    ) -> Option<Self> {
        (!rows.is_empty()).then_some(Self { starts_on, rows, charges })
    }

    /// The day on which interest begins.
    pub const fn starts_on(&self) -> NaiveDate {
        self.starts_on
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

/// The loan of an approved application, `pending`, with the provisional rows of the plan.
pub fn create_pending_loan(
    facts: LoanFacts,
    plan: &RepaymentPlan,
) -> Result<NewLoan, ServicingError> {
    let sum = total(plan.rows.iter().map(|row| row.principal));
    if sum != facts.plafon {
        return Err(ServicingError::SourcesMismatch { sum, plafon: facts.plafon });
    }
    let rows = plan.account_rows(RowKey::PROVISIONAL);
    Ok(NewLoan { rows, dates: plan.dates(), facts })
}
