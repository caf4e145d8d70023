//! What the account costs: a replay of a long loan, payments applied in place, and the proof of a loan's
//! books.

use std::hint::black_box;

use chrono::{DateTime, Days, NaiveDate};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pensipro_kernel::{
    ApplicationId, LoanId, MemberId, Money, Period, ProductId, Rate, TransactionId, Version,
    add_months,
};
use pensipro_pricing::{
    AllocationOrder, Method, PenaltyBasis, PenaltyKind, PenaltyParts, PenaltyTerms,
    ScheduleRuleParts, ScheduleRules, Terms, TermsParts,
};
use pensipro_servicing::*;

fn start() -> NaiveDate {
    NaiveDate::from_ymd_opt(2010, 1, 10).unwrap()
}

fn terms() -> Terms {
    let late = PenaltyParts {
        kind: PenaltyKind::Late,
        basis: PenaltyBasis::PercentPerDay(Rate::from_units(1_000)),
        steps: Vec::new(),
        grace_days: 3,
        cap_pct: Some(Rate::percent(10)),
    };
    let rules = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12));
    Terms::new(TermsParts {
        rules: ScheduleRules::new(rules).unwrap(),
        allocation_order: AllocationOrder::RowFirst,
        freeze_interest_on_death: false,
        fees: Vec::new(),
        late: Some(PenaltyTerms::new(late).unwrap()),
        early_settlement: None,
    })
    .unwrap()
}

fn disbursement(count: u16) -> Input {
    let id = TransactionId::new(1);
    let rupiah = |amount| Money::from_rupiah(amount).unwrap();
    let owed =
        Instalment { principal: rupiah(900_000), interest: rupiah(100_000), fee: Money::ZERO };
    let rows = (1..=count).map(|no| {
        let due = |no: u16| add_months(start(), no.into());
        Row::new(RowKey::new(id, no), due(no - 1), due(no), owed)
    });
    let disbursed = Disbursed { rows: rows.collect(), deposit: Money::ZERO };
    let kind = InputKind::Disbursement(disbursed);
    Input { id, effective_on: start(), booked_on: start(), kind }
}

fn cut(id: i64, paid_on: NaiveDate, periode: Period) -> Input {
    let amount = Money::from_rupiah(1_000_000).unwrap();
    let kind = InputKind::Payment(PaymentInput::of_cut(amount, periode, Money::ZERO));
    Input { id: TransactionId::new(id), effective_on: paid_on, booked_on: paid_on, kind }
}

/// A payment a month, `days` after the due date.
fn history(count: u16, days: u64) -> Vec<Input> {
    let payment = |no: u16| {
        let due = add_months(start(), no.into());
        cut(i64::from(no) + 1, due + Days::new(days), Period::of(due))
    };
    std::iter::once(disbursement(count)).chain((1..=count).map(payment)).collect()
}

fn loan(id: i64) -> Loan {
    Loan {
        id: LoanId::new(id),
        application_id: ApplicationId::new(1),
        member_id: MemberId::new(1),
        product_id: ProductId::new(1),
        sales_id: None,
        branch_id: None,
        plafon: Money::from_rupiah(21_600_000).unwrap(),
        tenor: 24,
        terms: terms(),
        approved_on: start(),
        status: LoanStatus::Pending,
        collection: Collection::PensionCut,
        disbursed_on: None,
        first_due_date: start(),
        maturity_date: start(),
        version: Version::FIRST,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn replays(c: &mut Criterion) {
    let rules = Rules::of(&terms(), &ServicingPolicy::default());
    for (name, days) in [("on_time", 0), ("each_five_days_late", 5), ("each_forty_days_late", 40)] {
        let inputs = history(180, days);
        c.bench_function(&format!("replay/180_rows_180_payments/{name}"), |b| {
            b.iter(|| replay(black_box(&rules), &Holds::NONE, black_box(&inputs)));
        });
    }
}

fn postings(c: &mut Criterion) {
    const LOANS: i64 = 1_000;
    let policy = ServicingPolicy::default();
    let stored: Vec<_> = (1..=LOANS)
        .map(|id| {
            let stored = StoredLoan {
                loan: loan(id),
                state: AccountState::default(),
                rows: vec![],
                holds: vec![],
            };
            let mut open = OpenLoan::new(stored, &policy);
            open.post(disbursement(24), &mut PostingBatch::new()).unwrap();
            let (state, rows) = (*open.account().state(), open.account().rows().to_vec());
            StoredLoan { loan: open.loan().clone(), state, rows, holds: vec![] }
        })
        .collect();
    let paid_on = add_months(start(), 1);
    let mut group = c.benchmark_group("posting");
    group.throughput(Throughput::Elements(LOANS.unsigned_abs()));
    group.bench_function("payments_in_place_24_rows", |b| {
        b.iter_batched(
            || stored.clone(),
            |stored| {
                let mut batch = PostingBatch::new();
                for (id, stored) in (2..).zip(stored) {
                    let mut open = OpenLoan::new(stored, &policy);
                    open.post(cut(id, paid_on, Period::of(paid_on)), &mut batch).unwrap();
                }
                batch
            },
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// The books of a loan of 24 rows, half of them paid.
fn book(id: i64) -> LoanBook {
    let state = AccountState::default();
    let stored = StoredLoan { loan: loan(id), state, rows: vec![], holds: vec![] };
    let policy = ServicingPolicy::default();
    let mut open = OpenLoan::new(stored, &policy).with_history(LoanHistory::default());
    let mut inputs = history(24, 5);
    inputs.truncate(13);
    for input in inputs {
        open.post(input, &mut PostingBatch::new()).unwrap();
    }
    let history = open.history().unwrap().clone();
    let (state, rows) = (*open.account().state(), open.account().rows().to_vec());
    let stored = StoredLoan { loan: open.loan().clone(), state, rows, holds: vec![] };
    LoanBook { stored, balances: open.balances(), history, month_ends: vec![] }
}

fn proofs(c: &mut Criterion) {
    let policy = ServicingPolicy::default();
    let (book, today) = (book(1), add_months(start(), 13));
    assert_eq!(verify_loan(&book, &policy, today), []);
    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Elements(1));
    group.bench_function("24_rows_12_payments", |b| {
        b.iter(|| verify_loan(black_box(&book), &policy, today));
    });
    group.finish();
}

criterion_group!(benches, replays, postings, proofs);
criterion_main!(benches);
