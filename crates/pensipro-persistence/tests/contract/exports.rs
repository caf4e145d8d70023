//! Exports: one live line a loan and month, what is billed and held, and the file.

use pensipro_billing::{
    Answers, Billable, BillableQuery, BilledRow, Export, ExportFilter, ExportLine,
    ExportRepository, ExportScope, ExportStatus, ImportRepository, LeftOut, LeftOutReason,
    NoPensiun, Payer, ProfileRepository, generic,
};
use pensipro_kernel::{LoanId, PageRequest, Scope};
use pensipro_persistence::testing::on_each_backend;
use pensipro_servicing::LoanRepository;

use crate::{
    billing::{add_export, billed, duplicate, line, march, references, scope},
    fixtures::{date, details, read, rupiah, write},
    lending::{add_applications, disbursed_loan, house, new_loan, pay, post_one},
};

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
        assert_eq!((hold.after, hold.until), (date("2026-02-25"), date("2026-03-16")));
        assert_eq!(hold.due_date, date("2026-03-05"));
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
        let stretch = |query| read(database, |tx| tx.billable_loans(&query));
        let owing = |query| stretch(query).loans;
        let found = owing(query(scope(), None));
        let ids: Vec<_> = found.iter().map(|loan| loan.loan_id).collect();
        assert_eq!(ids, [loans[0], loans[2]]);
        let owed: Vec<_> = found[1].rows.iter().map(|row| (row.no, row.owed)).collect();
        assert_eq!(owed, [(1, rupiah(565_000)), (2, rupiah(1_060_000))]);
        assert_eq!((found[0].live_in, found[0].rows[0].awaited_until), (None, None));
        assert_eq!(owing(query(scope(), Some(loans[0]))).len(), 1);
        // Stretch by stretch nobody is passed over, and none comes twice.
        let (mut after, mut seen, mut stretches) = (None, Vec::new(), 0);
        loop {
            let Billable { loans, through } =
                stretch(BillableQuery { limit: 2, ..query(scope(), after) });
            seen.extend(loans.into_iter().map(|loan| loan.loan_id));
            stretches += 1;
            match through {
                Some(_) => after = through,
                None => break,
            }
        }
        assert_eq!((seen, stretches), (ids, 4));
        for other in [
            ExportScope { payer: Payer::Asabri, ..scope() },
            ExportScope { pay_office: "BRI Blok M".into(), ..scope() },
            ExportScope { periode: "2026-01".parse().unwrap(), ..scope() },
        ] {
            assert_eq!(owing(query(other, None)), []);
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
        let now = owing(query(scope(), None));
        assert_eq!((now[0].live_in, now[0].rows[1].awaited_until), (Some(export), None));
        let april = ExportScope { periode: "2026-04".parse().unwrap(), ..scope() };
        let next = owing(query(april, None));
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
