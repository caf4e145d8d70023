//! Reading loans.

use serde_json::{Value, json};

use crate::support::{
    lending::{Lending, add_account, id, rows, verified_document},
    on_each_backend,
    people::{branch, clerk},
};

#[test]
fn a_loan_shows_what_was_agreed_and_where_it_stands() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let number = lending.disbursed();
        let answer = lending.staff.auditor.get(&format!("/loans/{number}"));
        assert!(answer.header("etag").is_some());
        let loan = answer.expect(200);
        assert_eq!(loan["number"], format!("LN-2026-{number:06}"));
        assert_eq!((&loan["plafon"], &loan["tenor"]), (&json!("50000000.00"), &json!(36)));
        assert_eq!((&loan["interest_rate"], &loan["method"]), (&json!("12"), &json!("anuitas")));
        assert_eq!(
            (&loan["product_id"], &loan["collection"]),
            (&json!(lending.product), &json!("pension_cut"))
        );
        let owed = json!({"principal": "50000000.00", "interest": "0.00", "fee": "0.00",
            "penalty": "0.00", "total": "50000000.00"});
        assert_eq!((&loan["outstanding"], &loan["state_on"]), (&owed, &json!("2026-06-15")));
        lending.staff.auditor.get("/loans/999999").refused(404, "not_found");
        lending.staff.auditor.get("/loans/x").refused(400, "invalid_path");
    });
}

#[test]
fn a_later_change_of_the_product_leaves_loans_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let path = format!("/loan-products/{}", lending.product);
        lending
            .staff
            .admin
            .put(&path, &json!({"interest_rate": "14", "method": "efektif"}))
            .expect(200);
        let after = lending.loan(loan);
        assert_eq!((&after["interest_rate"], &after["method"]), (&json!("12"), &json!("anuitas")));
    });
}

#[test]
fn any_day_can_be_asked_for() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let owed =
            |query: &str| lending.staff.auditor.get(&format!("/loans/{loan}/outstanding{query}"));
        assert_eq!(owed("").expect(200)["date"], "2026-06-15");
        let later = owed("?date=2026-08-01").expect(200);
        // Two rows are due; the first has been late for 31 days.
        assert_eq!((&later["interest_due"], &later["dpd"]), (&json!("988393.00"), &json!(31)));
        assert_eq!(later["penalty"], "51482.20");
        let before = owed("?date=2026-06-14").expect(200);
        assert_eq!((&before["principal"], &before["total_due"]), (&json!("0.00"), &json!("0.00")));
        for query in ["?date=tomorrow", "?day=2026-08-01", "?date="] {
            owed(query).refused(400, "invalid_query");
        }
    });
}

#[test]
fn lists_filter_order_and_go_on() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, pending) = lending.approved();
        let late = lending.disbursed();
        house.set_today("2026-07-20");
        let (_, fresh) = lending.approved();
        lending.disburse(fresh);
        let auditor = &lending.staff.auditor;
        let ids = |query: &str| {
            let list = auditor.get(&format!("/loans?{query}")).expect(200);
            rows(&list).iter().map(id).collect::<Vec<_>>()
        };
        assert_eq!(ids("status=pending"), [pending]);
        assert_eq!(ids("status=active&sort=-created_at"), [fresh, late]);
        assert_eq!(ids("sort=-dpd")[0], late);
        assert_eq!(ids(&format!("product_id={}", lending.product)).len(), 3);
        let member = lending.loan(late)["member_id"].clone();
        assert_eq!(ids(&format!("member_id={member}")), [late]);
        assert_eq!(ids("sales_id=999"), [] as [i64; 0]);

        let first = auditor.get("/loans?limit=2&count=true").expect(200);
        assert_eq!((rows(&first).len(), &first["total"]), (2, &json!(3)));
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = auditor.get(&format!("/loans?limit=2&cursor={cursor}")).expect(200);
        assert_eq!((rows(&rest).len(), &rest["next_cursor"]), (1, &Value::Null));
        auditor.get("/loans?sort=plafon").refused(400, "invalid_query");

        // A list shows figures as stored; days past due are today's all the same.
        let list = auditor.get(&format!("/loans?member_id={member}")).expect(200);
        let row = &rows(&list)[0];
        assert_eq!((&row["state_on"], &row["dpd"]), (&json!("2026-06-15"), &json!(19)));
        assert_eq!(row["outstanding"]["principal"], "50000000.00");
    });
}

#[test]
fn a_branch_sees_and_touches_its_own_loans_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (north, south) = (branch(house, 1), branch(house, 2));
        let member = lending.bare_member(json!({"branch_id": north}));
        for kind in ["KTP", "KK", "SK_PENSIUN"] {
            verified_document(&lending.staff, member, kind);
        }
        add_account(&lending.staff.sales, member);
        let application = lending.draft(member, &json!({}));
        lending.submit(application);
        lending.analyse(application);
        let loan = lending.approve(application);
        lending.disburse(loan);
        let (near, far) = (clerk(house, north, "FINANCE"), clerk(house, south, "FINANCE"));
        let payment = json!({"paid_on": "2026-06-15", "amount": "1000", "channel": "tunai"});
        let paths =
            ["", "/schedules", "/outstanding", "/payments", "/disbursements", "/transactions"];
        for path in paths {
            near.get(&format!("/loans/{loan}{path}")).expect(200);
            far.get(&format!("/loans/{loan}{path}")).refused(404, "not_found");
        }
        let made = near.post(&format!("/loans/{loan}/payments"), &payment).expect(201);
        far.post(&format!("/loans/{loan}/payments"), &payment).refused(404, "not_found");
        far.post(&format!("/loans/{loan}/disbursements"), &json!({})).refused(404, "not_found");
        let reason = json!({"reason": "bukan cabang saya"});
        let reverse = format!("/loans/{loan}/payments/{}/reverse", id(&made));
        far.post(&reverse, &reason).refused(404, "not_found");
        let reverse = format!("/loans/{loan}/transactions/{}/reverse", id(&made));
        far.post(&reverse, &reason).refused(404, "not_found");
        assert_eq!(near.get("/loans?count=true").expect(200)["total"], 1);
        assert_eq!(far.get("/loans?count=true").expect(200)["total"], 0);
    });
}

#[test]
fn a_cancelled_loan_stays_cancelled_whatever_is_reversed() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let payment = lending.pay(loan, "2026-06-15", "1000");
        let finance = &lending.staff.finance;
        let transactions = finance.get(&format!("/loans/{loan}/transactions")).expect(200);
        let disbursement = id(&rows(&transactions)[0]);
        let reason = json!({"reason": "salah rekening"});
        let reverse = format!("/loans/{loan}/transactions/{disbursement}/reverse");
        finance.post(&reverse, &reason).expect(200);
        let application = lending.loan(loan)["application_id"].clone();
        let cancel = format!("/applications/{application}/cancel");
        lending.staff.sales.post(&cancel, &json!({"reason": "batal"})).expect(200);
        assert_eq!(lending.loan(loan)["status"], "cancelled");
        let reverse = format!("/loans/{loan}/payments/{}/reverse", id(&payment));
        finance.post(&reverse, &reason).expect(200);
        assert_eq!(lending.loan(loan)["status"], "cancelled");
    });
}

#[test]
fn a_loan_is_set_by_hand_with_a_reason() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (_, pending) = lending.approved();
        let loan = lending.disbursed();
        let manager = &lending.staff.manager;
        let path = |loan: i64| format!("/loans/{loan}/status");
        let set = |body: &Value| manager.put(&path(loan), body);
        let default = json!({"status": "default", "reason": "tidak dapat dihubungi"});

        let faults = set(&json!({})).faults();
        let all = [("status", "required"), ("reason", "required")];
        assert_eq!(faults, all.map(|(field, code)| (field.to_owned(), code.to_owned())));
        let faults = set(&json!({"status": "lunas", "collection": "kas", "reason": "x"})).faults();
        assert_eq!((faults[0].0.as_str(), faults[1].0.as_str()), ("status", "collection"));
        lending.staff.finance.put(&path(loan), &default).refused(403, "permission_denied");
        let refused = manager.put(&path(pending), &default).refused(409, "invalid_transition");
        assert_eq!((&refused["from"], &refused["to"]), (&json!("pending"), &json!("default")));
        set(&json!({"status": "active", "reason": "x"})).refused(409, "invalid_transition");
        let refused = set(&json!({"status": "closed", "reason": "x"}));
        let refused = refused.refused(422, "outstanding_not_zero");
        assert_eq!(refused["outstanding"], "50000000.00");
        let stale = [("If-Match", "\"1\"")];
        manager.json("PUT", &path(loan), &stale, &default).refused(412, "stale");

        let heir = json!({"collection": "heir", "reason": "dibayar anak"});
        assert_eq!(set(&heir).expect(200)["collection"], "heir");
        let version = set(&heir).header("etag").map(str::to_owned);
        assert_eq!(set(&heir).header("etag").map(str::to_owned), version, "nothing changes");
        let cut = json!({"collection": "pension_cut", "reason": "kembali"});
        assert_eq!(set(&cut).expect(200)["collection"], "pension_cut");

        assert_eq!(set(&default).expect(200)["status"], "default");
        lending.pay(loan, "2026-06-15", "1000000");
        assert_eq!(lending.loan(loan)["status"], "default", "paying does not lift it");
        let active = json!({"status": "active", "reason": "sudah dihubungi"});
        assert_eq!(set(&active).expect(200)["status"], "active");

        house.set_today("2026-12-01");
        assert_eq!(lending.loan(loan)["status"], "default");
        set(&active).refused(422, "default_by_arrears");

        let list = lending.staff.auditor.get(&format!("/loans/{loan}/transactions")).expect(200);
        let made: Vec<_> = rows(&list)
            .iter()
            .map(|row| (row["kind"].as_str().unwrap(), row["reason"].as_str().unwrap_or_default()))
            .collect();
        assert_eq!(
            made[1..4],
            [
                ("collection", "dibayar anak"),
                ("collection", "kembali"),
                ("status", "tidak dapat dihubungi")
            ]
        );
        // Taken back, it was never set; that needs the right which made it, too.
        let status = id(&rows(&list)[3]);
        let reverse = format!("/loans/{loan}/transactions/{status}/reverse");
        let reason = json!({"reason": "keliru"});
        lending.staff.finance.post(&reverse, &reason).refused(403, "permission_denied");
        lending.staff.admin.post(&reverse, &reason).expect(200);
    });
}
