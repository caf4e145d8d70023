//! The end of a day: late loans are brought to it, month ends are written, offers expire.

use serde_json::{Value, json};

use crate::support::{
    Client, House, Response,
    lending::{Lending, rows},
    on_each_backend,
};

fn end_of_day(by: &Client, body: &Value) -> Response {
    by.post("/jobs/end-of-day", body)
}

fn done(by: &Client, body: &Value) -> Value {
    let run = end_of_day(by, body).expect(201);
    assert_eq!(run["status"], "done", "{run}");
    run
}

fn in_default(lending: &Lending) -> usize {
    rows(&lending.staff.auditor.get("/loans?status=default").expect(200)).len()
}

#[test]
fn a_loan_long_overdue_comes_to_be_in_default_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (late, punctual) = (lending.disbursed(), lending.disbursed());
        house.set_today("2026-07-01");
        lending.pay(punctual, "2026-07-01", "1660716");
        // 90 days after the first instalment was due, and one more.
        house.set_today("2026-09-29");
        let admin = &lending.staff.admin;
        let ninety = done(admin, &json!({}));
        assert_eq!((&ninety["date"], &ninety["defaulted"]), (&json!("2026-09-29"), &json!(0)));
        assert_eq!(in_default(&lending), 0);
        house.set_today("2026-09-30");
        let run = done(admin, &json!({}));
        assert_eq!(
            (&run["loans"], &run["defaulted"], &run["failed"]),
            (&json!(2), &json!(1), &json!(0))
        );
        assert_eq!(lending.loan(late)["status"], "default");
        assert_eq!(in_default(&lending), 1);
        let trail = admin.get("/logs/audit-trails?action=loan.default").expect(200);
        assert_eq!(rows(&trail)[0]["new_value"]["dpd"], 91);
        let again = done(admin, &json!({}));
        // One day more of 0.1 % on five late instalments.
        assert_eq!((&again["defaulted"], &again["penalties"]), (&json!(0), &json!("8303.58")));
        assert_eq!(rows(&admin.get("/logs/audit-trails?action=loan.default").expect(200)).len(), 1);
        let shown = admin.get(&format!("/jobs/{}", again["id"])).expect(200);
        assert_eq!(shown, again);
    });
}

/// `day dpd kolektibilitas outstanding`, in order.
fn month_ends(house: &House) -> Vec<String> {
    house.database.texts(
        "SELECT day || ' ' || dpd || ' ' || kolektibilitas || ' ' || outstanding AS text \
         FROM loan_month_ends ORDER BY day, loan_id",
    )
}

#[test]
fn missed_month_ends_are_written_as_the_loans_stood_then() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-08-03");
        lending.pay(loan, "2026-07-15", "1660716");
        let run = done(&lending.staff.admin, &json!({}));
        assert_eq!(run["month_ends"], 2);
        // The payment of 15 July was entered in August: at the end of July nobody knew of it.
        let expected = ["2026-06-30 0 1 5000000000", "2026-07-31 30 2 5000000000"];
        assert_eq!(month_ends(house), expected);
        done(&lending.staff.admin, &json!({}));
        assert_eq!(month_ends(house), expected);
    });
}

/// What was taken back in August still stood at the end of July; what was taken back in July did not.
#[test]
fn a_month_end_knows_of_no_later_reversal() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let reverse = |payment: &Value| {
            let path = format!("/loans/{loan}/payments/{}/reverse", payment["id"]);
            lending.staff.finance.post(&path, &json!({"reason": "salah setor"})).expect(200);
        };
        house.set_today("2026-07-10");
        let mistaken = lending.pay(loan, "2026-07-10", "1000000");
        reverse(&mistaken);
        let first = lending.pay(loan, "2026-07-10", "1700000");
        house.set_today("2026-08-03");
        let unpaid = lending.loan(loan)["outstanding"]["principal"].clone();
        reverse(&first);
        done(&lending.staff.admin, &json!({}));
        let sen = unpaid.as_str().unwrap().replace('.', "");
        let expected = ["2026-06-30 0 1 5000000000".to_owned(), format!("2026-07-31 0 1 {sen}")];
        assert_eq!(month_ends(house), expected);
        assert_ne!(sen, "5000000000");
    });
}

#[test]
fn an_offer_that_nobody_took_up_is_cancelled_with_its_loan() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (application, loan) = lending.approved();
        house.set_today("2026-07-15");
        assert_eq!(done(&lending.staff.admin, &json!({}))["offers_expired"], 0);
        house.set_today("2026-07-16");
        assert_eq!(done(&lending.staff.admin, &json!({}))["offers_expired"], 1);
        assert_eq!(lending.application(application)["status"], "cancelled");
        assert_eq!(lending.loan(loan)["status"], "cancelled");
    });
}

#[test]
fn a_loan_that_cannot_be_done_is_noted_and_the_others_are_done() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (broken, whole) = (lending.disbursed(), lending.disbursed());
        let sql = format!("UPDATE loan_terms SET terms = 'x' WHERE loan_id = {broken}");
        house.database.execute(&sql).expect("the terms are damaged");
        house.set_today("2026-10-15");
        let run = done(&lending.staff.admin, &json!({"date": "2026-10-14"}));
        assert_eq!((&run["defaulted"], run["failed"].as_u64() > Some(0)), (&json!(1), true));
        assert_eq!(lending.loan(whole)["status"], "default");
        let noted = lending.staff.admin.get("/logs/exceptions?source=loans.end_of_day").expect(200);
        assert_eq!(rows(&noted)[0]["payload"]["loan_id"], broken);
    });
}

#[test]
fn a_member_is_reminded_once_of_what_he_owes() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let member = lending.loan(loan)["member_id"].clone();
        let reminders = || {
            let deliver = || actix_web::rt::System::new().block_on(house.app.deliver_events());
            while deliver().expect("it is delivered") > 0 {}
            let path = format!("/notifications?member_id={member}&event=loan.overdue");
            rows(&lending.staff.admin.get(&path).expect(200)).len()
        };
        house.set_today("2026-07-01");
        done(&lending.staff.admin, &json!({}));
        assert_eq!(reminders(), 0);
        house.set_today("2026-07-02");
        assert_eq!(done(&lending.staff.admin, &json!({}))["reminded"], 1);
        assert_eq!(reminders(), 1);
        house.set_today("2026-07-05");
        assert_eq!(done(&lending.staff.admin, &json!({}))["reminded"], 0);
        house.set_today("2026-07-08");
        assert_eq!(done(&lending.staff.admin, &json!({}))["reminded"], 1);
        assert_eq!(reminders(), 2);
    });
}

#[test]
fn who_may_not_run_it_and_days_that_are_not_there_yet_are_refused() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        end_of_day(&lending.staff.sales, &json!({})).refused(403, "permission_denied");
        let admin = &lending.staff.admin;
        let faults = end_of_day(admin, &json!({"date": "2026-06-16"})).faults();
        assert_eq!(faults, [("date".to_owned(), "date_in_future".to_owned())]);
        end_of_day(admin, &json!({"date": "kemarin"})).refused(400, "unreadable_body");
        admin.get("/jobs/999").refused(404, "not_found");
        assert_eq!(house.database.texts("SELECT job AS text FROM job_runs").len(), 0);
    });
}

#[test]
fn two_who_begin_it_at_once_get_one_run() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        lending.disbursed();
        house.set_today("2026-10-15");
        let runs: Vec<Value> = std::thread::scope(|scope| {
            let admin = &lending.staff.admin;
            let tries: Vec<_> = (0..2).map(|_| scope.spawn(|| done(admin, &json!({})))).collect();
            tries.into_iter().map(|each| each.join().expect("no panic")).collect()
        });
        let defaulted: u64 =
            runs.iter().map(|run| run["defaulted"].as_u64().expect("a count")).sum();
        let one = runs[0]["id"] == runs[1]["id"];
        assert_eq!(defaulted, if one { 2 } else { 1 }, "{runs:?}");
        assert_eq!(in_default(&lending), 1);
    });
}
