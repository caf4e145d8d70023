//! The end of a day: late loans are brought to it, month ends are written, offers expire.

use std::{path::Path, process::Stdio};

use pensipro_persistence::{
    Backend,
    testing::{TestDatabase, backends},
};
use serde_json::{Value, json};

use crate::{
    billing::lend,
    support::{
        Client, House, Response,
        lending::{Lending, rows},
        on_each_backend,
        running::{Running, program, until},
    },
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

/// `due date, step, told on` of a loan's reminders.
fn reminders_of(house: &House, loan: i64) -> Vec<String> {
    house.database.texts(&format!(
        "SELECT due_date || ' ' || dpd || ' ' || told_on AS text FROM loan_reminders \
         WHERE loan_id = {loan} ORDER BY told_on"
    ))
}

#[test]
fn each_step_before_and_after_a_due_date_is_told_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (late, punctual) = (lending.disbursed(), lending.disbursed());
        let reminded = |day: &str| {
            house.set_today(day);
            let run = |_| done(&lending.staff.admin, &json!({}))["reminded"].as_u64();
            [0, 1].map(run).map(|count| count.expect("a count"))
        };
        assert_eq!(reminded("2026-06-27"), [0, 0]);
        assert_eq!(reminded("2026-06-28"), [2, 0]);
        lending.pay(punctual, "2026-06-28", "1660716");
        for (day, expected) in [
            ("2026-06-29", 0),
            ("2026-07-01", 0),
            ("2026-07-02", 1),
            ("2026-07-07", 0),
            ("2026-07-08", 1),
            // The other loan's August is three days ahead.
            ("2026-07-29", 1),
            ("2026-07-30", 0),
            ("2026-07-31", 1),
        ] {
            assert_eq!(reminded(day), [expected, 0], "{day}");
        }
        let steps = [
            "2026-07-01 -3 2026-06-28",
            "2026-07-01 1 2026-07-02",
            "2026-07-01 7 2026-07-08",
            "2026-07-01 30 2026-07-31",
        ];
        assert_eq!(reminders_of(house, late), steps);
        let steps = ["2026-07-01 -3 2026-06-28", "2026-08-01 -3 2026-07-29"];
        assert_eq!(reminders_of(house, punctual), steps);
        let soon = "SELECT params AS text FROM outbox WHERE event = 'loan.due_soon' ORDER BY id";
        let params: Value = serde_json::from_str(&house.database.texts(soon)[0]).expect("JSON");
        assert_eq!(
            (&params["due_date"], &params["days"], &params["amount"]),
            (&json!("2026-07-01"), &json!("3"), &json!("1660716.00"))
        );
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

/// Loans of the day at which the program is killed.
const KILLED_AT: u32 = 60;

/// A database with late loans. The first one's terms are damaged, so that the others are done one by
/// one, and there are many moments in which the program can be killed.
fn late_loans(backend: Backend) -> TestDatabase {
    let database = TestDatabase::new(backend);
    let loans = lend(database.store(), "TASPEN", 1, KILLED_AT);
    let sql = format!("UPDATE loan_terms SET terms = 'x' WHERE loan_id = {}", loans[0]);
    database.execute(&sql).expect("the terms are damaged");
    database
}

/// The program when every loan is in default.
fn running(database: &TestDatabase, folder: &Path) -> Running {
    let mut program = program(database, folder);
    Running::started(program.env("PENSIPRO_BUSINESS_DATE", "2026-10-15").stderr(Stdio::null()))
}

fn begun(running: &Running) -> Value {
    let at_once = [("Prefer", "respond-async")];
    let run = running.client.post_with("/jobs/end-of-day", &at_once, &json!({}));
    run.expect(202)["id"].clone()
}

fn run_of(running: &Running, id: &Value) -> Value {
    running.client.get(&format!("/jobs/{id}")).expect(200)
}

/// Kills the program once the run counts some of these and is not done.
fn kill_amid(database: &TestDatabase, running: Running, id: &Value, what: &str) {
    until(what, || {
        let run = run_of(&running, id);
        assert_eq!(run["status"], "running", "it was done before it could be killed");
        run[what].as_u64().filter(|count| *count > 0)
    });
    drop(running);
    assert_eq!(database.texts("SELECT status AS text FROM job_runs"), ["running"]);
}

/// Waits for the run's end and until everybody was told; gives all that it left behind.
fn left_behind(database: &TestDatabase, running: &Running, id: &Value) -> Vec<Vec<String>> {
    let mut run =
        until("the day's end", || Some(run_of(running, id)).filter(|run| run["status"] == "done"));
    let undelivered = "SELECT event AS text FROM outbox WHERE delivered_at IS NULL";
    until("delivery", || database.texts(undelivered).is_empty().then_some(()));
    for time in ["started_at", "finished_at"] {
        run.as_object_mut().expect("a run").remove(time);
    }
    let tables = [
        "SELECT loan_id || ' ' || day || ' ' || dpd || ' ' || outstanding AS text \
         FROM loan_month_ends ORDER BY day, loan_id",
        "SELECT loan_id || ' ' || due_date || ' ' || dpd AS text FROM loan_reminders ORDER BY loan_id",
        "SELECT id || ' ' || status AS text FROM loans ORDER BY id",
        "SELECT ref_id || ' ' || action AS text FROM audit_trails \
         WHERE action IN ('loan.default', 'job.begin', 'job.done') ORDER BY action, ref_id",
        "SELECT ref_id || ' ' || event AS text FROM outbox \
         WHERE event = 'loan.overdue' ORDER BY ref_id",
        "SELECT COALESCE(member_id, 0) || ' ' || channel AS text FROM notifications \
         WHERE event = 'loan.overdue' ORDER BY member_id, channel",
    ];
    let mut all = tables.map(|sql| database.texts(sql)).to_vec();
    all.push(vec![run.to_string()]);
    all
}

#[test]
fn a_day_that_is_killed_twice_ends_as_one_that_nobody_disturbed() {
    for backend in backends() {
        eprintln!("on {backend:?}");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = late_loans(backend);
        let calm = running(&database, folder.path());
        let id = begun(&calm);
        let expected = left_behind(&database, &calm, &id);
        drop(calm);
        // All but the damaged loan: in default, with an entry, a reminder and a notice each.
        let each = KILLED_AT as usize - 1;
        assert_eq!((expected[1].len(), expected[3].len()), (each, each + 2), "{expected:?}");
        assert_eq!((expected[4].len(), expected[5].len()), (each, each), "{expected:?}");

        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = late_loans(backend);
        let first = running(&database, folder.path());
        let id = begun(&first);
        kill_amid(&database, first, &id, "month_ends");
        kill_amid(&database, running(&database, folder.path()), &id, "loans");
        let last = running(&database, folder.path());
        assert_eq!(left_behind(&database, &last, &id), expected);
    }
}
