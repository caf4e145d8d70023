//! Laws over any files: money is neither made nor lost, and pays once.

use proptest::prelude::*;

use super::{ledger::Ledger, *};
use crate::{ImportLine, InvalidLine, InvalidReason, OutcomeKind, Summary};

const PERSONS: i64 = 4;
const LOANS: i64 = 7;
const AMOUNTS: [i64; 5] = [20_000, 30_000, 50_000, 50_050, 80_000];

/// Some loans; persons may have several, amounts are often equal.
fn ledger() -> impl Strategy<Value = Vec<Candidate>> {
    let loan = (0..PERSONS, prop::sample::select(&AMOUNTS[..]));
    prop::collection::vec(loan, 1..usize::try_from(LOANS).unwrap()).prop_map(|loans| {
        (1..).zip(loans).map(|(loan, (person, sen))| billed(loan, person, sen)).collect()
    })
}

fn any_line() -> impl Strategy<Value = FileLine> {
    let sen = || prop::sample::select(&AMOUNTS[..]);
    let invalid = prop::option::of(sen()).prop_map(|sen| {
        FileLine::Invalid(InvalidLine {
            line_no: 2,
            reason: InvalidReason::FailedWithAmount,
            amount: sen.map(Money::from_sen),
            given: Given::default(),
        })
    });
    prop_oneof![
        4 => (1..LOANS + 2, sen()).prop_map(|(loan, sen)| of_loan(loan, sen)),
        4 => (0..PERSONS + 1, sen()).prop_map(|(person, sen)| of_person(person, sen)),
        1 => (1..LOANS).prop_map(|loan| failed(keys_of(&of_loan(loan, 1)))),
        1 => (0..PERSONS).prop_map(|person| failed(keys_of(&of_person(person, 1)))),
        1 => invalid,
    ]
}

fn file() -> impl Strategy<Value = Vec<FileLine>> {
    prop::collection::vec(any_line(), 0..25).prop_map(numbered)
}

fn numbered(lines: Vec<FileLine>) -> Vec<FileLine> {
    let number = |(line_no, line)| match line {
        FileLine::Parsed(line) => FileLine::Parsed(ParsedLine { line_no, ..line }),
        FileLine::Invalid(line) => FileLine::Invalid(InvalidLine { line_no, ..line }),
    };
    (2..).zip(lines).map(number).collect()
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..9_usize, 1..6)
}

fn all_lines(chunks: Vec<crate::StoredChunk>) -> Vec<ImportLine> {
    chunks.into_iter().flat_map(|chunk| chunk.lines).collect()
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    Money::checked_sum(amounts).unwrap()
}

proptest! {
    /// Σ readable amounts = applied + to_refund + held, and what is paid is on the accounts.
    #[test]
    fn what_the_matcher_pays_is_what_the_file_holds(
        loans in ledger(), file in file(), sizes in sizes(),
    ) {
        let mut ledger = Ledger::new(loans);
        let chunks = ledger.import(&file, &sizes);
        let summary = chunks.iter().fold(Summary::default(), |sum, chunk| sum.merged(&chunk.summary));
        prop_assert!(summary.balances());
        let total = summary.total();
        prop_assert_eq!(total.amount, sum(file.iter().filter_map(FileLine::amount)));
        let parts = [total.applied, total.to_refund, total.held];
        prop_assert_eq!(Money::checked_sum(parts), Some(total.amount));
        prop_assert_eq!(usize::try_from(total.count).unwrap(), file.len());
        let on_accounts = sum(ledger.paid().into_iter().flatten());
        prop_assert_eq!(on_accounts, total.amount.checked_sub(total.held).unwrap());
        for kind in [OutcomeKind::Unmatched, OutcomeKind::Duplicate, OutcomeKind::Invalid] {
            prop_assert_eq!(summary.of(kind).held, summary.of(kind).amount);
            prop_assert_eq!(summary.of(kind).billed, Money::ZERO);
        }
    }

    /// Where a file is cut makes no difference.
    #[test]
    fn chunks_make_no_difference(loans in ledger(), file in file(), sizes in sizes()) {
        let mut whole = Ledger::new(loans.clone());
        let mut parts = Ledger::new(loans);
        let one = all_lines(whole.import(&file, &[usize::MAX]));
        let other = all_lines(parts.import(&file, &sizes));
        prop_assert_eq!(one, other);
        prop_assert_eq!(whole.paid(), parts.paid());
    }

    /// The same lines again, in any order and any number of times, pay nothing.
    #[test]
    fn the_same_lines_again_pay_nothing(
        loans in ledger(),
        (file, again) in file().prop_flat_map(|file| (Just(file.clone()), Just(file).prop_shuffle())),
        sizes in sizes(),
    ) {
        let mut ledger = Ledger::new(loans);
        ledger.import(&file, &sizes);
        let before = ledger.paid();
        for _ in 0..2 {
            let lines = all_lines(ledger.import(&numbered(again.clone()), &sizes));
            prop_assert!(lines.iter().all(|line| line.payment_id.is_none()));
            prop_assert_eq!(&ledger.paid(), &before);
        }
    }

    /// Billed lines that are paid in one piece stay so: nothing of the file pays them again.
    #[test]
    fn lines_with_references_pay_once_whatever_the_order(
        loans in ledger(),
        seed in prop::collection::vec(0..3_usize, 1..40),
    ) {
        let file: Vec<_> = loans.iter().map(|each| of_loan(each.loan_id.get(), each.billed.sen())).collect();
        let repeated = seed.iter().enumerate().flat_map(|(at, times)| {
            let line = file[at % file.len()].clone();
            std::iter::repeat_n(line, *times)
        });
        let mut ledger = Ledger::new(loans);
        ledger.import(&numbered(repeated.collect()), &[5]);
        ledger.import(&numbered(file), &[2]);
        for account in ledger.billed.values() {
            prop_assert_eq!(&account.payments, &vec![account.billed]);
        }
    }

    /// An appended line pays only itself.
    #[test]
    fn an_appended_line_pays_alone(loans in ledger(), file in file(), line in any_line()) {
        let mut once = Ledger::new(loans);
        once.import(&file, &[4]);
        let before = once.paid().iter().flatten().count();
        let mut longer = file.clone();
        longer.push(line);
        let repeated = all_lines(once.import(&numbered(longer), &[4]));
        prop_assert!(repeated.iter().take(file.len()).all(|line| line.payment_id.is_none()));
        prop_assert!(once.paid().iter().flatten().count() <= before + 1);
    }
}
