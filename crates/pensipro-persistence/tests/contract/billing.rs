//! Exports, realisation files and what stands against them.

use pensipro_billing::{
    Answers, Arrears, BillableQuery, BilledRow, Candidate, CutHistory, DuplicateReason, Export,
    ExportFilter, ExportLine, ExportRepository, ExportScope, ExportStatus, FailReason, FileLine,
    Given, Import, ImportFilter, ImportLine, ImportRepository, ImportStatus, InvalidReason,
    KeyBase, LeftOut, LeftOutReason, LineKey, LineKeys, NewExport, NewImport, Nik, NoPensiun,
    Outcome as LineOutcome, OutcomeKind, ParsedLine, Payer, Probes, ProfileRepository, Reference,
    Report, Split, StoredChunk, Summary, UnmatchedReason, generic, import_line_id,
};
use pensipro_kernel::{
    ExportId, ImportId, LoanId, Money, PageRequest, PaymentId, Period, Scope, StorageError,
    TransactionId,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_servicing::{Channel, LoanRepository};

use crate::{
    fixtures::{Outcome, date, details, read, rupiah, write},
    lending::{
        House, Pay, add_applications, disbursed_loan, fail, house, new_loan, pay, post_one, reverse,
    },
};

fn march() -> Period {
    "2026-03".parse().unwrap()
}

fn scope() -> ExportScope {
    ExportScope { periode: march(), payer: Payer::Taspen, pay_office: String::new() }
}

fn new_export(scope: ExportScope) -> NewExport {
    NewExport {
        scope,
        arrears: Arrears::Exclude,
        tolerance: rupiah(1_000),
        profile: "TASPEN".into(),
        replaces: None,
        reason: None,
    }
}

fn add_export(database: &TestDatabase, scope: ExportScope) -> Option<ExportId> {
    let new = new_export(scope);
    write(database, |tx| tx.add_export(&new, None))
}

fn line(house: &House, loan: LoanId, line_no: u32) -> ExportLine {
    let row = BilledRow {
        made_by: TransactionId::new(1),
        no: 2,
        due_date: date("2026-03-05"),
        amount: rupiah(1_060_000),
        hold_until: date("2026-03-16"),
    };
    ExportLine {
        line_no,
        loan_id: loan,
        member_id: house.member,
        instalment_no: 2,
        due_date: date("2026-03-05"),
        made_on: date("2026-02-25"),
        amount: rupiah(1_060_000),
        rows: vec![row],
    }
}

/// Loans with a generated export of March that bills each.
struct Billed {
    house: House,
    loans: Vec<LoanId>,
    export: ExportId,
}

fn billed(database: &TestDatabase, count: u32) -> Billed {
    let house = house(database);
    add_applications(database, &house, count);
    let loans: Vec<_> =
        (1..=count).map(|id| disbursed_loan(database, &house, id.into()).id).collect();
    let export = add_export(database, scope()).unwrap();
    write(database, |tx| {
        let lines: Vec<_> = (1..).zip(&loans).map(|(no, loan)| line(&house, *loan, no)).collect();
        tx.add_export_lines(export, &lines, &[])?;
        let stored = tx.lock_export(export)?;
        tx.save_export(&Export { status: ExportStatus::Generated, lines: count, ..stored })
    });
    Billed { house, loans, export }
}

fn reference(loan: LoanId) -> Reference {
    Reference { periode: march(), loan_id: loan }
}

fn new_import(hash: u8) -> NewImport {
    NewImport {
        payer: Payer::Taspen,
        periode: march(),
        profile: "TASPEN".into(),
        paid_on: date("2026-03-01"),
        tolerance: rupiah(1_000),
        sha256: [hash; 32],
        bytes: 123_456,
        spool_key: format!("spool/{hash}"),
        lines: 10,
    }
}

fn add_import(database: &TestDatabase, hash: u8) -> Import {
    let new = new_import(hash);
    write(database, |tx| {
        let id = tx.add_import(&new, None)?.unwrap();
        tx.import(id)
    })
}

fn number() -> NoPensiun {
    NoPensiun::read("000000195000001").unwrap()
}

/// A line that names a pension number and pays so much.
fn by_number(line_no: u32, amount: Money, occurrence: u32) -> ImportLine {
    let keys = LineKeys { no_pensiun: Some(number()), ..LineKeys::default() };
    let base = KeyBase { identifier: keys.identifier().unwrap(), amount };
    ImportLine {
        line_no,
        given: Given {
            no_pensiun: Some("'000000195000001".into()),
            reason: Some("lunas".into()),
            ..Given::default()
        },
        keys,
        periode: Some(march()),
        key: Some(LineKey { base, occurrence }),
        amount: Some(amount),
        billed: Money::ZERO,
        difference: Money::ZERO,
        outcome: LineOutcome::Unmatched(UnmatchedReason::NotBilled),
        split: Split::held(amount),
        export_line: None,
        loan_id: None,
        member_id: None,
        payment_id: None,
    }
}

/// A line that answers to an export line in full.
fn matched(billed: &Billed, line_no: u32, loan: usize) -> ImportLine {
    let amount = rupiah(1_060_000);
    ImportLine {
        given: Given { reference: Some("PC-2026-03-1".into()), ..Given::default() },
        keys: LineKeys { reference: Some(reference(billed.loans[loan])), ..LineKeys::default() },
        periode: None,
        key: None,
        billed: amount,
        outcome: LineOutcome::Matched,
        split: Split::paid(amount, Money::ZERO).unwrap(),
        export_line: Some(pensipro_billing::ExportLineId {
            export_id: billed.export,
            line_no: u32::try_from(loan).unwrap() + 1,
        }),
        loan_id: Some(billed.loans[loan]),
        member_id: Some(billed.house.member),
        payment_id: Some(PaymentId::new(77)),
        ..by_number(line_no, amount, 1)
    }
}

fn chunk(import: ImportId, lines: Vec<ImportLine>) -> StoredChunk {
    let mut summary = Summary::default();
    lines.iter().for_each(|line| summary.add(line));
    let last_line = lines.last().map_or(0, |line| line.line_no);
    let updates = lines
        .iter()
        .filter(|line| line.outcome.answers_a_billed_line())
        .map(|line| pensipro_billing::ExportLineUpdate {
            line: line.export_line.unwrap(),
            outcome: line.outcome,
            paid: line.amount.unwrap_or_default(),
            line_no: line.line_no,
        })
        .collect();
    StoredChunk { import_id: import, lines, updates, summary, last_line }
}

fn duplicate<T: std::fmt::Debug>(result: Outcome<T>) -> String {
    let Err(StorageError::Duplicate { constraint }) = result else { panic!("{result:?}") };
    constraint
}

#[test]
fn a_scope_has_one_live_export() {
    on_each_backend(|database| {
        let first = add_export(database, scope()).unwrap();
        assert_eq!(add_export(database, scope()), None);
        let office = ExportScope { pay_office: "BRI".into(), ..scope() };
        let second = add_export(database, office).unwrap();
        let live = write(database, |tx| tx.lock_live_export(&scope())).unwrap();
        assert_eq!(
            (live.id, live.status, live.scope.clone()),
            (first, ExportStatus::Generating, scope())
        );
        assert_eq!(live.tolerance, rupiah(1_000));
        assert_eq!(read(database, |tx| tx.unfinished_exports()), [first, second]);
        let changed = Export {
            status: ExportStatus::Sent,
            cursor: Some(LoanId::new(9)),
            lines: 3,
            left_out: 1,
            total_amount: rupiah(5),
            sent_on: Some(date("2026-02-26")),
            sent_note: Some("lewat surel".into()),
            ..live
        };
        write(database, |tx| tx.save_export(&changed));
        assert_eq!(read(database, |tx| tx.export(first)), changed);
        write(database, |tx| {
            tx.save_export(&Export { status: ExportStatus::Superseded, ..changed.clone() })
        });
        let third = add_export(database, scope()).unwrap();
        let page = PageRequest { limit: 2, after: None, count: true };
        let filter = ExportFilter { periode: Some(march()), ..ExportFilter::default() };
        let list = read(database, |tx| tx.exports(&filter, &page));
        let ids: Vec<_> = list.data.iter().map(|export| export.id).collect();
        assert_eq!((ids, list.total), (vec![third, second], Some(3)));
        let rest = PageRequest { after: list.next, ..page };
        assert_eq!(read(database, |tx| tx.exports(&filter, &rest)).data[0].id, first);
    });
}

#[test]
fn a_loan_has_one_live_line_a_month() {
    on_each_backend(|database| {
        let billed = billed(database, 2);
        let office = ExportScope { pay_office: "BRI".into(), ..scope() };
        let other = add_export(database, office).unwrap();
        let again = || {
            database.store().write("again", |tx| {
                let left = LeftOut {
                    loan_id: billed.loans[1],
                    reason: LeftOutReason::HeldByExport,
                    held_by: Some(billed.export),
                };
                let line = line(&billed.house, billed.loans[0], 1);
                tx.add_export_lines(other, &[line], &[left])
            })
        };
        assert_eq!(duplicate(again()), "pension_cut_export_lines_loan_id_periode_key");
        assert_eq!(read(database, |tx| tx.answers(billed.export)), Answers::None);
        write(database, |tx| tx.retire_lines(billed.export, date("2026-02-26")));
        again().unwrap();
        let left = read(database, |tx| tx.left_out(other, &PageRequest::default()));
        assert_eq!(left.data[0].held_by, Some(billed.export));
        let found = read(database, |tx| {
            tx.candidate_loans(Payer::Taspen, march(), &references(&billed.loans))
        });
        assert_eq!(found, [], "its export is still generating");
    });
}

#[test]
fn a_billed_row_is_on_hold_until_its_line_retires() {
    on_each_backend(|database| {
        let billed = billed(database, 1);
        let holds = || read(database, |tx| tx.stored_loan(billed.loans[0], Scope::default())).holds;
        let [hold] = holds()[..] else { panic!() };
        assert_eq!((hold.row.no, hold.row.made_by), (2, TransactionId::new(1)));
        assert_eq!((hold.after, hold.until), (date("2026-02-25"), date("2026-03-16")));
        write(database, |tx| tx.retire_lines(billed.export, date("2026-02-27")));
        assert_eq!(holds()[0].until, date("2026-02-27"));
        let locked = write(database, |tx| tx.lock_loans(&billed.loans));
        assert_eq!(locked[0].holds, holds());
    });
}

#[test]
fn billable_loans_owe_something_in_time() {
    on_each_backend(|database| {
        let house = house(database);
        add_applications(database, &house, 5);
        let loans: Vec<_> = (1..=4).map(|id| disbursed_loan(database, &house, id).id).collect();
        write(database, |tx| tx.add_loan(&new_loan(&house, 5), None));
        // The second has paid through March, the third a part, the fourth everything.
        for (loan, amount) in [(1, 2_125_000), (2, 500_000), (3, 6_365_000)] {
            write(database, |tx| post_one(tx, loans[loan], &pay("2026-02-05", rupiah(amount))));
        }
        let query = |scope: ExportScope, after| BillableQuery { scope, after, limit: 10 };
        let found = read(database, |tx| tx.billable_loans(&query(scope(), None)));
        let ids: Vec<_> = found.iter().map(|loan| loan.loan_id).collect();
        assert_eq!(ids, [loans[0], loans[2]]);
        let owed: Vec<_> = found[1].rows.iter().map(|row| (row.no, row.owed)).collect();
        assert_eq!(owed, [(1, rupiah(565_000)), (2, rupiah(1_060_000))]);
        assert_eq!((found[0].live_in, found[0].rows[0].awaited_until), (None, None));
        let after = read(database, |tx| tx.billable_loans(&query(scope(), Some(loans[0]))));
        assert_eq!(after.len(), 1);
        for other in [
            ExportScope { payer: Payer::Asabri, ..scope() },
            ExportScope { pay_office: "BRI Blok M".into(), ..scope() },
            ExportScope { periode: "2026-01".parse().unwrap(), ..scope() },
        ] {
            assert_eq!(read(database, |tx| tx.billable_loans(&query(other, None))), []);
        }
        let export = add_export(database, scope()).unwrap();
        let row = found[0].rows[1].clone();
        let line = ExportLine {
            rows: vec![BilledRow {
                made_by: row.made_by,
                no: row.no,
                due_date: row.due_date,
                amount: row.owed,
                hold_until: date("2026-03-16"),
            }],
            ..line(&house, loans[0], 1)
        };
        write(database, |tx| tx.add_export_lines(export, std::slice::from_ref(&line), &[]));
        let now = read(database, |tx| tx.billable_loans(&query(scope(), None)));
        assert_eq!((now[0].live_in, now[0].rows[1].awaited_until), (Some(export), None));
        let april = ExportScope { periode: "2026-04".parse().unwrap(), ..scope() };
        let next = read(database, |tx| tx.billable_loans(&query(april, None)));
        let awaited: Vec<_> = next[0].rows.iter().map(|row| row.awaited_until).collect();
        assert_eq!(awaited, [None, Some(date("2026-03-16")), None]);
        assert_eq!(next[0].live_in, None);
    });
}

#[test]
fn a_file_tells_whom_to_cut() {
    on_each_backend(|database| {
        let billed = billed(database, 3);
        let rows = read(database, |tx| tx.file_rows(billed.export, 1, 10));
        assert_eq!(rows.iter().map(|row| row.line_no).collect::<Vec<_>>(), [2, 3]);
        let expected = details(1, "Suparman");
        assert_eq!(
            rows[0].nik.as_ref().map(pensipro_billing::Nik::as_str),
            Some(expected.nik.as_str())
        );
        assert_eq!(
            rows[0].no_pensiun.as_ref().map(NoPensiun::as_str),
            Some(expected.no_pensiun.as_str())
        );
        assert_eq!((rows[0].name.as_str(), rows[0].amount), ("Suparman", rupiah(1_060_000)));
        assert_eq!(rows[0].loan_number, billed.loans[1].number(2026));
    });
}

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
        assert_eq!((used.base, used.in_this_import, &used.taken[..]), (base, 1, &[1, 2][..]));
        let [used] = &uses(&first)[..] else { panic!() };
        assert_eq!((used.in_this_import, used.taken.len()), (2, 0));
        write(database, |tx| tx.release_lines(first.id));
        claim(&second, 4, 1).unwrap();
    });
}

fn references(loans: &[LoanId]) -> Probes {
    Probes { references: loans.iter().copied().map(reference).collect(), ..Probes::default() }
}

/// The probes of a line that names the member by a number.
fn probes_of(keys: LineKeys) -> Probes {
    Probes::of(&[FileLine::Parsed(ParsedLine {
        line_no: 2,
        keys,
        periode: None,
        report: Report::Paid(rupiah(1)),
        given: Given::default(),
    })])
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

#[test]
fn configured_profiles_are_read() {
    on_each_backend(|database| {
        let profile = generic();
        let json = serde_json::to_string(&profile).unwrap().replace('\'', "''");
        let sql = format!(
            "INSERT INTO payer_profiles (code, definition, version, created_at, updated_at) \
             VALUES ('GENERIC', '{json}', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
        );
        database.execute(&sql).unwrap();
        assert_eq!(read(database, |tx| tx.configured_profiles()), [profile]);
    });
}
