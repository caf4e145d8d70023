//! Files and requests that are refused, and lines that cannot be read.

use serde_json::json;

use super::desk::{Desk, assert_balanced, paid_in_full, plain};
use crate::support::on_each_backend;

#[test]
fn a_file_for_another_payer_or_month_is_a_mistake() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let (_, lines) = desk.bill("TASPEN");
        let file = paid_in_full(&lines);
        let first = desk.import("TASPEN", &file).expect(201);
        for fields in [
            [("payer", "ASABRI"), ("periode", "2026-07")],
            [("payer", "TASPEN"), ("periode", "2026-06")],
        ] {
            let refused = desk.import_of(&fields, &file).refused(409, "file_imported_elsewhere");
            assert_eq!(refused["existing_id"], first["id"]);
        }
        assert_eq!(desk.spooled(), 0);
    });
}

#[test]
fn invalid_lines_keep_their_numbers_and_the_rest_goes_on() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let file = format!(
            "reference;no_pensiun;amount;status\n{a};;{paid};paid\n{b};;satu juta;paid\n;;1000.00;paid\n\
             {b};;5000.00;failed\n{b};;\"1000\n{b};;-5;paid\n\n{b};;1.500;paid\n{b};;{rest};paid\n",
            a = lines[0].reference,
            b = lines[1].reference,
            paid = plain(lines[0].sen),
            rest = plain(lines[1].sen),
        );
        let import = desk.import("TASPEN", file).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 2, "{import}");
        let invalid = desk.import_lines(&import, "invalid");
        let told: Vec<_> = invalid
            .iter()
            .map(|line| (line["line_no"].as_i64().unwrap(), line["reason"].as_str().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                (3, "amount_malformed"),
                (4, "identifier_missing"),
                (5, "failed_with_amount"),
                (6, "unclosed_quote"),
                (7, "amount_negative"),
                (9, "amount_ambiguous"),
            ]
        );
        assert_balanced(&import);
        let noted = house.admin().get("/logs/exceptions?source=billing.import").expect(200);
        assert_eq!(noted["data"].as_array().unwrap().len(), 6);
    });
}

#[test]
fn a_file_that_is_no_realisation_is_refused_whole_and_nothing_is_stored() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        for (file, code) in [
            (&b""[..], "file_refused"),
            (b"%PDF-1.7 no table here\n", "file_refused"),
            (b"name;city\nSiti;Jakarta\n", "file_refused"),
            (b"reference;amount\nPC-2026-07-000001;1\0\n", "file_encoding"),
            (b"\xff\xfer\0e\0f\0", "file_encoding"),
        ] {
            desk.import("TASPEN", file).refused(422, code);
        }
        assert_eq!(desk.finance.get("/billing/import").expect(200)["data"], json!([]));
        assert_eq!(desk.spooled(), 0);
    });
}

#[test]
fn fields_are_judged_all_at_once() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        let file = "reference;amount\n";
        let faults = desk
            .import_of(&[("payer", "PLN"), ("periode", "July"), ("paid_on", "1/7/2026")], file)
            .faults();
        let mut fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, ["paid_on", "payer", "periode"]);
        let fields = [("payer", "TASPEN"), ("periode", "2026-08")];
        desk.import_of(&fields, file).refused(422, "paid_on_ahead");
        let fields = [("payer", "TASPEN"), ("periode", "2026-07"), ("paid_on", "2026-05-31")];
        let faults = desk.import_of(&fields, file).faults();
        assert_eq!(faults, [("paid_on".to_owned(), "date_too_early".to_owned())]);
        let fields = [("payer", "TASPEN"), ("periode", "2026-07"), ("profile", "MARS")];
        desk.import_of(&fields, file).refused(422, "profile_unknown");
        let fields = [("payer", "TASPEN"), ("periode", "2026-07"), ("bank", "BRI")];
        desk.import_of(&fields, file).refused(400, "unreadable_body");
        let text = desk.finance.post("/billing/import", &json!({}));
        text.refused(415, "wrong_content_type");
        assert_eq!(desk.spooled(), 0);
    });
}

#[test]
fn a_file_over_the_limit_is_cut_off() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        house
            .database
            .execute("UPDATE sys_configurations SET config_value = '2048' WHERE config_key = 'IMPORT_MAX_BYTES'")
            .unwrap();
        let reloaded = actix_web::rt::System::new().block_on(house.app.reload());
        reloaded.unwrap();
        let file = format!("reference;amount\n{}", ";1000.00\n".repeat(300));
        desk.import("TASPEN", file).refused(413, "body_too_large");
        assert_eq!(desk.spooled(), 0);
        assert_eq!(desk.finance.get("/billing/import").expect(200)["data"], json!([]));
    });
}

#[test]
fn pension_cuts_are_for_those_who_may_and_see_the_whole_house() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        let auditor = house.user(&["AUDITOR"]);
        for path in ["/billing/import", "/billing/unmatched?periode=2026-07"] {
            auditor.get(path).refused(403, "permission_denied");
        }
        desk.finance.get("/billing/unmatched").refused(400, "invalid_query");
        desk.finance.get("/billing/import/999").refused(404, "not_found");
        desk.finance.get("/billing/import?outcome=matched").refused(400, "invalid_query");
        desk.finance.get("/billing/member/999").refused(404, "not_found");
        desk.finance.delete("/billing/import/999").refused(404, "not_found");

        house
            .database
            .execute(
                "INSERT INTO sales_branches (id, code, name, created_at, updated_at) VALUES \
                 (1, 'B1', 'Cabang 1', '2026-01-01 00:00:00', '2026-01-01 00:00:00'); \
                 UPDATE sys_users SET branch_id = 1 WHERE username = 'user1'",
            )
            .unwrap();
        let bound = house.sign_in("user1");
        bound.get("/billing/import").refused(403, "whole_house_only");
        bound.get("/billing/export").refused(403, "whole_house_only");
    });
}
