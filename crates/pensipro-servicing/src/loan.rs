//! A loan: whose it is, on which terms, and where it stands.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use pensipro_kernel::{
    ApplicationId, BranchId, LoanId, MemberId, Money, ProductId, SalesId, Version,
};
use pensipro_pricing::Terms;

use crate::{
    account::{Account, AccountState, LoanDates},
    error::ServicingError,
    hold::Hold,
    outstanding::Outstanding,
    row::Row,
    rules::Rules,
};

pensipro_kernel::codes! {
    /// Where a loan stands.
    pub enum LoanStatus {
        /// Approved, not yet disbursed.
        Pending = "pending",
        /// Disbursed and owed.
        Active = "active",
        /// Nothing is owed any more.
        Closed = "closed",
        /// Long past due, or declared so.
        Default = "default",
        /// Never disbursed.
        Cancelled = "cancelled",
    }
}

pensipro_kernel::codes! {
    /// How a loan's instalments are collected.
    #[derive(Default)]
    pub enum Collection {
        /// The payer deducts them from the pension.
        #[default]
        PensionCut = "pension_cut",
        /// The heirs or an insurance pay.
        Heir = "heir",
    }
}

impl LoanStatus {
    /// Refuses a step that no loan takes. A loan leaves `cancelled` never, and becomes `cancelled`
    /// only before its disbursement; reversals lead back from everywhere else.
    pub fn step_to(self, to: Self) -> Result<Self, ServicingError> {
        let allowed = match (self, to) {
            (Self::Cancelled, _) => false,
            (Self::Pending, Self::Active | Self::Cancelled) => true,
            (Self::Pending, _) => false,
            (Self::Active | Self::Default | Self::Closed, Self::Cancelled) => false,
            (Self::Active | Self::Default | Self::Closed, to) => self != to,
        };
        if allowed { Ok(to) } else { Err(self.not_to(to)) }
    }

    pub(crate) const fn not_to(self, to: Self) -> ServicingError {
        ServicingError::InvalidTransition { from: self, to }
    }

    /// True while something is owed: `active` or `default`.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Active | Self::Default)
    }
}

/// A loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loan {
    /// Its id.
    pub id: LoanId,
    /// The application it came from.
    pub application_id: ApplicationId,
    /// Who owes it.
    pub member_id: MemberId,
    /// The product.
    pub product_id: ProductId,
    /// Who sold it.
    pub sales_id: Option<SalesId>,
    /// The branch it belongs to.
    pub branch_id: Option<BranchId>,
    /// Principal granted.
    pub plafon: Money,
    /// Instalments agreed.
    pub tenor: u16,
    /// The terms agreed.
    pub terms: Terms,
    /// When it was approved.
    pub approved_on: NaiveDate,
    /// Where it stands, as stored.
    pub status: LoanStatus,
    /// How it is collected.
    pub collection: Collection,
    /// Value date of the disbursement.
    pub disbursed_on: Option<NaiveDate>,
    /// Due date of the first row; provisional before the disbursement.
    pub first_due_date: NaiveDate,
    /// Due date of the last row; provisional before the disbursement.
    pub maturity_date: NaiveDate,
    /// For optimistic locks.
    pub version: Version,
    /// Since when it is there.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl Loan {
    /// The number people use: `LN-2026-000123`.
    pub fn number(&self) -> String {
        self.id.number(self.approved_on.year())
    }
}

/// A loan with its stored account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLoan {
    /// The loan.
    pub loan: Loan,
    /// Its account after the last input.
    pub state: AccountState,
    /// Of the rows with a maker: at least those not paid and those due after `state.last`.
    pub rows: Vec<Row>,
    /// The holds of these rows.
    pub holds: Vec<Hold>,
}

/// A row of a list of loans: figures as stored, on the day `state.last` names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanSummary {
    /// The loan.
    pub loan: Loan,
    /// The stored figures.
    pub balances: LoanBalances,
}

/// What storage keeps of an account beside its rows, on the value date of its last input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoanBalances {
    /// The status.
    pub status: LoanStatus,
    /// The account's state. `state.dates` of `None` (not disbursed) leaves the loan's first due and
    /// maturity dates as they are and clears `disbursed_on`.
    pub state: AccountState,
    /// The oldest due date that counts as late, now or later: DPD follows from it.
    pub oldest_unpaid_due: Option<NaiveDate>,
    /// Unpaid principal.
    pub principal: Money,
    /// Unpaid interest that was due.
    pub interest: Money,
    /// Unpaid fees.
    pub fee: Money,
    /// Penalties charged and not paid.
    pub penalty: Money,
}

impl LoanBalances {
    /// The day on which the figures stand.
    pub fn state_on(&self) -> Option<NaiveDate> {
        self.state.last.map(|order| order.effective_on)
    }

    /// What an account after its last input gives to store.
    pub(crate) fn of(account: &Account, rules: &Rules) -> Self {
        let state = *account.state();
        let on = account.on().unwrap_or_default();
        let owed = Outstanding::of(account, rules, &Default::default(), on);
        Self {
            status: account.status(),
            state,
            oldest_unpaid_due: account.oldest_unpaid_due(),
            principal: owed.principal,
            interest: owed.interest_due,
            fee: owed.fee,
            penalty: owed.penalty,
        }
    }
}

/// What a loan is made of when its application is approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanFacts {
    /// The application.
    pub application_id: ApplicationId,
    /// Who owes it.
    pub member_id: MemberId,
    /// The product.
    pub product_id: ProductId,
    /// Who sold it.
    pub sales_id: Option<SalesId>,
    /// The branch.
    pub branch_id: Option<BranchId>,
    /// Principal granted.
    pub plafon: Money,
    /// Instalments agreed.
    pub tenor: u16,
    /// The terms agreed.
    pub terms: Terms,
    /// When it was approved.
    pub approved_on: NaiveDate,
}

/// A loan to be stored: `pending`, with provisional rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLoan {
    /// What it is made of.
    pub facts: LoanFacts,
    /// Provisional rows, as if disbursed on the day of approval; made by
    /// [`RowKey::PROVISIONAL`](crate::RowKey::PROVISIONAL). They stay beside the rows of a
    /// disbursement and are the schedule while the loan is pending.
    pub rows: Vec<Row>,
    /// Provisional dates of the first and last row.
    pub dates: LoanDates,
}
