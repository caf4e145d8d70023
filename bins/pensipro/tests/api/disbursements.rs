//! Paying a loan out, and taking that back.

use serde_json::{Value, json};

use crate::support::{
    Response,
    lending::{Lending, add_account, id, rows, verified_document},
    on_each_backend,
};

fn disburse(lending: &Lending, loan: i64, body: &Value) -> Response {
    lending.staff.finance.post(&format!("/loans/{loan}/disbursements"), body)
}

#[test]
fn a_loan_is_paid_out_once_less_its_fees_and_gets_its_dates() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (application, loan) = lending.approved();
        house.set_today("2026-06-20");
        let key = [("Idempotency-Key", "pay-out")];
        let path = format!("/loans/{loan}/disbursements");
        let finance = &lending.staff.finance;
        let body = json!({"reference": "RTGS-1"});
        let made = finance.post_with(&path, &key, &body);
        assert_eq!(made.header("location"), Some(path.as_str()));
        let made = made.expect(201);
        assert_eq!(
            (&made["disbursed_on"], &made["amount"]),
            (&json!("2026-06-20"), &json!("50000000.00"))
        );
        // 1 % provision and Rp 250,000 for administration.
        assert_eq!(
            (&made["upfront_fees"], &made["deposit"]),
            (&json!("750000.00"), &json!("0.00"))
        );
        assert_eq!(made["net_amount"], "49250000.00");
        assert_eq!(made["fees"].as_array().unwrap().len(), 2);
        assert_eq!(
            made["sources"],
            json!([{"funder_id": null, "contract_id": null, "amount": "50000000.00"}])
        );
        assert_eq!(made["reference"], "RTGS-1");

        let again = finance.post_with(&path, &key, &body);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), made);
        let refused = finance.post(&path, &json!({})).refused(409, "invalid_transition");
        assert_eq!((&refused["from"], &refused["to"]), (&json!("active"), &json!("active")));
        assert_eq!(rows(&finance.get(&path).expect(200)), [made]);

        let paid_out = lending.loan(loan);
        assert_eq!(
            (&paid_out["status"], &paid_out["disbursed_on"]),
            (&json!("active"), &json!("2026-06-20"))
        );
        // The first 1st that lies at least 15 days ahead.
        assert_eq!(paid_out["first_due_date"], "2026-08-01");
        assert_eq!(paid_out["maturity_date"], "2029-07-01");
        assert_eq!(paid_out["outstanding"]["principal"], "50000000.00");
        assert_eq!(lending.application(application)["status"], "disbursed");
    });
}

#[test]
fn the_schedule_is_provisional_until_the_disbursement_dates_it() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, loan) = lending.approved();
        let schedule = || {
            let path = format!("/loans/{loan}/schedules");
            rows(&lending.staff.auditor.get(&path).expect(200)).to_vec()
        };
        let pending = lending.loan(loan);
        assert_eq!(
            (&pending["first_due_date"], &pending["state_on"]),
            (&json!("2026-07-01"), &Value::Null)
        );
        assert_eq!(pending["outstanding"]["total"], "0.00");
        let before = schedule();
        assert_eq!((before.len(), &before[0]["due_date"]), (36, &json!("2026-07-01")));

        let body = json!({"first_due_date": "2026-07-25"});
        disburse(&lending, loan, &body).expect(201);
        let after = schedule();
        assert_eq!(after.len(), 36);
        let row = |no: usize, field: &str| after[no - 1][field].as_str().unwrap().to_owned();
        assert_eq!(
            (row(1, "due_date"), row(2, "due_date")),
            ("2026-07-25".into(), "2026-08-25".into())
        );
        assert_eq!(
            (row(1, "interest"), row(1, "principal")),
            ("500000.00".into(), "1160716.00".into())
        );
        assert_eq!(
            (row(1, "instalment"), row(1, "balance")),
            ("1660716.00".into(), "48839284.00".into())
        );
        assert_eq!((row(36, "balance"), row(1, "status")), ("0.00".into(), "unpaid".into()));
    });
}

#[test]
fn every_fault_of_a_disbursement_is_told_at_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, loan) = lending.approved();
        let faults = |body: &Value| {
            let faults = disburse(&lending, loan, body).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        let body = json!({"disbursed_on": "2026-06-16", "first_due_date": "2026-06-16",
            "reference": "x".repeat(101), "sources": [{"funder_id": null}, {"amount": "0"},
            {"contract_id": 3, "amount": "1"}]});
        let all = [
            "sources[0].amount required",
            "disbursed_on date_in_future",
            "first_due_date not_after_start",
            "sources[0].amount not_positive",
            "sources[1].contract_id without_funder",
            "reference too_long",
        ];
        assert_eq!(faults(&body), all);
        let funder = json!({"sources": [{"funder_id": 7, "amount": "50000000"}]});
        assert_eq!(faults(&funder), ["sources[0].funder_id unknown"]);
        let theirs = add_account(&lending.staff.sales, lending.bare_member(json!({})));
        assert_eq!(faults(&json!({"account_id": theirs})), ["account_id unknown"]);
        assert_eq!(faults(&json!({"first_due_date": "2027-06-01"})), ["first_due_date too_late"]);
        assert_eq!(lending.loan(loan)["status"], "pending");
    });
}

#[test]
fn what_the_cooperative_would_regret_is_refused() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, loan) = lending.approved();
        let part = json!({"sources": [{"funder_id": null, "amount": "49999999.99"}]});
        disburse(&lending, loan, &part).refused(422, "sources_mismatch");
        let early = json!({"disbursed_on": "2026-06-14"});
        disburse(&lending, loan, &early).refused(422, "disbursement_before_approval");
        let path = format!("/loans/{loan}/disbursements");
        lending.staff.manager.post(&path, &json!({})).refused(403, "permission_denied");
        disburse(&lending, 999_999, &json!({})).refused(404, "not_found");

        // The pension was found to be smaller: the ratio is judged on the day of the disbursement.
        let member = lending.loan(loan)["member_id"].as_i64().unwrap();
        let sales = &lending.staff.sales;
        let benefit = |amount: &str| {
            let body = json!({"monthly_benefit": amount});
            sales.put(&format!("/members/{member}"), &body).expect(200);
        };
        benefit("2000000");
        let refused = disburse(&lending, loan, &json!({})).refused(422, "no_longer_eligible");
        assert_eq!(refused["rules"][0]["rule"], "dsr");
        benefit("4500000");

        house.set_today("2026-07-16");
        disburse(&lending, loan, &json!({})).refused(422, "offer_expired");
        house.set_today("2026-07-15");
        disburse(&lending, loan, &json!({})).expect(201);
    });
}

#[test]
fn money_goes_to_active_members_with_an_account_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.bare_member(json!({}));
        for kind in ["KTP", "KK", "SK_PENSIUN"] {
            verified_document(&lending.staff, member, kind);
        }
        let application = lending.draft(member, &json!({}));
        lending.submit(application);
        lending.analyse(application);
        let loan = lending.approve(application);
        disburse(&lending, loan, &json!({})).refused(422, "no_bank_account");
        let first = add_account(&lending.staff.sales, member);
        let set = |status: &str| {
            let sql = format!("UPDATE members SET status = '{status}' WHERE id = {member}");
            house.database.execute(&sql).expect("the status is stored");
        };
        set("nonaktif");
        disburse(&lending, loan, &json!({})).refused(422, "member_not_active");
        set("aktif");
        let second = json!({"bank_code": "008", "bank_name": "Mandiri",
            "account_number": "1230001234567", "account_name": "Suparman Hadi"});
        let path = format!("/members/{member}/bank-accounts");
        let second = id(&lending.staff.sales.post(&path, &second).expect(201));
        assert_ne!(second, first);
        let made = disburse(&lending, loan, &json!({"account_id": second})).expect(201);
        assert_eq!(made["account_id"], second);
    });
}

#[test]
fn of_two_disbursements_at_once_one_is_made() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, loan) = lending.approved();
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..2)
                .map(|_| scope.spawn(|| disburse(&lending, loan, &json!({})).status))
                .collect();
            tries.into_iter().map(|each| each.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409]);
    });
}

#[test]
fn a_disbursement_taken_back_leaves_an_offer_and_its_payments_as_excess() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let finance = &lending.staff.finance;
        lending.pay(loan, "2026-06-15", "100000");
        let path = format!("/loans/{loan}/transactions");
        let list = finance.get(&path).expect(200);
        let kinds: Vec<_> = rows(&list).iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["disbursement", "payment"]);
        let disbursement = id(&rows(&list)[0]);
        let reverse =
            |reason: Value| finance.post(&format!("{path}/{disbursement}/reverse"), &reason);
        assert_eq!(reverse(json!({})).faults(), [("reason".into(), "required".into())]);
        let gone = reverse(json!({"reason": "rekening salah"})).expect(200);
        assert_eq!((&gone["reversed"], &gone["kind"]), (&json!(true), &json!("disbursement")));
        reverse(json!({"reason": "lagi"})).refused(409, "already_reversed");

        let pending = lending.loan(loan);
        assert_eq!(
            (&pending["status"], &pending["disbursed_on"]),
            (&json!("pending"), &Value::Null)
        );
        let application = pending["application_id"].as_i64().unwrap();
        assert_eq!(lending.application(application)["status"], "approved");
        let owed = finance.get(&format!("/loans/{loan}/outstanding")).expect(200);
        assert_eq!((&owed["principal"], &owed["excess"]), (&json!("0.00"), &json!("100000.00")));

        disburse(&lending, loan, &json!({})).expect(201);
        let both = finance.get(&format!("/loans/{loan}/disbursements")).expect(200);
        let reversed: Vec<_> = rows(&both).iter().map(|row| row["reversed_by"].is_i64()).collect();
        assert_eq!(reversed, [true, false]);
        let owed = finance.get(&format!("/loans/{loan}/outstanding")).expect(200);
        assert_eq!((&owed["principal"], &owed["excess"]), (&json!("50000000.00"), &json!("0.00")));
    });
}
