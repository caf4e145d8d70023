//! A line of a realisation file that somebody settles.

use pensipro_audit::ExceptionLog;
use pensipro_billing::repository::ImportRepository;
use pensipro_billing::{
    BillingError, ByHand, Import, ImportLine, Matched, MatchedChunk, Probes, Reconcile, Reference,
    StoredChunk, StoredLine, Target, TargetStand, line_audit, settle_by_hand,
};
use pensipro_kernel::{
    Actor, AuditLog, Authority, Event, ImportLineId, Moment, Outbox, Permission,
};
use pensipro_servicing::{
    AccountingPeriods, LoanRepository, LoanStatus, OpenLoan, RefundRepository, ServicingPolicy,
};

use crate::{
    FlowError,
    import::SOURCE,
    posting::{Loans, post_orders},
};

/// Settles a line: its money pays the loan that is named, once, whatever it was held for; a line that
/// paid another amount than was billed is accepted as it is. Its exception is settled with the note.
pub fn reconcile_line<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ImportLineId,
    command: &Reconcile,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<StoredLine, FlowError>
where
    Tx: ImportRepository
        + LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ExceptionLog
        + AuditLog
        + Outbox
        + Authority,
{
    tx.recheck(by, Permission::ReconcileBilling)?;
    by.whole_house()?;
    let import = tx.import_line(id)?.import_id;
    // Ahead of the loan, as the import's own chunks do; what the line is by then counts.
    let import = tx.lock_import(import)?;
    import.refuse_discarded()?;
    let stored = tx.import_line(id)?;
    tx.book_on(at.today)?;
    let loan = OpenLoan::new(tx.lock_loan(command.loan_id, by.scope)?, policy);
    let target = target(tx, &import, &stored.line, &loan)?;
    let was = stored.line.clone();
    let settled = match settle_by_hand(&import.rules(), &was, &target)? {
        ByHand::Accepted => stored,
        ByHand::Paid(matched) => {
            let line = pay(tx, by, import, &was, *matched, loan, at)?;
            StoredLine { line, ..stored }
        }
    };
    tx.settle_exceptions(SOURCE, &[id.get()], by.user_id, &command.notes)?;
    tx.audit(by, line_audit("billing.line.reconcile", &was, &settled, Some(&command.notes)))?;
    Ok(settled)
}

fn target<Tx: ImportRepository>(
    tx: &mut Tx,
    import: &Import,
    line: &ImportLine,
    loan: &OpenLoan,
) -> Result<Target, FlowError> {
    let of = loan.loan();
    let periode = line.month_for(of.id, import.periode);
    let probes = Probes::of_reference(Reference { periode, loan_id: of.id });
    let billed = tx.lock_candidates(import.payer, import.periode, &probes)?.pop();
    let stand = match of.status {
        LoanStatus::Active | LoanStatus::Default => TargetStand::Open,
        LoanStatus::Closed => TargetStand::Closed,
        LoanStatus::Pending | LoanStatus::Cancelled => TargetStand::WithoutAccount,
    };
    Ok(Target {
        loan_id: of.id,
        member_id: of.member_id,
        payer: tx.payer_of(of.member_id)?,
        stand,
        status: of.status.code(),
        billed,
    })
}

fn pay<Tx>(
    tx: &mut Tx,
    by: &Actor,
    import: Import,
    was: &ImportLine,
    matched: Matched,
    loan: OpenLoan,
    at: Moment,
) -> Result<ImportLine, FlowError>
where
    Tx: ImportRepository + LoanRepository + RefundRepository + AuditLog + Outbox,
{
    let of = loan.loan().clone();
    let mut loans = Loans::from([(of.id, loan)]);
    let matched = MatchedChunk { lines: vec![matched], last_line: was.line_no };
    let (import, chunk) =
        store_settled(tx, by, import, std::slice::from_ref(was), matched, &mut loans, at)?;
    let paid = chunk.lines.into_iter().find(|line| line.payment_id.is_some());
    let status = of.status.code();
    let paid = paid.ok_or(BillingError::LoanTakesNoMoney { status })?;
    let payment = paid.payment_id.map(pensipro_kernel::PaymentId::get).unwrap_or_default();
    tx.emit(
        Event::new("payment.received", "loan_payments", payment)
            .of_member(of.member_id)
            .with("loan_id", of.id)
            .with("loan_number", of.number())
            .with("amount", paid.amount.unwrap_or_default())
            .with("paid_on", import.paid_on),
    )?;
    Ok(paid)
}

/// Posts what lines that are stored already ask for by now, and restates them with their import.
/// `was` are the same lines, as they were.
pub(crate) fn store_settled<Tx>(
    tx: &mut Tx,
    by: &Actor,
    import: Import,
    was: &[ImportLine],
    matched: MatchedChunk,
    loans: &mut Loans,
    at: Moment,
) -> Result<(Import, StoredChunk), FlowError>
where
    Tx: ImportRepository + LoanRepository + RefundRepository + AuditLog + Outbox,
{
    let chunk = post_orders(tx, by, &import, matched, loans, at)?;
    tx.restate_lines(&chunk)?;
    let pairs = was.iter().zip(&chunk.lines);
    let import = pairs.fold(import, |import, (was, is)| import.with_restated(was, is));
    tx.save_import(&import)?;
    Ok((import, chunk))
}
