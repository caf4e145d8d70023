//! Paying a loan off early: the quote, and settling by it.

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Faults, FieldFault, LoanId, Moment, Money, Outbox,
    Permission, Scope, TransactionId, optional_text, read_code,
};

use crate::{
    error::ServicingError,
    hand::open_account,
    input::{Input, InputKind, PaidAs, PaymentInput, Settlement},
    interest_stop::prepaying,
    loan::LoanBalances,
    open_loan::{OpenLoan, RefundDue},
    payment::{Channel, MAX_REFERENCE, check_date},
    posting::{NewPayment, NewSettlement, PostingBatch},
    reading::{open_loan, with_history},
    records::SettlementRecord,
    refund::{follow_refunds, tell_refunds},
    repository::{AccountingPeriods, LoanRepository, RefundRepository},
    rules::ServicingPolicy,
    settlement::Quote,
    usecases::{audit_view, refuse_taken_reference, settlement_event},
};

/// A settlement as asked for, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawSettlement {
    /// Value date.
    pub settled_on: Option<NaiveDate>,
    /// The quote's total.
    pub amount: Option<Money>,
    /// A code of [`Channel`].
    pub channel: Option<String>,
    /// The bank's reference.
    pub reference: Option<String>,
}

/// A settlement whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettleLoan {
    pub(crate) settled_on: NaiveDate,
    pub(crate) amount: Money,
    pub(crate) channel: Channel,
    pub(crate) reference: Option<String>,
}

impl SettleLoan {
    /// Checks the fields, all at once. Nothing may be left to pay, so that zero is an amount.
    pub fn check(raw: RawSettlement, today: NaiveDate) -> Result<Self, Faults> {
        let RawSettlement { settled_on, amount, channel, reference } = raw;
        let mut faults = Faults::new();
        let settled_on = faults.take(settled_on.ok_or_else(|| FieldFault::required("settled_on")));
        if let Some(date) = settled_on {
            check_date(&mut faults, "settled_on", date, today);
        }
        let amount = faults.take(amount.ok_or_else(|| FieldFault::required("amount")));
        let possible =
            amount.is_none_or(|amount| (Money::ZERO..=Money::MAX_INPUT).contains(&amount));
        faults.require(possible, "amount", "out_of_range", "must not be below zero");
        let channel = channel.ok_or_else(|| FieldFault::required("channel"));
        let channel: Option<Channel> =
            faults.take(channel.and_then(|code| read_code("channel", &code)));
        let reference =
            faults.take(optional_text("reference", reference.as_deref(), MAX_REFERENCE));
        let command = || {
            let (settled_on, amount) = (settled_on?, amount?);
            Some(Self { settled_on, amount, channel: channel?, reference: reference? })
        };
        let command = command();
        faults.finish(command)
    }
}

/// What paying a loan off on a day takes, with all inputs known now.
pub fn settlement_quote<Tx: LoanRepository>(
    tx: &mut Tx,
    id: LoanId,
    scope: Scope,
    policy: &ServicingPolicy,
    date: NaiveDate,
) -> Result<Quote, ServicingError> {
    let loan = open_loan(tx, id, scope, policy, date)?;
    quote(&loan, date)
}

pub(crate) fn quote(loan: &OpenLoan, date: NaiveDate) -> Result<Quote, ServicingError> {
    let account = open_account(loan, date)?;
    let (early, tenor) = (loan.loan().terms.early_settlement.as_ref(), loan.loan().tenor);
    Ok(Quote::of(&account, loan.rules(), early, tenor, date))
}

/// All settlements of a loan, reversed ones too.
pub fn list_settlements<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    loan: LoanId,
) -> Result<Vec<SettlementRecord>, ServicingError> {
    tx.stored_loan(loan, scope)?;
    Ok(tx.settlements(loan)?)
}

/// Settles a loan: exactly the quote of the day closes it. The settlement and its payment are two
/// inputs, each to be taken back on its own.
pub fn settle_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan_id: LoanId,
    command: &SettleLoan,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<SettlementRecord, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox + Authority,
{
    tx.recheck(by, Permission::SettleLoan)?;
    let mut loan = OpenLoan::new(tx.lock_loan(loan_id, by.scope)?, policy);
    tx.book_on(at.today)?;
    if loan.needs_history_on(command.settled_on) {
        loan = with_history(tx, loan)?;
    }
    let quote = quote(&loan, command.settled_on)?;
    if command.amount != quote.total {
        return Err(ServicingError::QuoteMismatch { total: quote.total });
    }
    settle_by(tx, by, loan, command, quote, None, at)
}

/// Posts a settlement by its quote, with the money of a disbursement where one nets it.
pub(crate) fn settle_by<Tx>(
    tx: &mut Tx,
    by: &Actor,
    mut loan: OpenLoan,
    command: &SettleLoan,
    quote: Quote,
    netted_by: Option<TransactionId>,
    at: Moment,
) -> Result<SettlementRecord, ServicingError>
where
    Tx: LoanRepository + RefundRepository + AuditLog + Outbox,
{
    refuse_taken_reference(tx, command.channel, command.reference.as_deref())?;
    let mut ids = tx.reserve_transaction_ids(2)?;
    let (Some(id), Some(payment)) = (ids.next(), ids.next()) else {
        let message = "no transaction ids were reserved".to_owned();
        return Err(pensipro_kernel::StorageError::Failed(message).into());
    };
    let settling = Settling { command, id, payment, quote, netted_by, today: at.today };
    if loan.needs_history_for(&settling.input().order()) {
        loan = with_history(tx, loan)?;
    }
    let before = loan.balances();
    let mut batch = PostingBatch::new();
    let due = settling.post(&mut loan, &mut batch)?;
    tx.store_postings(&batch, by.user_id)?;
    let refunds = follow_refunds(tx, by, &due)?;
    tx.audit(by, audit_entry(&loan, &before, &settling))?;
    tx.emit(settlement_event(&loan, id, quote.total))?;
    tell_refunds(tx, by, &refunds)?;
    Ok(SettlementRecord::of(settling.particulars(loan.loan().id), by.user_id, at))
}

struct Settling<'a> {
    command: &'a SettleLoan,
    id: TransactionId,
    payment: TransactionId,
    quote: Quote,
    netted_by: Option<TransactionId>,
    today: NaiveDate,
}

impl Settling<'_> {
    fn input(&self) -> Input {
        let settlement = Settlement { early_penalty: self.quote.early_penalty };
        Input {
            id: self.id,
            effective_on: self.command.settled_on,
            booked_on: self.today,
            kind: InputKind::Settlement(settlement),
        }
    }

    fn payment_input(&self) -> Input {
        let Quote { total, .. } = self.quote;
        let money = prepaying(total, self.command.settled_on);
        let kind = InputKind::Payment(PaymentInput { paid_as: PaidAs::Settlement, ..money });
        Input { id: self.payment, kind, ..self.input() }
    }

    fn pays(&self) -> bool {
        self.quote.total.is_positive()
    }

    /// Posts both; of a refund that both change, the later stands.
    fn post(
        &self,
        loan: &mut OpenLoan,
        batch: &mut PostingBatch,
    ) -> Result<Vec<RefundDue>, ServicingError> {
        let mut due = loan.post(self.input(), batch)?.refunds;
        batch.settlements.push(self.particulars(loan.loan().id));
        if self.pays() {
            let later = loan.post(self.payment_input(), batch)?.refunds;
            due.retain(|early| later.iter().all(|it| it.transaction != early.transaction));
            due.extend(later);
            batch.payments.push(self.payment_particulars(loan.loan().id));
        }
        Ok(due)
    }

    fn particulars(&self, loan_id: LoanId) -> NewSettlement {
        NewSettlement {
            transaction_id: self.id,
            loan_id,
            payment: self.pays().then_some(self.payment),
            settled_on: self.command.settled_on,
            quote: self.quote,
            netted_by: self.netted_by,
        }
    }

    fn payment_particulars(&self, loan_id: LoanId) -> NewPayment {
        NewPayment {
            transaction_id: self.payment,
            loan_id,
            paid_on: self.command.settled_on,
            amount: self.quote.total,
            channel: self.command.channel,
            reference: self.command.reference.clone(),
            source_line: None,
        }
    }
}

fn audit_entry(loan: &OpenLoan, before: &LoanBalances, settling: &Settling<'_>) -> AuditEntry {
    let after = audit_view(&loan.balances())
        .text("loan_id", loan.loan().id)
        .text("settled_on", settling.command.settled_on)
        .text("amount", settling.quote.total)
        .text("channel", settling.command.channel)
        .with("reference", settling.command.reference.clone());
    AuditEntry::new("loan.settle", "loan_settlements", settling.id.get())
        .of_member(loan.loan().member_id)
        .was(audit_view(before))
        .is(after)
}
