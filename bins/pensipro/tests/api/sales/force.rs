//! A sales force to test with.

use serde_json::{Value, json};

use crate::support::{
    Client,
    lending::{Lending, id, with},
};

/// A branch with this code.
#[track_caller]
pub(super) fn make_branch(by: &Client, code: &str) -> i64 {
    let body = json!({"code": code, "name": format!("Cabang {code}")});
    id(&by.post("/sales-branches", &body).expect(201))
}

/// What is stated of a sales person who earns 1 %, with other fields in place of its own.
pub(super) fn sales(branch: i64, code: &str, other: Value) -> Value {
    let usual = json!({"branch_id": branch, "code": code, "name": format!("Sales {code}"),
        "commission_pct": "1"});
    with(&usual, &other)
}

/// A sales person of a branch.
#[track_caller]
pub(super) fn make_sales(by: &Client, branch: i64, code: &str) -> i64 {
    id(&by.post("/sales", &sales(branch, code, json!({}))).expect(201))
}

/// A loan of Rp 50 million that this sales person brought, approved and not yet disbursed.
pub(super) fn approved_for(lending: &Lending, sales: i64) -> i64 {
    let application = lending.draft(lending.member(), &json!({"sales_id": sales}));
    lending.submit(application);
    lending.analyse(application);
    lending.approve(application)
}

/// The same, disbursed today.
pub(super) fn disbursed_for(lending: &Lending, sales: i64) -> i64 {
    let loan = approved_for(lending, sales);
    lending.disburse(loan);
    loan
}

/// Takes a loan's latest disbursement back.
pub(super) fn reverse_disbursement(lending: &Lending, loan: i64) {
    let finance = &lending.staff.finance;
    let list = finance.get(&format!("/loans/{loan}/disbursements")).expect(200);
    let latest = list["data"].as_array().unwrap().last().unwrap()["transaction_id"].clone();
    let path = format!("/loans/{loan}/transactions/{latest}/reverse");
    finance.post(&path, &json!({"reason": "rekening salah"})).expect(200);
}
