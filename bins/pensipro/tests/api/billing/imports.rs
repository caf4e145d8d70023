//! Realisation files: what they pay, and what comes twice.

use std::thread;

use serde_json::json;

use super::desk::{Desk, assert_balanced, paid_in_full, plain, sen, until};
use crate::support::on_each_backend;

#[test]
fn a_realisation_pays_what_was_billed() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        let (export, lines) = desk.bill("TASPEN");
        let before: Vec<i64> = lines.iter().map(|line| desk.owed(line.loan_id)).collect();

        let imported = desk.import("TASPEN", paid_in_full(&lines));
        let location = imported.header("location").unwrap().to_owned();
        let import = imported.expect(201);
        assert_eq!(location, format!("/billing/import/{}", import["id"]));
        assert_eq!((&import["status"], &import["paid_on"]), (&json!("done"), &json!("2026-07-01")));
        assert_eq!(import["summary"]["matched"]["count"], 3);
        assert_eq!((&import["lines"], &import["lines_done"]), (&json!(3), &json!(3)));
        assert_balanced(&import);
        for (line, before) in lines.iter().zip(before) {
            assert_eq!(desk.owed(line.loan_id), before - line.sen);
            assert_eq!(desk.payments(line.loan_id), 1);
        }
        assert_eq!(desk.spooled(), 0, "the spool goes when the import is done");

        let detail = desk.finance.get(&format!("{location}?outcome=matched&limit=2")).expect(200);
        assert_eq!((&detail["lines"], detail["data"].as_array().unwrap().len()), (&json!(3), 2));
        assert!(detail["next_cursor"].is_string());
        let paid = desk.import_lines(&import, "matched");
        assert_eq!(paid.len(), 3);
        for (line, billed) in paid.iter().zip(&lines) {
            assert_eq!(line["loan_id"], billed.loan_id);
            assert_eq!((sen(&line["amount"]), sen(&line["difference"])), (billed.sen, 0));
            assert!(line["payment_id"].is_i64());
        }

        let loan = pensipro_kernel::LoanId::new(lines[0].loan_id);
        let store = house.app.store();
        let member = store.read(|tx| {
            use pensipro_servicing::LoanRepository;
            tx.stored_loan(loan, Default::default())
        });
        let member = member.unwrap().loan.member_id;
        let history = desk.finance.get(&format!("/billing/member/{member}")).expect(200);
        let cut = &history["data"][0];
        assert_eq!(
            (&cut["reference"], &cut["outcome"]),
            (&json!(lines[0].reference), &json!("matched"))
        );
        assert_eq!((&cut["paid"], &cut["import_id"]), (&cut["billed"], &import["id"]));

        let audit =
            house.admin().get("/logs/audit-trails?ref_table=pension_cut_imports").expect(200);
        let rows = audit["data"].as_array().unwrap();
        let actions: Vec<_> = rows.iter().map(|row| row["action"].as_str().unwrap()).collect();
        assert_eq!(
            actions,
            ["billing.import.done", "billing.import.chunk", "billing.import.create"]
        );
        assert!(rows.iter().all(|row| row["actor_id"] == import["created_by"]));
        let exported = desk.finance.get(&format!("/billing/export/{export}")).expect(200);
        assert_eq!(exported["status"], "generated");
    });
}

#[test]
fn the_same_file_again_is_the_first_import() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let file = paid_in_full(&lines);
        let first = desk.import("TASPEN", &file).expect(201);
        let again = desk.import("TASPEN", &file);
        assert_eq!(
            again.header("location"),
            Some(format!("/billing/import/{}", first["id"]).as_str())
        );
        assert_eq!(again.expect(200)["id"], first["id"]);
        let fields = [("payer", "TASPEN"), ("periode", "2026-07")];
        let renamed =
            desk.finance.upload("/billing/import", &[], &fields, ("x.csv", file.as_bytes()));
        assert_eq!(renamed.expect(200)["id"], first["id"]);
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
        assert_eq!(desk.spooled(), 0);
    });
}

#[test]
fn the_same_lines_in_another_file_pay_nothing_twice() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 4);
        let (_, lines) = desk.bill("TASPEN");
        let (named, unnamed) = lines.split_at(2);
        let rows: Vec<String> = named
            .iter()
            .map(|line| format!("{};;{}", line.reference, plain(line.sen)))
            .chain(unnamed.iter().map(|line| format!(";{};{}", line.no_pensiun, plain(line.sen))))
            .collect();
        let file = |rows: &[String], end: &str| {
            format!("reference;no_pensiun;amount{end}{}{end}", rows.join(end))
        };
        let first = desk.import("TASPEN", file(&rows, "\n")).expect(201);
        assert_eq!(first["summary"]["matched"]["count"], 4);

        let ended_otherwise = file(&rows, "\r\n");
        let reordered = file(&rows.iter().rev().cloned().collect::<Vec<_>>(), "\n");
        for again in [ended_otherwise, reordered] {
            let import = desk.import("TASPEN", again).expect(201);
            assert_ne!(import["id"], first["id"]);
            assert_eq!(import["summary"]["duplicate"]["count"], 4, "{import}");
            assert_eq!(import["summary"]["duplicate"]["held"], import["total_amount"]);
            assert_balanced(&import);
        }
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
    });
}

#[test]
fn a_further_part_is_paid_and_the_rest_of_a_line_only_once() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let line = &lines[0];
        let (part, rest) = (line.sen / 4 / 100 * 100, line.sen - line.sen / 4 / 100 * 100);
        let pay = |sen| format!("reference;amount\n{};{}\n", line.reference, plain(sen));
        let first = desk.import("TASPEN", pay(part)).expect(201);
        assert_eq!(first["summary"]["partial"]["count"], 1);
        let second = desk.import("TASPEN", pay(rest)).expect(201);
        assert_eq!(second["summary"]["matched"]["count"], 1, "{second}");
        let third = desk.import("TASPEN", format!("{}\n", pay(rest))).expect(201);
        assert_eq!(third["summary"]["duplicate"]["count"], 1, "{third}");
        assert_eq!(desk.payments(line.loan_id), 2);
    });
}

#[test]
fn too_much_becomes_a_refund_and_a_failure_is_told_in_one_set_of_words() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let file = format!(
            "reference;amount;status;reason\n{};{};paid;\n{};0,00;failed;BELUM OTENTIKASI\n",
            lines[0].reference,
            plain(lines[0].sen + 2_500_000),
            lines[1].reference,
        );
        let import = desk.import("TASPEN", file).expect(201);
        assert_eq!(import["summary"]["over"]["to_refund"], "25000.00");
        assert_balanced(&import);
        let failed = &desk.import_lines(&import, "failed")[0];
        assert_eq!(failed["reason"], "not_authenticated");
        assert_eq!(failed["payer_reason"], "BELUM OTENTIKASI");
        assert_eq!(desk.payments(lines[1].loan_id), 0);
        let path = format!("/billing/refunds?status=requested&loan_id={}", lines[0].loan_id);
        let refunds = desk.finance.get(&path).expect(200);
        let [refund] = &refunds["data"].as_array().unwrap()[..] else { panic!("{refunds}") };
        assert_eq!(refund["amount"], "25000.00");
        let over = &desk.import_lines(&import, "over")[0];
        assert_eq!(refund["source_line_id"], over["id"]);
        assert_eq!(refund["payment_id"], over["payment_id"]);
    });
}

#[test]
fn money_from_before_a_loan_was_paid_out_waits_for_somebody() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let fields = [("payer", "TASPEN"), ("periode", "2026-07"), ("paid_on", "2026-06-14")];
        let import = desk.import_of(&fields, paid_in_full(&lines)).expect(201);
        let unmatched = &import["summary"]["unmatched"];
        assert_eq!((&unmatched["count"], &unmatched["held"]), (&json!(2), &import["total_amount"]));
        assert_balanced(&import);
        let waiting = desk.import_lines(&import, "unmatched");
        assert!(waiting.iter().all(|line| line["reason"] == "loan_refused"), "{waiting:?}");
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 0));
        let refunds = desk.finance.get("/billing/refunds?status=requested").expect(200);
        assert_eq!(refunds["data"], json!([]));
    });
}

#[test]
fn two_uploads_of_one_file_at_once_make_one_import() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        let (_, lines) = desk.bill("TASPEN");
        let file = paid_in_full(&lines);
        let answers: Vec<_> = thread::scope(|scope| {
            let uploads: Vec<_> =
                (0..4).map(|_| scope.spawn(|| desk.import("TASPEN", &file))).collect();
            uploads.into_iter().map(|upload| upload.join().unwrap()).collect()
        });
        let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 200, 201]);
        let ids: Vec<_> = answers.into_iter().map(|answer| answer.body()["id"].clone()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{ids:?}");
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
        until("the spool's end", || (desk.spooled() == 0).then_some(()));
    });
}

#[test]
fn different_files_at_once_pay_each_line_once() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 20);
        let (_, lines) = desk.bill("TASPEN");
        let by_number: String = lines
            .iter()
            .rev()
            .map(|line| format!("{};{}\n", line.no_pensiun, plain(line.sen)))
            .collect();
        let files = [paid_in_full(&lines), format!("no_pensiun;amount\n{by_number}")];
        let imports: Vec<_> = thread::scope(|scope| {
            let desk = &desk;
            let uploads: Vec<_> =
                files.iter().map(|file| scope.spawn(move || desk.import("TASPEN", file))).collect();
            uploads.into_iter().map(|upload| upload.join().unwrap().expect(201)).collect()
        });
        let count = |outcome: &str| -> i64 {
            imports.iter().map(|import| import["summary"][outcome]["count"].as_i64().unwrap()).sum()
        };
        assert_eq!((count("matched"), count("duplicate")), (20, 20));
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
    });
}

#[test]
fn an_import_without_payments_is_taken_back_and_its_file_is_free_again() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let nobodys = "reference;no_pensiun;amount\n;999999999999999;700.000,00\n";
        let import = desk.import("TASPEN", nobodys).expect(201);
        assert_eq!(import["summary"]["unmatched"]["held"], "700000.00");
        let unmatched = desk.finance.get("/billing/unmatched?periode=2026-07").expect(200);
        assert_eq!(unmatched["data"][0]["import_id"], import["id"]);
        assert_eq!(unmatched["data"][0]["reason"], "not_billed");

        let path = format!("/billing/import/{}", import["id"]);
        assert_eq!(desk.finance.delete(&path).status, 204);
        assert_eq!(desk.finance.get(&path).expect(200)["status"], "discarded");
        desk.finance.delete(&path).refused(409, "invalid_transition");
        let unmatched = desk.finance.get("/billing/unmatched?periode=2026-07").expect(200);
        assert_eq!(unmatched["data"], json!([]));
        let again = desk.import("TASPEN", nobodys).expect(201);
        assert_ne!(again["id"], import["id"]);
        assert_eq!(again["summary"]["unmatched"]["count"], 1);

        let paid = desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        let path = format!("/billing/import/{}", paid["id"]);
        desk.finance.delete(&path).refused(409, "import_has_payments");
    });
}

#[test]
fn an_import_whose_file_is_lost_is_told_of_once_and_can_be_taken_back() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        let (lost, other) = (";999999999999999;700.000,00\n", ";999999999999998;1.000,00\n");
        let file = |line| format!("reference;no_pensiun;amount\n{line}");
        let import = desk.import("TASPEN", file(lost)).expect(201);
        let id = &import["id"];
        // As after a restore of a copy whose database is older than its files.
        let set_back = format!(
            "UPDATE pension_cut_imports SET status = 'processing', spool_key = 'spool/aa/gone', \
             lines_done = 0, last_line = 0 WHERE id = {id}"
        );
        house.database.execute("DELETE FROM pension_cut_import_lines").unwrap();
        house.database.execute(&set_back).unwrap();
        let admin = house.admin();
        let failures = || {
            let noted = admin.get("/logs/exceptions?source=billing.import").expect(200);
            noted["data"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["payload"]["id"] == *id)
                .count()
        };
        desk.import("TASPEN", file(other)).expect(201);
        until("the failure", || (failures() > 0).then_some(()));
        assert_eq!(failures(), 1);

        let path = format!("/billing/import/{id}");
        assert_eq!(desk.finance.delete(&path).status, 204);
        assert_eq!(desk.finance.get(&path).expect(200)["status"], "discarded");
        let again = desk.import("TASPEN", file(lost)).expect(201);
        assert_eq!((&again["status"], &again["lines_done"]), (&json!("done"), &json!(1)));
        assert_ne!(again["id"], *id);
    });
}

#[test]
fn who_does_not_wait_gets_202_and_the_key_gives_the_present_state() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let (file, fields) = (paid_in_full(&lines), [("payer", "TASPEN"), ("periode", "2026-07")]);
        let headers = [("Idempotency-Key", "upload"), ("Prefer", "wait=0")];
        let begun = desk.import_with(&headers, &fields, &file).expect(202);
        assert_eq!(begun["status"], "processing");
        let path = format!("/billing/import/{}", begun["id"]);
        until("the import", || {
            (desk.finance.get(&path).expect(200)["status"] == "done").then_some(())
        });
        let again = desk.import_with(&headers, &fields, &file);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        let again = again.expect(201);
        assert_eq!((&again["id"], &again["status"]), (&begun["id"], &json!("done")));
        let other = desk.import_with(&headers, &fields, "reference;amount\n");
        other.refused(422, "idempotency_key_reused");
        assert_eq!(desk.spooled(), 0);
    });
}
