//! What is measured.

use std::time::{Duration, Instant};

use pensipro_billing::{
    ChunkFacts, FileLine, Given, ImportRepository, LineKeys, MatchRules, NewImport,
    Order as LineOrder, ParsedLine, Payer, Posted, Probes, Reference, Report, import_line_id,
    match_chunk,
};
use pensipro_kernel::{ImportId, LoanId, PaymentId, Scope, StorageError, TransactionId};
use pensipro_persistence::{Tx, testing::TestDatabase};
use pensipro_servicing::{
    AccountingPeriods, Channel, ExcessTo, Input, InputKind, LoanRepository, NewPayment, OpenLoan,
    PaidAs, PaymentInput, PostingBatch, ServicingPolicy,
};

use crate::{
    house::{House, date, march, rupiah},
    timed,
};

type Outcome<T> = Result<T, StorageError>;

pub(crate) fn open_import(database: &TestDatabase, lines: usize) -> ImportId {
    let new = NewImport {
        payer: Payer::Taspen,
        periode: march(),
        profile: "TASPEN".into(),
        paid_on: date("2026-03-01"),
        tolerance: rupiah(1_000),
        sha256: [1; 32],
        bytes: 1,
        spool_key: "spool".into(),
        lines: lines as u32,
    };
    let added = database.store().write("import", |tx| tx.add_import(&new, None));
    added.and_then(|id: Option<_>| id.ok_or(StorageError::Busy)).expect("an import")
}

/// The parts of a chunk.
pub(crate) const PARTS: [&str; 6] =
    ["candidate_loans", "lock_loans", "lock_candidates", "store_postings", "store_chunk", "others"];

/// A chunk from its locks to its checkpoint; gives the times that its parts took.
pub(crate) fn import_chunk(
    database: &TestDatabase,
    id: ImportId,
    loans: &[LoanId],
    first: u32,
) -> [Duration; 6] {
    let chunk = |tx: &mut Tx<'_>| -> Outcome<[Duration; 6]> {
        let start = Instant::now();
        let import = tx.lock_import(id)?;
        let lines: Vec<_> = (first..).zip(loans).map(|(no, loan)| line(no, *loan)).collect();
        let probes = Probes::of(&lines);
        let (finding, ids) = timed(|| tx.candidate_loans(import.payer, import.periode, &probes));
        let ids = ids?;
        let (locking, loans) = timed(|| tx.lock_loans(&ids));
        let loans = loans?;
        let (looking, candidates) =
            timed(|| tx.lock_candidates(import.payer, import.periode, &probes));
        let candidates = candidates?;
        let keys = tx.key_uses(&import, &probes.keys)?;
        let rules = MatchRules {
            payer: import.payer,
            periode: import.periode,
            tolerance: import.tolerance,
        };
        let matched = match_chunk(&rules, lines, ChunkFacts { candidates, keys });
        tx.share_period(march())?;
        let mut reserved = tx.reserve_transaction_ids(ids.len() as u32)?;
        let mut loans = loans.into_iter();
        let mut batch = PostingBatch::new();
        let mut answers = Vec::new();
        for each in &matched.lines {
            let Some(LineOrder::Pay { amount, tolerance, .. }) = each.order else { continue };
            let id = reserved.next().ok_or(StorageError::Busy)?;
            let stored = loans.next().ok_or(StorageError::Busy)?;
            let line = import_line_id(import.id, each.line.line_no);
            let due_through = march().last_day();
            let paid = PaymentInput {
                amount,
                due_through,
                tolerance,
                excess_to: ExcessTo::Refund,
                paid_as: PaidAs::PensionCut,
            };
            post(stored, id, date("2026-03-01"), paid, &mut batch);
            if let Some(payment) = batch.payments.last_mut() {
                payment.source_line = line;
            }
            let payment_id = PaymentId::new(id.get());
            answers.push(Posted::Paid { payment_id, to_refund: rupiah(0) });
        }
        let (posting, done) = timed(|| tx.store_postings(&batch, None));
        done?;
        let chunk = matched.settle(import.id, answers).expect("settled");
        let (storing, done) = timed(|| tx.store_chunk(&chunk));
        done?;
        tx.save_import(&import.after_chunk(&chunk.summary, chunk.last_line))?;
        let parts = [finding, locking, looking, posting, storing];
        let others = start.elapsed().saturating_sub(parts.iter().sum());
        Ok([finding, locking, looking, posting, storing, others])
    };
    database.store().write("chunk", chunk).expect("a chunk")
}

fn line(line_no: u32, loan_id: LoanId) -> FileLine {
    let reference = Reference { periode: march(), loan_id };
    FileLine::Parsed(ParsedLine {
        line_no,
        keys: LineKeys { reference: Some(reference), ..LineKeys::default() },
        periode: None,
        report: Report::Paid(rupiah(3_120_000)),
        given: Given {
            reference: Some(reference.to_string().into()),
            no_pensiun: Some("000000000000001".into()),
            ..Given::default()
        },
    })
}

fn post(
    stored: pensipro_servicing::StoredLoan,
    id: TransactionId,
    on: chrono::NaiveDate,
    paid: PaymentInput,
    batch: &mut PostingBatch,
) {
    let mut loan = OpenLoan::new(stored, &ServicingPolicy::default());
    let kind = InputKind::Payment(paid);
    let input = Input { id, effective_on: on, booked_on: date("2026-06-15"), kind };
    loan.post(input, batch).expect("a payment");
    batch.payments.push(NewPayment {
        transaction_id: id,
        loan_id: loan.loan().id,
        paid_on: on,
        amount: paid.amount,
        channel: Channel::Transfer,
        reference: None,
        source_line: None,
    });
}

/// Payments one by one, each committed.
pub(crate) fn pay_singly(database: &TestDatabase, house: &House, count: usize) {
    for loan in house.loans.iter().cycle().take(count) {
        let paid = |tx: &mut Tx<'_>| -> Outcome<()> {
            let stored = tx.lock_loan(*loan, Scope::default())?;
            tx.share_period(march())?;
            tx.payment_by_reference(Channel::Transfer, "T-1")?;
            let id = tx.reserve_transaction_ids(1)?.next().ok_or(StorageError::Busy)?;
            let on = date("2026-06-10");
            let (amount, tolerance) = (rupiah(1_560_000), rupiah(0));
            let excess_to = ExcessTo::PrepayNext;
            let paid = PaymentInput {
                amount,
                due_through: on,
                tolerance,
                excess_to,
                paid_as: PaidAs::Ordinary,
            };
            let mut batch = PostingBatch::new();
            post(stored, id, on, paid, &mut batch);
            tx.store_postings(&batch, None)
        };
        database.store().write("payment", paid).expect("a payment");
    }
}

/// Loans read one by one.
pub(crate) fn read_singly(database: &TestDatabase, house: &House, count: usize) {
    for loan in house.loans.iter().cycle().take(count) {
        let read = |tx: &mut Tx<'_>| tx.stored_loan(*loan, Scope::default());
        database.store().read(read).expect("a loan");
    }
}
