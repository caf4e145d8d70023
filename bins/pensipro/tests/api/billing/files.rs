//! Files of the shapes that pay offices send, made for the test's own loans.

use serde_json::{Value, json};

use super::desk::{Billed, Desk, assert_balanced, grouped, sen};
use crate::support::on_each_backend;

/// Indonesian style: `1.500.000,00`.
fn local(sen: i64) -> String {
    grouped(sen, '.', ',')
}

/// Text in Windows-1252, for characters that it shares with Latin-1.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).expect("a character of Latin-1")).collect()
}

/// Each line's number with outcome and reason.
fn outcomes(lines: &[Value]) -> Vec<(i64, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines
        .iter()
        .map(|line| {
            (line["line_no"].as_i64().unwrap(), text(&line["outcome"]), text(&line["reason"]))
        })
        .collect()
}

fn expected(rows: &[(i64, &str, &str)]) -> Vec<(i64, String, String)> {
    rows.iter()
        .map(|(no, outcome, reason)| (*no, outcome.to_string(), reason.to_string()))
        .collect()
}

#[test]
fn the_generic_file_with_bom_and_crlf() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 7);
        let (_, lines) = desk.bill("TASPEN");
        let row = |line: &Billed, amount: &str, status: &str, reason: &str| {
            let Billed { reference, no_pensiun, nik, name, .. } = line;
            format!("{reference};{no_pensiun};'{nik};{name};{amount};{status};{reason}\r\n")
        };
        let rows = [
            row(&lines[0], &local(lines[0].sen), "paid", ""),
            row(&lines[1], &local(lines[1].sen - 7_500_000), "paid", ""),
            row(&lines[2], &local(lines[2].sen + 2_500_000), "paid", ""),
            row(&lines[3], "0,00", "failed", "BELUM OTENTIKASI"),
            row(&lines[4], "0,00", "failed", "GAJI MINUS/TURUN"),
            // Again, nobody's, without a reference, without a number.
            row(&lines[0], &local(lines[0].sen), "paid", ""),
            "PC-1999-01-000001;600377799670259;'3173300812604806;José Hartono;700.000,00;paid;\r\n"
                .into(),
            format!(
                ";{};;{};Rp {}-;paid;\r\n",
                lines[5].no_pensiun,
                lines[5].name,
                local(lines[5].sen).trim_end_matches("00")
            ),
            format!(
                "{};{};;{};satu juta;paid;\r\n",
                lines[6].reference, lines[6].no_pensiun, lines[6].name
            ),
        ];
        let file = format!(
            "\u{feff}reference;no_pensiun;nik;name;amount;status;reason\r\n{}",
            rows.concat()
        );
        let import = desk.import("TASPEN", file).expect(201);
        let stored = desk.import_lines(&import, "");
        assert_eq!(
            outcomes(&stored),
            expected(&[
                (2, "matched", ""),
                (3, "partial", ""),
                (4, "over", ""),
                (5, "failed", "not_authenticated"),
                (6, "failed", "insufficient"),
                (7, "duplicate", "fully_paid"),
                (8, "unmatched", "unknown_reference"),
                (9, "matched", ""),
                (10, "invalid", "amount_malformed"),
            ])
        );
        assert_eq!(
            stored[0]["nik"],
            format!("{}********{}", &lines[0].nik[..4], &lines[0].nik[12..])
        );
        assert_balanced(&import);
        assert_eq!(import["unreadable"], 1);
    });
}

#[test]
fn taspens_file_with_titles_codes_arrears_and_a_total() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 4);
        // July was billed and not paid; August bills it too.
        desk.bill("TASPEN");
        house.set_today("2026-08-25");
        let wish = json!({"periode": "2026-08", "payer": "TASPEN", "include_arrears": true});
        let export = desk.export(&wish).expect(201);
        let lines = desk.lines_of(export["id"].as_i64().unwrap());
        let row = |no: usize, line: &Billed, arrears: i64, code: &str, reason: &str| {
            let paid = if code == "777" { line.sen } else { 0 };
            let (number, month) = (&line.no_pensiun, local(line.sen - arrears));
            let (arrears, paid) = (local(arrears), local(paid));
            format!(
                "{no};{number};JOSÉ SANTOSO;6379841515;{month};{arrears};{paid};{code};{reason}\n"
            )
        };
        let arrears = lines[0].sen / 2;
        let total: i64 = lines[..3].iter().map(|line| line.sen).sum();
        let text = [
            "REALISASI POTONGAN PENSIUN BULAN AGUSTUS 2026\n".to_owned(),
            "KANTOR BAYAR : BANK CONTOH CABANG SEMARANG\n\n".to_owned(),
            "NO;NOPEN;NAMA;REKENING;JUMLAH TAGIHAN;TAGIHAN SUSULAN;JUMLAH DIBAYAR;KODE;KETERANGAN\n"
                .to_owned(),
            row(1, &lines[0], arrears, "777", ""),
            row(2, &lines[1], lines[1].sen / 2, "777", ""),
            row(3, &lines[2], 0, "333", "9 BELUM AMBIL GAJI"),
            row(4, &lines[3], 0, "333", "4 MUTASI GAJI"),
            row(5, &lines[3], 0, "999", ""),
            format!(";;TOTAL;;{};;;;\n", local(total)),
        ];
        let fields = [("payer", "TASPEN"), ("periode", "2026-08")];
        let import = desk.import_of(&fields, windows_1252(&text.concat())).expect(201);
        assert_eq!(import["profile"], "TASPEN");
        assert_eq!(
            outcomes(&desk.import_lines(&import, "")),
            expected(&[
                (5, "matched", ""),
                (6, "matched", ""),
                (7, "failed", "late_pay"),
                (8, "failed", "moved_office"),
                (9, "invalid", "result_unknown"),
            ])
        );
        assert_balanced(&import);
        assert_eq!(desk.payments(lines[0].loan_id), 1);
    });
}

#[test]
fn asabris_file_with_commas_quotes_and_words() {
    on_each_backend(|house| {
        let desk = Desk::new(house);
        desk.lend("ASABRI", 1, 4);
        let (_, lines) = desk.bill("ASABRI");
        let row = |line: &Billed, sen: i64, status: &str, reason: &str| {
            let Billed { reference, no_pensiun, name, .. } = line;
            let (paid, short) = (grouped(sen, ',', '.'), grouped(line.sen - sen, ',', '.'));
            format!(
                "\"JULI 2026\",\"{no_pensiun}\",\"{name}\",\"{reference}\",\"{paid}\",\"{short}\",\
                 \"{status}\",\"{reason}\"\r\n"
            )
        };
        let file = [
            "\"PERIODE\",\"NO PENSIUN\",\"NAMA\",\"NO PK\",\"PENDEBETAN ANGSURAN\",\"SELISIH\",\
             \"STATUS\",\"KETERANGAN\"\r\n"
                .to_owned(),
            row(&lines[0], lines[0].sen, "LUNAS", ""),
            row(&lines[1], lines[1].sen - 10_000_000, "KURANG", ""),
            row(&lines[2], 0, "GAGAL", "REKENING PASIF"),
            row(&lines[3], lines[3].sen, "LUNAS", "")
                .replace("JULI 2026", "JUNI 2026")
                .replace(&lines[3].reference, ""),
        ];
        let import = desk.import("ASABRI", file.concat()).expect(201);
        assert_eq!(import["profile"], "ASABRI");
        let stored = desk.import_lines(&import, "");
        assert_eq!(
            outcomes(&stored),
            expected(&[
                (2, "matched", ""),
                (3, "partial", ""),
                (4, "failed", "account_passive"),
                (5, "unmatched", "other_periode"),
            ])
        );
        assert_eq!(sen(&stored[1]["difference"]), -10_000_000);
        assert_balanced(&import);
    });
}
