//! Realisation files that are no CSV.

use rust_xlsxwriter::{Formula, Workbook};
use serde_json::{Value, json};

use super::desk::{Billed, Desk, assert_balanced, grouped};
use crate::support::{House, on_each_backend};

/// Gives an installation a profile of its own.
fn configure(house: &House, code: &str, import: &Value) {
    let definition = json!({
        "code": code, "payer": null, "pay_day": 1, "import": import,
        "export": {"columns": [{"field": "reference", "heading": "reference"}], "delimiter": ";",
            "amounts": "plain", "dates": "iso", "footer": "none"},
    });
    let sql = format!(
        "INSERT INTO payer_profiles (code, definition, version, created_at, updated_at) \
         VALUES ('{code}', '{definition}', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
    );
    house.database.execute(&sql).expect("the profile is taken");
}

fn bank_of_fixed_width() -> Value {
    json!({
        "fixed": {
            "header": {"mark": "H", "periode": {"from": 2, "width": 6}},
            "detail": "D",
            "trailer": {"mark": "T", "count": {"from": 2, "width": 6}, "total": {"from": 8, "width": 18}},
            "columns": {"no_pensiun": {"from": 2, "width": 15}, "amount": {"from": 47, "width": 15},
                "status": {"from": 62, "width": 2}},
            "amounts": "sen",
        },
        "amounts": "plain", "encoding": "auto",
        "results": [{"code": "00", "means": "paid"}, {"code": "51", "means": "failed"}],
        "empty_result": null, "reasons": [],
    })
}

/// A file of fixed width that pays these lines.
fn fixed(lines: &[Billed]) -> String {
    let row =
        |line: &Billed| format!("D{:>15}{:<30}{:015}00\r\n", line.no_pensiun, line.name, line.sen);
    let total: i64 = lines.iter().map(|line| line.sen).sum();
    let rows: String = lines.iter().map(row).collect();
    format!("H202607TASPEN    {:06}\r\n{rows}T{:06}{total:018}\r\n", lines.len(), lines.len())
}

const FIELDS: &[(&str, &str)] = &[("payer", "TASPEN"), ("periode", "2026-07"), ("profile", "OWN")];

#[test]
fn a_file_of_fixed_width_pays_and_one_that_was_cut_off_stores_nothing() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        configure(house, "OWN", &bank_of_fixed_width());
        let (_, lines) = desk.bill("TASPEN");
        let file = fixed(&lines);
        let cut_off = file.split_at(file.find("T000003").unwrap()).0;
        desk.import_of(FIELDS, cut_off).refused(422, "file_incomplete");
        let altered = file.replace("T000003", "T000004");
        desk.import_of(FIELDS, altered).refused(422, "file_incomplete");
        assert_eq!(desk.finance.get("/billing/import").expect(200)["data"], json!([]));

        let import = desk.import_of(FIELDS, &file).expect(201);
        assert_eq!((&import["profile"], &import["lines"]), (&json!("OWN"), &json!(3)));
        assert_eq!(import["summary"]["matched"]["count"], 3, "{import}");
        assert_balanced(&import);
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
        assert_eq!(desk.spooled(), 0);
    });
}

#[test]
fn a_table_of_html_under_the_name_of_a_spreadsheet_pays() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let row = |line: &Billed| {
            let amount = grouped(line.sen, '.', ',');
            format!("<tr><td>{}</td><td>{}</td><td>{amount}</td></tr>", line.name, line.no_pensiun)
        };
        let html = format!(
            "<html><body><table border=1><tr><td colspan=3>DAFTAR POTONGAN</td></tr>\
             <tr><th>NAMA</th><th>NOPEN</th><th>JUMLAH</th></tr>{}</table></body></html>",
            lines.iter().map(row).collect::<String>()
        );
        let import = desk.import("TASPEN", &html).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 2, "{import}");
        let numbers: Vec<i64> = desk
            .import_lines(&import, "")
            .iter()
            .map(|line| line["line_no"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, [3, 4]);
        let session_ended = "<html><body>Sesi Anda berakhir</body></html>";
        desk.import("TASPEN", session_ended).refused(422, "file_refused");
    });
}

/// A bank's list of deductions: a title, the header in row 3, text and numbers, and a formula.
fn deductions(lines: &[Billed]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let heads = ["rek_tabungan", "nama_nasabah", "notas", "nominal_potongan", "keterangan"];
    sheet.write(0, 0, "DAFTAR POTONGAN").unwrap();
    for (column, head) in (0..).zip(heads) {
        sheet.write(2, column, head).unwrap();
    }
    for (row, line) in (3..).zip(lines) {
        sheet.write(row, 0, "1815945374").unwrap();
        sheet.write(row, 1, &line.name).unwrap();
        sheet.write(row, 2, &line.no_pensiun).unwrap();
        sheet.write(row, 3, line.sen as f64 / 100.0).unwrap();
    }
    let row = 3 + u32::try_from(lines.len()).unwrap();
    sheet.write(row, 2, "999999999999999").unwrap();
    sheet.write_formula(row, 3, Formula::new("=SUM(D4:D5)").set_result("#REF!")).unwrap();
    sheet.write(row + 2, 1, "TOTAL").unwrap();
    book.save_to_buffer().unwrap()
}

#[test]
fn a_spreadsheet_pays_and_its_formulas_are_what_they_were_saved_as() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (_, lines) = desk.bill("TASPEN");
        let file = deductions(&lines);
        let import = desk.import("TASPEN", &file).expect(201);
        assert_eq!(import["summary"]["matched"]["count"], 2, "{import}");
        let [invalid] = &desk.import_lines(&import, "invalid")[..] else { panic!("{import}") };
        assert_eq!(
            (&invalid["line_no"], &invalid["reason"]),
            (&json!(6), &json!("amount_malformed"))
        );
        assert_balanced(&import);
        assert_eq!(desk.import("TASPEN", &file).expect(200)["id"], import["id"]);
        assert!(lines.iter().all(|line| desk.payments(line.loan_id) == 1));
    });
}

#[test]
fn spreadsheets_that_break_or_are_of_the_old_kind_store_nothing() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        let whole = deductions(&[]);
        let ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0, 0];
        let other = {
            let mut book = Workbook::new();
            book.add_worksheet().write(0, 0, "nothing of ours").unwrap();
            book.save_to_buffer().unwrap()
        };
        for file in [&whole[..whole.len() / 2], &ole, &other, b"PK\x03\x04"] {
            desk.import("TASPEN", file).refused(422, "file_refused");
        }
        assert_eq!(desk.finance.get("/billing/import").expect(200)["data"], json!([]));
        assert_eq!(desk.spooled(), 0);
    });
}
