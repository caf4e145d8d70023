//! What waits for whom: the analyst, a level of the committee, finance.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Client, House,
    lending::{Lending, analysis, id, rows},
    on_each_backend,
    people::{branch, clerk},
};

fn desk(by: &Client, query: &str) -> Vec<i64> {
    rows(&by.get(&format!("/applications?desk={query}")).expect(200)).iter().map(id).collect()
}

#[test]
fn an_application_lies_on_one_desk_after_another_and_shows_its_age() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        let application = lending.draft(lending.member(), &json!({}));
        let desks = || {
            let on = [
                desk(&staff.analyst, "analyst"),
                desk(&staff.spv, "committee"),
                desk(&staff.spv, "committee&level=1"),
                desk(&staff.manager, "committee"),
                desk(&staff.manager, "committee&level=2"),
                desk(&staff.manager, "committee&level=1"),
                desk(&staff.finance, "finance"),
            ];
            on.map(|desk| i32::from(desk == [application]))
        };
        assert_eq!(desks(), [0; 7]);
        assert_eq!(lending.application(application)["waiting_since"], Value::Null);
        lending.submit(application);
        assert_eq!(desks(), [1, 0, 0, 0, 0, 0, 0]);
        lending.analyse(application);
        assert_eq!(desks(), [0, 1, 1, 0, 0, 0, 0]);
        lending.decide(&staff.spv, application, &json!({"decision": "approve"}));
        assert_eq!(desks(), [0, 0, 0, 1, 1, 0, 0]);
        let row = staff.manager.get("/applications?desk=committee").expect(200);
        let row = &rows(&row)[0];
        assert_eq!((&row["next_level"], &row["age_days"]), (&json!(2), &json!(0)));
        assert_eq!((&row["waiting_days"], row["waiting_since"].is_string()), (&json!(0), true));
        lending.decide(&staff.manager, application, &json!({"decision": "approve"}));
        assert_eq!(desks(), [0, 0, 0, 0, 0, 0, 1]);
        let desk = staff.finance.get("/applications?desk=finance").expect(200);
        let loan = rows(&desk)[0]["loan_id"].as_i64().unwrap();
        lending.disburse(loan);
        assert_eq!(desks(), [0; 7]);
    });
}

#[test]
fn the_longest_wait_comes_first_page_by_page() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let first = lending.submitted();
        let second = lending.submitted();
        let third = lending.submitted();
        // Sent back and handed in again, the first one waits anew.
        let back = json!({"status": "draft", "reason": "slip lama"});
        let analyst = &lending.staff.analyst;
        analyst.put(&format!("/applications/{first}/status"), &back).expect(200);
        lending.submit(first);
        let page = analyst.get("/applications?desk=analyst&limit=2&count=true").expect(200);
        assert_eq!(page["total"], 3);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = analyst.get(&format!("/applications?desk=analyst&limit=2&cursor={cursor}"));
        let rest = rest.expect(200);
        let seen: Vec<i64> = rows(&page).iter().chain(rows(&rest)).map(id).collect();
        assert_eq!(seen, [second, third, first]);
        house.pass(TimeDelta::hours(49));
        house.set_today("2026-06-18");
        let analyst = house.user(&["ANALIS"]);
        let page = analyst.get("/applications?desk=analyst").expect(200);
        for row in rows(&page) {
            assert_eq!((&row["waiting_days"], &row["age_days"]), (&json!(2), &json!(3)));
        }
    });
}

#[test]
fn a_desk_is_for_who_may_act_there() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let staff = &lending.staff;
        for (by, query, needed) in [
            (&staff.sales, "desk=analyst", "ANALYZE_APPLICATION"),
            (&staff.sales, "desk=committee", "APPROVE_APPLICATION"),
            (&staff.analyst, "desk=finance", "DISBURSE_LOAN"),
            (&staff.finance, "desk=committee", "APPROVE_APPLICATION"),
            (&staff.finance, "status=approved", "VIEW_APPLICATION"),
            (&staff.finance, "", "VIEW_APPLICATION"),
        ] {
            let refused = by.get(&format!("/applications?{query}"));
            assert_eq!(refused.refused(403, "permission_denied")["permission"], needed, "{query}");
        }
        let faults = staff.finance.get("/applications?desk=finance&level=1").faults();
        assert_eq!(faults, [("level".into(), "not_applicable".into())]);
        let faults = staff.spv.get("/applications?desk=committee&level=0").faults();
        assert_eq!(faults, [("level".into(), "out_of_range".into())]);
        staff.spv.get("/applications?desk=sales").refused(400, "invalid_query");
        // The administrator sits on no level.
        lending.analysed();
        assert_eq!(desk(&staff.admin, "committee"), [0; 0]);
    });
}

#[test]
fn a_desk_is_of_one_s_branch() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (north, south) = (branch(house, 1), branch(house, 2));
        let application = lending.analysed();
        let sql = format!("UPDATE applications SET branch_id = {north} WHERE id = {application}");
        house.database.execute(&sql).unwrap();
        let (near, far) = (clerk(house, north, "SPV"), clerk(house, south, "SPV"));
        assert_eq!(desk(&near, "committee"), [application]);
        assert_eq!(desk(&far, "committee"), [0; 0]);
    });
}

/// Who enters, who analyses, who sits where: applications and people in all combinations.
struct Crowd {
    people: Vec<Client>,
    applications: Vec<i64>,
}

fn crowd(house: &House, lending: &Lending) -> Crowd {
    let everything = ["SALES", "ANALIS", "KOMITE"];
    let people = vec![
        house.user(&everything),
        house.user(&everything),
        house.user(&["SPV"]),
        house.user(&["MANAGER"]),
        house.user(&["SPV", "DIREKSI"]),
        house.user(&["AUDITOR", "KOMITE"]),
        house.user(&["ADMIN"]),
    ];
    let mut applications = Vec::new();
    for (plafon, tenor, decided) in
        [("50000000", 36, 0), ("50000000", 36, 1), ("100000000", 72, 1), ("100000000", 72, 2)]
    {
        let asked = json!({"member_id": lending.member(), "product_id": lending.product,
            "plafon": plafon, "tenor": tenor});
        let application = id(&people[0].post("/applications", &asked).expect(201));
        lending.submit(application);
        let path = format!("/applications/{application}/analyze");
        people[1].post(&path, &analysis()).expect(200);
        let deciders = [&people[5], &people[3]];
        for by in deciders.into_iter().take(decided) {
            lending.decide(by, application, &json!({"decision": "approve"}));
        }
        applications.push(application);
    }
    let reason = json!({"reason": "saudara kandung"});
    let path = format!("/applications/{}/recusals", applications[0]);
    people[2].post(&path, &reason).expect(201);
    Crowd { people, applications }
}

/// The desk's condition is the rule that seats people: what lies there can be decided, and nothing
/// else. Stepping back asks the same rule.
#[test]
fn whoever_sees_it_on_his_desk_may_decide_and_nobody_else() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let Crowd { people, applications } = crowd(house, &lending);
        let bands = json!([
            {"plafon_from": "90000000", "products": [lending.product],
                "levels": [["KOMITE"], ["MANAGER", "KOMITE"], ["DIREKSI", "KOMITE"]]},
        ]);
        let mut shown = 0;
        for four_eyes in ["strict", "small"] {
            for bands in [json!([]), bands.clone()] {
                house.configure("FOUR_EYES", four_eyes);
                house.configure("COMMITTEE_BANDS", &bands.to_string());
                for (number, by) in people.iter().enumerate() {
                    let lies = desk(by, "committee&limit=200");
                    for application in &applications {
                        let may = may_decide(house, by, *application);
                        let told = format!("{four_eyes} {bands}: user {number} on {application}");
                        assert_eq!(lies.contains(application), may, "{told}");
                        shown += usize::from(may);
                    }
                }
            }
        }
        assert!(shown > 20, "{shown} were shown");
    });
}

/// Whether the rule seats somebody: whether he could step back. That is taken back at once.
fn may_decide(house: &House, by: &Client, application: i64) -> bool {
    let path = format!("/applications/{application}/recusals");
    let answer = by.post(&path, &json!({"reason": "dicoba"}));
    if answer.status == 201 {
        let sql = format!(
            "DELETE FROM committee_recusals WHERE application_id = {application} \
             AND reason = 'dicoba'"
        );
        house.database.execute(&sql).unwrap();
        return true;
    }
    let code = answer.body()["code"].clone();
    let refusals = ["same_person", "recused", "wrong_level", "level_decided"];
    assert!(refusals.iter().any(|known| code == *known), "{code}");
    false
}

#[test]
fn other_filters_narrow_a_desk() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.submitted();
        let member = lending.application(application)["member_id"].clone();
        let analyst = &lending.staff.analyst;
        assert_eq!(desk(analyst, &format!("analyst&member_id={member}")), [application]);
        assert_eq!(desk(analyst, "analyst&member_id=999999"), [0; 0]);
        assert_eq!(desk(analyst, "analyst&status=draft"), [0; 0]);
        let newest = desk(analyst, "analyst&sort=-created_at");
        assert_eq!(newest, [application]);
        // Without a desk, what waits, whoever for.
        let waiting = lending.staff.auditor.get("/applications?sort=waiting_since").expect(200);
        assert_eq!(rows(&waiting).len(), 1);
    });
}
