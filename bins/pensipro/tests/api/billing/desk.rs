//! A desk of the finance department: it exports, reads files, and imports.

use std::time::Duration;

use serde_json::{Value, json};

use super::seed::lend;
use crate::support::{Client, House, Response};

pub(crate) use crate::support::running::until;

/// Somebody of FINANCE in a house, on 2 July 2026.
pub(crate) struct Desk<'a> {
    pub(crate) house: &'a House,
    pub(crate) finance: Client,
}

/// A line of an export's file.
#[derive(Debug, Clone)]
pub(crate) struct Billed {
    pub(crate) reference: String,
    pub(crate) no_pensiun: String,
    pub(crate) nik: String,
    pub(crate) name: String,
    pub(crate) loan_id: i64,
    pub(crate) sen: i64,
}

/// Sen of an amount of the interface.
#[track_caller]
pub(crate) fn sen(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap_or_else(|| panic!("{amount} is no amount"));
    text.replace('.', "").parse().expect("digits")
}

/// An amount as our own files have it: `1500000.00`.
pub(crate) fn plain(sen: i64) -> String {
    format!("{}.{:02}", sen / 100, sen % 100)
}

/// An amount with marks between thousands: `1.500.000,00`, or the other way round.
pub(crate) fn grouped(sen: i64, thousands: char, decimals: char) -> String {
    let digits = (sen / 100).to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(thousands);
        }
        text.push(digit);
    }
    format!("{text}{decimals}{:02}", sen % 100)
}

impl<'a> Desk<'a> {
    /// With so many loans of TASPEN's, of which July's instalment is the first.
    pub(crate) fn with_loans(house: &'a House, count: u32) -> Self {
        let desk = Self::new(house);
        desk.lend("TASPEN", 1, count);
        desk
    }

    pub(crate) fn new(house: &'a House) -> Self {
        house.set_today("2026-07-02");
        Self { house, finance: house.user(&["FINANCE"]) }
    }

    pub(crate) fn lend(&self, payer: &str, first: u32, count: u32) {
        lend(self.house.app.store(), payer, first, count);
    }

    /// July's export of a payer, and its lines.
    #[track_caller]
    pub(crate) fn bill(&self, payer: &str) -> (i64, Vec<Billed>) {
        let export = self.export(&json!({"periode": "2026-07", "payer": payer})).expect(201);
        let id = export["id"].as_i64().expect("an id");
        (id, self.lines_of(id))
    }

    pub(crate) fn export(&self, body: &Value) -> Response {
        self.finance.post("/billing/export", body)
    }

    #[track_caller]
    pub(crate) fn lines_of(&self, export: i64) -> Vec<Billed> {
        let file = self.finance.get(&format!("/billing/export/{export}/file"));
        assert_eq!(file.status, 200, "{}", file.text());
        billed(&file.text())
    }

    /// Uploads a file of a payer's for July.
    pub(crate) fn import(&self, payer: &str, file: impl AsRef<[u8]>) -> Response {
        self.import_of(&[("payer", payer), ("periode", "2026-07")], file)
    }

    pub(crate) fn import_of(&self, fields: &[(&str, &str)], file: impl AsRef<[u8]>) -> Response {
        self.import_with(&[], fields, file)
    }

    pub(crate) fn import_with(
        &self,
        headers: &[(&str, &str)],
        fields: &[(&str, &str)],
        file: impl AsRef<[u8]>,
    ) -> Response {
        let file = ("realisasi.csv", file.as_ref());
        self.finance.upload("/billing/import", headers, fields, file)
    }

    /// An import's lines of an outcome, or all of them.
    #[track_caller]
    pub(crate) fn import_lines(&self, import: &Value, outcome: &str) -> Vec<Value> {
        all_lines(&self.finance, import["id"].as_i64().expect("an id"), outcome)
    }

    /// What of a loan's instalments is not paid yet.
    #[track_caller]
    pub(crate) fn owed(&self, loan_id: i64) -> i64 {
        let schedule = self.finance.get(&format!("/loans/{loan_id}/schedules")).expect(200);
        let rows = schedule["data"].as_array().expect("rows").iter();
        let of = |row: &Value, field: &str| sen(&row[field]);
        rows.map(|row| of(row, "instalment") - of(row, "principal_paid") - of(row, "interest_paid"))
            .sum()
    }

    /// How many payments stand on a loan.
    #[track_caller]
    pub(crate) fn payments(&self, loan_id: i64) -> usize {
        let payments = self.finance.get(&format!("/loans/{loan_id}/payments")).expect(200);
        payments["data"].as_array().expect("a list").len()
    }

    /// Files that wait in the spool.
    pub(crate) fn spooled(&self) -> usize {
        let old = self.house.app.files.older_than("spool", Duration::ZERO);
        old.expect("the spool reads").len()
    }
}

/// The lines of an import, page by page.
#[track_caller]
pub(crate) fn all_lines(client: &Client, import: i64, outcome: &str) -> Vec<Value> {
    let filter = if outcome.is_empty() { String::new() } else { format!("&outcome={outcome}") };
    let (mut lines, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/billing/import/{import}?limit=200{filter}{cursor}");
        let page = client.get(&path).expect(200);
        lines.extend(page["data"].as_array().expect("a list").iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return lines,
        }
    }
}

/// The lines of the generic file.
pub(crate) fn billed(file: &str) -> Vec<Billed> {
    let mut lines = file.lines();
    let header = "reference;periode;payer;pay_office;no_pensiun;nik;name;loan_number;\
                  instalment_no;due_date;amount";
    assert_eq!(lines.next(), Some(header));
    lines.map(billed_line).collect()
}

fn billed_line(line: &str) -> Billed {
    let cells: Vec<&str> = line.split(';').map(|cell| cell.trim_matches('"')).collect();
    let [reference, _, _, _, no_pensiun, nik, name, _, _, _, amount] = cells[..] else {
        panic!("{line:?} has other columns")
    };
    let digits = |text: &str| text.replace('\'', "");
    Billed {
        reference: reference.to_owned(),
        no_pensiun: digits(no_pensiun),
        nik: digits(nik),
        name: name.to_owned(),
        loan_id: reference.rsplit('-').next().expect("a number").parse().expect("a loan"),
        sen: sen(&json!(amount)),
    }
}

/// A generic file that pays these lines in full.
pub(crate) fn paid_in_full(lines: &[Billed]) -> String {
    let row = |line: &Billed| format!("{};{}\n", line.reference, plain(line.sen));
    format!("reference;amount\n{}", lines.iter().map(row).collect::<String>())
}

/// Every readable amount is applied, to be refunded or held.
#[track_caller]
pub(crate) fn assert_balanced(import: &Value) {
    let summary = import["summary"].as_object().expect("a summary");
    let sum = |field: &str| summary.values().map(|totals| sen(&totals[field])).sum::<i64>();
    let total = sen(&import["total_amount"]);
    assert_eq!(sum("amount"), total, "{import}");
    assert_eq!(sum("applied") + sum("to_refund") + sum("held"), total, "{import}");
    let count: i64 =
        summary.values().map(|totals| totals["count"].as_i64().expect("a count")).sum();
    assert_eq!(import["lines_done"], count, "{import}");
}
