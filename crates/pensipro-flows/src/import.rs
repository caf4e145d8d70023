//! A chunk of a realisation file: matched, posted to the loan accounts, stored.

use std::collections::BTreeMap;

use pensipro_audit::{ExceptionLog, NewException, Severity};
use pensipro_billing::repository::ImportRepository;
use pensipro_billing::{
    ChunkFacts, FileLine, Import, ImportStatus, LineException, MatchRules, MatchedChunk, Order,
    Posted, Probes, StoredChunk, chunk_audit, chunk_event, import_audit, import_event,
    import_line_id, match_chunk,
};
use pensipro_kernel::{
    Actor, AuditLog, ImportId, LoanId, Moment, Outbox, PaymentId, StorageError, TransactionId,
};
use pensipro_servicing::{
    AccountingPeriods, Channel, FailedCut, Input, InputKind, LoanRepository, LoanStatus,
    NewPayment, OpenLoan, PaymentInput, PostingBatch, RefundChange, RefundDue, RefundRepository,
    ServicingPolicy, follow_refunds, tell_refunds,
};

use crate::FlowError;

/// Takes the next lines of an import's file: each gets its outcome, its money is posted, and the
/// checkpoint moves, all in this transaction. Lines up to the checkpoint are passed over, so that a
/// chunk may be handed in again after a crash.
///
/// Cost: a fixed number of statements for every some thousand lines; the loans named by the lines
/// are locked until the end; memory for the lines and the open rows of their loans.
pub fn process_import_chunk<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ImportId,
    lines: Vec<FileLine>,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Import, FlowError>
where
    Tx: ImportRepository
        + LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ExceptionLog
        + AuditLog
        + Outbox,
{
    let import = tx.lock_import(id)?;
    let lines: Vec<_> =
        lines.into_iter().filter(|line| line.line_no() > import.last_line).collect();
    if import.status != ImportStatus::Processing || lines.is_empty() {
        return Ok(import);
    }
    tx.book_on(at.today)?;
    let (matched, loans) = match_lines(tx, &import, lines, policy)?;
    let chunk = post_orders(tx, by, &import, matched, loans, at)?;
    tx.store_chunk(&chunk)?;
    tx.note_exceptions(&exceptions(by, &chunk))?;
    let import = import.after_chunk(&chunk.summary, chunk.last_line);
    tx.save_import(&import)?;
    tx.audit(by, chunk_audit(&import, &chunk))?;
    tx.emit(chunk_event(&import, &chunk))?;
    Ok(import)
}

/// Ends an import whose last line has its outcome. One that has ended stays as it is.
pub fn finish_import<Tx>(tx: &mut Tx, by: &Actor, id: ImportId) -> Result<Import, FlowError>
where
    Tx: ImportRepository + AuditLog + Outbox,
{
    let import = tx.lock_import(id)?;
    if import.status != ImportStatus::Processing {
        return Ok(import);
    }
    let import = import.finished()?;
    tx.save_import(&import)?;
    tx.audit(by, import_audit(&import))?;
    tx.emit(import_event(&import))?;
    Ok(import)
}

/// Loans are locked before export lines, so that counter payments and imports never wait for one
/// another in a circle.
fn match_lines<Tx>(
    tx: &mut Tx,
    import: &Import,
    lines: Vec<FileLine>,
    policy: &ServicingPolicy,
) -> Result<(MatchedChunk, Loans), FlowError>
where
    Tx: ImportRepository + LoanRepository,
{
    let probes = Probes::of(&lines);
    let ids = tx.candidate_loans(import.payer, import.periode, &probes)?;
    let loans = tx.lock_loans(&ids)?.into_iter().map(|stored| OpenLoan::new(stored, policy));
    let loans: Loans = loans.map(|loan| (loan.loan().id, loan)).collect();
    let candidates = tx.lock_candidates(import.payer, import.periode, &probes)?;
    let keys = tx.key_uses(import, &probes.keys)?;
    let rules =
        MatchRules { payer: import.payer, periode: import.periode, tolerance: import.tolerance };
    Ok((match_chunk(&rules, lines, ChunkFacts { candidates, keys }), loans))
}

type Loans = BTreeMap<LoanId, OpenLoan>;

fn post_orders<Tx>(
    tx: &mut Tx,
    by: &Actor,
    import: &Import,
    matched: MatchedChunk,
    mut loans: Loans,
    at: Moment,
) -> Result<StoredChunk, FlowError>
where
    Tx: LoanRepository + RefundRepository + AuditLog + Outbox,
{
    let orders = numbered_orders(tx, import, &matched, at)?;
    load_histories(tx, &mut loans, &orders)?;
    let (mut batch, mut refunds) = (PostingBatch::new(), BTreeMap::new());
    let mut answers = Vec::with_capacity(orders.len());
    for order in orders {
        answers.push(post_order(&mut loans, &mut batch, &mut refunds, order)?);
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
    let takes = |loan: &OpenLoan| {
        loan.account().state().dates.is_some() && loan.loan().status != LoanStatus::Cancelled
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

/// What somebody has to look at, with numbers alone: the lines hold the rest.
fn exceptions(by: &Actor, chunk: &StoredChunk) -> Vec<NewException> {
    let request_id = by.origin.request_id.as_deref();
    let exception = |line: LineException| NewException {
        severity: Severity::Warning,
        source: "billing.import",
        message: line.message(),
        payload: line.payload(chunk.import_id),
        request_id: request_id.map(str::to_owned),
    };
    chunk.exceptions().into_iter().map(exception).collect()
}
