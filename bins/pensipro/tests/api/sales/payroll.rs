//! Commissions across sales people, as a list and as a file.

use serde_json::{Value, json};

use super::force::{disbursed_for, make_branch, sales};
use crate::support::{
    lending::{Lending, id, rows},
    on_each_backend,
};

/// Two sales people of two branches: one earned, the other has a row by hand. One is called what a
/// spreadsheet would take for a formula.
fn earning(lending: &Lending) -> [i64; 2] {
    let admin = &lending.staff.admin;
    let person = |branch, code, name: &str| {
        id(&admin.post("/sales", &sales(branch, code, json!({"name": name}))).expect(201))
    };
    let (one, other) = (make_branch(admin, "JKT"), make_branch(admin, "BDG"));
    let people = [person(one, "S01", "=1+1"), person(other, "S02", "Budi; \"Gus\"")];
    disbursed_for(lending, people[0]);
    let bonus = json!({"amount": "-250000", "reason": "Potongan"});
    let path = format!("/sales/{}/commissions", people[1]);
    lending.staff.manager.post(&path, &bonus).expect(201);
    people
}

#[test]
fn commissions_are_found_by_what_the_payroll_asks() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let people = earning(&lending);
        let finance = &lending.staff.finance;
        let body = json!({"paid_on": "2026-06-15", "payroll_periode": "2026-07"});
        finance.post(&format!("/sales/{}/commissions/1/pay", people[0]), &body).expect(200);
        let codes = |query: &str| {
            let list = finance.get(&format!("/sales-commissions?{query}")).expect(200);
            let codes: Vec<_> = rows(&list)
                .iter()
                .map(|row| row["sales_code"].as_str().unwrap().to_owned())
                .collect();
            codes.join(" ")
        };
        assert_eq!(codes(""), "S01 S02");
        assert_eq!((codes("status=unpaid"), codes("status=paid")), ("S02".into(), "S01".into()));
        assert_eq!(
            (codes("periode=2026-06"), codes("periode=2026-07")),
            ("S01 S02".into(), String::new())
        );
        assert_eq!(codes("payroll_periode=2026-07"), "S01");
        assert_eq!(codes("branch_id=2"), "S02");
        assert_eq!(codes(&format!("sales_id={}", people[0])), "S01");
        assert_eq!(codes("loan_id=1&format=json"), "S01");
        let first = finance.get("/sales-commissions?limit=1&count=true").expect(200);
        assert_eq!(first["total"], 2);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(codes(&format!("limit=1&cursor={cursor}")), "S02");
        for query in ["status=late", "format=xml", "periode=juni"] {
            finance.get(&format!("/sales-commissions?{query}")).refused(400, "invalid_query");
        }
    });
}

#[test]
fn the_file_holds_everything_and_no_formula() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        earning(&lending);
        let finance = &lending.staff.finance;
        let file = finance.get("/sales-commissions?format=csv&limit=1");
        assert_eq!(file.header("content-type"), Some("text/csv; charset=utf-8"));
        let attachment = "attachment; filename=\"komisi-sales.csv\"";
        assert_eq!(file.header("content-disposition"), Some(attachment));
        assert_eq!(file.status, 200);
        let text = file.text();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("id;periode;kode_cabang;kode_sales;nama_sales;"));
        let earned = "1;2026-06;JKT;S01;'=1+1;LN-2026-000001;pencairan;50000000.00;1;500000.00;\
                      belum dibayar;;;;";
        assert_eq!(lines[1], earned);
        let by_hand = "2;2026-06;BDG;S02;\"Budi; \"\"Gus\"\"\";;manual;;;-250000.00;belum dibayar;\
                       Potongan;;;";
        assert_eq!(lines[2], by_hand);
        let none = finance.get("/sales-commissions?format=csv&periode=2026-01").text();
        assert_eq!(none.lines().count(), 1);
        let admin = &lending.staff.admin;
        let trail = admin.get("/logs/audit-trails?action=commission.export").expect(200);
        let seen: Vec<&Value> =
            rows(&trail).iter().map(|row| &row["new_value"]["periode"]).collect();
        assert_eq!(seen.len(), 2);
        assert!(seen.contains(&&json!("2026-01")));
    });
}
