//! Realisation files: each line once, chunks whole or not at all, and what stands against them.

use pensipro_billing::{
    Answers, Candidate, CutHistory, DuplicateReason, ExportRepository, FailReason, Import,
    ImportFilter, ImportLine, ImportRepository, ImportStatus, InvalidReason, KeyBase, LineKeys,
    Nik, NoPensiun, Outcome as LineOutcome, OutcomeKind, Payer, Probes, Reference, Split, Summary,
    import_line_id,
};
use pensipro_kernel::{ImportId, LoanId, Money, PageRequest, Scope, StorageError};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_servicing::Channel;

use crate::{
    billing::{
        add_import, billed, by_number, chunk, duplicate, march, matched, new_import, probes_of,
        references,
    },
    fixtures::{Outcome, date, details, read, rupiah, write},
    lending::{Pay, fail, pay, post_one, reverse},
};

#[test]
fn a_hash_is_taken_until_its_import_is_discarded() {
    on_each_backend(|database| {
        let import = add_import(database, 1);
        assert_eq!((import.status, import.bytes), (ImportStatus::Processing, 123_456));
        assert_eq!(import.summary, Summary::default());
        assert_eq!(write(database, |tx| tx.add_import(&new_import(1), None)), None);
        let found = read(database, |tx| tx.import_by_hash(&[1; 32]));
        assert_eq!(found, Some(import.clone()));
        assert_eq!(read(database, |tx| tx.unfinished_imports()), [import.id]);
        let done = Import { status: ImportStatus::Done, spool_key: None, ..import };
        let discarded = done.discarded(0).unwrap();
        write(database, |tx| tx.save_import(&discarded));
        assert_eq!(read(database, |tx| tx.import_by_hash(&[1; 32])), None);
        let second = add_import(database, 1);
        let filter = ImportFilter { payer: Some(Payer::Taspen), ..ImportFilter::default() };
        let list = read(database, |tx| tx.imports(&filter, &PageRequest::default()));
        let ids: Vec<_> = list.data.iter().map(|import| import.id).collect();
        assert_eq!(ids, [second.id, discarded.id]);
    });
}

/// Every outcome and every field comes back; texts are sealed; the summary is that of the lines.
#[test]
fn a_chunk_comes_back() {
    on_each_backend(|database| {
        let billed = billed(database, 2);
        let import = add_import(database, 1);
        let failed = ImportLine {
            amount: Some(Money::ZERO),
            outcome: LineOutcome::Failed(FailReason::Insufficient),
            difference: rupiah(-1_060_000),
            split: Split::default(),
            payment_id: None,
            ..matched(&billed, 3, 1)
        };
        let invalid = ImportLine {
            keys: LineKeys::default(),
            key: None,
            amount: None,
            outcome: LineOutcome::Invalid(InvalidReason::AmountMalformed),
            split: Split::default(),
            ..by_number(5, Money::ZERO, 1)
        };
        let held = ImportLine {
            keys: LineKeys { nik: Nik::read("3173051201500001"), ..LineKeys::default() },
            key: None,
            ..by_number(6, rupiah(7), 1)
        };
        let lines =
            vec![matched(&billed, 2, 0), failed, by_number(4, rupiah(250_000), 1), invalid, held];
        let stored = chunk(import.id, lines.clone());
        write(database, |tx| {
            tx.store_chunk(&stored)?;
            let import = tx.lock_import(import.id)?;
            tx.save_import(&import.after_chunk(&stored.summary, stored.last_line))
        });
        let page = PageRequest { limit: 3, after: None, count: true };
        let first = read(database, |tx| tx.import_lines(import.id, None, &page));
        let next = PageRequest { after: first.next.clone(), ..page };
        let rest = read(database, |tx| tx.import_lines(import.id, None, &next));
        assert_eq!(first.total, Some(5));
        let back: Vec<_> = first.data.into_iter().chain(rest.data).map(|each| each.line).collect();
        assert_eq!(back, lines);
        let saved = read(database, |tx| tx.import(import.id));
        assert_eq!((saved.last_line, saved.lines_done), (6, 5));
        assert_eq!(saved.summary, stored.summary);
        assert!(saved.summary.balances());
        assert_eq!(saved.summary.unreadable(), 1);
        let one = read(database, |tx| tx.import_line(import_line_id(import.id, 4).unwrap()));
        assert_eq!((one.line, one.periode), (lines[2].clone(), march()));
        let only = Some(OutcomeKind::Failed);
        let some = read(database, |tx| tx.import_lines(import.id, only, &PageRequest::default()));
        assert_eq!(some.data.len(), 1);
        let waiting = read(database, |tx| tx.unmatched_lines(march(), &PageRequest::default()));
        let numbers: Vec<_> = waiting.data.iter().map(|each| each.line.line_no).collect();
        assert_eq!(numbers, [4, 6]);
        let cuts = read(database, |tx| {
            tx.member_cuts(billed.house.member, &PageRequest::default(), Scope::default())
        });
        let outcomes: Vec<_> = cuts.data.iter().map(|cut| (cut.outcome, cut.paid)).collect();
        let (paid, failed) = (Some(OutcomeKind::Matched), Some(OutcomeKind::Failed));
        assert_eq!(outcomes, [(failed, Money::ZERO), (paid, rupiah(1_060_000))]);
        assert_eq!(read(database, |tx| tx.answers(billed.export)), Answers::Some);
        for text in ["000000195000001", "PC-2026-03-1", "lunas"] {
            assert!(!holds_text(database, text), "{text} lies open");
        }
    });
}

fn holds_text(database: &TestDatabase, text: &str) -> bool {
    let hex: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    let column = match database.store().backend() {
        pensipro_persistence::Backend::Postgres => "encode(given, 'hex')",
        pensipro_persistence::Backend::Sqlite => "lower(hex(given))",
    };
    let sql = format!("SELECT {column} AS text FROM pension_cut_import_lines");
    database.texts(&sql).iter().any(|sealed| sealed.contains(&hex))
}

/// A killed server: the chunk in hand leaves nothing, the checkpoint tells where to go on.
#[test]
fn a_chunk_that_fails_leaves_nothing() {
    on_each_backend(|database| {
        billed(database, 1);
        let import = add_import(database, 1);
        let store = |line_no: u32, goes_through: bool| -> Outcome<()> {
            let stored = chunk(import.id, vec![by_number(line_no, rupiah(line_no.into()), 1)]);
            database.store().write("chunk", |tx| {
                tx.store_chunk(&stored)?;
                let import = tx.lock_import(import.id)?;
                tx.save_import(&import.after_chunk(&stored.summary, stored.last_line))?;
                if goes_through { Ok(()) } else { Err(StorageError::Busy) }
            })
        };
        store(2, true).unwrap();
        store(3, false).unwrap_err();
        let stands = read(database, |tx| tx.import(import.id));
        assert_eq!((stands.last_line, stands.lines_done), (2, 1));
        store(3, true).unwrap();
        assert_eq!(read(database, |tx| tx.import(import.id)).lines_done, 2);
        let twice = store(3, true);
        assert!(duplicate(twice).starts_with("pension_cut_import_lines_"));
    });
}

#[test]
fn a_key_is_claimed_once_until_it_is_released() {
    on_each_backend(|database| {
        billed(database, 1);
        let (first, second) = (add_import(database, 1), add_import(database, 2));
        let amount = rupiah(250_000);
        let claim = |import: &Import, line_no, occurrence| {
            let stored = chunk(import.id, vec![by_number(line_no, amount, occurrence)]);
            database.store().write("claim", |tx| tx.store_chunk(&stored))
        };
        claim(&first, 2, 1).unwrap();
        claim(&first, 3, 2).unwrap();
        let taken = duplicate(claim(&second, 2, 1));
        assert_eq!(taken, "pension_cut_import_lines_key_base_key_occurrence_key");
        let repeated = ImportLine {
            outcome: LineOutcome::Duplicate(DuplicateReason::RepeatedLine),
            ..by_number(3, amount, 1)
        };
        let stored = chunk(second.id, vec![repeated]);
        write(database, |tx| tx.store_chunk(&stored));
        let base = by_number(1, amount, 1).key.unwrap().base;
        let other = KeyBase { amount: rupiah(1), ..base };
        let uses = |import: &Import| {
            let mut uses = read(database, |tx| tx.key_uses(import, &[base, other]));
            uses.iter_mut().for_each(|used| used.taken.sort_unstable());
            uses
        };
        let [used] = &uses(&second)[..] else { panic!() };
        assert_eq!((used.base, used.in_this_import, &used.taken[..]), (base, 1, &[2][..]));
        let [used] = &uses(&first)[..] else { panic!() };
        assert_eq!((used.in_this_import, used.taken.len()), (2, 0));
        write(database, |tx| tx.release_lines(first.id));
        claim(&second, 4, 1).unwrap();
    });
}

#[test]
fn candidates_are_found_by_reference_and_by_number() {
    on_each_backend(|database| {
        let billed = billed(database, 3);
        let find = |payer, probes: &Probes| -> Vec<Candidate> {
            let loans = read(database, |tx| tx.candidate_loans(payer, march(), probes));
            let found = write(database, |tx| tx.lock_candidates(payer, march(), probes));
            let of: Vec<_> = found.iter().map(|each| each.loan_id).collect();
            assert_eq!(loans, of);
            found
        };
        let [_, second, third] = billed.loans[..] else { panic!() };
        let mut some = references(&[second, third, LoanId::new(99)]);
        some.references.push(Reference { periode: march().next(), loan_id: second });
        let found = find(Payer::Asabri, &some);
        assert_eq!(found.iter().map(|each| each.loan_id).collect::<Vec<_>>(), [second, third]);
        let expected = Candidate {
            line: pensipro_billing::ExportLineId { export_id: billed.export, line_no: 2 },
            payer: Payer::Taspen,
            periode: march(),
            loan_id: second,
            member_id: billed.house.member,
            due_date: date("2026-03-05"),
            due_from: date("2026-03-05"),
            made_on: date("2026-02-25"),
            billed: rupiah(1_060_000),
            payments: Vec::new(),
            failed: false,
            no_pensiun: None,
            nik: None,
        };
        assert_eq!(found[0], expected);
        let member = details(1, "Suparman");
        let no_pensiun = NoPensiun::read(member.no_pensiun.as_str());
        let nik = Nik::read(member.nik.as_str());
        let by_number = probes_of(LineKeys { no_pensiun, ..LineKeys::default() });
        let by_nik = probes_of(LineKeys { nik, ..LineKeys::default() });
        let found = find(Payer::Taspen, &by_number);
        assert_eq!((found.len(), found[0].no_pensiun, found[0].nik), (3, no_pensiun, None));
        assert_eq!(find(Payer::Taspen, &by_nik)[2].nik, nik);
        assert_eq!(find(Payer::Asabri, &by_number), []);
        assert_eq!(find(Payer::Taspen, &Probes::default()), []);
        let stranger = NoPensiun::read("999999999999999");
        let probes = probes_of(LineKeys { no_pensiun: stranger, ..LineKeys::default() });
        assert_eq!(find(Payer::Taspen, &probes), []);
    });
}

/// Payments of the month's cut count, from files and the counter alike, while they stand.
#[test]
fn candidates_know_what_stands_against_them() {
    on_each_backend(|database| {
        let billed = billed(database, 1);
        let loan = billed.loans[0];
        let candidate = || {
            let probes = references(&billed.loans);
            write(database, |tx| tx.lock_candidates(Payer::Taspen, march(), &probes)).remove(0)
        };
        let cut = Pay { channel: Channel::PensionCut, ..pay("2026-03-01", rupiah(300_000)) };
        let of_line = Pay { line: Some(10_000_002), ..cut.clone() };
        let at_counter = Pay {
            amount: rupiah(200_000),
            reference: Some(format!("pc-2026-03-{}", loan.get())),
            ..cut.clone()
        };
        let transfer = Pay { channel: Channel::Transfer, ..pay("2026-03-02", rupiah(1_000)) };
        let of_line = write(database, |tx| {
            post_one(tx, loan, &transfer)?;
            post_one(tx, loan, &at_counter)?;
            post_one(tx, loan, &of_line)
        });
        assert_eq!(candidate().payments, [rupiah(200_000), rupiah(300_000)]);
        assert_eq!(read(database, |tx| tx.live_postings(ImportId::new(1))), 1);
        assert_eq!(read(database, |tx| tx.answers(billed.export)), Answers::Some);
        write(database, |tx| reverse(tx, loan, of_line));
        assert_eq!(candidate().payments, [rupiah(200_000)]);
        assert_eq!(read(database, |tx| tx.live_postings(ImportId::new(1))), 0);
        assert!(!candidate().failed);
        let failed = write(database, |tx| fail(tx, loan, date("2026-03-03")));
        assert!(candidate().failed);
        write(database, |tx| reverse(tx, loan, failed));
        assert!(!candidate().failed);
    });
}

#[test]
fn released_lines_no_longer_answer() {
    on_each_backend(|database| {
        let billed = billed(database, 1);
        let import = add_import(database, 1);
        let stored = chunk(import.id, vec![matched(&billed, 2, 0)]);
        write(database, |tx| tx.store_chunk(&stored));
        assert_eq!(read(database, |tx| tx.answers(billed.export)), Answers::Some);
        write(database, |tx| tx.release_lines(import.id));
        assert_eq!(read(database, |tx| tx.answers(billed.export)), Answers::None);
        let member = billed.house.member;
        let cuts =
            read(database, |tx| tx.member_cuts(member, &PageRequest::default(), Scope::default()));
        let [cut] = &cuts.data[..] else { panic!() };
        assert_eq!((cut.outcome, cut.import_id, cut.paid), (None, None, Money::ZERO));
    });
}
