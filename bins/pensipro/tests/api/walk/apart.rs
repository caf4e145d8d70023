//! Changes that the walk's world refuses or has no occasion for: each is made here, and leaves its row.

use pensipro_persistence::testing::backends;
use serde_json::{Value, json};

use super::{guards, trail};
use crate::{
    billing::{Desk, plain},
    funders::{contract, funder},
    support::{
        Client, House, HouseOptions, PASSWORD,
        lending::{Lending, add_account, id, make_product, rows},
        running::until,
    },
};

/// Pensioners of the desk are numbered apart from those of the lending people.
const FIRST_OF_DESK: u32 = 500;

#[test]
fn what_the_walk_cannot_change_leaves_its_row_too() {
    // A mail server is named, so that letters are taken; none of them needs to arrive.
    let mail = [
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", "9"),
        ("smtp_tls", "none"),
        ("smtp_from", "koperasi@example.id"),
    ];
    for backend in backends() {
        let house = &House::with(backend, HouseOptions { settings: &mail, ..Default::default() });
        people(house);
        let lending = lending(house);
        let admin = &lending.staff.admin;
        applications(&lending);
        members(&lending);
        log_and_messages(house, admin);
        account(house, &lending);
        shares(house, &lending);
        cuts(house);
        month(house);
        anonymised(house, &lending);
        let built = guards();
        let proved = trail::proved(house, built.keys());
        let missing: Vec<_> =
            trail::MADE_APART.iter().filter(|route| !proved.contains(*route)).collect();
        assert!(missing.is_empty(), "no row came of: {missing:#?}");
    }
}

/// A cooperative that holds one instalment back.
fn lending(house: &House) -> Lending {
    let mut lending = Lending::of(house);
    let admin = &lending.staff.admin;
    let product = make_product(admin, &json!({"code": "KP-16"}));
    let deposit = json!({"kind": "blokir", "basis": "instalments", "value": "1"});
    admin.post(&format!("/loan-products/{product}/fees"), &deposit).expect(201);
    lending.product = product;
    lending
}

fn people(house: &House) {
    let admin = house.admin();
    let user = house.new_user(&admin, &[]);
    let name = user["username"].as_str().expect("a name");
    house.sign_in(name).send("POST", "/auth/logout", &[], None).expect(204);
    let change = json!({"current_password": PASSWORD, "new_password": "kata-sandi-lain"});
    house.sign_in(name).put("/auth/password", &change).expect(204);
    let role = id(&admin.post("/roles", &json!({"role_name": "SEMENTARA"})).expect(201));
    admin.delete(&format!("/roles/{role}")).expect(204);
    let modules = admin.get("/modules?limit=200").expect(200);
    let module = rows(&modules).iter().find(|row| row["module_code"] == "REPORT").expect("it");
    let path = format!("/modules/{}/status", id(module));
    for is_active in [false, true] {
        admin.put(&path, &json!({ "is_active": is_active })).expect(200);
    }
}

fn applications(lending: &Lending) {
    let (sales, spv) = (&lending.staff.sales, &lending.staff.spv);
    let draft = format!("/applications/{}", lending.draft(lending.member(), &json!({})));
    sales.put(&draft, &json!({"purpose": "Renovasi rumah"})).expect(200);
    sales.post(&format!("{draft}/cancel"), &json!({"reason": "batal"})).expect(200);
    let submitted = lending.submitted();
    let back = json!({"status": "draft", "reason": "diperbaiki"});
    lending.staff.admin.put(&format!("/applications/{submitted}/status"), &back).expect(200);
    let analysed = lending.analysed();
    let reason = json!({"reason": "saudara kandung"});
    spv.post(&format!("/applications/{analysed}/recusals"), &reason).expect(201);
}

fn members(lending: &Lending) {
    let member = lending.bare_member(json!({}));
    let path = format!("/members/{member}");
    add_account(&lending.staff.sales, member);
    let other = json!({"bank_code": "008", "bank_name": "Mandiri",
        "account_number": "98765432", "account_name": "Suparman Hadi"});
    let second = lending.staff.sales.post(&format!("{path}/bank-accounts"), &other).expect(201);
    let default = format!("{path}/bank-accounts/{}/default", id(&second));
    lending.staff.sales.send("POST", &default, &[], None).expect(200);
    lending.staff.admin.delete(&path).expect(204);
}

fn log_and_messages(house: &House, admin: &Client) {
    let noted = "INSERT INTO exception_logs (severity, source, message, payload, created_at) \
                 VALUES ('warning', 'billing.import', 'x', '{}', '2026-06-15 00:00:00')";
    house.database.execute(noted).expect("it is noted");
    let open = admin.get("/logs/exceptions?resolved=false&source=billing.import").expect(200);
    let path = format!("/logs/exceptions/{}/resolve", id(&rows(&open)[0]));
    admin.post(&path, &json!({"note": "Selesai"})).expect(200);

    let member = id(&rows(&admin.get("/members").expect(200))[0]);
    let contact = json!({"kind": "email", "value": "siti@example.id"});
    admin.post(&format!("/members/{member}/contacts"), &contact).expect(201);
    let letter =
        json!({"member_id": member, "channel": "email", "title": "Halo", "body": "Apa kabar?"});
    admin.post("/notifications", &letter).expect(201);
    let waiting = until("the letter", || {
        rows(&admin.get("/notifications/deliveries").expect(200)).first().map(id)
    });
    house.database.execute("UPDATE notification_deliveries SET status = 'dead'").expect("given up");
    let retry = format!("/notifications/deliveries/{waiting}/retry");
    admin.send("POST", &retry, &[], None).expect(200);
}

/// A loan account: the deposit, frozen interest, something taken back, and its end.
fn account(house: &House, lending: &Lending) {
    let (manager, finance) = (&lending.staff.manager, &lending.staff.finance);
    let loan = lending.disbursed();
    let path = format!("/loans/{loan}");
    house.set_today("2026-07-02");
    let part = |amount: &str| json!({"amount": amount, "reason": "tunggakan"});
    manager.post(&format!("{path}/deposits/apply"), &part("600000")).expect(201);
    manager.post(&format!("{path}/deposits/release"), &part("1000")).expect(201);
    let freeze = json!({"effective_on": "2026-07-01", "reason": "putusan pengadilan"});
    let frozen = manager.post(&format!("{path}/interest-freezes"), &freeze).expect(201);
    let reverse = format!("{path}/transactions/{}/reverse", id(&frozen));
    lending.staff.admin.post(&reverse, &json!({"reason": "keliru"})).expect(200);
    let quote = finance.get(&format!("{path}/settlement-quote?date=2026-07-02")).expect(200);
    let settled = json!({"settled_on": "2026-07-02", "amount": quote["total"],
        "channel": "transfer", "reference": "LUNAS-1"});
    finance.post(&format!("{path}/settlements"), &settled).expect(201);
}

/// A funder's share of a loan, and a month settled with him for good.
fn shares(house: &House, lending: &Lending) {
    let (admin, finance) = (&lending.staff.admin, &lending.staff.finance);
    let bank = funder(admin, "BBM");
    contract(admin, bank, &json!({})).expect(201);
    let loan = lending.disbursed();
    let share = json!({"funder_id": bank, "kind": "participation"});
    finance.post(&format!("/loans/{loan}/allocate-funder"), &share).expect(200);
    house.set_today("2026-08-02");
    lending.pay(loan, "2026-08-01", "1660716");
    let path = format!("/funders/{bank}/settlements");
    let month = json!({"periode": "2026-07", "include_open_month": true});
    let settlement = id(&finance.post(&path, &month).expect(201));
    finance.put(&format!("{path}/{settlement}"), &json!({"status": "final"})).expect(200);
}

/// A month of cuts: answers, one of them nobody's, one of too much, and one that is taken back.
fn cuts(house: &House) {
    let desk = Desk::new(house);
    desk.lend("TASPEN", FIRST_OF_DESK, 2);
    let (_, lines) = desk.bill("TASPEN");
    let nobodys = "no_pensiun;amount\n999999999999999;1000.00\n";
    let wrong = desk.import("TASPEN", nobodys).expect(201);
    desk.finance.delete(&format!("/billing/import/{}", id(&wrong))).expect(204);
    let nobodys = format!("{nobodys}888888888888888;{}\n", plain(lines[1].sen));
    let import = desk.import("TASPEN", nobodys).expect(201);
    let line = id(&desk.import_lines(&import, "unmatched")[1]);
    let settled = json!({"loan_id": lines[1].loan_id, "notes": "asked the pay office"});
    desk.finance.post(&format!("/billing/reconcile/{line}"), &settled).expect(200);
    let (reference, too_much) = (&lines[0].reference, plain(lines[0].sen + 2_500_000));
    desk.import("TASPEN", format!("reference;amount\n{reference};{too_much}\n")).expect(201);
    let refunds = desk.finance.get("/billing/refunds?status=requested").expect(200);
    let refund = format!("/billing/refunds/{}", id(&rows(&refunds)[0]));
    desk.finance.put(&refund, &json!({"status": "approved"})).expect(200);
}

/// The walk's world has no month that is over and in which something was entered.
fn month(house: &House) {
    house.set_today("2027-01-02");
    let admin = house.admin();
    admin.post("/jobs/end-of-day", &json!({"date": "2027-01-01"})).expect(201);
    admin.post("/jobs/end-of-month", &json!({})).expect(201);
}

fn anonymised(house: &House, lending: &Lending) {
    let member = lending.bare_member(json!({}));
    house.set_today("2037-01-01");
    let path = format!("/members/{member}/anonymise");
    let done: Value = house.admin().send("POST", &path, &[], None).expect(200);
    assert!(done["anonymised_at"].is_string());
}
