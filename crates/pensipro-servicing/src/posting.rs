//! What is to be stored of inputs: one payment or a hundred thousand, the same value.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{ImportLineId, LoanId, Money, Permission, TransactionId};

use crate::{
    delta::AllocationDelta,
    disbursement::NewDisbursement,
    input::{Input, InputKind},
    loan::LoanBalances,
    payment::Channel,
    row::{Row, RowKey},
    settlement::Quote,
};

pensipro_kernel::codes! {
    /// What a row of the loan's transactions is.
    pub enum TransactionKind {
        /// The plafon was paid out.
        Disbursement = "disbursement",
        /// The member died.
        Death = "death",
        /// Interest was stopped by hand.
        InterestFreeze = "interest_freeze",
        /// Other rows took the place of those that were owed.
        Restructure = "restructure",
        /// A penalty was charged by hand.
        ManualPenalty = "manual_penalty",
        /// A pension cut failed.
        FailedCut = "failed_cut",
        /// Something owed was waived.
        Waiver = "waiver",
        /// The deposit paid what was due.
        DepositApplied = "deposit_applied",
        /// The deposit went back to the member.
        DepositReleased = "deposit_released",
        /// Money came in.
        Payment = "payment",
        /// Money came in after a write-off.
        Recovery = "recovery",
        /// The loan is paid off early.
        Settlement = "settlement",
        /// The loan was given up.
        WriteOff = "write_off",
        /// The status was set by hand.
        Status = "status",
        /// The way of collecting was set.
        Collection = "collection",
        /// A refund was paid out.
        RefundPaid = "refund_paid",
        /// A refund was refused.
        RefundRefused = "refund_refused",
        /// An earlier transaction was taken back.
        Reversal = "reversal",
    }
}

impl TransactionKind {
    /// True if its allocations are money that the member, his heirs or an insurer paid. What a restructure
    /// capitalises is paid by a new debt, hence by nobody.
    pub const fn is_paid_in(self) -> bool {
        matches!(self, Self::Payment | Self::Recovery | Self::DepositApplied)
    }

    /// The right with which such a transaction is made.
    pub const fn made_with(self) -> Permission {
        match self {
            Self::Disbursement => Permission::DisburseLoan,
            Self::Death => Permission::ChangeMemberStatus,
            Self::Restructure => Permission::ApproveRestructure,
            Self::InterestFreeze
            | Self::ManualPenalty
            | Self::Waiver
            | Self::DepositApplied
            | Self::DepositReleased
            | Self::WriteOff
            | Self::Status
            | Self::Collection => Permission::EditLoan,
            Self::Settlement => Permission::SettleLoan,
            Self::RefundPaid | Self::RefundRefused => Permission::ReconcileBilling,
            Self::FailedCut => Permission::ImportBilling,
            Self::Payment | Self::Recovery => Permission::RecordPayment,
            Self::Reversal => Permission::ReversePayment,
        }
    }
}

impl InputKind {
    /// What it is as a transaction.
    pub const fn transaction_kind(&self) -> TransactionKind {
        match self {
            Self::Disbursement(_) => TransactionKind::Disbursement,
            Self::Death => TransactionKind::Death,
            Self::InterestFreeze => TransactionKind::InterestFreeze,
            Self::Restructure(_) => TransactionKind::Restructure,
            Self::Status(_) => TransactionKind::Status,
            Self::Collection(_) => TransactionKind::Collection,
            Self::FailedCut(_) => TransactionKind::FailedCut,
            Self::ManualPenalty(_) => TransactionKind::ManualPenalty,
            Self::Waiver(_) => TransactionKind::Waiver,
            Self::DepositApplied(_) => TransactionKind::DepositApplied,
            Self::DepositReleased(_) => TransactionKind::DepositReleased,
            Self::Payment(_) => TransactionKind::Payment,
            Self::Recovery(_) => TransactionKind::Recovery,
            Self::Settlement(_) => TransactionKind::Settlement,
            Self::WriteOff => TransactionKind::WriteOff,
            Self::RefundPaid(_) => TransactionKind::RefundPaid,
            Self::RefundRefused(_) => TransactionKind::RefundRefused,
        }
    }
}

/// Everything to be stored of the inputs of some loans, in one transaction.
///
/// Rows and balances of a loan that is posted to twice stand here once, as they are in the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PostingBatch {
    /// New transactions, in the order of posting.
    pub transactions: Vec<NewTransaction>,
    /// What is particular to payments.
    pub payments: Vec<NewPayment>,
    /// What is particular to settlements.
    pub settlements: Vec<NewSettlement>,
    /// What is particular to disbursements.
    pub disbursements: Vec<NewDisbursement>,
    /// Allocation deltas.
    pub deltas: Vec<AllocationDelta>,
    /// Schedule rows that are new or changed, by loan and row.
    pub rows: BTreeMap<(LoanId, RowKey), RowChange>,
    /// Balances of the loans posted to, by ascending id.
    pub loans: BTreeMap<LoanId, LoanBalances>,
}

/// A row of `loan_transactions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTransaction {
    /// The loan.
    pub loan_id: LoanId,
    /// Its id, reserved before.
    pub id: TransactionId,
    /// Value date; that of the transaction taken back for a reversal, which has none of its own.
    pub effective_on: NaiveDate,
    /// Business date of entry.
    pub booked_on: NaiveDate,
    /// Why, where somebody said so; a reversal always has a reason.
    pub reason: Option<String>,
    /// What it is.
    pub body: TransactionBody,
}

/// What a new transaction does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransactionBody {
    /// It is an input. The rows of a disbursement stand in [`PostingBatch::rows`] too.
    Input(InputKind),
    /// It takes one back.
    Reversal {
        /// Which.
        of: TransactionId,
    },
}

impl NewTransaction {
    /// The row of an input.
    pub fn of_input(loan_id: LoanId, input: Input, reason: Option<String>) -> Self {
        let Input { id, effective_on, booked_on, kind } = input;
        Self { loan_id, id, effective_on, booked_on, reason, body: TransactionBody::Input(kind) }
    }

    /// What it is.
    pub const fn kind(&self) -> TransactionKind {
        match &self.body {
            TransactionBody::Input(kind) => kind.transaction_kind(),
            TransactionBody::Reversal { .. } => TransactionKind::Reversal,
        }
    }

    /// The money it moves or is about, if any.
    pub fn amount(&self) -> Option<Money> {
        match &self.body {
            TransactionBody::Input(kind) => kind.amount(),
            TransactionBody::Reversal { .. } => None,
        }
    }
}

impl InputKind {
    /// The money it moves or is about, if any.
    pub fn amount(&self) -> Option<Money> {
        match self {
            Self::Disbursement(disbursed) => {
                Some(crate::amount::total(disbursed.rows.iter().map(|row| row.principal)))
            }
            Self::Payment(payment) | Self::Recovery(payment) => Some(payment.amount),
            Self::ManualPenalty(penalty) => Some(penalty.amount),
            Self::Waiver(waiver) => Some(waiver.amount),
            Self::DepositApplied(amount) | Self::DepositReleased(amount) => Some(*amount),
            Self::RefundPaid(refund) => Some(refund.amount),
            Self::Death
            | Self::InterestFreeze
            | Self::Restructure(_)
            | Self::FailedCut(_)
            | Self::Settlement(_)
            | Self::WriteOff
            | Self::Status(_)
            | Self::Collection(_)
            | Self::RefundRefused(_) => None,
        }
    }
}

/// What is particular to a payment; its id is that of its transaction, in which the fold's own
/// figures stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPayment {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// The loan.
    pub loan_id: LoanId,
    /// Value date.
    pub paid_on: NaiveDate,
    /// Above zero.
    pub amount: Money,
    /// How it came in.
    pub channel: Channel,
    /// The payer's or bank's reference, unique among the channel's payments not reversed.
    pub reference: Option<String>,
    /// The import line it came from.
    pub source_line: Option<ImportLineId>,
}

/// What is particular to a settlement; its id is that of its transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewSettlement {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// The loan.
    pub loan_id: LoanId,
    /// Its payment; `None` where nothing was left to pay.
    pub payment: Option<TransactionId>,
    /// Value date.
    pub settled_on: NaiveDate,
    /// What it was made of.
    pub quote: Quote,
    /// The disbursement of another loan of the member's that paid it, if one did.
    pub netted_by: Option<TransactionId>,
}

/// A schedule row to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowChange {
    /// Not stored yet.
    New(Row),
    /// Stored; everything below its key may have changed, and so may whether the account needs it.
    Changed(Row),
}

impl RowChange {
    /// The row.
    pub const fn row(&self) -> &Row {
        match self {
            Self::New(row) | Self::Changed(row) => row,
        }
    }
}

impl PostingBatch {
    /// An empty batch.
    pub fn new() -> Self {
        Self::default()
    }

    /// True if nothing is to be stored.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    pub(crate) fn put_row(&mut self, loan: LoanId, change: RowChange) {
        let place = (loan, change.row().key);
        let change = match (self.rows.remove(&place), change) {
            (Some(RowChange::New(_)), RowChange::Changed(row)) => RowChange::New(row),
            (_, change) => change,
        };
        self.rows.insert(place, change);
    }

    /// Notes a stored row that stays as it was, unless its change is noted.
    pub(crate) fn put_kept(&mut self, loan: LoanId, row: &Row) {
        self.rows.entry((loan, row.key)).or_insert_with(|| RowChange::Changed(row.clone()));
    }

    /// The rows of a loan that are noted.
    pub(crate) fn rows_of(&self, loan: LoanId) -> impl Iterator<Item = &RowChange> {
        let first = RowKey { made_by: TransactionId::new(i64::MIN), no: 0 };
        let rows = self.rows.range((loan, first)..);
        rows.take_while(move |((of, _), _)| *of == loan).map(|(_, change)| change)
    }
}
