//! What decided lines of a realisation file ask of the loan accounts, posted.

use std::collections::BTreeMap;

use pensipro_billing::{Import, MatchedChunk, Order, Posted, StoredChunk, import_line_id};
use pensipro_kernel::{
    Actor, AuditLog, LoanId, Moment, Outbox, PaymentId, StorageError, TransactionId,
};
use pensipro_servicing::{
    Channel, FailedCut, Input, InputKind, LoanRepository, LoanStatus, NewPayment, OpenLoan,
    PaymentInput, PostingBatch, RefundChange, RefundDue, RefundRepository, ServicingPolicy,
    follow_refunds, tell_refunds,
};

use crate::FlowError;

/// Loans that are locked.
pub(crate) type Loans = BTreeMap<LoanId, OpenLoan>;

/// Locks the loans, ascending: before the export lines that bill them, so that counter payments and
/// imports never wait for one another in a circle.
pub(crate) fn lock_loans<Tx: LoanRepository>(
    tx: &mut Tx,
    ids: &[LoanId],
    policy: &ServicingPolicy,
) -> Result<Loans, FlowError> {
    let loans = tx.lock_loans(ids)?.into_iter().map(|stored| OpenLoan::new(stored, policy));
    Ok(loans.map(|loan| (loan.loan().id, loan)).collect())
}

/// Posts what the lines ask for, and gives the lines with the accounts' answers.
pub(crate) fn post_orders<Tx>(
    tx: &mut Tx,
    by: &Actor,
    import: &Import,
    matched: MatchedChunk,
    loans: &mut Loans,
    at: Moment,
) -> Result<StoredChunk, FlowError>
where
    Tx: LoanRepository + RefundRepository + AuditLog + Outbox,
{
    let orders = numbered_orders(tx, import, &matched, at)?;
    load_histories(tx, loans, &orders)?;
    let (mut batch, mut refunds) = (PostingBatch::new(), BTreeMap::new());
    let mut answers = Vec::with_capacity(orders.len());
    for order in orders {
        answers.push(post_order(loans, &mut batch, &mut refunds, order)?);
    }
    tx.store_postings(&batch, by.user_id)?;
    let due: Vec<_> = refunds.into_values().collect();
    let changes = follow_refunds(tx, by, &due)?;
    // The chunk's own row tells of new requests; what becomes of earlier ones is told one by one.
    let earlier: Vec<_> = changes
        .into_iter()
        .filter(|change| !matches!(change, RefundChange::Request { .. }))
        .collect();
    tell_refunds(tx, by, &earlier)?;
    Ok(matched.settle(import.id, answers)?)
}

/// An order with the input it becomes.
struct Numbered {
    loan_id: LoanId,
    input: Input,
    payment: Option<NewPayment>,
}

fn numbered_orders<Tx: LoanRepository>(
    tx: &mut Tx,
    import: &Import,
    matched: &MatchedChunk,
    at: Moment,
) -> Result<Vec<Numbered>, FlowError> {
    let count = u32::try_from(matched.orders().count()).unwrap_or(u32::MAX);
    let mut ids = tx.reserve_transaction_ids(count)?;
    let lines =
        matched.lines.iter().filter_map(|each| Some((each.line.line_no, each.order.as_ref()?)));
    lines
        .map(|(line_no, order)| {
            let id = ids.next().ok_or_else(|| {
                StorageError::Failed("too few transaction ids were reserved".into())
            })?;
            Ok(numbered(id, import, line_no, order, at))
        })
        .collect()
}

fn numbered(
    id: TransactionId,
    import: &Import,
    line_no: u32,
    order: &Order,
    at: Moment,
) -> Numbered {
    let loan_id = order.loan_id();
    let (kind, payment) = match *order {
        Order::Pay { amount, tolerance, .. } => {
            let paid = PaymentInput::of_cut(amount, order.periode(), tolerance);
            let payment = NewPayment {
                transaction_id: id,
                loan_id,
                paid_on: import.paid_on,
                amount,
                channel: Channel::PensionCut,
                reference: None,
                source_line: import_line_id(import.id, line_no),
            };
            (InputKind::Payment(paid), Some(payment))
        }
        Order::FailedCut { due_from, .. } => {
            let due_through = order.due_through();
            (InputKind::FailedCut(FailedCut { due_from, due_through }), None)
        }
    };
    let effective_on = match *order {
        Order::Pay { .. } => import.paid_on,
        Order::FailedCut { made_on, .. } => import.paid_on.max(made_on),
    };
    let input = Input { id, effective_on, booked_on: at.today, kind };
    Numbered { loan_id, input, payment }
}

/// Loads the histories of the loans on which something later was posted already: only these are
/// replayed.
fn load_histories<Tx: LoanRepository>(
    tx: &mut Tx,
    loans: &mut Loans,
    orders: &[Numbered],
) -> Result<(), FlowError> {
    let mut places: BTreeMap<LoanId, Vec<_>> = BTreeMap::new();
    for order in orders {
        places.entry(order.loan_id).or_default().push(order.input.order());
    }
    let late =
        |id: &LoanId, places: &[_]| loans.get(id).is_some_and(|loan| !loan.takes_in_turn(places));
    let ids: Vec<_> =
        places.iter().filter(|(id, places)| late(id, places)).map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    for (id, history) in tx.histories(&ids)? {
        if let Some(loan) = loans.remove(&id) {
            loans.insert(id, loan.with_history(history));
        }
    }
    Ok(())
}

fn post_order(
    loans: &mut Loans,
    batch: &mut PostingBatch,
    refunds: &mut BTreeMap<TransactionId, RefundDue>,
    order: Numbered,
) -> Result<Posted, FlowError> {
    let Numbered { loan_id, input, payment } = order;
    // Money from before the loan was paid out pays nothing of it, and would be refunded whole: it waits
    // for somebody instead.
    let takes = |loan: &OpenLoan| {
        let dates = loan.account().state().dates;
        let is_disbursed = dates.is_some_and(|dates| dates.disbursed_on <= input.effective_on);
        is_disbursed && loan.loan().status != LoanStatus::Cancelled
    };
    // A line that went live after the loans were locked: the chunk is made again.
    let loan = loans.get_mut(&loan_id).ok_or(StorageError::Busy)?;
    if !takes(loan) {
        return Ok(Posted::Refused);
    }
    let id = input.id;
    let posted = loan.post(input, batch)?;
    refunds.extend(posted.refunds.iter().map(|due| (due.transaction, *due)));
    let Some(payment) = payment else { return Ok(Posted::FailedCut) };
    batch.payments.push(payment);
    let due = posted.refunds.iter().find(|due| due.transaction == id);
    let to_refund = due.map(|due| due.amount).unwrap_or_default();
    Ok(Posted::Paid { payment_id: PaymentId::new(id.get()), to_refund })
}
