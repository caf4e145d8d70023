//! Who saw whose detail.

use pensipro_server::http::Problem;
use serde_json::{Value, json};

use crate::support::{
    House, HouseOptions,
    lending::rows,
    on_each_backend,
    people::{branch, clerk, pdf, registered},
};

fn write_readings(house: &House) -> Result<(), Problem> {
    actix_web::rt::System::new().block_on(house.app.write_readings())
}

/// What is noted, oldest first: whose, what, by whom.
fn noted(house: &House, filter: &str) -> Vec<(i64, String, Value)> {
    write_readings(house).expect("readings are written");
    let log = house.admin().get(&format!("/logs/accesses?limit=200{filter}")).expect(200);
    let row = |row: &Value| {
        let action = row["action"].as_str().unwrap().to_owned();
        (row["member_id"].as_i64().unwrap(), action, row["user_id"].clone())
    };
    rows(&log).iter().rev().map(row).collect()
}

#[test]
fn every_reading_of_a_detail_is_in_the_log() {
    on_each_backend(|house| {
        let sales = house.user(&["SALES"]);
        let me = sales.get("/auth/me").expect(200)["user_id"].clone();
        let (one, two) = (registered(&sales, 1), registered(&sales, 2));
        let upload = sales.upload(
            &format!("{one}/documents"),
            &[],
            &[("kind", "KTP")],
            ("ktp.pdf", &pdf("ktp")),
        );
        let document = upload.header("location").unwrap().to_owned();
        sales.get(&one).expect(200);
        for below in ["/contacts", "/bank-accounts", "/consents", "/timeline", "/rectifications"] {
            sales.get(&format!("{one}{below}")).expect(200);
        }
        assert_eq!(sales.get(&document).status, 200);
        sales.get(&two).expect(200);
        sales.get("/members/99").refused(404, "not_found");
        let expected = [
            "member.read",
            "member.contacts.read",
            "member.bank_accounts.read",
            "member.consents.read",
            "member.timeline.read",
            "member.rectifications.read",
            "member.document.read",
        ];
        let found = noted(house, &format!("&user_id={me}"));
        let actions: Vec<&str> = found.iter().map(|(_, action, _)| action.as_str()).collect();
        assert_eq!(actions, [&expected[..], &["member.read"]].concat());
        assert!(found.iter().all(|(_, _, user)| *user == me));
        assert_eq!(noted(house, "&member_id=2"), [(2, "member.read".to_owned(), me)]);
        // The question about one member is itself in the log by now.
        let asked = noted(house, "&member_id=2");
        assert_eq!(asked.len(), 2);
        assert_eq!(asked[1].1, "member.accesses.read");
        assert!(noted(house, "&from=2999-01-01").is_empty());
        assert_eq!(noted(house, "&to=2999-01-01").len(), 10);
    });
}

#[test]
fn the_log_is_the_houses_and_is_paged() {
    on_each_backend(|house| {
        branch(house, 1);
        let (admin, clerk) = (house.admin(), clerk(house, 1, "ADMIN"));
        let path = registered(&admin, 1);
        for _ in 0..3 {
            admin.get(&path).expect(200);
        }
        write_readings(house).expect("readings are written");
        clerk.get("/logs/accesses").refused(403, "whole_house_only");
        house.user(&["SALES"]).get("/logs/accesses").refused(403, "permission_denied");
        let first = admin.get("/logs/accesses?limit=2&count=true").expect(200);
        assert_eq!((rows(&first).len(), &first["total"]), (2, &json!(3)));
        let cursor = first["next_cursor"].as_str().unwrap();
        let last = admin.get(&format!("/logs/accesses?limit=2&cursor={cursor}")).expect(200);
        assert_eq!(rows(&last).len(), 1);
        assert!(last["next_cursor"].is_null());
        admin.get("/logs/accesses?colour=red").refused(400, "invalid_query");
    });
}

#[test]
fn nothing_is_shown_that_cannot_be_noted_and_nothing_noted_is_lost() {
    for backend in pensipro_persistence::testing::backends() {
        let settings = [("access_log_buffer", "3")];
        let options =
            HouseOptions { settings: &settings, is_quiet: true, ..HouseOptions::default() };
        let house = House::with(backend, options);
        let admin = house.admin();
        let path = registered(&admin, 1);
        let rename = |from: &str, to: &str| {
            house.database.execute(&format!("ALTER TABLE {from} RENAME TO {to}")).unwrap();
        };
        rename("access_logs", "hidden_logs");
        for _ in 0..3 {
            admin.get(&path).expect(200);
        }
        assert!(write_readings(&house).is_err());
        admin.get(&path).refused(503, "access_log_full");
        rename("hidden_logs", "access_logs");
        // There is room again as soon as the table takes rows.
        admin.get(&path).expect(200);
        assert_eq!(noted(&house, "").len(), 4);
    }
}
