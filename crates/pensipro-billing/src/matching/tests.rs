//! The engine's decisions one by one, and its laws over any files.

mod laws;
mod ledger;
mod waiting;

use chrono::NaiveDate;
use pensipro_kernel::{ExportId, ImportId, LoanId, MemberId, Money, PaymentId, Period};

use super::*;
use crate::{
    DuplicateReason, ExportLineId, FailReason, Given, Identifier, LineKeys, Nik, NoPensiun,
    Outcome, ParsedLine, Report, Split, UnmatchedReason,
};

const TOLERANCE: Money = Money::from_sen(100);

fn periode() -> Period {
    "2026-10".parse().unwrap()
}

fn rules() -> MatchRules {
    MatchRules { payer: Payer::Taspen, periode: periode(), tolerance: TOLERANCE }
}

fn person(number: i64) -> NoPensiun {
    NoPensiun::read(&format!("{number:015}")).unwrap()
}

/// A billed line of a loan; person and due day differ from loan to loan.
fn billed(loan: i64, person_no: i64, sen: i64) -> Candidate {
    Candidate {
        line: ExportLineId { export_id: ExportId::new(1), line_no: u32::try_from(loan).unwrap() },
        payer: Payer::Taspen,
        periode: periode(),
        loan_id: LoanId::new(loan),
        member_id: MemberId::new(person_no),
        due_date: NaiveDate::from_ymd_opt(2026, 10, 1 + u32::try_from(loan % 28).unwrap()).unwrap(),
        due_from: periode().first_day(),
        made_on: periode().first_day(),
        billed: Money::from_sen(sen),
        payments: vec![],
        failed: false,
        no_pensiun: Some(person(person_no)),
        nik: None,
    }
}

fn paid_so_far(candidate: Candidate, payments: &[i64]) -> Candidate {
    let payments = payments.iter().copied().map(Money::from_sen).collect();
    Candidate { payments, ..candidate }
}

fn line(line_no: u32, keys: LineKeys, report: Report) -> FileLine {
    let given = Given::default();
    FileLine::Parsed(ParsedLine { line_no, keys, periode: None, report, given })
}

fn of_loan(loan: i64, sen: i64) -> FileLine {
    let reference = Reference { periode: periode(), loan_id: LoanId::new(loan) };
    let keys = LineKeys { reference: Some(reference), ..LineKeys::default() };
    line(2, keys, Report::Paid(Money::from_sen(sen)))
}

fn of_person(person_no: i64, sen: i64) -> FileLine {
    let keys = LineKeys { no_pensiun: Some(person(person_no)), ..LineKeys::default() };
    line(2, keys, Report::Paid(Money::from_sen(sen)))
}

fn failed(keys: LineKeys) -> FileLine {
    line(2, keys, Report::Failed(FailReason::Insufficient))
}

fn keys_of(line: &FileLine) -> LineKeys {
    match line {
        FileLine::Parsed(line) => line.keys,
        FileLine::Invalid(_) => LineKeys::default(),
    }
}

fn run(lines: Vec<FileLine>, candidates: Vec<Candidate>) -> Vec<Matched> {
    match_chunk(&rules(), lines, ChunkFacts { candidates, keys: vec![] }).lines
}

/// Outcome, loan and split of each line.
fn told(matched: &[Matched]) -> Vec<(Outcome, Option<i64>, Split)> {
    let tell =
        |Matched { line, .. }: &Matched| (line.outcome, line.loan_id.map(LoanId::get), line.split);
    matched.iter().map(tell).collect()
}

fn split(applied: i64, to_refund: i64, held: i64) -> Split {
    Split {
        applied: Money::from_sen(applied),
        to_refund: Money::from_sen(to_refund),
        held: Money::from_sen(held),
    }
}

#[test]
fn an_amount_is_compared_with_what_was_billed() {
    for (sen, outcome, parts, difference) in [
        (50_000, Outcome::Matched, split(50_000, 0, 0), 0),
        (49_900, Outcome::Matched, split(49_900, 0, 0), -100),
        (50_100, Outcome::Matched, split(50_100, 0, 0), 100),
        (49_899, Outcome::Partial, split(49_899, 0, 0), -101),
        (50_101, Outcome::Over, split(50_000, 101, 0), 101),
    ] {
        let matched = run(vec![of_loan(7, sen)], vec![billed(7, 1, 50_000)]);
        assert_eq!(told(&matched), [(outcome, Some(7), parts)], "{sen}");
        let line = &matched[0].line;
        assert_eq!((line.billed.sen(), line.difference.sen()), (50_000, difference), "{sen}");
    }
}

#[test]
fn a_further_part_pays_and_the_same_money_does_not() {
    use DuplicateReason::{ExceedsRest, FullyPaid, SameAmount};
    for (before, sen, outcome) in [
        (vec![20_000], 30_000, Outcome::Matched),
        (vec![20_000], 10_000, Outcome::Partial),
        (vec![20_000], 20_000, Outcome::Duplicate(SameAmount)),
        (vec![20_000], 30_101, Outcome::Duplicate(ExceedsRest)),
        (vec![20_000, 30_000], 5, Outcome::Duplicate(FullyPaid)),
        (vec![60_000], 50_000, Outcome::Duplicate(FullyPaid)),
        (vec![49_950], 50, Outcome::Matched),
        (vec![49_950], 50_000, Outcome::Duplicate(ExceedsRest)),
    ] {
        let candidate = paid_so_far(billed(7, 1, 50_000), &before);
        let matched = run(vec![of_loan(7, sen)], vec![candidate]);
        assert_eq!(matched[0].line.outcome, outcome, "{before:?} then {sen}");
        let pays = !matches!(outcome, Outcome::Duplicate(_));
        assert_eq!(matched[0].order.is_some(), pays, "{before:?} then {sen}");
        assert_eq!(matched[0].line.split.held.is_zero(), pays, "{before:?} then {sen}");
    }
}

#[test]
fn a_line_repeated_in_one_file_pays_once() {
    let matched = run(vec![of_loan(7, 50_000), of_loan(7, 50_000)], vec![billed(7, 1, 50_000)]);
    let duplicate = Outcome::Duplicate(DuplicateReason::FullyPaid);
    assert_eq!(
        told(&matched),
        [
            (Outcome::Matched, Some(7), split(50_000, 0, 0)),
            (duplicate, Some(7), split(0, 0, 50_000)),
        ]
    );
    assert_eq!(matched[1].line.billed, Money::ZERO);
}

#[test]
fn a_reference_of_ours_is_never_guessed_around() {
    let other_payer = Candidate { payer: Payer::Asabri, ..billed(8, 2, 50_000) };
    let mut stranger = of_loan(9, 50_000);
    if let FileLine::Parsed(line) = &mut stranger {
        line.keys.no_pensiun = Some(person(1));
    }
    let matched = run(vec![stranger, of_loan(8, 50_000)], vec![billed(7, 1, 50_000), other_payer]);
    assert_eq!(matched[0].line.outcome, Outcome::Unmatched(UnmatchedReason::UnknownReference));
    assert_eq!(matched[1].line.outcome, Outcome::Unmatched(UnmatchedReason::OtherPayer));
    assert_eq!(matched[1].line.split, split(0, 0, 50_000));
}

#[test]
fn a_reference_of_an_earlier_month_pays_that_month() {
    let september: Period = "2026-09".parse().unwrap();
    let late = Candidate { periode: september, ..billed(7, 1, 50_000) };
    let reference = Reference { periode: september, loan_id: LoanId::new(7) };
    let keys = LineKeys { reference: Some(reference), ..LineKeys::default() };
    let lines = vec![line(2, keys, Report::Paid(Money::from_sen(50_000)))];
    let matched = run(lines, vec![billed(7, 1, 60_000), late]);
    assert_eq!(matched[0].line.outcome, Outcome::Matched);
    assert_eq!(matched[0].order.unwrap().due_through(), september.last_day());
}

#[test]
fn a_person_with_several_loans() {
    let loans = || vec![billed(3, 1, 30_000), billed(5, 1, 50_000), billed(4, 1, 50_000)];
    let one = |sen| told(&run(vec![of_person(1, sen)], loans()))[0];
    assert_eq!(one(50_000).1, Some(4), "exact, the earlier due date of two");
    assert_eq!(one(30_050).1, Some(3), "within the tolerance");
    assert_eq!(one(20_000).1, Some(3), "a part, of the earliest due date");
    assert_eq!(one(40_000).1, Some(4), "a part, of the earliest that it does not exceed");
    let ambiguous = Outcome::Unmatched(UnmatchedReason::Ambiguous);
    for sum in [80_000, 100_000, 130_000, 80_050, 70_000] {
        assert_eq!(one(sum), (ambiguous, None, split(0, 0, sum)), "{sum}");
    }
    let nobody = told(&run(vec![of_person(2, 5)], loans()))[0];
    assert_eq!(nobody.0, Outcome::Unmatched(UnmatchedReason::NotBilled));
}

#[test]
fn two_equal_loans_of_a_person_are_paid_by_two_equal_lines() {
    let loans = vec![billed(5, 1, 50_000), billed(4, 1, 50_000)];
    let matched = run(vec![of_person(1, 50_000); 3], loans);
    let loans: Vec<_> =
        told(&matched).iter().map(|(outcome, loan, _)| (outcome.kind(), *loan)).collect();
    use crate::OutcomeKind::{Duplicate, Matched};
    assert_eq!(loans, [(Matched, Some(4)), (Matched, Some(5)), (Duplicate, Some(4))]);
    let keys: Vec<_> = matched.iter().map(|each| each.line.key.unwrap().occurrence).collect();
    assert_eq!(keys, [1, 2, 3]);
}

#[test]
fn money_on_another_loan_of_the_person_is_not_taken_twice() {
    let paid = paid_so_far(billed(3, 1, 30_000), &[30_000]);
    let matched = run(vec![of_person(1, 30_000)], vec![paid, billed(5, 1, 50_000)]);
    assert_eq!(matched[0].line.outcome, Outcome::Duplicate(DuplicateReason::FullyPaid));
}

#[test]
fn a_key_that_another_import_has_used_is_a_duplicate() {
    let base =
        KeyBase { identifier: Identifier::NoPensiun(person(1)), amount: Money::from_sen(50_000) };
    let candidates = vec![billed(4, 1, 50_000), billed(5, 1, 50_000)];
    let keys = vec![KeyUse { base, in_this_import: 0, taken: vec![1] }];
    let lines = vec![of_person(1, 50_000), of_person(1, 50_000)];
    let chunk = match_chunk(&rules(), lines, ChunkFacts { candidates, keys });
    let outcomes: Vec<_> = chunk.lines.iter().map(|each| each.line.outcome).collect();
    assert_eq!(outcomes, [Outcome::Duplicate(DuplicateReason::RepeatedLine), Outcome::Matched]);
    assert!(!chunk.lines[0].line.claims_key() && chunk.lines[1].line.claims_key());
}

#[test]
fn a_nik_finds_where_the_pension_number_is_missing() {
    let nik = Nik::read("7371105901683028").unwrap();
    let candidate = Candidate { nik: Some(nik), no_pensiun: None, ..billed(7, 1, 50_000) };
    let keys = LineKeys { nik: Some(nik), ..LineKeys::default() };
    let lines = vec![line(2, keys, Report::Paid(Money::from_sen(50_000)))];
    assert_eq!(Probes::of(&lines).nik, [nik]);
    assert_eq!(run(lines, vec![candidate])[0].line.loan_id, Some(LoanId::new(7)));
}

#[test]
fn a_line_that_names_another_month_is_held_unless_a_reference_finds_it() {
    let named = |mut line: FileLine| {
        if let FileLine::Parsed(line) = &mut line {
            line.periode = Some(periode().next());
        }
        line
    };
    let lines = vec![named(of_person(1, 50_000)), named(of_loan(7, 50_000))];
    let matched = run(lines, vec![billed(7, 1, 50_000)]);
    assert_eq!(matched[0].line.outcome, Outcome::Unmatched(UnmatchedReason::OtherPeriode));
    assert_eq!(matched[1].line.outcome, Outcome::Matched);
}

#[test]
fn a_failure_is_told_once_and_money_may_follow_it() {
    let keys = keys_of(&of_loan(7, 1));
    let lines = vec![failed(keys), failed(keys), of_loan(7, 50_000), failed(keys)];
    let matched = run(lines, vec![billed(7, 1, 50_000)]);
    let again = Outcome::Duplicate(DuplicateReason::AlreadyReported);
    let outcomes: Vec<_> = matched.iter().map(|each| each.line.outcome).collect();
    assert_eq!(
        outcomes,
        [Outcome::Failed(FailReason::Insufficient), again, Outcome::Matched, again]
    );
    assert_eq!(matched[0].line.difference.sen(), -50_000);
    assert!(matches!(matched[0].order, Some(Order::FailedCut { .. })));

    let person_keys = keys_of(&of_person(1, 1));
    let two = vec![billed(4, 1, 50_000), billed(5, 1, 50_000)];
    let which = run(vec![failed(person_keys)], two);
    assert_eq!(which[0].line.outcome, Outcome::Unmatched(UnmatchedReason::Ambiguous));
}

#[test]
fn the_loan_account_has_the_last_word_on_the_split() {
    let lines = vec![of_loan(7, 50_000), failed(keys_of(&of_loan(8, 1))), of_loan(9, 70_000)];
    let candidates = vec![billed(7, 1, 50_000), billed(8, 2, 50_000), billed(9, 3, 50_000)];
    let answers = [
        Posted::Paid { payment_id: PaymentId::new(1), to_refund: Money::from_sen(20_000) },
        Posted::FailedCut,
        Posted::Refused,
    ];
    let chunk = match_chunk(&rules(), lines, ChunkFacts { candidates, keys: vec![] });
    let stored = chunk.settle(ImportId::new(3), answers).unwrap();
    assert_eq!(stored.lines[0].split, split(30_000, 20_000, 0));
    assert_eq!(stored.lines[2].outcome, Outcome::Unmatched(UnmatchedReason::LoanRefused));
    assert_eq!(stored.lines[2].split, split(0, 0, 70_000));
    let updated: Vec<_> =
        stored.updates.iter().map(|each| (each.line.line_no, each.paid.sen())).collect();
    assert_eq!(updated, [(7, 50_000), (8, 0)]);
    assert_eq!(stored.exceptions().len(), 1);
    assert!(stored.summary.balances());
}

#[test]
fn answers_that_do_not_belong_to_the_orders_store_nothing() {
    let chunk = || {
        let facts = ChunkFacts { candidates: vec![billed(7, 1, 50_000)], keys: vec![] };
        match_chunk(&rules(), vec![of_loan(7, 50_000)], facts)
    };
    let paid =
        |sen| Posted::Paid { payment_id: PaymentId::new(1), to_refund: Money::from_sen(sen) };
    assert!(chunk().settle(ImportId::new(3), []).is_err());
    assert!(chunk().settle(ImportId::new(3), [Posted::FailedCut]).is_err());
    assert!(chunk().settle(ImportId::new(3), [paid(50_001)]).is_err());
    assert!(chunk().settle(ImportId::new(3), [paid(50_000)]).is_ok());
}
