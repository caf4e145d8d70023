//! What is accepted and what is refused, each with its own code.

mod support;

use chrono::NaiveDate;
use pensipro_kernel::{BankAccountId, DomainError, Faults, FunderId, Money};
use pensipro_pricing::{AllocationOrder, Collection as Collected, FeeCharge, FeeKind};
use pensipro_servicing::*;
use support::*;

fn raw(paid_on: NaiveDate, amount: Money) -> RawPayment {
    RawPayment { paid_on, amount, channel: "tunai".into(), reference: None, excess_to: None }
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
        channel: "kartu".into(),
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
fn the_rest_of_a_pension_cut_is_refunded_and_of_cash_prepays() {
    let of = |channel: &str| {
        let raw = RawPayment { channel: channel.into(), ..raw(day("2026-02-05"), rupiah(1)) };
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

fn plan(charges: Vec<FeeCharge>) -> RepaymentPlan {
    let owed = level(2, 900_000, 100_000);
    RepaymentPlan::new(on(0), schedule_rows(&owed), charges).unwrap()
}

fn charge(kind: FeeKind, amount: i64, collection: Collected) -> FeeCharge {
    FeeCharge { kind, amount: rupiah(amount), collection }
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
    let shelf = shelf();
    let mut open = shelf.open();
    let plan = plan(vec![
        charge(FeeKind::Provisi, 18_000, Collected::Upfront),
        charge(FeeKind::Blokir, 1_000_000, Collected::Upfront),
        charge(FeeKind::Admin, 5_000, Collected::FirstInstalment),
    ]);
    let mut batch = PostingBatch::new();
    let sources = vec![source(Some(4), 1_000_000), source(None, 800_000)];
    command(sources.clone()).post(&mut open, &plan, facts(), &mut batch).unwrap();
    let made = &batch.disbursements[0];
    assert_eq!((made.amount, made.net_amount), (rupiah(1_800_000), rupiah(782_000)));
    assert_eq!((made.upfront_fees, made.deposit), (rupiah(18_000), rupiah(1_000_000)));
    assert_eq!(made.sources, sources);
    let balances = batch.loans[&shelf.loan.id];
    assert_eq!((balances.status, balances.principal), (LoanStatus::Active, rupiah(1_800_000)));
    assert_eq!((balances.fee, balances.state.deposit), (rupiah(5_000), rupiah(1_000_000)));
    let dates = balances.state.dates.unwrap();
    assert_eq!((dates.first_due_date, dates.maturity_date), (day("2026-02-10"), day("2026-03-10")));
    assert_eq!(batch.transactions[0].amount(), Some(rupiah(1_800_000)));
    assert!(batch.rows.values().all(|row| matches!(row, RowChange::New(_))));
    let again = command(vec![]).post(&mut open, &plan, facts(), &mut batch);
    assert_eq!(code(again), "invalid_transition");
}

#[test]
fn each_refusal_of_a_disbursement_has_its_code() {
    let post = |sources, plan: RepaymentPlan| {
        let mut batch = PostingBatch::new();
        let result = command(sources).post(&mut shelf().open(), &plan, facts(), &mut batch);
        assert!(batch.is_empty());
        code(result)
    };
    assert_eq!(post(vec![source(None, 1_799_999)], plan(vec![])), "sources_mismatch");
    let all = vec![charge(FeeKind::Provisi, 1_800_000, Collected::Upfront)];
    assert_eq!(post(vec![], plan(all)), "nothing_to_pay_out");
    let mut early = shelf();
    early.loan.approved_on = on(1);
    let mut batch = PostingBatch::new();
    let result = command(vec![]).post(&mut early.open(), &plan(vec![]), facts(), &mut batch);
    assert_eq!(code(result), "disbursement_before_approval");
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
    let new = create_pending_loan(facts, &plan(vec![])).unwrap();
    assert!(new.rows.iter().all(|row| row.key.made_by == RowKey::PROVISIONAL));
    assert_eq!(new.rows[1].starts_on, new.rows[0].due_date);
    assert_eq!(new.dates.maturity_date, day("2026-03-10"));
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
