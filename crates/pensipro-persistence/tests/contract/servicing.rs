//! Loan accounts: what was posted is what is stored, and what a replay gives.

use std::{collections::BTreeMap, thread};

use pensipro_kernel::{
    BranchId, FunderId, LoanId, Money, PageRequest, Scope, StorageError, TransactionId,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_servicing::{
    Arrears, Channel, Collection, Component, Difference, Holds, Input, InputKind, Loan, LoanBook,
    LoanBooks, LoanFilter, LoanRepository, LoanSort, LoanStatus, ManualPenalty, NewSettlement,
    OpenLoan, PostingBatch, RefundPaid, RefundRefused, Row, RowKey, Setting, Settlement,
    StatusByHand, TransactionKind, Waivable, Waiver, replay, settlement_quote, verify_loan,
    written_month_ends,
};

use crate::{
    fixtures::{Outcome, date, read, rupiah, write},
    lending::{
        POLICY, Pay, add_applications, disbursed_loan, enter, fail, house, lock, new_loan, pay,
        post, post_one, reverse, rows,
    },
    restructures::agreed,
};

pub(crate) fn one_loan(database: &TestDatabase) -> Loan {
    let house = house(database);
    add_applications(database, &house, 1);
    disbursed_loan(database, &house, 1)
}

pub(crate) fn pay_now(database: &TestDatabase, id: LoanId, pay: &Pay) -> TransactionId {
    write(database, |tx| post_one(tx, id, pay))
}

fn cut(on: &str, amount: Money, reference: &str) -> Pay {
    Pay { channel: Channel::PensionCut, reference: Some(reference.into()), ..pay(on, amount) }
}

/// The stored account is the replay of the stored history: rows, state, balances, allocations; and
/// what a posting reads of it behaves as the whole.
pub(crate) fn prove(database: &TestDatabase, id: LoanId) {
    let (stored, history, schedule, transactions) = read(database, |tx| {
        let (_, history) = tx.histories(&[id])?.pop().unwrap();
        let stored = tx.stored_loan(id, Scope::default())?;
        Ok((stored, history, tx.schedule(id)?, tx.transactions(id)?))
    });
    let open = OpenLoan::new(stored.clone(), &POLICY());
    let holds = Holds::new(stored.holds.clone());
    let replayed = replay(open.rules(), &holds, &history.entered.inputs);
    assert_eq!(*open.account().state(), *replayed.account.state());
    let made: Vec<_> = schedule.into_iter().filter(|row| row.key.made_by.get() != 0).collect();
    let live = |rows: &[Row]| rows.iter().filter(|row| row.is_live()).count();
    assert_eq!(live(&made), live(replayed.account.rows()));
    for row in replayed.account.rows() {
        assert!(made.contains(row), "{row:?} is stored");
    }
    for row in &stored.rows {
        assert!(made.contains(row), "{row:?} is read as it is stored");
    }
    let whole = open.clone().with_history(history);
    assert_eq!(open.balances(), whole.balances());
    for day in ["2026-07-31", "2027-01-31"].map(date) {
        let bounds = POLICY().kolektibilitas;
        let short = open.outstanding_on(&bounds, day).unwrap();
        let long = pensipro_servicing::Outstanding::of(
            &replayed.account.brought_to(open.rules(), &holds, day),
            open.rules(),
            &bounds,
            day,
        );
        assert_eq!(short, long, "on {day}");
    }
    let mut sums = BTreeMap::new();
    for part in replayed.allocations {
        *sums.entry((part.transaction, part.row, part.component)).or_insert(0) += part.amount.sen();
    }
    sums.retain(|_, sum| *sum != 0);
    let stored = transactions.into_iter().flat_map(|each| each.allocations);
    let stored: BTreeMap<_, _> = stored
        .map(|part| ((part.transaction, part.row, part.component), part.amount.sen()))
        .collect();
    assert_eq!(stored, sums);
    assert_eq!(differences(database), []);
}

/// What a verification of every loan finds.
pub(crate) fn differences(database: &TestDatabase) -> Vec<Difference> {
    let books = read(database, |tx| {
        let ids = tx.next_loans(LoanId::new(0), 100)?;
        let month_ends = written_month_ends(tx)?;
        tx.loan_books(&ids, &month_ends)
    });
    let verify = |book: &LoanBook| verify_loan(book, &POLICY(), date("2027-01-31"));
    books.iter().flat_map(verify).collect()
}

#[test]
fn a_pending_loan_comes_back() {
    on_each_backend(|database| {
        let house = house(database);
        add_applications(database, &house, 1);
        let new = new_loan(&house, 1);
        let loan = write(database, |tx| tx.add_loan(&new, None));
        let stored = read(database, |tx| tx.stored_loan(loan.id, Scope::default()));
        assert_eq!(stored.loan, loan);
        assert_eq!(loan.terms, new.facts.terms);
        assert_eq!((stored.state, stored.rows.len()), (Default::default(), 0));
        assert_eq!(read(database, |tx| tx.schedule(loan.id)), new.rows);
        let found = read(database, |tx| tx.loan_of_application(loan.application_id));
        assert_eq!(found, Some(loan.id));
        for scope in [Scope::Branch(BranchId::new(1)), Scope::Funder(FunderId::new(1))] {
            let hidden = database.store().read(|tx| tx.stored_loan(loan.id, scope));
            assert!(matches!(hidden, Err(StorageError::NotFound { .. })));
        }
        let twice = database.store().write("twice", |tx| tx.add_loan(&new, None));
        let Err(StorageError::Duplicate { constraint }) = twice else { panic!("{twice:?}") };
        assert_eq!(constraint, "loans_application_id_key");
    });
}

#[test]
fn a_loan_is_cancelled_from_its_version() {
    on_each_backend(|database| {
        let house = house(database);
        add_applications(database, &house, 1);
        let loan = write(database, |tx| tx.add_loan(&new_loan(&house, 1), None));
        let saved = write(database, |tx| tx.cancel_loan(&loan));
        assert_eq!((saved.status, saved.version), (LoanStatus::Cancelled, loan.version.next()));
        let stored = read(database, |tx| tx.stored_loan(loan.id, Scope::default())).loan;
        assert_eq!(stored, saved);
        let stale = database.store().write("stale", |tx| tx.cancel_loan(&loan));
        assert!(matches!(stale, Err(StorageError::Stale { .. })));
        let of_member = read(database, |tx| tx.loans_of_member(loan.member_id));
        assert_eq!(of_member, [loan.id]);
    });
}

#[test]
fn a_settlement_comes_back_with_its_quote() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let day = date("2026-02-20");
        let quote = read(database, |tx| {
            Ok(settlement_quote(tx, id, Scope::default(), &POLICY(), day).unwrap())
        });
        let settled = write(database, |tx| {
            let transaction = tx.reserve_transaction_ids(1)?.next().unwrap();
            let mut loan = lock(tx, id, day)?;
            let settlement = Settlement { early_penalty: quote.early_penalty };
            let kind = InputKind::Settlement(settlement);
            let input = Input { id: transaction, effective_on: day, booked_on: day, kind };
            let mut batch = PostingBatch::new();
            loan.post(input, &mut batch).unwrap();
            let payment = Some(TransactionId::new(99));
            let netted_by = Some(TransactionId::new(77));
            let (transaction_id, loan_id, settled_on) = (transaction, id, day);
            let new =
                NewSettlement { transaction_id, loan_id, payment, settled_on, quote, netted_by };
            batch.settlements.push(new);
            tx.store_postings(&batch, None)?;
            Ok(new)
        });
        let [found] = &read(database, |tx| tx.settlements(id))[..] else { panic!() };
        assert_eq!((found.settlement, found.reversed_by), (settled, None));
        let netted = |by| read(database, |tx| tx.settlement_netted_by(TransactionId::new(by)));
        assert_eq!((netted(77).as_ref(), netted(78)), (Some(found), None));
        let reversal = write(database, |tx| reverse(tx, id, settled.transaction_id));
        let [found] = &read(database, |tx| tx.settlements(id))[..] else { panic!() };
        assert_eq!(found.reversed_by, Some(reversal));
        prove(database, id);
    });
}

/// Every kind of input comes back as it was, with its reason.
#[test]
fn what_is_entered_by_hand_comes_back() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let [first] = &read(database, |tx| tx.disbursements(id))[..] else { panic!() };
        let row = Some(RowKey::new(first.transaction_id, 1));
        let death = write(database, |tx| enter(tx, id, date("2026-02-20"), InputKind::Death));
        let payment = pay_now(database, id, &cut("2026-02-21", rupiah(9_000_000), "K-9"));
        let status = Setting { to: StatusByHand::Default, of_death: None };
        let collection = Setting { to: Collection::Heir, of_death: Some(death) };
        let amount = rupiah(5_000);
        let entered = [
            InputKind::ManualPenalty(ManualPenalty { amount, row }),
            InputKind::ManualPenalty(ManualPenalty { amount, row: None }),
            InputKind::Waiver(Waiver { amount, component: Waivable::Penalty, row }),
            InputKind::Waiver(Waiver { amount, component: Waivable::Settlement, row: None }),
            InputKind::DepositApplied(amount),
            InputKind::DepositReleased(amount),
            InputKind::Status(status),
            InputKind::Collection(collection),
            InputKind::RefundPaid(RefundPaid { payment, amount }),
            InputKind::RefundRefused(RefundRefused { payment }),
            InputKind::InterestFreeze,
            InputKind::Restructure(Box::new(agreed(date("2026-04-05"), Arrears::Capitalise))),
            InputKind::Settlement(Settlement { early_penalty: amount }),
            InputKind::WriteOff,
        ];
        let mut day = date("2026-03-01");
        for kind in &entered {
            write(database, |tx| enter(tx, id, day, kind.clone()));
            prove(database, id);
            day = day.succ_opt().unwrap();
        }
        let (_, history) = read(database, |tx| tx.histories(&[id])).remove(0);
        let kinds: Vec<_> =
            history.entered.inputs.into_iter().skip(3).map(|input| input.kind).collect();
        assert_eq!(kinds, entered);
        let loan = read(database, |tx| tx.stored_loan(id, Scope::default())).loan;
        assert_eq!((loan.status, loan.collection), (LoanStatus::Closed, Collection::Heir));
        let listed = read(database, |tx| tx.transactions(id));
        assert!(listed[3..].iter().all(|each| each.reason.as_deref() == Some("alasan")));
        write(database, |tx| reverse(tx, id, death));
        prove(database, id);
    });
}

#[test]
fn a_disbursement_is_stored_whole() {
    on_each_backend(|database| {
        let loan = one_loan(database);
        assert_eq!((loan.status, loan.version.get()), (LoanStatus::Active, 2));
        assert_eq!(loan.disbursed_on, Some(date("2026-01-05")));
        let [disbursement] = &read(database, |tx| tx.disbursements(loan.id))[..] else { panic!() };
        let maker = disbursement.transaction_id;
        assert_eq!(disbursement.net_amount, rupiah(4_880_000));
        assert_eq!((disbursement.sources.len(), disbursement.charges.len()), (1, 1));
        let stored = read(database, |tx| tx.stored_loan(loan.id, Scope::default()));
        assert_eq!(stored.rows, rows(maker));
        assert_eq!(stored.state.deposit, rupiah(1_060_000));
        prove(database, loan.id);
    });
}

/// Payments in order and late, too much and too little, a failed cut, reversals.
#[test]
fn every_posting_leaves_what_a_replay_gives() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let first = pay_now(database, id, &pay("2026-02-05", rupiah(1_065_000)));
        prove(database, id);
        let partial = pay_now(database, id, &pay("2026-03-20", rupiah(500_000)));
        prove(database, id);
        write(database, |tx| fail(tx, id, date("2026-04-10")));
        prove(database, id);
        let ahead = pay_now(database, id, &pay("2026-04-11", rupiah(3_000_000)));
        prove(database, id);
        pay_now(database, id, &pay("2026-02-20", rupiah(70_000)));
        prove(database, id);
        for transaction in [partial, first, ahead] {
            write(database, |tx| reverse(tx, id, transaction));
            prove(database, id);
        }
        pay_now(database, id, &cut("2026-07-10", rupiah(40_000_000), "K-1"));
        prove(database, id);
        let stored = read(database, |tx| tx.stored_loan(id, Scope::default()));
        assert_eq!(stored.loan.status, LoanStatus::Closed);
        assert!(stored.state.excess.is_positive());
        let kinds = read(database, |tx| tx.transactions(id));
        let reversed = kinds.iter().filter(|each| each.reversed_by.is_some()).count();
        assert_eq!((kinds.len(), reversed), (10, 3));
        assert_eq!(kinds[0].kind, TransactionKind::Disbursement);
        assert_eq!(kinds[0].amount, Some(rupiah(6_000_000)));
    });
}

/// A row that was agreed before a restructure and is due between it and the first new row stays.
#[test]
fn a_row_that_a_restructure_leaves_is_read() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let kind = InputKind::Restructure(Box::new(agreed(date("2026-07-06"), Arrears::Carry)));
        let made = write(database, |tx| enter(tx, id, date("2026-06-20"), kind.clone()));
        prove(database, id);
        pay_now(database, id, &pay("2026-07-08", rupiah(6_500_000)));
        prove(database, id);
        write(database, |tx| reverse(tx, id, made));
        prove(database, id);
    });
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config {
        cases: 12,
        failure_persistence: None,
        ..Default::default()
    })]

    /// Whatever is posted and taken back, in whatever order.
    #[test]
    fn any_postings_leave_what_a_replay_gives(
        steps in proptest::collection::vec((0..14_u8, 0..190_u64, 1..3_000_i64), 1..12)
    ) {
        on_each_backend(|database| {
            let id = one_loan(database).id;
            let mut posted = Vec::new();
            for (step, (kind, days, thousands)) in steps.iter().enumerate() {
                let on = date("2026-01-05") + chrono::Days::new(*days);
                let amount = rupiah(thousands * 1_000);
                match kind {
                    0 => posted.push(pay_now(database, id, &pay(&on.to_string(), amount))),
                    1 => posted.push(write(database, |tx| fail(tx, id, on))),
                    2 => {
                        let reference = format!("K-{step}");
                        posted.push(pay_now(database, id, &cut(&on.to_string(), amount, &reference)));
                    }
                    3 => {
                        posted.push(write(database, |tx| enter(tx, id, on, InputKind::Death)));
                    }
                    4 => {
                        let to = if thousands % 2 == 0 { Collection::Heir } else { Collection::PensionCut };
                        let kind = InputKind::Collection(Setting { to, of_death: None });
                        posted.push(write(database, |tx| enter(tx, id, on, kind.clone())));
                    }
                    12 => {
                        let arrears = Arrears::ALL[*days as usize % Arrears::ALL.len()];
                        let first_due = on + chrono::Days::new(*thousands as u64 % 40 + 1);
                        let kind = InputKind::Restructure(Box::new(agreed(first_due, arrears)));
                        posted.push(write(database, |tx| enter(tx, id, on, kind.clone())));
                    }
                    5..10 => {
                        let payment = posted.last().copied().unwrap_or(TransactionId::new(1));
                        let kind = match kind {
                            5 => InputKind::Settlement(Settlement { early_penalty: amount }),
                            6 => InputKind::WriteOff,
                            7 => InputKind::ManualPenalty(ManualPenalty { amount, row: None }),
                            8 => InputKind::DepositApplied(amount),
                            _ => InputKind::RefundPaid(RefundPaid { payment, amount }),
                        };
                        posted.push(write(database, |tx| enter(tx, id, on, kind.clone())));
                    }
                    _ if posted.is_empty() => {}
                    _ => {
                        let place = *days as usize % posted.len();
                        let of = posted.swap_remove(place);
                        write(database, |tx| reverse(tx, id, of));
                    }
                }
                prove(database, id);
            }
        });
    }
}

#[test]
fn a_reversed_disbursement_leaves_a_pending_loan() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let [made] = &read(database, |tx| tx.disbursements(id))[..] else { panic!() };
        let made = made.transaction_id;
        pay_now(database, id, &pay("2026-02-05", rupiah(100_000)));
        write(database, |tx| reverse(tx, id, made));
        let stored = read(database, |tx| tx.stored_loan(id, Scope::default()));
        assert_eq!((stored.loan.status, stored.loan.disbursed_on), (LoanStatus::Pending, None));
        assert_eq!(stored.state.excess, rupiah(100_000));
        let [payment] = &read(database, |tx| tx.payments(id))[..] else { panic!() };
        assert_eq!(payment.allocations.len(), 1);
        assert_eq!(payment.allocations[0].component, Component::Excess);
        let [disbursement] = &read(database, |tx| tx.disbursements(id))[..] else { panic!() };
        assert!(disbursement.reversed_by.is_some());
    });
}

#[test]
fn payments_in_parallel_lose_nothing() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        thread::scope(|scope| {
            for worker in 0..8 {
                scope.spawn(move || {
                    for turn in 0..5 {
                        let reference = Some(format!("{worker}-{turn}"));
                        let pay = Pay { reference, ..pay("2026-03-01", rupiah(1_000)) };
                        pay_now(database, id, &pay);
                    }
                });
            }
        });
        prove(database, id);
        let payments = read(database, |tx| tx.payments(id));
        assert_eq!(payments.len(), 40);
        let stored = read(database, |tx| tx.stored_loan(id, Scope::default()));
        assert_eq!(stored.loan.version.get(), 42);
        let paid = stored.rows.iter().map(|row| row.paid().sen()).sum::<i64>();
        assert_eq!(paid, 40 * 100_000);
    });
}

#[test]
fn a_reference_is_taken_until_its_payment_is_reversed() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let pay = cut("2026-02-10", rupiah(10_000), "PC-2026-02-000001");
        let first = pay_now(database, id, &pay);
        let find =
            || read(database, |tx| tx.payment_by_reference(pay.channel, "PC-2026-02-000001"));
        assert_eq!(find().map(|id| id.get()), Some(first.get()));
        let twice = database.store().write("twice", |tx| post_one(tx, id, &pay));
        let Err(StorageError::Duplicate { constraint }) = twice else { panic!("{twice:?}") };
        assert_eq!(constraint, "loan_payments_channel_reference_key");
        let transfer = Pay { channel: Channel::Transfer, ..pay.clone() };
        pay_now(database, id, &transfer);
        let reversal = write(database, |tx| reverse(tx, id, first));
        assert_eq!(find(), None);
        pay_now(database, id, &pay);
        let reversed =
            read(database, |tx| tx.payment(id, first.get().to_string().parse().unwrap()));
        assert_eq!((reversed.reversed_by, reversed.allocations.len()), (Some(reversal), 0));
        let twice = database.store().write("twice", |tx| reverse_blindly(tx, id, first));
        let Err(StorageError::Duplicate { constraint }) = twice else { panic!("{twice:?}") };
        assert_eq!(constraint, "loan_transactions_reverses_key");
    });
}

/// Stores a second reversal, as a program with a fault would.
fn reverse_blindly(
    tx: &mut pensipro_persistence::Tx<'_>,
    loan_id: LoanId,
    of: TransactionId,
) -> Outcome<()> {
    let id = tx.reserve_transaction_ids(1)?.next().unwrap();
    let body = pensipro_servicing::TransactionBody::Reversal { of };
    let (day, reason) = (date("2026-06-15"), Some("lagi".into()));
    let (effective_on, booked_on) = (day, day);
    let new =
        pensipro_servicing::NewTransaction { loan_id, id, effective_on, booked_on, reason, body };
    tx.store_postings(&PostingBatch { transactions: vec![new], ..PostingBatch::new() }, None)
}

#[test]
fn an_import_line_pays_once() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let pay = Pay { line: Some(70_000_001), ..pay("2026-02-10", rupiah(10_000)) };
        pay_now(database, id, &pay);
        let twice = database.store().write("twice", |tx| post_one(tx, id, &pay));
        let Err(StorageError::Duplicate { constraint }) = twice else { panic!("{twice:?}") };
        assert_eq!(constraint, "loan_payments_source_line_key");
    });
}

#[test]
fn inputs_are_never_changed() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        pay_now(database, id, &pay("2026-02-05", rupiah(10_000)));
        for table in ["loan_transactions", "loan_transaction_allocations"] {
            for sql in [format!("UPDATE {table} SET amount = 1"), format!("DELETE FROM {table}")] {
                let refused = database.execute(&sql).unwrap_err();
                assert!(refused.contains("append-only"), "{refused}");
            }
        }
    });
}

const MANY: u32 = 600;

/// The same payments, one by one and in one batch (large enough for COPY).
#[test]
fn a_batch_stores_what_single_postings_store() {
    on_each_backend(|database| {
        let house = house(database);
        add_applications(database, &house, 2 * MANY);
        let new: Vec<_> = (1..=2 * MANY).map(|id| new_loan(&house, id.into())).collect();
        let ids: Vec<LoanId> =
            write(database, |tx| new.iter().map(|new| Ok(tx.add_loan(new, None)?.id)).collect());
        for id in &ids {
            crate::lending::disburse_now(database, &house, *id);
        }
        let (single, batched) = ids.split_at(ids.len() / 2);
        let pay_of = |place: usize| pay("2026-03-12", rupiah(500_000 + place as i64 * 1_000));
        write(database, |tx| {
            for (place, id) in single.iter().enumerate() {
                post_one(tx, *id, &pay_of(place))?;
            }
            Ok(())
        });
        write(database, |tx| {
            let loans = tx.lock_loans(batched)?;
            assert_eq!(loans.len(), batched.len());
            let mut batch = PostingBatch::new();
            let reserved = tx.reserve_transaction_ids(MANY)?;
            for ((place, stored), id) in loans.into_iter().enumerate().zip(reserved) {
                let mut loan = OpenLoan::new(stored, &POLICY());
                post(&mut loan, id, &pay_of(place), &mut batch);
            }
            tx.store_postings(&batch, None)
        });
        let view = |id: LoanId| {
            read(database, |tx| {
                let stored = tx.stored_loan(id, Scope::default())?;
                let rows = stored.rows.iter().map(|row| (row.key.no, row.paid(), row.counted));
                let rows: Vec<_> = rows.collect();
                let parts = tx.payments(id)?.remove(0).allocations;
                let parts: Vec<_> =
                    parts.iter().map(|part| (part.row.no, part.component, part.amount)).collect();
                Ok((stored.loan.status, stored.loan.version, stored.state.excess, rows, parts))
            })
        };
        for place in [0, 1, 77, 599] {
            assert_eq!(view(single[place]), view(batched[place]), "{place}");
            prove(database, batched[place]);
        }
    });
}

#[test]
fn reserved_ids_rise_and_are_never_given_twice() {
    on_each_backend(|database| {
        let take = || -> Vec<TransactionId> {
            write(database, |tx| Ok(tx.reserve_transaction_ids(50)?.collect()))
        };
        let mut taken = thread::scope(|scope| {
            let workers: Vec<_> = (0..4).map(|_| scope.spawn(take)).collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
        });
        taken.sort_unstable();
        taken.dedup();
        assert_eq!(taken.len(), 200);
        let batch = take();
        assert!(batch.is_sorted_by(|one, next| one < next) && batch[0] > taken[199]);
        assert_eq!(write(database, |tx| Ok(tx.reserve_transaction_ids(0)?.count())), 0);
    });
}

#[test]
fn loans_are_paged_in_every_order() {
    on_each_backend(|database| {
        let house = house(database);
        add_applications(database, &house, 5);
        let loans: Vec<_> = (1..=4).map(|id| disbursed_loan(database, &house, id).id).collect();
        let pending = write(database, |tx| tx.add_loan(&new_loan(&house, 5), None)).id;
        // The second owes since March, the third since April, the fourth nothing at all.
        pay_now(database, loans[1], &pay("2026-02-05", rupiah(1_065_000)));
        pay_now(database, loans[2], &pay("2026-03-05", rupiah(2_125_000)));
        pay_now(database, loans[3], &pay("2026-01-05", rupiah(6_365_000)));
        let list = |filter: LoanFilter| {
            let mut found = Vec::new();
            let mut page = PageRequest { limit: 2, after: None, count: true };
            loop {
                let one = read(database, |tx| tx.loans(&filter, &page, Scope::default()));
                found.extend(one.data.iter().map(|each| each.loan.id));
                page.after = one.next;
                if page.after.is_none() {
                    assert_eq!(one.total, Some(found.len() as i64));
                    return found;
                }
            }
        };
        let sorted = |sort| list(LoanFilter { sort, ..LoanFilter::default() });
        let [a, b, c, d] = loans[..] else { panic!() };
        assert_eq!(sorted(LoanSort::Id), [a, b, c, d, pending]);
        assert_eq!(sorted(LoanSort::IdDescending), [pending, d, c, b, a]);
        assert_eq!(sorted(LoanSort::OldestUnpaidDue), [a, b, c, d, pending]);
        let of = |status| list(LoanFilter { status: Some(status), ..LoanFilter::default() });
        assert_eq!(of(LoanStatus::Closed), [d]);
        assert_eq!(of(LoanStatus::Pending), [pending]);
        let scope = Scope::Branch(BranchId::new(1));
        let filter = LoanFilter::default();
        let hidden = read(database, |tx| tx.loans(&filter, &PageRequest::default(), scope));
        assert_eq!(hidden.data, []);
    });
}

#[test]
fn loans_that_are_not_there_are_left_out() {
    on_each_backend(|database| {
        let loan = one_loan(database);
        let found = write(database, |tx| tx.lock_loans(&[LoanId::new(99), loan.id]));
        assert_eq!(found.iter().map(|each| each.loan.id).collect::<Vec<_>>(), [loan.id]);
        write(database, |tx| lock(tx, loan.id, date("2026-01-01")).map(drop));
    });
}
