//! Lines that are settled after their file: restated with their texts, and billed lines with what
//! stands against them.

use pensipro_audit::{ExceptionFilter, ExceptionLog, ExceptionRepository, NewException, Severity};
use pensipro_billing::{
    Answer, CutOf, ImportLine, ImportRepository, Outcome as LineOutcome, OutcomeKind, Payer,
    RetriableQuery, Retry, Split, UnmatchedReason, import_line_id,
};
use pensipro_kernel::{ImportLineId, Money, PageRequest, PaymentId};
use pensipro_persistence::testing::on_each_backend;
use pensipro_servicing::Channel;
use serde_json::json;

use crate::{
    billing::{add_import, billed, by_number, chunk, march, matched},
    fixtures::{date, read, rupiah, write},
    lending::{Pay, fail, pay, post_one, reverse},
};

#[test]
fn a_restated_line_keeps_what_the_file_gave_and_its_key() {
    on_each_backend(|database| {
        let billed = billed(database, 1);
        let import = add_import(database, 1);
        let amount = rupiah(1_060_000);
        let waiting = by_number(4, amount, 1);
        let stored = chunk(import.id, vec![waiting.clone(), by_number(5, rupiah(7), 1)]);
        write(database, |tx| tx.store_chunk(&stored));
        let paid = ImportLine {
            billed: amount,
            outcome: LineOutcome::Matched,
            split: Split::paid(amount, Money::ZERO).unwrap(),
            export_line: matched(&billed, 4, 0).export_line,
            loan_id: Some(billed.loans[0]),
            member_id: Some(billed.house.member),
            payment_id: Some(PaymentId::new(77)),
            ..waiting
        };
        let restated = chunk(import.id, vec![paid.clone()]);
        write(database, |tx| tx.restate_lines(&restated));
        let lines = read(database, |tx| tx.import_lines(import.id, None, &PageRequest::default()));
        let lines: Vec<_> = lines.data.into_iter().map(|each| each.line).collect();
        assert_eq!(lines, [paid.clone(), by_number(5, rupiah(7), 1)]);
        let month = read(database, |tx| tx.month_account(Payer::Taspen, march()));
        assert_eq!(month.of(Some(OutcomeKind::Matched)).paid, amount);
        assert_eq!(month.of(None).count, 0);

        let back = paid.put_back();
        let restated = chunk(import.id, vec![back.clone()]);
        write(database, |tx| tx.restate_lines(&restated));
        let line = read(database, |tx| tx.import_line(import_line_id(import.id, 4).unwrap()));
        assert_eq!(line.line, back);
        let again =
            write(database, |tx| tx.key_uses(&add_other(&import), &[back.key.unwrap().base]));
        assert_eq!(again[0].taken, [1], "the key is claimed still");
    });
}

/// The same import under another id, as a later file of the month sees it.
fn add_other(import: &pensipro_billing::Import) -> pensipro_billing::Import {
    let id = pensipro_kernel::ImportId::new(import.id.get() + 1);
    pensipro_billing::Import { id, ..import.clone() }
}

#[test]
fn lines_to_be_tried_again_come_in_order_from_a_place() {
    on_each_backend(|database| {
        billed(database, 1);
        let (first, second) = (add_import(database, 1), add_import(database, 2));
        let reversed = ImportLine {
            outcome: LineOutcome::Unmatched(UnmatchedReason::PaymentReversed),
            ..by_number(4, rupiah(4), 1)
        };
        let failure = ImportLine { split: Split::default(), ..by_number(5, Money::ZERO, 1) };
        let lines = vec![by_number(2, rupiah(2), 1), by_number(3, rupiah(3), 1), reversed, failure];
        let more = vec![by_number(2, rupiah(5), 1)];
        write(database, |tx| {
            tx.store_chunk(&chunk(first.id, lines.clone()))?;
            tx.store_chunk(&chunk(second.id, more.clone()))
        });
        let next = |payer, after: Option<ImportLineId>, limit| -> Vec<_> {
            let of = Retry { from_periode: march(), payer };
            let query = RetriableQuery { of, after, limit };
            let lines = read(database, |tx| tx.retriable_lines(&query));
            lines.iter().map(|line| (line.import_id, line.line.line_no)).collect()
        };
        let all = [(first.id, 2), (first.id, 3), (second.id, 2)];
        assert_eq!(next(None, None, 10), all);
        assert_eq!(next(Some(Payer::Taspen), None, 2), all[..2]);
        assert_eq!(next(None, import_line_id(first.id, 2), 10), all[1..]);
        assert_eq!(next(None, import_line_id(first.id, 3), 10), all[2..]);
        assert_eq!(next(Some(Payer::Asabri), None, 10), []);
    });
}

#[test]
fn a_billed_line_comes_with_all_that_stands_against_it() {
    on_each_backend(|database| {
        let billed = billed(database, 1);
        let loan = billed.loans[0];
        let import = add_import(database, 1);
        let failure = ImportLine {
            amount: Some(Money::ZERO),
            outcome: LineOutcome::Failed(pensipro_billing::FailReason::Insufficient),
            difference: rupiah(-1_060_000),
            split: Split::default(),
            payment_id: None,
            ..matched(&billed, 3, 0)
        };
        write(database, |tx| tx.store_chunk(&chunk(import.id, vec![failure.clone()])));
        let cut = || write(database, |tx| tx.lock_cut(loan, march())).unwrap();
        assert_eq!(cut().standing().answer, None, "nothing was posted yet");
        let failed = write(database, |tx| fail(tx, loan, date("2026-03-03")));
        let told = Answer { outcome: failure.outcome, by: import_line_id(import.id, 3).unwrap() };
        assert_eq!(cut().standing().answer, Some(told));

        let of_cut = Pay { channel: Channel::PensionCut, ..pay("2026-03-04", rupiah(300_000)) };
        let line = import_line_id(import.id, 2).unwrap();
        let of_line = Pay { line: Some(line.get()), ..of_cut.clone() };
        let reference = Some(format!("pc-2026-03-{}", loan.get()));
        let at_counter = Pay { amount: rupiah(760_000), reference, ..of_cut };
        let (paid, counter) = write(database, |tx| {
            Ok((post_one(tx, loan, &of_line)?, post_one(tx, loan, &at_counter)?))
        });
        let standing = cut().standing();
        let whole = Answer { outcome: LineOutcome::Matched, by: line };
        assert_eq!((standing.paid, standing.answer), (rupiah(1_060_000), Some(whole)));
        let source = cut().payments[0].source;
        assert_eq!(source, Some((line, rupiah(1_000))), "with its import's tolerance");
        let of = |transaction| read(database, |tx| tx.cut_of(loan, transaction));
        assert_eq!(of(paid), Some(CutOf { periode: march(), source: Some(line) }));
        assert_eq!(of(counter), Some(CutOf { periode: march(), source: None }));
        assert_eq!(of(failed), Some(CutOf { periode: march(), source: None }));
        let transfer = write(database, |tx| post_one(tx, loan, &pay("2026-03-05", rupiah(1))));
        assert_eq!(of(transfer), None);

        write(database, |tx| {
            let cut = tx.lock_cut(loan, march())?.unwrap();
            tx.save_standing(cut.line, &cut.standing())
        });
        let month = read(database, |tx| tx.month_account(Payer::Taspen, march()));
        assert_eq!(month.of(Some(OutcomeKind::Matched)).paid, rupiah(1_060_000));
        write(database, |tx| {
            reverse(tx, loan, paid)?;
            reverse(tx, loan, counter)?;
            reverse(tx, loan, failed)?;
            let cut = tx.lock_cut(loan, march())?.unwrap();
            tx.save_standing(cut.line, &cut.standing())
        });
        let month = read(database, |tx| tx.month_account(Payer::Taspen, march()));
        let open = month.of(None);
        assert_eq!((open.count, open.billed, open.paid), (1, rupiah(1_060_000), Money::ZERO));
        assert_eq!(write(database, |tx| tx.lock_cut(loan, march().next())), None);
        let payer = read(database, |tx| tx.payer_of(billed.house.member));
        assert_eq!(payer, Payer::Taspen);
    });
}

#[test]
fn exceptions_are_settled_with_the_thing_that_they_are_about() {
    on_each_backend(|database| {
        let note = |source, about| NewException {
            severity: Severity::Warning,
            source,
            message: "a line".into(),
            payload: json!({}),
            about,
            request_id: None,
        };
        let new = [
            note("billing.import", Some(10_000_002)),
            note("billing.import", Some(10_000_003)),
            note("loans.end_of_day", Some(10_000_002)),
            note("billing.import", None),
        ];
        let settle = |ids: &'static [i64]| {
            write(database, |tx| tx.settle_exceptions("billing.import", ids, None, "settled"))
        };
        write(database, |tx| tx.note_exceptions(&new));
        assert_eq!(settle(&[10_000_002, 10_000_009]), 1);
        assert_eq!(settle(&[10_000_002]), 0);
        assert_eq!(settle(&[]), 0);
        let filter = ExceptionFilter { resolved: Some(true), ..ExceptionFilter::default() };
        let settled = read(database, |tx| tx.exceptions(&filter, &PageRequest::default())).data;
        let [settled] = &settled[..] else { panic!("{settled:?}") };
        assert_eq!((settled.resolved_by, settled.note.as_deref()), (None, Some("settled")));
        assert!(settled.resolved_at.is_some());
    });
}
