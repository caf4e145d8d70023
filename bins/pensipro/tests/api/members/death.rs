//! What a member's status does to his loans and applications, in one transaction.

use serde_json::{Value, json};

use crate::support::{
    House,
    lending::{Lending, id, make_product, rows, with},
    on_each_backend,
};

/// A cooperative whose product stops interest on a death.
fn lending(house: &House) -> Lending {
    let mut lending = Lending::of(house);
    let other = json!({"code": "KP-13", "freeze_interest_on_death": true});
    lending.product = make_product(&lending.staff.admin, &other);
    lending
}

fn member_of(lending: &Lending, loan: i64) -> String {
    format!("/members/{}", lending.loan(loan)["member_id"])
}

fn outstanding(lending: &Lending, loan: i64, date: &str) -> Value {
    lending.staff.auditor.get(&format!("/loans/{loan}/outstanding?date={date}")).expect(200)
}

/// The instalment, cut from the pension.
fn cut(lending: &Lending, loan: i64, paid_on: &str) -> Value {
    let body = json!({"paid_on": paid_on, "amount": "1660716", "channel": "potong_pensiun"});
    lending.staff.finance.post(&format!("/loans/{loan}/payments"), &body).expect(201)
}

fn refunds(lending: &Lending) -> Vec<(String, String)> {
    let list = lending.staff.finance.get("/billing/refunds").expect(200);
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    rows(&list).iter().map(|row| (text(row, "status"), text(row, "amount"))).collect()
}

/// A loan with cuts of July, August and September, seen on 10 September.
fn with_three_cuts(house: &House, lending: &Lending) -> i64 {
    let loan = lending.disbursed();
    house.set_today("2026-09-10");
    for paid_on in ["2026-07-01", "2026-08-01", "2026-09-01"] {
        cut(lending, loan, paid_on);
    }
    loan
}

fn death(on: &str) -> Value {
    json!({"status": "meninggal", "deceased_on": on})
}

#[test]
fn who_leaves_aktif_with_an_open_loan_says_what_becomes_of_it() {
    on_each_backend(|house| {
        let lending = lending(house);
        let manager = &lending.staff.manager;
        for (resolution, status, collection) in [
            ("heir_settlement", "active", "heir"),
            ("default", "default", "pension_cut"),
            ("keep", "active", "pension_cut"),
        ] {
            let loan = lending.disbursed();
            let path = member_of(&lending, loan);
            let leave = json!({"status": "nonaktif"});
            let before = (lending.loan(loan), manager.get(&path).expect(200));
            manager.put(&path, &leave).refused(422, "loan_resolution_required");
            assert_eq!((lending.loan(loan), manager.get(&path).expect(200)), before);
            let leave = with(&leave, &json!({"loan_resolution": resolution}));
            assert_eq!(manager.put(&path, &leave).expect(200)["status"], "nonaktif");
            let after = lending.loan(loan);
            assert_eq!(
                (&after["status"], &after["collection"]),
                (&json!(status), &json!(collection)),
                "{resolution}"
            );
        }
    });
}

#[test]
fn what_is_not_finished_is_cancelled_for_good() {
    on_each_backend(|house| {
        let lending = lending(house);
        let manager = &lending.staff.manager;
        let (approved, pending) = lending.approved();
        let path = member_of(&lending, pending);
        let draft = lending.draft(id(&manager.get(&path).expect(200)), &json!({}));
        let leave = json!({"status": "nonaktif", "reason": "pindah ke luar negeri"});
        manager.put(&path, &leave).expect(200);
        for application in [approved, draft] {
            let cancelled = lending.application(application);
            assert_eq!(cancelled["status"], "cancelled");
            assert!(!cancelled.to_string().contains("luar negeri"), "it stays with the person");
        }
        assert_eq!(lending.loan(pending)["status"], "cancelled");
        manager.put(&path, &json!({"status": "aktif"})).expect(200);
        assert_eq!(lending.loan(pending)["status"], "cancelled");
        assert_eq!(lending.application(approved)["status"], "cancelled");
        let disburse = format!("/loans/{pending}/disbursements");
        lending.staff.finance.post(&disburse, &json!({})).refused(409, "invalid_transition");
    });
}

#[test]
fn cuts_after_a_death_are_refunded_and_the_heirs_pay() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = with_three_cuts(house, &lending);
        let path = member_of(&lending, loan);
        // The cut of August, the month of the death, stands.
        lending.staff.manager.put(&path, &death("2026-08-20")).expect(200);
        assert_eq!(refunds(&lending), [("requested".to_owned(), "1660716.00".to_owned())]);
        let payments = lending.staff.finance.get(&format!("/loans/{loan}/payments")).expect(200);
        let excess: Vec<_> =
            rows(&payments).iter().map(|row| row["excess_amount"].clone()).collect();
        assert_eq!(excess, ["0.00", "0.00", "1660716.00"]);
        let after = lending.loan(loan);
        assert_eq!((&after["status"], &after["collection"]), (&json!("active"), &json!("heir")));
        assert_eq!(after["dpd"], 9);

        // Interest of August runs to the 20th, 19 of its 31 days, and none after it.
        let owed = outstanding(&lending, loan, "2029-12-31");
        assert_eq!(
            (&owed["interest_due"], &owed["interest_to_come"]),
            (&json!("292152.58"), &json!("0.00"))
        );

        // The next cut goes back too, and the loan is on no export.
        cut(&lending, loan, "2026-09-10");
        assert_eq!(refunds(&lending).len(), 2);
        let export = json!({"periode": "2026-10", "payer": "TASPEN", "include_arrears": true});
        let export = lending.staff.finance.post("/billing/export", &export).expect(201);
        assert_eq!(export["lines"], 0);

        // What the heirs pay counts.
        let body = json!({"paid_on": "2026-09-10", "amount": "1500000", "channel": "ahli_waris"});
        let paid = lending.staff.finance.post(&format!("/loans/{loan}/payments"), &body);
        assert_eq!(paid.expect(201)["excess_amount"], "0.00");
    });
}

#[test]
fn a_corrected_death_leaves_no_trace_in_the_account() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = with_three_cuts(house, &lending);
        let path = member_of(&lending, loan);
        let schedule =
            || lending.staff.auditor.get(&format!("/loans/{loan}/schedules")).expect(200);
        let view = || {
            let mut shown = lending.loan(loan);
            shown.as_object_mut().unwrap().remove("updated_at");
            (shown, schedule(), outstanding(&lending, loan, "2026-12-31"))
        };
        let before = view();
        let (one, other) = (&lending.staff.manager, house.user(&["MANAGER"]));
        one.put(&path, &death("2026-08-20")).expect(200);
        assert_ne!(view(), before);
        let back = json!({"status": "aktif", "reason": "salah orang"});
        one.put(&path, &back).refused(422, "same_person");

        // The account's own way round is closed: the death is the member's.
        let list = lending.staff.admin.get(&format!("/loans/{loan}/transactions")).expect(200);
        let recorded = rows(&list).iter().find(|row| row["kind"] == "death").expect("a death");
        assert_eq!(recorded["effective_on"], "2026-08-20");
        let reverse = format!("/loans/{loan}/transactions/{}/reverse", recorded["id"]);
        lending.staff.admin.post(&reverse, &json!({"reason": "x"})).refused(409, "correct_member");

        // Another day first: the cut of September stands now, and the heirs still pay.
        let redated = with(&death("2026-09-05"), &json!({"reason": "salah tanggal"}));
        other.put(&path, &redated).expect(200);
        assert_eq!(refunds(&lending), [("withdrawn".to_owned(), "1660716.00".to_owned())]);
        assert_eq!(lending.loan(loan)["collection"], "heir");

        one.put(&path, &back).expect(200);
        assert_eq!(view(), before);
        let list = lending.staff.admin.get(&format!("/loans/{loan}/transactions")).expect(200);
        assert!(!list.to_string().contains("salah"), "what was said of the person stays there");
    });
}

#[test]
fn nothing_is_done_by_half() {
    on_each_backend(|house| {
        let lending = lending(house);
        let loan = with_three_cuts(house, &lending);
        let path = member_of(&lending, loan);
        let draft = lending.draft(id(&lending.staff.manager.get(&path).expect(200)), &json!({}));
        let before = lending.loan(loan);
        let close = "UPDATE accounting_periods SET status = 'closed', \
                     closed_at = '2026-10-01 00:00:00' WHERE periode = '2026-09'";
        house.database.execute(close).expect("the month is closed");
        lending.staff.manager.put(&path, &death("2026-08-20")).refused(422, "period_closed");
        assert_eq!(lending.staff.manager.get(&path).expect(200)["status"], "aktif");
        assert_eq!(lending.application(draft)["status"], "draft");
        assert_eq!((lending.loan(loan), refunds(&lending).len()), (before, 0));
    });
}

#[test]
fn a_loan_that_was_closed_by_a_cut_after_the_death_is_owed_again() {
    on_each_backend(|house| {
        let lending = lending(house);
        let application =
            lending.draft(lending.member(), &json!({"plafon": "10000000", "tenor": 6}));
        lending.submit(application);
        lending.analyse(application);
        let loan = lending.approve(application);
        lending.disburse(loan);
        house.set_today("2026-12-10");
        for month in 7..=12 {
            let paid_on = format!("2026-{month:02}-01");
            let due = outstanding(&lending, loan, &paid_on)["total_due"].clone();
            let body = json!({"paid_on": paid_on, "amount": due, "channel": "potong_pensiun"});
            lending.staff.finance.post(&format!("/loans/{loan}/payments"), &body).expect(201);
        }
        assert_eq!(lending.loan(loan)["status"], "closed");
        lending.staff.manager.put(&member_of(&lending, loan), &death("2026-11-20")).expect(200);
        let after = lending.loan(loan);
        assert_eq!((&after["status"], &after["collection"]), (&json!("active"), &json!("heir")));
        assert_eq!(refunds(&lending).len(), 1);
    });
}
