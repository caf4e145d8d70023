//! What is accepted and what is refused, each with its own code.

mod support;

use chrono::NaiveDate;
use pensipro_kernel::{BankAccountId, DomainError, Faults, FunderId, Money, Rate};
use pensipro_pricing::{
    AllocationOrder, Collection as Collected, FeeBasis, FeeKind, FeeParts, FeeTerms, FirstDuePolicy,
};
use pensipro_servicing::*;
use support::*;

fn raw(paid_on: NaiveDate, amount: Money) -> RawPayment {
    RawPayment {
        paid_on: Some(paid_on),
        amount: Some(amount),
        channel: Some("tunai".into()),
        ..RawPayment::default()
    }
}

fn codes(faults: &Faults) -> Vec<(&str, &str)> {
    faults.list().iter().map(|fault| (fault.field.as_str(), fault.code)).collect()
}

fn shelf() -> Shelf {
    let loan = pending_loan(7, rupiah(1_800_000), terms(AllocationOrder::RowFirst, None));
    Shelf::new(loan, vec![], ServicingPolicy::default())
}

fn disbursed() -> Shelf {
    let mut shelf = shelf();
    shelf.post(disbursement(1, on(10), &level(2, 900_000, 100_000)));
    shelf
}

fn accept(shelf: &Shelf, raw: RawPayment) -> Result<PaymentInput, ServicingError> {
    let command = RecordPayment::check(raw, on(1_000)).unwrap();
    let open = shelf.open_with_history();
    command.accept(&open, &shelf.policy)
}

fn code<T: std::fmt::Debug>(result: Result<T, ServicingError>) -> &'static str {
    result.unwrap_err().kind().code
}

#[test]
fn all_faults_of_a_payment_at_once() {
    let broken = RawPayment {
        channel: Some("kartu".into()),
        reference: Some("a\u{0}".into()),
        excess_to: Some("keep".into()),
        ..raw(on(1), Money::ZERO)
    };
    let faults = RecordPayment::check(broken, on(0)).unwrap_err();
    assert_eq!(
        codes(&faults),
        [
            ("amount", "not_positive"),
            ("paid_on", "date_in_future"),
            ("reference", "control_character"),
            ("channel", "unknown_value"),
            ("excess_to", "unknown_value"),
        ]
    );
}

#[test]
fn what_a_payment_needs_is_asked_for_at_once() {
    let faults = RecordPayment::check(RawPayment::default(), on(0)).unwrap_err();
    let all = [("amount", "required"), ("paid_on", "required"), ("channel", "required")];
    assert_eq!(codes(&faults), all);
}

#[test]
fn the_rest_of_a_pension_cut_is_refunded_and_of_cash_prepays() {
    let of = |channel: &str| {
        let raw = RawPayment { channel: Some(channel.into()), ..raw(day("2026-02-05"), rupiah(1)) };
        accept(&disbursed(), raw).unwrap()
    };
    assert_eq!(of("potong_pensiun").excess_to, ExcessTo::Refund);
    assert_eq!(of("potong_pensiun").due_through, day("2026-02-28"));
    assert_eq!(of("transfer").excess_to, ExcessTo::PrepayNext);
    assert_eq!(of("transfer").due_through, day("2026-02-05"));
}

#[test]
fn each_refusal_of_a_payment_has_its_code() {
    let loan = disbursed();
    assert_eq!(code(accept(&shelf(), raw(on(20), rupiah(1)))), "loan_not_open");
    assert_eq!(code(accept(&loan, raw(on(9), rupiah(1)))), "payment_before_disbursement");
    let mut paid = disbursed();
    paid.post(cash(2, on(60), rupiah(2_000_000)));
    assert_eq!(paid.loan.status, LoanStatus::Closed);
    assert_eq!(code(accept(&paid, raw(on(60), rupiah(1)))), "loan_not_open");
    assert!(accept(&paid, raw(on(59), rupiah(1))).is_ok(), "before its closing");
    let more = accept(&loan, raw(on(400), rupiah(2_000_001)));
    assert_eq!(more.as_ref().unwrap_err().extensions()["outstanding"], "2000000.00");
    assert_eq!(code(more), "amount_exceeds_outstanding");
    assert!(accept(&loan, raw(on(400), rupiah(2_000_000))).is_ok());
}

fn fee(kind: FeeKind, basis: FeeBasis, collection: Collected) -> FeeTerms {
    FeeTerms::new(FeeParts { kind, basis, collection }).unwrap()
}

/// Rp 1,800,000 over two months, flat 12 % a year, with these fees.
fn with_fees(fees: Vec<FeeTerms>) -> Shelf {
    let terms = terms_with_fees(AllocationOrder::RowFirst, None, fees);
    let loan = Loan { tenor: 2, ..pending_loan(7, rupiah(1_800_000), terms) };
    Shelf::new(loan, vec![], ServicingPolicy::default())
}

fn post(
    shelf: &Shelf,
    command: DisburseLoan,
    batch: &mut PostingBatch,
) -> Result<Posted, ServicingError> {
    let plan = command.plan(&shelf.loan, None, FirstDuePolicy::default())?;
    command.post(&mut shelf.open(), &plan, facts(), batch)
}

fn command(sources: Vec<Source>) -> DisburseLoan {
    let raw = RawDisbursement { disbursed_on: Some(on(0)), sources, ..Default::default() };
    DisburseLoan::check(raw, on(5)).unwrap()
}

fn facts() -> DisbursementFacts {
    DisbursementFacts { id: tx(1), account_id: BankAccountId::new(3), today: on(5) }
}

fn source(funder: Option<i64>, amount: i64) -> Source {
    let funder_id = funder.map(FunderId::new);
    Source { funder_id, contract_id: None, amount: rupiah(amount) }
}

#[test]
fn a_disbursement_pays_the_plafon_less_what_is_deducted() {
    let mut shelf = with_fees(vec![
        fee(FeeKind::Provisi, FeeBasis::Percent(Rate::percent(1)), Collected::Upfront),
        fee(FeeKind::Blokir, FeeBasis::Instalments(1), Collected::Upfront),
        fee(FeeKind::Admin, FeeBasis::Fixed(rupiah(5_000)), Collected::FirstInstalment),
    ]);
    let mut batch = PostingBatch::new();
    let sources = vec![source(Some(4), 1_000_000), source(None, 800_000)];
    post(&shelf, command(sources.clone()), &mut batch).unwrap();
    let made = &batch.disbursements[0];
    assert_eq!((made.upfront_fees, made.deposit), (rupiah(18_000), rupiah(918_000)));
    assert_eq!((made.amount, made.net_amount), (rupiah(1_800_000), rupiah(864_000)));
    assert_eq!(made.sources, sources);
    let balances = batch.loans[&shelf.loan.id];
    assert_eq!((balances.status, balances.principal), (LoanStatus::Active, rupiah(1_800_000)));
    assert_eq!((balances.fee, balances.state.deposit), (rupiah(5_000), rupiah(918_000)));
    let dates = balances.state.dates.unwrap();
    assert_eq!((dates.first_due_date, dates.maturity_date), (day("2026-02-10"), day("2026-03-10")));
    assert_eq!(batch.transactions[0].amount(), Some(rupiah(1_800_000)));
    assert!(batch.rows.values().all(|row| matches!(row, RowChange::New(_))));
    shelf.keep(&batch);
    assert_eq!(code(post(&shelf, command(vec![]), &mut batch)), "invalid_transition");
}

#[test]
fn a_payment_in_the_batch_of_the_disbursement_leaves_its_rows_new() {
    let shelf = with_fees(vec![]);
    let mut open = shelf.open();
    let mut batch = PostingBatch::new();
    open.post(disbursement(1, on(0), &level(2, 900_000, 100_000)), &mut batch).unwrap();
    open.post(cash(2, on(1), rupiah(1_000)), &mut batch).unwrap();
    assert!(batch.rows.values().all(|row| matches!(row, RowChange::New(_))));
    let rows: Vec<_> = batch.rows.values().map(RowChange::row).collect();
    assert_eq!((rows.len(), rows[0].interest_paid), (2, rupiah(1_000)));
}

#[test]
fn each_refusal_of_a_disbursement_has_its_code() {
    let refused = |shelf: &Shelf, command| {
        let mut batch = PostingBatch::new();
        let code = code(post(shelf, command, &mut batch));
        assert_eq!(batch, PostingBatch::new());
        code
    };
    let short = command(vec![source(None, 1_799_999)]);
    assert_eq!(refused(&with_fees(vec![]), short), "sources_mismatch");
    let all = FeeBasis::Percent(Rate::HUNDRED);
    let all = with_fees(vec![fee(FeeKind::Provisi, all, Collected::Upfront)]);
    assert_eq!(refused(&all, command(vec![])), "nothing_to_pay_out");
    let mut early = with_fees(vec![]);
    early.loan.approved_on = on(1);
    assert_eq!(refused(&early, command(vec![])), "disbursement_before_approval");
    let raw = RawDisbursement {
        disbursed_on: Some(on(6)),
        first_due_date: Some(on(6)),
        sources: vec![source(None, 0)],
        ..Default::default()
    };
    assert_eq!(
        codes(&DisburseLoan::check(raw, on(5)).unwrap_err()),
        [
            ("disbursed_on", "date_in_future"),
            ("first_due_date", "not_after_start"),
            ("sources[0].amount", "not_positive"),
        ]
    );
}

#[test]
fn an_approved_application_becomes_a_pending_loan() {
    let Loan { application_id, member_id, product_id, plafon, tenor, terms, approved_on, .. } =
        shelf().loan;
    let facts = LoanFacts {
        application_id,
        member_id,
        product_id,
        sales_id: None,
        branch_id: None,
        plafon,
        tenor,
        terms,
        approved_on,
    };
    let first_due = FirstDue::On(day("2026-02-25"));
    let new = create_pending_loan(facts, first_due, None).unwrap();
    assert!(new.rows.iter().all(|row| row.key.made_by == RowKey::PROVISIONAL));
    let principal = new.rows.iter().map(|row| row.principal);
    assert_eq!(Money::checked_sum(principal), Some(new.facts.plafon));
    assert_eq!((new.rows.len(), new.rows[0].starts_on), (12, approved_on));
    assert_eq!(new.rows[1].starts_on, new.rows[0].due_date);
    assert_eq!(new.dates.maturity_date, day("2027-01-25"));
}

#[test]
fn a_loan_takes_only_known_steps() {
    use LoanStatus::{Active, Cancelled, Closed, Default, Pending};
    for (from, to, possible) in [
        (Pending, Active, true),
        (Pending, Cancelled, true),
        (Pending, Closed, false),
        (Active, Default, true),
        (Active, Active, false),
        (Active, Cancelled, false),
        (Default, Active, true),
        (Closed, Active, true),
        (Closed, Pending, true),
        (Cancelled, Active, false),
        (Cancelled, Pending, false),
    ] {
        assert_eq!(from.step_to(to).is_ok(), possible, "{from} to {to}");
    }
    let refused = Cancelled.step_to(Active).unwrap_err();
    assert_eq!(refused.kind().code, "invalid_transition");
    assert_eq!(refused.extensions()["from"], "cancelled");
}

#[test]
fn a_reversal_needs_a_reason() {
    assert_eq!(codes(&Reverse::check(" ").unwrap_err()), [("reason", "required")]);
}

#[test]
fn every_code_stands_once() {
    let mut codes: Vec<_> = ERRORS.iter().map(|kind| kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), ERRORS.len());
}
