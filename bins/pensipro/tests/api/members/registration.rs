//! Registering members, and deleting them.

use std::sync::Barrier;

use serde_json::{Value, json};

use crate::support::{
    Client, House, Response, on_each_backend,
    people::{registered, registration, registration_with},
};

#[test]
fn a_member_is_registered_and_shown_as_he_is() {
    on_each_backend(|house| {
        let sales = house.user(&["SALES"]);
        let made = sales.post("/members", &registration_with(1, json!({"rank": "III/c"})));
        let location = made.header("location").unwrap().to_owned();
        assert_eq!(made.header("etag"), Some("\"1\""));
        let made = made.expect(201);
        assert_eq!(made["nik"], "3173051708570001");
        assert_eq!(made["monthly_benefit"], "4500000.00");
        assert_eq!((&made["status"], &made["rank"]), (&json!("aktif"), &json!("III/c")));
        assert_eq!((&made["pay_office"], &made["warnings"]), (&Value::Null, &json!([])));
        let shown = sales.get(&location);
        assert_eq!(shown.header("etag"), Some("\"1\""));
        assert_eq!(shown.expect(200), made);
    });
}

#[test]
fn the_trail_tells_who_registered_whom() {
    on_each_backend(|house| {
        registered(&house.user(&["SALES"]), 1);
        let trail = house.admin().get("/logs/audit-trails?action=member.register").expect(200);
        let row = &trail["data"][0];
        assert_eq!((&row["actor_id"], &row["ref_table"]), (&json!(2), &json!("members")));
        let stored =
            house.database.texts("SELECT coalesce(new_value, '') AS text FROM audit_trails");
        assert!(stored.iter().all(|row| !row.contains("3173051708570001")), "a NIK lies open");
    });
}

#[test]
fn who_reads_a_members_detail_is_noted() {
    on_each_backend(|house| {
        let auditor = house.user(&["AUDITOR"]);
        let path = registered(&house.admin(), 1);
        auditor.get(&path).expect(200);
        auditor.get(&format!("{path}/contacts")).expect(200);
        auditor.get(&format!("{path}/documents/9/content")).refused(404, "not_found");
        auditor.get("/members").expect(200);
        actix_web::rt::System::new().block_on(house.app.write_readings()).unwrap();
        let noted = "SELECT user_id || ' ' || member_id || ' ' || action AS text FROM access_logs ORDER BY id";
        let expected = ["2 1 member.read", "2 1 member.contacts.read"];
        assert_eq!(house.database.texts(noted), expected);
    });
}

#[test]
fn a_nik_that_tells_another_birth_is_taken_with_a_warning() {
    on_each_backend(|house| {
        let other = json!({"birth_date": "1957-08-18", "sex": "P"});
        let made = house.admin().post("/members", &registration_with(1, other)).expect(201);
        assert_eq!(made["warnings"], json!(["nik_birth_date_differs", "nik_sex_differs"]));
    });
}

#[test]
fn every_fault_comes_at_once_and_nothing_is_stored() {
    on_each_backend(|house| {
        let admin = house.admin();
        let body = json!({
            "nik": "123", "no_pensiun": "1", "name": "a\u{0}b", "birth_date": "2026-06-15", "sex": "X",
            "payer": "BPJS", "sk_date": "2026-06-16", "monthly_benefit": "0", "rank": "x".repeat(41),
        });
        let faults = admin.post("/members", &body).faults();
        let faults: Vec<(&str, &str)> =
            faults.iter().map(|(field, code)| (field.as_str(), code.as_str())).collect();
        let expected = [
            ("nik", "invalid_nik"),
            ("no_pensiun", "invalid_no_pensiun"),
            ("name", "control_character"),
            ("birth_place", "required"),
            ("birth_date", "invalid_date"),
            ("sex", "unknown_value"),
            ("address", "required"),
            ("payer", "unknown_value"),
            ("rank", "too_long"),
            ("sk_date", "invalid_date"),
            ("monthly_benefit", "not_positive"),
        ];
        assert_eq!(faults, expected);
        for unknown in [json!({"sales_id": 99}), json!({"branch_id": 99})] {
            let field = unknown.as_object().unwrap().keys().next().unwrap().clone();
            let faults = admin.post("/members", &registration_with(1, unknown)).faults();
            assert_eq!(faults, [(field, "unknown".to_owned())]);
        }
        assert_eq!(admin.get("/members?count=true").expect(200)["total"], 0);
    });
}

#[test]
fn what_cannot_be_read_is_told_apart_from_what_is_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        for fields in [
            json!({"nickname": "Parman"}),
            json!({"name": 7}),
            json!({"birth_date": "17-08-1957"}),
            json!({"birth_date": "1957-02-30"}),
            json!({"monthly_benefit": "4.500.000,00"}),
            json!({"monthly_benefit": 1e30}),
            json!({"monthly_benefit": "0.001"}),
            json!({"sales_id": "1"}),
            json!({"status": "nonaktif"}),
        ] {
            let body = registration_with(1, fields);
            admin.post("/members", &body).refused(400, "unreadable_body");
        }
        admin
            .post("/members", &registration_with(1, json!({"monthly_benefit": 4_500_000.5})))
            .expect(201);
    });
}

#[test]
fn nik_and_no_pensiun_are_taken_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let id = admin.get(&path).expect(200)["id"].clone();
        let same_nik = registration_with(2, json!({"nik": "3173051708570001"}));
        let refused = admin.post("/members", &same_nik).refused(409, "duplicate_nik");
        assert_eq!(refused["existing_id"], id);
        let same_number = registration_with(2, json!({"no_pensiun": "140012345670001"}));
        let refused = admin.post("/members", &same_number).refused(409, "duplicate_no_pensiun");
        assert_eq!(refused["existing_id"], id);
        registered(&admin, 2);
        let taken = json!({"nik": "3173051708570002"});
        admin.put(&path, &taken).refused(409, "duplicate_nik");
    });
}

/// The statuses of two requests that set out together, and the codes of refusals.
fn race(client: &Client, bodies: [Value; 2]) -> Vec<(u16, String)> {
    let start = Barrier::new(2);
    let run = |body: &Value| {
        start.wait();
        let answer: Response = client.post("/members", body);
        (answer.status, answer.body()["code"].as_str().unwrap_or_default().to_owned())
    };
    let mut seen: Vec<(u16, String)> = std::thread::scope(|scope| {
        let tries: Vec<_> = bodies.iter().map(|body| scope.spawn(|| run(body))).collect();
        tries.into_iter().map(|tried| tried.join().unwrap()).collect()
    });
    seen.sort();
    seen
}

#[test]
fn of_two_registrations_of_one_nik_at_one_time_one_is_taken() {
    on_each_backend(|house| {
        let admin = house.admin();
        for round in 1..=10 {
            let other = json!({"no_pensiun": format!("999{round:06}")});
            let seen = race(&admin, [registration(round), registration_with(round, other)]);
            assert_eq!(seen, [(201, String::new()), (409, "duplicate_nik".to_owned())]);
        }
        for round in 11..=20 {
            let other = json!({"nik": format!("317305170857{:04}", round + 1000)});
            let seen = race(&admin, [registration(round), registration_with(round, other)]);
            assert_eq!(seen, [(201, String::new()), (409, "duplicate_no_pensiun".to_owned())]);
        }
        assert_eq!(admin.get("/members?count=true").expect(200)["total"], 20);
    });
}

#[test]
fn of_fifty_registrations_of_one_nik_at_one_time_one_is_taken() {
    on_each_backend(|house| {
        let admin = house.admin();
        let start = Barrier::new(50);
        let send = |number: u32| {
            let other = json!({"no_pensiun": format!("999{number:06}")});
            start.wait();
            admin.post("/members", &registration_with(1, other)).status
        };
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..50).map(|number| scope.spawn(move || send(number))).collect();
            tries.into_iter().map(|tried| tried.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!((statuses[0], &statuses[1..]), (201, &[409; 49][..]));
        assert_eq!(admin.get("/members?count=true").expect(200)["total"], 1);
    });
}

#[test]
fn a_registration_that_is_sent_again_with_its_key_is_the_same_one() {
    on_each_backend(|house| {
        let admin = house.admin();
        let send = |body: &Value| admin.post_with("/members", &[("Idempotency-Key", "k")], body);
        let first = send(&registration(1));
        assert_eq!(first.header("idempotent-replayed"), None);
        let again = send(&registration(1));
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(first.header("etag"), again.header("etag"));
        assert_eq!(first.expect(201), again.expect(201));
        send(&registration(2)).refused(422, "idempotency_key_reused");
        assert_eq!(admin.get("/members?count=true").expect(200)["total"], 1);
    });
}

fn open_application(house: &House, member: &str) -> Response {
    let admin = house.admin();
    let product =
        admin.post("/loan-products", &crate::support::goods::product("PENSIUN-A")).expect(201);
    let member_id: i64 = member.rsplit('/').next().unwrap().parse().unwrap();
    let body = json!({"member_id": member_id, "product_id": product["id"], "plafon": "50000000", "tenor": 36});
    admin.post("/applications", &body)
}

#[test]
fn who_has_nothing_open_can_be_deleted_and_keeps_his_numbers() {
    on_each_backend(|house| {
        let manager = house.user(&["MANAGER"]);
        let path = registered(&house.admin(), 1);
        let stale = manager.send("DELETE", &path, &[("If-Match", "\"7\"")], None);
        stale.refused(412, "stale");
        manager.send("DELETE", &path, &[("If-Match", "\"1\"")], None).expect(204);
        manager.get(&path).refused(404, "not_found");
        manager.delete(&path).refused(404, "not_found");
        assert_eq!(manager.get("/members?count=true").expect(200)["total"], 0);
        let refused =
            house.admin().post("/members", &registration(1)).refused(409, "duplicate_nik");
        assert_eq!(refused.get("existing_id"), None);
    });
}

#[test]
fn who_has_an_open_application_stays() {
    on_each_backend(|house| {
        let manager = house.user(&["MANAGER"]);
        let path = registered(&house.admin(), 1);
        let application = open_application(house, &path).expect(201);
        manager.delete(&path).refused(409, "member_in_use");
        let listed = manager.get(&format!("{path}/applications")).expect(200);
        assert_eq!(listed["data"][0]["id"], application["id"]);
        assert_eq!(manager.get(&format!("{path}/loans")).expect(200)["data"], json!([]));
        let cancel = format!("/applications/{}/cancel", application["id"]);
        house.admin().post(&cancel, &json!({"reason": "batal"}));
        manager.delete(&path).expect(204);
        manager.get(&format!("{path}/applications")).refused(404, "not_found");
    });
}
