//! The story of one loan: a pensioner is registered, borrows, and his pension pays the first
//! instalment. Each step's refusals stand in that module's own tests.

use serde_json::json;

use crate::support::{
    Client, House,
    lending::{Staff, id, rows},
    on_each_backend,
    people::pdf,
};

#[test]
fn from_registration_to_a_matched_pension_cut() {
    on_each_backend(|house| {
        let staff = the_administrator_hires(house);
        let product = he_offers_a_product_with_fees(&staff.admin);
        let member = sales_registers_a_pensioner(&staff.sales);
        his_papers_are_uploaded_and_verified(&staff, member);
        he_has_a_bank_account(&staff.sales, member);

        sales_simulates(&staff.sales, product);
        let application = he_applies(&staff.sales, member, product);
        the_precheck_passes(&staff.sales, application);
        the_analyst_recommends(&staff.analyst, application);
        let loan = two_levels_approve(&staff, application);
        the_loan_waits_with_its_schedule(&staff.auditor, loan);
        finance_pays_it_out(&staff.finance, loan);

        house.set_today("2026-06-25");
        let reference = finance_asks_for_the_month_s_cut(&staff.finance);
        house.set_today("2026-07-03");
        let payment = the_payer_s_file_comes_back(&staff.finance, loan, &reference);
        the_instalment_is_paid(&staff.auditor, loan, payment);
        the_trail_tells_who_did_what(&staff, application, loan, payment);
    });
}

fn the_administrator_hires(house: &House) -> Staff {
    let staff = Staff::of(house);
    let me = staff.finance.get("/auth/me").expect(200);
    assert_eq!(me["roles"], json!(["FINANCE"]));
    staff
}

fn he_offers_a_product_with_fees(admin: &Client) -> i64 {
    let product = json!({
        "code": "KP-12", "name": "Kredit Pensiun Sejahtera", "plafon_min": "5000000",
        "plafon_max": "300000000", "tenor_min": 6, "tenor_max": 120, "interest_rate": "12",
        "method": "anuitas", "dsr_limit": "70", "umur_maksimal": 75, "due_day": 1,
    });
    let product = id(&admin.post("/loan-products", &product).expect(201));
    let fees = format!("/loan-products/{product}/fees");
    admin.post(&fees, &json!({"kind": "provisi", "basis": "percent", "value": "1"})).expect(201);
    admin.post(&fees, &json!({"kind": "admin", "basis": "fixed", "value": "250000"})).expect(201);
    product
}

fn sales_registers_a_pensioner(sales: &Client) -> i64 {
    let member = json!({
        "nik": "3173051708570001", "no_pensiun": "140012345678901", "name": "Suparman Hadi",
        "birth_place": "Yogyakarta", "birth_date": "1957-08-17", "sex": "L",
        "address": "Jl. Melati 4, Jakarta Barat", "payer": "TASPEN", "pay_office": "Kantor Pos Grogol",
        "monthly_benefit": "4500000",
    });
    let member = sales.post("/members", &member).expect(201);
    assert_eq!(member["status"], "aktif");
    id(&member)
}

fn his_papers_are_uploaded_and_verified(staff: &Staff, member: i64) {
    let documents = format!("/members/{member}/documents");
    for kind in ["KTP", "KK", "SK_PENSIUN"] {
        let scan = pdf(kind);
        let made = staff.sales.upload(&documents, &[], &[("kind", kind)], ("scan.pdf", &scan));
        let document = id(&made.expect(201));
        let verify = format!("{documents}/{document}/verify");
        let verified = staff.supervisor.put(&verify, &json!({"status": "verified"})).expect(200);
        assert_eq!(verified["status"], "verified");
    }
}

fn he_has_a_bank_account(sales: &Client, member: i64) {
    let account = json!({"bank_code": "002", "bank_name": "BRI",
        "account_number": "001201000123456", "account_name": "Suparman Hadi"});
    let made = sales.post(&format!("/members/{member}/bank-accounts"), &account).expect(201);
    assert_eq!(made["is_default"], true);
}

fn sales_simulates(sales: &Client, product: i64) {
    let asked = "plafon=50000000&tenor=36&birth_date=1957-08-17&monthly_benefit=4500000";
    let path = format!("/loan-products/{product}/simulation?{asked}");
    let simulated = sales.get(&path).expect(200);
    assert_eq!(simulated["instalment"], "1660716.00");
    assert_eq!(
        (&simulated["total_fees"], &simulated["net_disbursement"]),
        (&json!("750000.00"), &json!("49250000.00"))
    );
    assert_eq!(simulated["schedule"].as_array().unwrap().len(), 36);
    assert_eq!(simulated["eligibility"]["passed"], true);
}

fn he_applies(sales: &Client, member: i64, product: i64) -> i64 {
    let body = json!({"member_id": member, "product_id": product, "plafon": "50000000",
        "tenor": 36, "purpose": "Renovasi rumah"});
    let application = sales.post("/applications", &body).expect(201);
    assert_eq!(
        (&application["status"], &application["interest_rate"]),
        (&json!("draft"), &json!("12"))
    );
    let documents = format!("/applications/{}/documents", id(&application));
    let form = pdf("formulir");
    sales.upload(&documents, &[], &[("kind", "FORMULIR")], ("formulir.pdf", &form)).expect(201);
    id(&application)
}

fn the_precheck_passes(sales: &Client, application: i64) {
    let submitted = sales.post(&format!("/applications/{application}/submit"), &json!({}));
    let submitted = submitted.expect(200);
    assert_eq!(submitted["status"], "analyzing");
    assert_eq!(submitted["precheck"]["passed"], true);
    let rules = submitted["precheck"]["rules"].as_array().unwrap();
    let dsr = rules.iter().find(|rule| rule["rule"] == "dsr").expect("the ratio is judged");
    assert_eq!((&dsr["actual"], &dsr["limit"]), (&json!("36.9048"), &json!("70")));
}

fn the_analyst_recommends(analyst: &Client, application: i64) {
    let body = json!({"income": "4500000", "other_obligations": "0", "risk_score": 72,
        "recommendation": "approve", "notes": "Pensiun tetap, rumah sendiri."});
    let analysed = analyst.post(&format!("/applications/{application}/analyze"), &body).expect(200);
    assert_eq!((&analysed["status"], &analysed["next_level"]), (&json!("committee"), &json!(1)));
}

fn two_levels_approve(staff: &Staff, application: i64) -> i64 {
    let path = format!("/applications/{application}/decide");
    let yes = json!({"decision": "approve", "notes": "Layak."});
    let first = staff.spv.post(&path, &yes).expect(200);
    assert_eq!((&first["status"], &first["next_level"]), (&json!("committee"), &json!(2)));
    let second = staff.manager.post(&path, &yes).expect(200);
    assert_eq!(second["status"], "approved");
    second["loan_id"].as_i64().expect("the last approval makes the loan")
}

fn the_loan_waits_with_its_schedule(auditor: &Client, loan: i64) {
    assert_eq!(auditor.get(&format!("/loans/{loan}")).expect(200)["status"], "pending");
    let schedule = auditor.get(&format!("/loans/{loan}/schedules")).expect(200);
    let first = &rows(&schedule)[0];
    assert_eq!((rows(&schedule).len(), &first["due_date"]), (36, &json!("2026-07-01")));
    assert_eq!(
        (&first["interest"], &first["principal"]),
        (&json!("500000.00"), &json!("1160716.00"))
    );
    assert_eq!(rows(&schedule)[35]["balance"], "0.00");
}

fn finance_pays_it_out(finance: &Client, loan: i64) {
    let path = format!("/loans/{loan}/disbursements");
    let paid_out = finance.post(&path, &json!({"reference": "RTGS-0615-1"})).expect(201);
    assert_eq!(
        (&paid_out["amount"], &paid_out["net_amount"]),
        (&json!("50000000.00"), &json!("49250000.00"))
    );
    let loan = finance.get(&format!("/loans/{loan}")).expect(200);
    assert_eq!(
        (&loan["status"], &loan["outstanding"]["principal"]),
        (&json!("active"), &json!("50000000.00"))
    );
}

/// Gives the reference under which the payer is asked.
fn finance_asks_for_the_month_s_cut(finance: &Client) -> String {
    let export = json!({"periode": "2026-07", "payer": "TASPEN"});
    let export = finance.post("/billing/export", &export).expect(201);
    assert_eq!((&export["lines"], &export["total_amount"]), (&json!(1), &json!("1660716.00")));
    let file = finance.get(&format!("/billing/export/{}/file", id(&export)));
    assert_eq!(file.status, 200, "{}", file.text());
    let text = file.text();
    let mut lines = text.trim_start_matches('\u{feff}').lines().map(|line| line.split(';'));
    let header: Vec<_> = lines.next().expect("a header").collect();
    let row: Vec<_> = lines.next().expect("a line for the loan").collect();
    let field = |name: &str| {
        let place = header.iter().position(|column| *column == name).expect("the column is there");
        row[place].to_owned()
    };
    assert_eq!(
        (field("no_pensiun"), field("amount")),
        ("140012345678901".into(), "1660716.00".into())
    );
    field("reference")
}

/// Gives the payment that the line became.
fn the_payer_s_file_comes_back(finance: &Client, loan: i64, reference: &str) -> i64 {
    let file = format!(
        "reference;no_pensiun;amount;status\r\n{reference};140012345678901;1.660.716,00;paid\r\n"
    );
    let fields = [("payer", "TASPEN"), ("periode", "2026-07")];
    let sent = finance.upload("/billing/import", &[], &fields, ("realisasi.csv", file.as_bytes()));
    let import = sent.expect(201);
    let matched = &import["summary"]["matched"];
    assert_eq!((&matched["count"], &matched["applied"]), (&json!(1), &json!("1660716.00")));
    let detail = finance.get(&format!("/billing/import/{}", id(&import))).expect(200);
    let line = &rows(&detail)[0];
    assert_eq!((&line["outcome"], &line["loan_id"]), (&json!("matched"), &json!(loan)));
    line["payment_id"].as_i64().expect("a payment")
}

fn the_instalment_is_paid(auditor: &Client, loan: i64, payment: i64) {
    let payments = auditor.get(&format!("/loans/{loan}/payments")).expect(200);
    let paid = &rows(&payments)[0];
    assert_eq!((&paid["id"], &paid["channel"]), (&json!(payment), &json!("potong_pensiun")));
    let parts = json!([
        {"no": 1, "component": "interest", "amount": "500000.00"},
        {"no": 1, "component": "principal", "amount": "1160716.00"},
    ]);
    assert_eq!(paid["allocations"], parts);
    let schedule = auditor.get(&format!("/loans/{loan}/schedules")).expect(200);
    assert_eq!(rows(&schedule)[0]["status"], "paid");
    let loan = auditor.get(&format!("/loans/{loan}")).expect(200);
    assert_eq!(
        (&loan["outstanding"]["principal"], &loan["dpd"]),
        (&json!("48839284.00"), &json!(0))
    );
}

fn the_trail_tells_who_did_what(staff: &Staff, application: i64, loan: i64, payment: i64) {
    let who = |client: &Client| client.get("/auth/me").expect(200)["user_id"].clone();
    let trail = |table: &str, id: i64| {
        let path = format!("/logs/audit-trails?ref_table={table}&ref_id={id}");
        let list = staff.auditor.get(&path).expect(200);
        let told: Vec<_> = rows(&list)
            .iter()
            .rev()
            .map(|row| {
                (row["action"].as_str().expect("an action").to_owned(), row["actor_id"].clone())
            })
            .collect();
        told
    };
    let did = |action: &str, by: &Client| (action.to_owned(), who(by));
    let expected = [
        did("application.create", &staff.sales),
        did("application.submit", &staff.sales),
        did("application.analyze", &staff.analyst),
        did("application.decide", &staff.spv),
        did("application.decide", &staff.manager),
        did("application.disburse", &staff.finance),
    ];
    assert_eq!(trail("applications", application), expected);
    let expected = [did("loan.create", &staff.manager), did("loan.disburse", &staff.finance)];
    assert_eq!(trail("loans", loan), expected);
    // A file's payments have one row a chunk: the lines are the detail.
    assert_eq!(trail("loan_payments", payment), []);
    let imports = staff.auditor.get("/logs/audit-trails?ref_table=pension_cut_imports").expect(200);
    let actors: Vec<_> = rows(&imports).iter().map(|row| row["actor_id"].clone()).collect();
    assert!(!actors.is_empty() && actors.iter().all(|actor| *actor == who(&staff.finance)));
}
