//! Penalties by hand, waivers, the deposit, write-offs.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, Money, TransactionId};
use pensipro_servicing::{
    ActOnDay, ChargePenalty, Penalty, RawPenalty, RawWaiver, UseDeposit, WaiveOwed,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A penalty to be charged.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChargePenaltyBody {
    /// Above zero.
    #[schema(value_type = String, example = "50000.00")]
    amount: Option<Money>,
    /// Value date, not ahead of today.
    #[schema(value_type = String, format = Date)]
    charged_on: Option<NaiveDate>,
    /// The row that it is for, one that asks for something; the loan as a whole if absent.
    no: Option<u16>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl ChargePenaltyBody {
    /// The command, its date not after `today`.
    pub fn check(self, today: NaiveDate) -> Result<ChargePenalty, Faults> {
        let Self { amount, charged_on, no, reason } = self;
        ChargePenalty::check(RawPenalty { amount, charged_on, no, reason }, today)
    }
}

/// Something to be waived.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverBody {
    /// Above zero, and no more than has accrued by today.
    #[schema(value_type = String, example = "50000.00")]
    amount: Option<Money>,
    /// `penalty`, `fee`, `interest`, or `settlement`: a discount on paying off early.
    #[schema(value_type = String)]
    component: Option<String>,
    /// The row that it is of; the oldest first if absent.
    no: Option<u16>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl TryFrom<WaiverBody> for WaiveOwed {
    type Error = Faults;

    fn try_from(body: WaiverBody) -> Result<Self, Faults> {
        let WaiverBody { amount, component, no, reason } = body;
        Self::check(RawWaiver { amount, component, no, reason })
    }
}

/// A part of the deposit.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepositBody {
    /// Above zero, and no more than was held back.
    #[schema(value_type = String, example = "50000.00")]
    amount: Option<Money>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl TryFrom<DepositBody> for UseDeposit {
    type Error = Faults;

    fn try_from(DepositBody { amount, reason }: DepositBody) -> Result<Self, Faults> {
        Self::check(amount, reason.as_deref())
    }
}

/// A write-off.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteOffBody {
    /// Value date, not ahead of today.
    #[schema(value_type = String, format = Date)]
    written_off_on: Option<NaiveDate>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl WriteOffBody {
    /// The command, its date not after `today`.
    pub fn check(self, today: NaiveDate) -> Result<ActOnDay, Faults> {
        let Self { written_off_on, reason } = self;
        ActOnDay::check("written_off_on", written_off_on, reason.as_deref(), today)
    }
}

/// The end of interest.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeBody {
    /// The last day that bears interest, not ahead of today.
    #[schema(value_type = String, format = Date)]
    effective_on: Option<NaiveDate>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl FreezeBody {
    /// The command, its date not after `today`.
    pub fn check(self, today: NaiveDate) -> Result<ActOnDay, Faults> {
        let Self { effective_on, reason } = self;
        ActOnDay::check("effective_on", effective_on, reason.as_deref(), today)
    }
}

/// A penalty of a row, for lateness and by hand together, or one charged by hand.
#[derive(Debug, Serialize, ToSchema)]
pub struct LoanPenaltyBody {
    /// The row; `null` for what belongs to the loan as a whole.
    pub no: Option<u16>,
    /// The transaction of a penalty by hand.
    pub transaction_id: Option<i64>,
    /// The row's due date, or the day on which it was charged.
    pub on: NaiveDate,
    /// Charged up to today.
    #[schema(value_type = String)]
    pub charged: Money,
    /// Paid of a row's.
    #[schema(value_type = Option<String>)]
    pub paid: Option<Money>,
    /// Waived of a row's.
    #[schema(value_type = Option<String>)]
    pub waived: Option<Money>,
}

impl From<Penalty> for LoanPenaltyBody {
    fn from(penalty: Penalty) -> Self {
        let Penalty { no, transaction, on, charged, paid, waived } = penalty;
        let transaction_id = transaction.map(TransactionId::get);
        Self { no, transaction_id, on, charged, paid, waived }
    }
}
