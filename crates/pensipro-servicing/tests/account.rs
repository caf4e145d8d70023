//! The account's rules by example, with figures worked out by hand.

mod support;

use chrono::NaiveDate;
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{AllocationOrder, PenaltyBasis, PenaltyKind, PenaltyParts, PenaltyTerms};
use pensipro_servicing::*;
use support::*;

fn late(basis: PenaltyBasis, grace_days: u16, cap_pct: Option<Rate>) -> Option<PenaltyTerms> {
    let kind = PenaltyKind::Late;
    let parts = PenaltyParts { kind, basis, steps: Vec::new(), grace_days, cap_pct };
    Some(PenaltyTerms::new(parts).unwrap())
}

/// A tenth of a percent a day.
fn per_mille_a_day(grace_days: u16, cap_pct: Option<Rate>) -> Option<PenaltyTerms> {
    late(PenaltyBasis::PercentPerDay(Rate::from_units(1_000)), grace_days, cap_pct)
}

/// Two rows of Rp 900,000 principal and Rp 100,000 interest, due 10 February and 10 March 2026.
fn two_rows(order: AllocationOrder, late: Option<PenaltyTerms>, holds: Vec<Hold>) -> Shelf {
    let loan = pending_loan(7, rupiah(1_800_000), terms(order, late));
    let mut shelf = Shelf::new(loan, holds, ServicingPolicy::default());
    shelf.post(disbursement(1, on(0), &level(2, 900_000, 100_000)));
    shelf
}

fn owed(shelf: &Shelf, date: &str) -> Outstanding {
    shelf.open().outstanding_on(&KolektibilitasBounds::default(), day(date)).unwrap()
}

fn penalty(shelf: &Shelf, date: &str) -> Money {
    owed(shelf, date).penalty
}

fn parts(posted: &Posted) -> Vec<(u16, Component, Money)> {
    posted.allocations.iter().map(|part| (part.row.no, part.component, part.amount)).collect()
}

use AllocationOrder::{PrincipalLast, RowFirst};
use Component::{Excess, Interest, Penalty, Principal};

#[test]
fn days_count_from_the_due_date_once_grace_has_passed() {
    let mut shelf = two_rows(RowFirst, per_mille_a_day(3, None), vec![]);
    assert_eq!(penalty(&shelf, "2026-02-13"), Money::ZERO);
    assert_eq!(penalty(&shelf, "2026-02-14"), rupiah(4_000));
    let posted = shelf.post(cash(2, day("2026-02-15"), rupiah(500_000)));
    assert_eq!(
        parts(&posted),
        [
            (1, Penalty, rupiah(5_000)),
            (1, Interest, rupiah(100_000)),
            (1, Principal, rupiah(395_000))
        ]
    );
    // Ten more days on what is left, Rp 505,000; what was charged is not charged again.
    assert_eq!(penalty(&shelf, "2026-02-25"), rupiah(5_050));
}

#[test]
fn a_row_paid_within_its_grace_costs_nothing() {
    let mut shelf = two_rows(RowFirst, per_mille_a_day(3, None), vec![]);
    shelf.post(cash(2, day("2026-02-13"), rupiah(1_000_000)));
    assert_eq!(penalty(&shelf, "2026-03-10"), Money::ZERO);
}

#[test]
fn a_penalty_is_rounded_once_and_capped_by_the_rows_instalment() {
    let capped = two_rows(RowFirst, per_mille_a_day(0, Some(Rate::percent(1))), vec![]);
    assert_eq!(penalty(&capped, "2026-02-19"), rupiah(9_000));
    assert_eq!(penalty(&capped, "2026-03-10"), rupiah(10_000));
    let third = PenaltyBasis::PercentPerDay(Rate::from_units(1));
    let mut odd = two_rows(RowFirst, late(third, 0, None), vec![]);
    odd.post(cash(2, day("2026-02-10"), rupiah(999_950)));
    // Rp 50 at a millionth a day: half a sen after a hundred days, rounded away from zero.
    let days = |count| day("2026-02-10") + chrono::Days::new(count);
    let row = |date| odd.open().account_on(date).unwrap().rows()[0].penalty(&odd.rules());
    assert_eq!((row(days(99)), row(days(100))), (Money::ZERO, Money::from_sen(1)));
}

#[test]
fn one_time_penalties_stand_on_what_was_unpaid_when_grace_had_passed() {
    let once = late(PenaltyBasis::PercentOnce(Rate::percent(5)), 3, None);
    let mut shelf = two_rows(RowFirst, once, vec![]);
    shelf.post(cash(2, day("2026-02-12"), rupiah(600_000)));
    assert_eq!(penalty(&shelf, "2026-02-13"), Money::ZERO);
    assert_eq!(penalty(&shelf, "2026-02-14"), rupiah(20_000));
    shelf.post(cash(3, day("2026-02-20"), rupiah(120_000)));
    assert_eq!(penalty(&shelf, "2026-03-01"), Money::ZERO);
    let fixed = late(PenaltyBasis::Fixed(rupiah(25_000)), 0, None);
    let shelf = two_rows(RowFirst, fixed, vec![]);
    assert_eq!(penalty(&shelf, "2026-02-10"), Money::ZERO);
    assert_eq!(penalty(&shelf, "2026-03-11"), rupiah(50_000));
}

/// The February line is made on 20 January and answered by 20 February at the latest.
fn february_hold() -> Vec<Hold> {
    vec![Hold { due_date: day("2026-02-10"), after: day("2026-01-20"), until: day("2026-02-20") }]
}

fn february_cut_failed(id: i64, date: &str) -> Input {
    let (due_from, due_through) = (day("2026-02-01"), day("2026-02-28"));
    input(id, day(date), InputKind::FailedCut(FailedCut { due_from, due_through }))
}

#[test]
fn a_hold_that_lapses_in_silence_does_not_reach_back() {
    let shelf = two_rows(RowFirst, per_mille_a_day(0, None), february_hold());
    assert_eq!(penalty(&shelf, "2026-02-20"), Money::ZERO);
    assert_eq!(penalty(&shelf, "2026-02-23"), rupiah(3_000));
}

#[test]
fn a_failed_cut_counts_from_the_due_date() {
    let mut shelf = two_rows(RowFirst, per_mille_a_day(0, None), february_hold());
    shelf.post(february_cut_failed(2, "2026-02-15"));
    assert_eq!(penalty(&shelf, "2026-02-15"), rupiah(5_000));
    assert_eq!(penalty(&shelf, "2026-02-18"), rupiah(8_000));
    shelf.reverse(3, tx(2)).unwrap();
    assert_eq!(penalty(&shelf, "2026-02-18"), Money::ZERO);
}

#[test]
fn a_row_paid_while_on_hold_is_not_charged_for_the_waiting() {
    let mut shelf = two_rows(RowFirst, per_mille_a_day(0, None), february_hold());
    shelf.post(cash(2, day("2026-02-14"), rupiah(1_000_000)));
    shelf.post(february_cut_failed(3, "2026-02-15"));
    assert_eq!(penalty(&shelf, "2026-03-01"), Money::ZERO);
    shelf.check().unwrap();
}

#[test]
fn a_hold_after_a_failed_cut_is_a_new_one() {
    let mut holds = february_hold();
    holds.push(Hold {
        due_date: day("2026-02-10"),
        after: day("2026-02-18"),
        until: day("2026-03-25"),
    });
    let mut shelf = two_rows(RowFirst, per_mille_a_day(0, None), holds);
    shelf.post(february_cut_failed(2, "2026-02-15"));
    assert_eq!(penalty(&shelf, "2026-02-18"), rupiah(8_000));
    assert_eq!(penalty(&shelf, "2026-03-10"), rupiah(8_000));
}

#[test]
fn a_cut_that_fails_on_the_day_of_its_line_ends_its_hold() {
    let after = day("2026-02-15");
    let holds = vec![Hold { due_date: day("2026-02-10"), after, until: day("2026-03-05") }];
    let mut shelf = two_rows(RowFirst, per_mille_a_day(0, None), holds);
    shelf.post(february_cut_failed(2, "2026-02-15"));
    assert_eq!(penalty(&shelf, "2026-02-20"), rupiah(10_000));
}

#[test]
fn principal_last_pays_everything_else_first() {
    let mut shelf = two_rows(PrincipalLast, None, vec![]);
    let posted = shelf.post(cash(2, day("2026-03-10"), rupiah(1_000_000)));
    assert_eq!(
        parts(&posted),
        [
            (1, Interest, rupiah(100_000)),
            (2, Interest, rupiah(100_000)),
            (1, Principal, rupiah(800_000))
        ]
    );
}

#[test]
fn the_rest_prepays_or_waits_for_its_refund() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    let posted = shelf.post(cut(2, day("2026-02-01"), rupiah(1_300_000), Money::ZERO));
    assert_eq!(
        parts(&posted),
        [
            (1, Interest, rupiah(100_000)),
            (1, Principal, rupiah(900_000)),
            (0, Excess, rupiah(300_000))
        ]
    );
    let due = RefundDue { loan_id: shelf.loan.id, transaction: tx(2), amount: rupiah(300_000) };
    assert_eq!(posted.refunds, [due]);
    let posted = shelf.post(cash(3, day("2026-02-02"), rupiah(150_000)));
    assert_eq!(parts(&posted), [(2, Interest, rupiah(100_000)), (2, Principal, rupiah(50_000))]);
    assert_eq!(owed(&shelf, "2026-02-02").excess, rupiah(300_000));
}

#[test]
fn a_tolerated_remainder_is_owed_but_not_late() {
    let mut shelf = two_rows(RowFirst, per_mille_a_day(0, None), vec![]);
    shelf.post(cut(2, day("2026-02-01"), rupiah(999_000), rupiah(1_000)));
    let then = owed(&shelf, "2026-03-09");
    assert_eq!((then.dpd, then.penalty, then.total_due), (0, Money::ZERO, rupiah(1_000)));
    let mut beyond = two_rows(RowFirst, per_mille_a_day(0, None), vec![]);
    beyond.post(cut(2, day("2026-02-01"), rupiah(998_999), rupiah(1_000)));
    assert_eq!(owed(&beyond, "2026-03-09").dpd, 27);
    let mut over = two_rows(RowFirst, None, vec![]);
    let posted = over.post(cut(2, day("2026-02-01"), rupiah(1_001_000), rupiah(1_000)));
    assert_eq!(parts(&posted).last(), Some(&(2, Interest, rupiah(1_000))));
}

#[test]
fn past_due_days_make_quality_and_default() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    for (date, dpd, level) in [
        ("2026-02-10", 0, 1),
        ("2026-02-11", 1, 2),
        ("2026-05-11", 90, 2),
        ("2026-05-12", 91, 3),
        ("2026-06-10", 120, 3),
        ("2026-08-09", 180, 4),
        ("2026-08-10", 181, 5),
    ] {
        let then = owed(&shelf, date);
        assert_eq!((then.dpd, then.kolektibilitas.level()), (dpd, level), "{date}");
    }
    let status = |shelf: &Shelf, date| shelf.open().account_on(day(date)).unwrap().status();
    assert_eq!(status(&shelf, "2026-05-11"), LoanStatus::Active);
    assert_eq!(status(&shelf, "2026-05-12"), LoanStatus::Default);
    shelf.post(cash(2, day("2026-06-01"), rupiah(1_000_000)));
    assert_eq!(status(&shelf, "2026-06-01"), LoanStatus::Default, "a row is still past due");
    shelf.post(cash(3, day("2026-06-02"), rupiah(999_999)));
    assert_eq!(status(&shelf, "2026-06-02"), LoanStatus::Default);
    shelf.post(cash(4, day("2026-06-03"), rupiah(1)));
    assert_eq!(status(&shelf, "2026-06-03"), LoanStatus::Closed);
}

#[test]
fn paying_the_arrears_cures_a_default() {
    let loan = pending_loan(7, rupiah(5_400_000), terms(RowFirst, None));
    let mut shelf = Shelf::new(loan, vec![], ServicingPolicy::default());
    shelf.post(disbursement(1, on(0), &level(6, 900_000, 100_000)));
    shelf.post(cash(2, day("2026-05-15"), rupiah(3_000_000)));
    assert_eq!(shelf.loan.status, LoanStatus::Default);
    assert_eq!(shelf.balances.unwrap().state.default_since, Some(day("2026-05-12")));
    shelf.post(cash(3, day("2026-06-10"), rupiah(1_000_000)));
    assert_eq!(shelf.loan.status, LoanStatus::Active, "the row due today is no arrears");
}

#[test]
fn a_default_noted_by_an_end_of_day_is_told_again_for_an_earlier_input() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    let noted = shelf.balances.as_mut().unwrap();
    noted.state.default_since = Some(day("2026-05-12"));
    shelf.post(cash(2, day("2026-05-01"), rupiah(1)));
    assert_eq!(shelf.loan.status, LoanStatus::Active);
    shelf.check().unwrap();
}

#[test]
fn no_default_while_on_hold() {
    let until = day("2026-06-30");
    let holds = vec![Hold { due_date: day("2026-02-10"), after: day("2026-05-01"), until }];
    let shelf = two_rows(RowFirst, None, holds);
    let status = |date| shelf.open().account_on(day(date)).unwrap().status();
    assert_eq!(status("2026-06-08"), LoanStatus::Active);
    // The second row is not on hold.
    assert_eq!(status("2026-06-09"), LoanStatus::Default);
}

#[test]
fn a_late_payment_books_the_differences_of_those_after_it() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(cash(2, day("2026-03-10"), rupiah(1_000_000)));
    let mut open = shelf.open_with_history();
    let mut batch = PostingBatch::new();
    let late =
        Input { booked_on: day("2026-03-20"), ..cash(3, day("2026-02-10"), rupiah(100_000)) };
    open.post(late, &mut batch).unwrap();
    let booked = batch.deltas.iter().map(|delta| {
        assert_eq!((delta.caused_by, delta.booked_on), (tx(3), day("2026-03-20")));
        (delta.transaction.get(), delta.row.no, delta.component, delta.amount.sen() / 100)
    });
    assert_eq!(
        booked.collect::<Vec<_>>(),
        [(2, 1, Interest, -100_000), (2, 2, Interest, 100_000), (3, 1, Interest, 100_000),]
    );
}

#[test]
fn a_reversed_disbursement_leaves_payments_to_be_refunded() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(cash(2, day("2026-02-10"), rupiah(1_000_000)));
    let posted = shelf.reverse(3, tx(1)).unwrap();
    let loan_id = shelf.loan.id;
    let refund = RefundDue { loan_id, transaction: tx(2), amount: rupiah(1_000_000) };
    assert_eq!(posted.refunds, [refund]);
    assert_eq!(shelf.loan.status, LoanStatus::Pending);
    assert!(shelf.live_rows().is_empty());
    // Paid out again on the day of the first time, the payment finds its row.
    let posted = shelf.post(disbursement(4, on(0), &level(2, 900_000, 100_000)));
    assert_eq!(posted.refunds, [RefundDue { amount: Money::ZERO, ..refund }]);
    assert_eq!(owed(&shelf, "2026-02-10").principal, rupiah(900_000));
    shelf.check().unwrap();
}

#[test]
fn a_reversal_happens_once_and_is_not_reversed() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(cash(2, day("2026-02-10"), rupiah(1_000_000)));
    shelf.post(cash(3, day("2026-03-10"), rupiah(1_000_000)));
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    shelf.reverse(4, tx(2)).unwrap();
    assert_eq!(shelf.loan.status, LoanStatus::Active, "a closed loan reopens");
    assert!(matches!(shelf.reverse(5, tx(2)), Err(ServicingError::AlreadyReversed(_))));
    assert!(matches!(shelf.reverse(5, tx(4)), Err(ServicingError::NotReversible(_))));
    assert!(matches!(shelf.reverse(5, tx(9)), Err(ServicingError::Storage(_))));
    shelf.check().unwrap();
}

#[test]
fn settling_takes_interest_of_the_days_that_have_passed() {
    let shelf = two_rows(RowFirst, None, vec![]);
    // 7 of the 28 days from 10 February to 10 March.
    let date = day("2026-02-17");
    let account = shelf.open().account_on(date).unwrap();
    let total = SettlementTotal::of(&account, &shelf.rules(), date, date);
    assert_eq!(total.interest_due, rupiah(100_000));
    assert_eq!(total.interest_running, rupiah(25_000));
    assert_eq!(total.total, rupiah(1_925_000));
    let prepaid = {
        let mut shelf = two_rows(RowFirst, None, vec![]);
        shelf.post(cash(2, day("2026-02-10"), rupiah(1_060_000)));
        let account = shelf.open().account_on(date).unwrap();
        SettlementTotal::of(&account, &shelf.rules(), date, date)
    };
    assert_eq!((prepaid.prepaid_interest, prepaid.total), (rupiah(60_000), rupiah(865_000)));
}

#[test]
fn one_batch_holds_what_two_postings_to_a_loan_leave() {
    let first = || cut(2, day("2026-02-01"), rupiah(400_000), Money::ZERO);
    let second = || cut(3, day("2026-02-01"), rupiah(600_000), Money::ZERO);
    let mut apart = two_rows(RowFirst, None, vec![]);
    apart.post(first());
    apart.post(second());
    let mut together = two_rows(RowFirst, None, vec![]);
    let mut open = together.open();
    let mut batch = PostingBatch::new();
    open.post(first(), &mut batch).unwrap();
    open.post(second(), &mut batch).unwrap();
    assert_eq!((batch.transactions.len(), batch.rows.len(), batch.loans.len()), (2, 1, 1));
    together.keep(&batch);
    assert_eq!((&together.rows, &together.sums), (&apart.rows, &apart.sums));
    assert_eq!(together.balances, apart.balances);
}

#[test]
fn out_of_order_without_a_history_is_refused_and_changes_nothing() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(cash(2, day("2026-02-10"), rupiah(5)));
    let mut open = shelf.open();
    let mut batch = PostingBatch::new();
    let late: NaiveDate = day("2026-02-09");
    let [late_one, next, after] =
        [cash(3, late, rupiah(1)), cash(3, day("2026-02-10"), rupiah(1)), cash(4, late, rupiah(1))]
            .map(|input| input.order());
    assert!(open.takes_in_turn(&[]) && open.takes_in_turn(&[next]));
    assert!(!open.takes_in_turn(&[late_one]) && !open.takes_in_turn(&[next, after]));
    let result = open.post(cash(3, late, rupiah(5)), &mut batch);
    assert!(matches!(result, Err(ServicingError::HistoryMissing)));
    assert!(batch.is_empty() && open == shelf.open());
    assert!(matches!(open.account_on(late), Err(ServicingError::HistoryMissing)));
}

fn died(id: i64, date: &str) -> Input {
    input(id, day(date), InputKind::Death)
}

/// Two rows of Rp 900,000 and Rp 100,000 interest, due on 10 February and 10 March, under terms that
/// stop interest on a death.
fn freezing_rows() -> Shelf {
    let loan = pending_loan(7, rupiah(1_800_000), freezing(&terms(RowFirst, None)));
    let mut shelf = Shelf::new(loan, vec![], ServicingPolicy::default());
    shelf.post(disbursement(1, on(0), &level(2, 900_000, 100_000)));
    shelf
}

#[test]
fn interest_stops_on_the_day_of_a_death_where_the_terms_say_so() {
    let mut shelf = freezing_rows();
    // 7 of the 28 days from 10 February to 10 March.
    shelf.post(died(2, "2026-02-17"));
    let then = owed(&shelf, "2026-02-17");
    assert_eq!((then.interest_due, then.interest_to_come), (rupiah(100_000), rupiah(25_000)));
    assert_eq!(owed(&shelf, "2026-06-30").total_due, rupiah(1_925_000));
    let date = day("2026-03-05");
    let account = shelf.open().account_on(date).unwrap();
    let settles = SettlementTotal::of(&account, &shelf.rules(), date, date).total;
    assert_eq!(settles, rupiah(1_925_000), "no interest runs after the death");
    shelf.reverse(3, tx(2)).unwrap();
    assert_eq!(owed(&shelf, "2026-06-30").total_due, rupiah(2_000_000));
    let mut usual = two_rows(RowFirst, None, vec![]);
    usual.post(died(2, "2026-02-17"));
    assert_eq!(owed(&usual, "2026-06-30").total_due, rupiah(2_000_000));
}

#[test]
fn interest_paid_ahead_of_a_death_pays_what_else_is_owed() {
    let mut shelf = freezing_rows();
    shelf.post(cash(2, day("2026-02-10"), rupiah(1_080_000)));
    let posted = shelf.post(died(3, "2026-02-17"));
    assert_eq!(
        parts(&posted),
        [(2, Interest, Money::from_sen(-5_500_000)), (2, Principal, rupiah(55_000))]
    );
    assert_eq!(owed(&shelf, "2026-02-17").principal, rupiah(845_000));
    shelf.check().unwrap();
}

#[test]
fn pension_cuts_of_months_after_a_death_are_refunded_at_once() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(cut(2, day("2026-02-01"), rupiah(1_000_000), Money::ZERO));
    shelf.post(cut(3, day("2026-03-01"), rupiah(1_000_000), Money::ZERO));
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    // The cut of the month of the death stands.
    let posted = shelf.post(died(4, "2026-02-20"));
    let loan_id = shelf.loan.id;
    let refund = RefundDue { loan_id, transaction: tx(3), amount: rupiah(1_000_000) };
    assert_eq!(posted.refunds, [refund]);
    assert_eq!(shelf.loan.status, LoanStatus::Active, "the loan is owed again");
    assert_eq!(owed(&shelf, "2026-03-10").principal, rupiah(900_000));
    // Heirs pay as anybody does.
    shelf.post(cash(5, day("2026-03-05"), rupiah(400_000)));
    let posted = shelf.reverse(6, tx(4)).unwrap();
    assert_eq!(posted.refunds.last(), Some(&RefundDue { amount: Money::ZERO, ..refund }));
    shelf.check().unwrap();
}

#[test]
fn a_default_by_hand_is_lifted_by_hand_alone() {
    let status = |id, date: &str, to| {
        input(id, day(date), InputKind::Status(Setting { to, of_death: None }))
    };
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(status(2, "2026-02-15", StatusByHand::Default));
    assert_eq!(shelf.loan.status, LoanStatus::Default);
    shelf.post(cash(3, day("2026-02-20"), rupiah(1_000_000)));
    assert_eq!(shelf.loan.status, LoanStatus::Default, "paid arrears do not lift it");
    shelf.post(status(4, "2026-02-21", StatusByHand::Active));
    assert_eq!(shelf.loan.status, LoanStatus::Active);
    shelf.post(status(5, "2026-02-22", StatusByHand::Closed));
    assert_eq!(shelf.loan.status, LoanStatus::Active, "something is owed");
    shelf.post(status(6, "2026-02-23", StatusByHand::Default));
    shelf.post(cash(7, day("2026-02-24"), rupiah(1_000_000)));
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    shelf.check().unwrap();
}

#[test]
fn how_a_loan_is_collected_is_the_last_setting() {
    let set = |id, date: &str, to| {
        input(id, day(date), InputKind::Collection(Setting { to, of_death: None }))
    };
    let mut shelf = two_rows(RowFirst, None, vec![]);
    assert_eq!(shelf.loan.collection, Collection::PensionCut);
    shelf.post(set(2, "2026-02-20", Collection::Heir));
    shelf.post(set(3, "2026-02-15", Collection::PensionCut));
    assert_eq!(shelf.loan.collection, Collection::Heir);
    shelf.reverse(4, tx(2)).unwrap();
    assert_eq!(shelf.loan.collection, Collection::PensionCut);
}

/// Two rows, Rp 500,000 held back, one month's interest for paying off early.
fn settling() -> (Shelf, PenaltyTerms) {
    let loan = pending_loan(7, rupiah(1_800_000), terms(RowFirst, None));
    let mut shelf = Shelf::new(loan, vec![], ServicingPolicy::default());
    let paid_out = disbursement(1, on(0), &level(2, 900_000, 100_000));
    shelf.post(with_deposit(paid_out, rupiah(500_000)));
    let (kind, steps) = (PenaltyKind::EarlySettlement, Vec::new());
    let basis = PenaltyBasis::MonthsOfInterest(1);
    let parts = PenaltyParts { kind, basis, steps, grace_days: 0, cap_pct: None };
    (shelf, PenaltyTerms::new(parts).unwrap())
}

#[test]
fn a_quote_takes_off_the_discount_and_the_deposit() {
    let (mut shelf, early) = settling();
    let date = day("2026-02-17");
    let waiver = |amount, component| InputKind::Waiver(Waiver { amount, component, row: None });
    shelf.post(input(2, date, waiver(rupiah(150_000), Waivable::Settlement)));
    let open = shelf.open();
    let quote = Quote::of(open.account(), open.rules(), Some(&early), 2, date);
    assert_eq!(quote.early_penalty, rupiah(100_000));
    assert_eq!((quote.deposit, quote.discount), (rupiah(500_000), rupiah(150_000)));
    // 1,800,000 + 100,000 + 25,000 + 100,000 less both.
    assert_eq!(quote.total, rupiah(1_375_000));
    let settlement = Settlement { early_penalty: quote.early_penalty };
    shelf.post(input(3, date, InputKind::Settlement(settlement)));
    let left = owed(&shelf, "2026-02-17");
    assert_eq!((left.total_due, left.interest_to_come), (rupiah(1_375_000), Money::ZERO));
    assert_eq!((left.dpd, owed(&shelf, "2026-02-27").dpd), (7, 17));
    shelf.post(cash_of_settlement(4, date, rupiah(1_375_000)));
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    shelf.check().unwrap();
}

#[test]
fn a_waiver_takes_at_most_what_has_accrued_and_never_principal() {
    let mut shelf = two_rows(RowFirst, per_mille_a_day(0, None), vec![]);
    let waiver = |component| {
        let (amount, row) = (rupiah(900_000), None);
        InputKind::Waiver(Waiver { amount, component, row })
    };
    shelf.post(input(2, day("2026-02-20"), waiver(Waivable::Penalty)));
    assert_eq!(penalty(&shelf, "2026-02-20"), Money::ZERO);
    assert_eq!(penalty(&shelf, "2026-02-21"), rupiah(1_000));
    shelf.post(input(3, day("2026-02-21"), waiver(Waivable::Interest)));
    let left = owed(&shelf, "2026-02-21");
    assert_eq!((left.interest_due, left.interest_to_come), (Money::ZERO, rupiah(100_000)));
    assert_eq!(left.principal, rupiah(1_800_000));
}

#[test]
fn what_was_written_off_is_recovered_and_no_more() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(input(2, day("2026-02-17"), InputKind::WriteOff));
    let lost = owed(&shelf, "2026-06-30");
    assert_eq!((lost.written_off, lost.total_due, lost.dpd), (rupiah(1_925_000), Money::ZERO, 0));
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    let posted = shelf.post(cash(3, day("2026-03-01"), rupiah(2_000_000)));
    assert_eq!(posted.allocations.last().unwrap().amount, rupiah(75_000), "the rest is excess");
    assert_eq!(owed(&shelf, "2026-06-30").written_off, Money::ZERO);
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    shelf.check().unwrap();
}

#[test]
fn a_refund_paid_out_is_due_again_when_its_payment_bounces() {
    let mut shelf = two_rows(RowFirst, None, vec![]);
    shelf.post(cut(2, day("2026-02-01"), rupiah(1_300_000), Money::ZERO));
    let refund = RefundPaid { payment: tx(2), amount: rupiah(300_000) };
    shelf.post(input(3, day("2026-02-05"), InputKind::RefundPaid(refund)));
    assert_eq!(owed(&shelf, "2026-02-05").excess, Money::ZERO);
    shelf.reverse(4, tx(2)).unwrap();
    assert_eq!(owed(&shelf, "2026-02-05").due_from_member, rupiah(300_000));
    let posted = shelf.post(cash(5, day("2026-02-06"), rupiah(310_000)));
    assert_eq!(
        parts(&posted),
        [(0, Component::DueFromMember, rupiah(300_000)), (1, Interest, rupiah(10_000))]
    );
    shelf.check().unwrap();
}
