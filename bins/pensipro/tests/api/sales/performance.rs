//! Performance of a sales person and a branch, and the ranking.

use serde_json::{Value, json};

use super::force::{
    approved_for, disbursed_for, make_branch, make_sales, reverse_disbursement, sales,
};
use crate::support::{
    House,
    lending::{Lending, id, rows},
    on_each_backend,
    people::branch,
};

fn set_target(lending: &Lending, path: &str, amount: &str) {
    let body = json!({"periode": "2026-06", "target_amount": amount});
    let made = id(&lending.staff.supervisor.post(path, &body).expect(201));
    lending.staff.manager.post(&format!("{path}/{made}/approve"), &json!({})).expect(200);
}

#[test]
fn a_month_shows_everything_that_was_done() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let branch = make_branch(admin, "JKT");
        let sales = make_sales(admin, branch, "S01");
        let visit =
            json!({"visited_on": "2026-06-01", "prospect_name": "Siti", "result": "follow_up"});
        admin.post(&format!("/sales/{sales}/visits"), &visit).expect(201);
        set_target(&lending, &format!("/sales/{sales}/targets"), "200000000");
        disbursed_for(&lending, sales);
        approved_for(&lending, sales);
        lending.draft(lending.bare_member(json!({})), &json!({"sales_id": sales}));
        let june = admin.get(&format!("/sales/{sales}/performance?periode=2026-06")).expect(200);
        let stage = |status: &str, count: u32, plafon: &str| json!({"status": status, "count": count, "plafon": plafon});
        let expected = json!({
            "periode": "2026-06", "visits": 1, "applications": 3, "approved": 2,
            "pipeline": [
                stage("draft", 1, "50000000.00"), stage("submitted", 0, "0.00"),
                stage("analyzing", 0, "0.00"), stage("committee", 0, "0.00"),
                stage("approved", 1, "50000000.00"),
            ],
            "disbursed_count": 1, "disbursed_amount": "50000000.00",
            "target_amount": "200000000.00", "target_count": 0, "achievement_pct": "25",
            "commission": "500000.00",
        });
        assert_eq!(june, expected);
        let now = admin.get(&format!("/sales/{sales}/performance")).expect(200);
        assert_eq!(now, june);
        let may = admin.get(&format!("/sales/{sales}/performance?periode=2026-05")).expect(200);
        assert_eq!((&may["visits"], &may["target_amount"]), (&json!(0), &Value::Null));
        assert_eq!((&may["achievement_pct"], &may["pipeline"]), (&Value::Null, &june["pipeline"]));
        admin.get("/sales/99/performance").refused(404, "not_found");
        admin.get("/sales/1/performance?month=6").refused(400, "invalid_query");
    });
}

#[test]
fn a_branch_counts_its_loans_and_a_reversal_takes_one_out() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (own, other) = (make_branch(admin, "JKT"), make_branch(admin, "BDG"));
        let sales = make_sales(admin, own, "S01");
        // Whoever registers a member for a sales person registers him with that one's branch.
        let member = lending.bare_member(json!({"sales_id": sales}));
        let shown = admin.get(&format!("/members/{member}")).expect(200);
        assert_eq!((&shown["sales_id"], &shown["branch_id"]), (&json!(sales), &json!(own)));
        for kind in ["KTP", "KK", "SK_PENSIUN"] {
            crate::support::lending::verified_document(&lending.staff, member, kind);
        }
        crate::support::lending::add_account(&lending.staff.sales, member);
        let application = lending.draft(member, &json!({}));
        assert_eq!(lending.application(application)["sales_id"], sales);
        lending.submit(application);
        lending.analyse(application);
        let loan = lending.approve(application);
        lending.disburse(loan);
        set_target(&lending, &format!("/sales-branches/{own}/targets"), "25000000");
        let of = |branch: i64| {
            admin.get(&format!("/sales-branches/{branch}/performance?periode=2026-06")).expect(200)
        };
        let figures = of(own);
        assert_eq!(
            (&figures["disbursed_count"], &figures["achievement_pct"]),
            (&json!(1), &json!("200"))
        );
        assert_eq!(
            (&figures["commission"], &figures["approved"]),
            (&json!("500000.00"), &json!(1))
        );
        assert_eq!(of(other)["disbursed_amount"], "0.00");
        reverse_disbursement(&lending, loan);
        let figures = of(own);
        assert_eq!(
            (&figures["disbursed_count"], &figures["commission"]),
            (&json!(0), &json!("0.00"))
        );
        assert_eq!(figures["pipeline"][4]["count"], 1);
    });
}

#[test]
fn sales_people_are_ranked_by_what_they_disbursed() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let branches = [make_branch(admin, "JKT"), make_branch(admin, "BDG")];
        let people = [
            make_sales(admin, branches[0], "S1"),
            make_sales(admin, branches[0], "S2"),
            make_sales(admin, branches[1], "S3"),
        ];
        disbursed_for(&lending, people[2]);
        house.set_today("2026-07-01");
        disbursed_for(&lending, people[1]);
        disbursed_for(&lending, people[1]);
        let told = |query: &str| {
            let list = admin.get(&format!("/sales-ranking?{query}")).expect(200);
            let row = |row: &Value| {
                format!(
                    "{} {} {}",
                    row["rank"],
                    row["code"].as_str().unwrap(),
                    row["disbursed_count"]
                )
            };
            rows(&list).iter().map(row).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told(""), "1 S2 2, 2 S1 0, 2 S3 0");
        assert_eq!(told("from=2026-06&to=2026-07"), "1 S2 2, 2 S3 1, 3 S1 0");
        assert_eq!(told("to=2026-06&by=commission"), "1 S3 1, 2 S1 0, 2 S2 0");
        assert_eq!(told("branch_id=2&from=2026-06"), "1 S3 1");
        let first = admin.get("/sales-ranking?limit=2&count=true").expect(200);
        assert_eq!(first["total"], 3);
        assert_eq!(first["data"][0]["commission"], "1000000.00");
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(told(&format!("limit=2&cursor={cursor}")), "2 S3 0");
        let refused = admin.get("/sales-ranking?from=2026-08").faults();
        assert_eq!(refused, [("from".into(), "after_to".into())]);
        admin.get("/sales-ranking?by=charm").refused(400, "invalid_query");
    });
}

/// A sales person's own user brings what he enters.
fn own_user(house: &House, lending: &Lending, branch: i64) -> (crate::support::Client, i64) {
    let client = crate::support::people::clerk(house, branch, "SALES");
    let user = client.get("/auth/me").expect(200)["user_id"].clone();
    let body = sales(branch, "OWN", json!({"user_id": user}));
    (client, id(&lending.staff.admin.post("/sales", &body).expect(201)))
}

#[test]
fn what_a_sales_person_enters_is_his() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let place = branch(house, 7);
        let (client, own) = own_user(house, &lending, place);
        let other = make_sales(admin, place, "S9");
        let member = crate::support::people::registered(&client, 900);
        let member = admin.get(&member).expect(200);
        assert_eq!((&member["sales_id"], &member["branch_id"]), (&json!(own), &json!(place)));
        let enter = |member: &Value, other: Value| {
            let usual = json!({"member_id": member["id"], "product_id": lending.product,
                "plafon": "50000000", "tenor": 36});
            crate::support::lending::with(&usual, &other)
        };
        let entered = client.post("/applications", &enter(&member, json!({}))).expect(201);
        assert_eq!(entered["sales_id"], own);
        let named = enter(&member, json!({"sales_id": other}));
        assert_eq!(admin.post("/applications", &named).expect(201)["sales_id"], other);
        // Who enters without being a sales person enters for the member's.
        let by_admin = admin.post("/applications", &enter(&member, json!({}))).expect(201);
        assert_eq!(by_admin["sales_id"], own);
        // Unless that one left; and nobody names one who did.
        admin.put(&format!("/sales/{own}"), &json!({"is_active": false})).expect(200);
        let by_admin = admin.post("/applications", &enter(&member, json!({}))).expect(201);
        assert_eq!(by_admin["sales_id"], Value::Null);
        let gone = enter(&member, json!({"sales_id": own}));
        assert_eq!(admin.post("/applications", &gone).faults()[0].0, "sales_id");
        let place = format!("/applications/{}", entered["id"]);
        let kept = admin.put(&place, &json!({"sales_id": own, "tenor": 24})).expect(200);
        assert_eq!(kept["sales_id"], own);
        assert_eq!(admin.put(&place, &json!({"sales_id": 99})).faults()[0].0, "sales_id");
    });
}
