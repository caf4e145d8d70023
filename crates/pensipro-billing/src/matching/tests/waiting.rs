//! Lines that wait: settled by hand, tried again, put back; and what then stands.

use pensipro_kernel::ImportLineId;
use proptest::prelude::*;

use super::{ledger::Ledger, *};
use crate::{BillingError, ImportLine, OutcomeKind, Summary};

fn target(loan: i64, billed: Option<Candidate>) -> Target {
    Target {
        loan_id: LoanId::new(loan),
        member_id: MemberId::new(1),
        payer: Payer::Taspen,
        stand: TargetStand::Open,
        status: "active",
        billed,
    }
}

/// The line of a file with nothing billed: its money is held.
fn unmatched(line: FileLine) -> ImportLine {
    run(vec![line], vec![]).remove(0).line
}

fn paid(line: &ImportLine, target: &Target) -> Matched {
    match settle_by_hand(&rules(), line, target).unwrap() {
        ByHand::Paid(matched) => *matched,
        ByHand::Accepted => panic!("nothing is paid"),
    }
}

#[test]
fn a_line_settled_by_hand_pays_what_was_billed() {
    let line = unmatched(of_person(9, 50_000));
    let settled = paid(&line, &target(7, Some(billed(7, 1, 50_000))));
    assert_eq!(
        told(std::slice::from_ref(&settled)),
        [(Outcome::Matched, Some(7), split(50_000, 0, 0))]
    );
    assert_eq!(settled.line.key, line.key, "the key stays the file's");
    let Some(Order::Pay { line: Some(of), periode: month, .. }) = settled.order else { panic!() };
    assert_eq!((of.line_no, month), (7, periode()));
}

#[test]
fn a_duplicate_settled_by_hand_is_other_money() {
    let before = paid_so_far(billed(7, 1, 50_000), &[50_000]);
    let line = run(vec![of_loan(7, 50_000)], vec![before.clone()]).remove(0).line;
    assert_eq!(line.outcome.kind(), OutcomeKind::Duplicate);
    let settled = paid(&line, &target(7, Some(before)));
    assert_eq!(told(&[settled]), [(Outcome::Over, Some(7), split(0, 50_000, 0))]);
}

#[test]
fn a_loan_that_was_not_billed_is_paid_and_its_account_says_what_of_it() {
    let settled = paid(&unmatched(of_person(9, 50_000)), &target(7, None));
    assert_eq!(
        told(std::slice::from_ref(&settled)),
        [(Outcome::Over, Some(7), split(50_000, 0, 0))]
    );
    assert!(matches!(settled.order, Some(Order::Pay { line: None, .. })));
    let answer = Posted::Paid { payment_id: PaymentId::new(1), to_refund: Money::from_sen(50_000) };
    let chunk = MatchedChunk { lines: vec![settled], last_line: 2 };
    let stored = chunk.settle(ImportId::new(3), [answer]).unwrap();
    assert_eq!(stored.lines[0].split, split(0, 50_000, 0));
    assert_eq!(stored.updates, []);
}

#[test]
fn a_line_pays_once_and_a_mismatch_is_accepted() {
    let refused = |line: &ImportLine, target: &Target| settle_by_hand(&rules(), line, target);
    let payment_id = Some(PaymentId::new(5));
    let of = |sen| run(vec![of_loan(7, sen)], vec![billed(7, 1, 50_000)]).remove(0).line;
    let matched = ImportLine { payment_id, ..of(50_000) };
    let partial = ImportLine { payment_id, ..of(30_000) };
    assert!(matches!(refused(&matched, &target(7, None)), Err(BillingError::LinePaid { .. })));
    assert!(matches!(refused(&partial, &target(8, None)), Err(BillingError::LinePaid { .. })));
    assert_eq!(refused(&partial, &target(7, None)).unwrap(), ByHand::Accepted);
    let failure = unmatched(failed(keys_of(&of_person(1, 1))));
    assert!(matches!(refused(&failure, &target(7, None)), Err(BillingError::NothingHeld)));
}

#[test]
fn loans_that_take_no_such_money_are_refused() {
    let line = unmatched(of_person(9, 50_000));
    let refused = |target: &Target| settle_by_hand(&rules(), &line, target).unwrap_err();
    let asabris = Target { payer: Payer::Asabri, ..target(7, None) };
    assert!(matches!(refused(&asabris), BillingError::OtherPayersLoan { payer: Payer::Asabri }));
    let billed_by = Some(Candidate { payer: Payer::Asabri, ..billed(7, 1, 50_000) });
    assert!(matches!(refused(&target(7, billed_by)), BillingError::OtherPayersLoan { .. }));
    for stand in [TargetStand::Closed, TargetStand::WithoutAccount] {
        let target = Target { stand, ..target(7, None) };
        assert!(matches!(refused(&target), BillingError::LoanTakesNoMoney { .. }), "{stand:?}");
    }
    // Money that names the closed loan is known to be that member's: it becomes a refund.
    let closed = Target { stand: TargetStand::Closed, ..target(7, None) };
    assert!(settle_by_hand(&rules(), &unmatched(of_loan(7, 50_000)), &closed).is_ok());
    assert!(settle_by_hand(&rules(), &unmatched(of_loan(8, 50_000)), &closed).is_err());
}

fn line_id(number: i64) -> ImportLineId {
    ImportLineId::new(10_000_000 + number)
}

fn cut(payments: &[(i64, Option<i64>)], failure: Option<i64>) -> Cut {
    let payment = |(sen, from): &(i64, Option<i64>)| CutPayment {
        amount: Money::from_sen(*sen),
        source: from.map(|number| (line_id(number), TOLERANCE)),
    };
    Cut {
        line: billed(7, 1, 50_000).line,
        billed: Money::from_sen(50_000),
        payments: payments.iter().map(payment).collect(),
        failure: failure.map(|number| (line_id(number), FailReason::Insufficient)),
    }
}

#[test]
fn what_stands_is_the_latest_answer_with_all_that_is_paid() {
    let failed = Outcome::Failed(FailReason::Insufficient);
    for (payments, failure, paid, answer) in [
        (&[][..], None, 0, None),
        (&[], Some(4), 0, Some((failed, 4))),
        (&[(50_000, Some(2))], None, 50_000, Some((Outcome::Matched, 2))),
        (&[(50_000, Some(2))], Some(1), 50_000, Some((Outcome::Matched, 2))),
        (&[(20_000, Some(2)), (20_000, Some(3))], None, 40_000, Some((Outcome::Partial, 3))),
        (&[(20_000, Some(2)), (30_000, None)], None, 50_000, Some((Outcome::Matched, 2))),
        (&[(50_000, None)], None, 50_000, None),
        (&[(20_000, None)], Some(4), 20_000, Some((failed, 4))),
        (&[(50_101, Some(2))], None, 50_101, Some((Outcome::Over, 2))),
    ] {
        let standing = cut(payments, failure).standing();
        assert_eq!(standing.paid.sen(), paid, "{payments:?}");
        let told = standing.answer.map(|answer| (answer.outcome, answer.by));
        assert_eq!(told, answer.map(|(outcome, by)| (outcome, line_id(by))), "{payments:?}");
    }
}

#[test]
fn a_payment_taken_back_leaves_its_line_waiting_for_people() {
    let matched = run(vec![of_loan(7, 50_000)], vec![billed(7, 1, 50_000)]).remove(0).line;
    let back = ImportLine { payment_id: Some(PaymentId::new(5)), ..matched.clone() }.put_back();
    assert_eq!(back.split, split(0, 0, 50_000));
    assert_eq!((back.billed, back.payment_id, back.export_line), (Money::ZERO, None, None));
    assert!(!may_be_retried(&back));
    assert_eq!((back.loan_id, back.keys), (matched.loan_id, matched.keys));
}

/// Lines of an import tried again as flows do it: their own month, then the present one.
fn retry(ledger: &mut Ledger, lines: &mut [ImportLine], present: Period) -> usize {
    let mut paid = 0;
    for turn in [Try::Own(periode()), Try::Present(present)] {
        let waiting: Vec<_> = lines.iter().filter(|line| may_be_retried(line)).cloned().collect();
        let read: Vec<_> = waiting.iter().map(|line| turn.read(line)).collect();
        let sifted = turn.sift(ledger.matched(read, turn.periode()), waiting);
        let changed = ledger.posted(sifted.changed);
        paid += changed.iter().filter(|line| line.payment_id.is_some()).count();
        for line in changed {
            let place = lines.iter_mut().find(|each| each.line_no == line.line_no).unwrap();
            *place = line;
        }
    }
    paid
}

#[test]
fn a_line_that_came_before_its_bill_is_paid_by_a_further_try() {
    let mut ledger = Ledger::new([]);
    let mut lines = ledger.import(&[of_person(1, 50_000)], &[9]).remove(0).lines;
    assert_eq!(retry(&mut ledger, &mut lines, periode()), 0);
    ledger.billed.insert(LoanId::new(7), billed(7, 1, 50_000));
    assert_eq!(retry(&mut ledger, &mut lines, periode()), 1);
    assert_eq!(lines[0].outcome, Outcome::Matched);
    assert_eq!(retry(&mut ledger, &mut lines, periode()), 0);
}

#[test]
fn a_line_is_tried_in_the_present_month_after_its_own() {
    let present = periode().next();
    let next_month = Candidate { periode: present, ..billed(7, 1, 50_000) };
    let mut ledger = Ledger::new([next_month]);
    let file = [of_person(1, 50_000), of_loan(7, 30_000)];
    let mut lines = ledger.import(&file, &[9]).remove(0).lines;
    assert!(lines.iter().all(may_be_retried));
    assert_eq!(retry(&mut ledger, &mut lines, present), 1);
    assert_eq!(lines[0].outcome, Outcome::Matched);
    // What the present month is paid in full does not take more by itself.
    assert_eq!(lines[1].outcome.kind(), OutcomeKind::Unmatched);
    assert_eq!(lines[1].keys.reference.unwrap().periode, periode());
}

#[test]
fn what_repeats_a_payment_of_its_own_month_is_a_duplicate_by_now() {
    let mut ledger = Ledger::new([]);
    let mut lines = ledger.import(&[of_person(1, 50_000)], &[9]).remove(0).lines;
    ledger.billed.insert(LoanId::new(7), paid_so_far(billed(7, 1, 50_000), &[50_000]));
    assert_eq!(retry(&mut ledger, &mut lines, periode()), 0);
    assert_eq!(lines[0].outcome, Outcome::Duplicate(DuplicateReason::FullyPaid));
    assert_eq!(lines[0].split, split(0, 0, 50_000));
}

fn summary(lines: &[ImportLine]) -> Summary {
    let mut summary = Summary::default();
    lines.iter().for_each(|line| summary.add(line));
    summary
}

proptest! {
    /// However often lines are tried again: money is neither made nor lost, and pays once.
    #[test]
    fn trying_again_moves_held_money_once(
        bills in prop::collection::vec((0..4_i64, prop::sample::select(&[20_000_i64, 50_000][..])), 1..6),
        file in prop::collection::vec((0..5_i64, prop::sample::select(&[20_000_i64, 50_000][..])), 1..9),
        before in 0..6_usize,
    ) {
        let bills: Vec<_> = (1..).zip(&bills).map(|(loan, (person, sen))| billed(loan, *person, *sen)).collect();
        let (early, late) = bills.split_at(before.min(bills.len()));
        let mut ledger = Ledger::new(early.to_vec());
        let numbered = (2..).zip(file).map(|(line_no, (person, sen))| match of_person(person, sen) {
            FileLine::Parsed(line) => FileLine::Parsed(ParsedLine { line_no, ..line }),
            FileLine::Invalid(_) => unreachable!(),
        });
        let file: Vec<_> = numbered.collect();
        let mut lines = ledger.import(&file, &[usize::MAX]).remove(0).lines;
        ledger.billed.extend(late.iter().map(|each| (each.loan_id, each.clone())));
        let mut restated = summary(&lines);
        for _ in 0..3 {
            let were = lines.clone();
            retry(&mut ledger, &mut lines, periode());
            restated = were.iter().zip(&lines).fold(restated, |sum, (was, is)| sum.restated(was, is));
            prop_assert_eq!(restated, summary(&lines), "restated line by line, or counted anew");
            prop_assert!(restated.balances());
            let total = restated.total();
            let on_accounts = Money::checked_sum(ledger.paid().into_iter().flatten()).unwrap();
            prop_assert_eq!(on_accounts, total.amount.checked_sub(total.held).unwrap());
            for (was, is) in were.iter().zip(&lines) {
                prop_assert!(was.payment_id.is_none() || was == is, "what is paid stays as it is");
            }
        }
    }
}
