//! A loan's timeline, the statement of its account, the receipt of a payment.

use serde_json::{Value, json};

use crate::support::{
    House,
    lending::{Lending, id, rows},
    on_each_backend,
};

/// A loan that was paid late and then restructured, and one payment that bounced.
fn told(house: &House) -> (Lending, i64) {
    let lending = Lending::of(house);
    let loan = lending.disbursed();
    house.set_today("2026-07-11");
    lending.pay(loan, "2026-07-11", "1677323.16");
    let bounced = lending.pay(loan, "2026-07-11", "100000");
    let path = format!("/loans/{loan}/payments/{}/reverse", id(&bounced));
    lending.staff.finance.post(&path, &json!({"reason": "cek kosong"})).expect(200);
    house.set_today("2026-08-20");
    let path = format!("/loans/{loan}/restructures");
    let asked = json!({"effective_on": "2026-08-20", "extra_months": 6, "arrears": "capitalise",
        "reason": "sakit"});
    let asked = lending.staff.finance.post(&path, &asked).expect(201);
    let decide = json!({"decision": "approve", "notes": "setuju"});
    let path = format!("{path}/{}/decide", id(&asked));
    lending.staff.manager.post(&path, &decide).expect(200);
    (lending, loan)
}

fn get(lending: &Lending, path: &str) -> Value {
    lending.staff.auditor.get(path).expect(200)
}

fn sen(amount: &Value) -> i64 {
    amount.as_str().expect("an amount").replace('.', "").parse().expect("digits")
}

#[test]
fn the_timeline_tells_everything_in_pages() {
    on_each_backend(|house| {
        let (lending, loan) = told(house);
        house.set_today("2027-01-20");
        let path = format!("/loans/{loan}/timeline");
        let whole = get(&lending, &format!("{path}?count=true"));
        let told: Vec<_> = rows(&whole)
            .iter()
            .map(|row| {
                let text = |field: &str| row[field].as_str().unwrap_or("").to_owned();
                (text("on"), text("event"), text("status"))
            })
            .collect();
        let told: Vec<_> =
            told.iter().map(|(on, event, status)| (&on[..], &event[..], &status[..])).collect();
        assert_eq!(
            told,
            [
                ("2026-06-15", "disbursement", ""),
                ("2026-06-15", "status_change", "active"),
                ("2026-07-11", "payment", ""),
                ("2026-07-11", "payment", ""),
                ("2026-07-11", "reversal", ""),
                ("2026-08-20", "restructure", ""),
                ("2026-08-20", "restructure_request", "requested"),
                ("2026-08-20", "restructure_request", "approved"),
                ("2026-12-01", "status_change", "default"),
            ]
        );
        assert_eq!(whole["total"], 9);
        let bounced = &rows(&whole)[3];
        assert_eq!(bounced["reversed_by"], rows(&whole)[4]["transaction_id"]);
        let mut paged = Vec::new();
        let mut next = json!(null);
        loop {
            let cursor = next.as_str().map(|cursor| format!("&cursor={cursor}"));
            let page = get(&lending, &format!("{path}?limit=4{}", cursor.unwrap_or_default()));
            paged.extend(rows(&page).to_vec());
            next = page["next_cursor"].clone();
            if next.is_null() {
                break;
            }
        }
        assert_eq!(paged, rows(&whole));
    });
}

#[test]
fn a_statement_leads_from_one_balance_to_the_other() {
    on_each_backend(|house| {
        let (lending, loan) = told(house);
        let path = format!("/loans/{loan}/statement");
        let whole = get(&lending, &format!("{path}?from=2026-06-01"));
        assert_eq!(whole["opening"]["principal"], "0.00");
        let lines = whole["lines"].as_array().unwrap();
        let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["disbursement", "payment", "restructure"], "not what bounced");
        let (payment, restructure) = (&lines[1], &lines[2]);
        // Ten days late, the payment pays a penalty first.
        assert_eq!(
            (&payment["penalty"], &payment["interest"], &payment["principal"]),
            (&json!("16607.16"), &json!("500000.00"), &json!("1160716.00"))
        );
        assert_eq!(payment["principal_left"], "48839284.00");
        // What is capitalised pays interest and penalty, and is owed.
        let capitalised = sen(&restructure["interest"]) + sen(&restructure["penalty"]);
        assert_eq!(sen(&restructure["principal"]), -capitalised);
        assert_eq!(sen(&whole["closing"]["principal"]), 4_883_928_400 + capitalised);
        assert_eq!(restructure["principal_left"], whole["closing"]["principal"]);

        let july = get(&lending, &format!("{path}?from=2026-07-01&to=2026-07-31"));
        let august = get(&lending, &format!("{path}?from=2026-08-01&to=2026-08-20"));
        assert_eq!(july["lines"].as_array().unwrap().len(), 1);
        assert_eq!(july["closing"]["principal"], august["opening"]["principal"]);
        assert_eq!(august["closing"], whole["closing"]);

        let auditor = &lending.staff.auditor;
        for (query, field, code) in [
            ("from=2026-07-02&to=2026-07-01", "from", "after_end"),
            ("to=2026-08-21", "to", "date_in_future"),
        ] {
            let faults = auditor.get(&format!("{path}?{query}")).faults();
            assert_eq!(faults, [(field.to_owned(), code.to_owned())]);
        }
    });
}

#[test]
fn a_statement_is_handed_out_as_a_file() {
    on_each_backend(|house| {
        let (lending, loan) = told(house);
        let auditor = &lending.staff.auditor;
        let path = format!("/loans/{loan}/statement?from=2026-06-01");
        let csv = auditor.get(&format!("{path}&format=csv"));
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        let csv = csv.text();
        let lines: Vec<_> = csv.lines().collect();
        assert_eq!(lines.len(), 6, "titles, two balances, three transactions: {csv}");
        assert!(lines[0].starts_with("Tanggal;No.;Transaksi;Jumlah;"), "{}", lines[0]);
        assert!(lines[3].contains(";Pembayaran;1677323.16;16607.16;;500000.00;1160716.00;"));
        assert!(lines[5].starts_with("2026-08-20;;Saldo akhir;"), "{}", lines[5]);
        let pdf = auditor.get(&format!("{path}&format=pdf"));
        assert_eq!(pdf.header("content-type"), Some("application/pdf"));
        assert!(pdf.text().starts_with("%PDF-"));
    });
}

#[test]
fn a_receipt_is_printed_for_each_payment() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-07-01");
        let payment = lending.pay(loan, "2026-07-01", "1660716");
        let auditor = &lending.staff.auditor;
        let path = format!("/loans/{loan}/payments/{}/receipt", id(&payment));
        let receipt = auditor.get(&path);
        assert_eq!(receipt.header("content-type"), Some("application/pdf"));
        let name = format!("kuitansi-KW-{:08}.pdf", id(&payment));
        assert!(receipt.header("content-disposition").is_some_and(|it| it.contains(&name)));
        let other = lending.disbursed();
        let elsewhere = format!("/loans/{other}/payments/{}/receipt", id(&payment));
        auditor.get(&elsewhere).refused(404, "not_found");
    });
}
