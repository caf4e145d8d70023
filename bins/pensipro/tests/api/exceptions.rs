//! Exceptions, settled.

use serde_json::{Value, json};

use crate::support::{
    House,
    lending::{id, rows},
    on_each_backend,
};

fn note(house: &House) {
    let sql = "INSERT INTO exception_logs (severity, source, message, payload, created_at) VALUES \
               ('warning', 'billing.import', 'a line is nobody''s', '{}', '2026-06-15 00:00:00')";
    house.database.execute(sql).expect("it is noted");
}

#[test]
fn an_exception_is_settled_once_with_a_note() {
    on_each_backend(|house| {
        note(house);
        let (admin, finance) = (house.admin(), house.user(&["FINANCE"]));
        let open = || rows(&admin.get("/logs/exceptions?resolved=false").expect(200)).to_vec();
        let [exception] = &open()[..] else { panic!("one exception") };
        assert_eq!((&exception["resolved_at"], &exception["note"]), (&Value::Null, &Value::Null));
        let path = format!("/logs/exceptions/{}/resolve", id(exception));
        finance.post(&path, &json!({"note": "x"})).refused(403, "permission_denied");
        let faults = admin.post(&path, &json!({"note": " "})).faults();
        assert_eq!(faults, [("note".to_owned(), "required".to_owned())]);
        admin.post("/logs/exceptions/999/resolve", &json!({"note": "x"})).refused(404, "not_found");

        let settled = admin.post(&path, &json!({"note": "Dicocokkan dengan tangan"})).expect(200);
        assert_eq!(settled["note"], "Dicocokkan dengan tangan");
        assert!(settled["resolved_by"].is_i64() && settled["resolved_at"].is_string());
        assert_eq!(open(), [] as [Value; 0]);
        admin.post(&path, &json!({"note": "lagi"})).refused(409, "already_resolved");
        let all = admin.get("/logs/exceptions").expect(200);
        assert_eq!(rows(&all), [settled]);
        let trail = admin.get("/logs/audit-trails?action=exception.resolve").expect(200);
        assert_eq!(rows(&trail)[0]["new_value"]["note"], "Dicocokkan dengan tangan");
    });
}

#[test]
fn of_two_who_settle_at_once_one_does() {
    on_each_backend(|house| {
        note(house);
        let admin = house.admin();
        let exception = id(&rows(&admin.get("/logs/exceptions").expect(200))[0]);
        let path = format!("/logs/exceptions/{exception}/resolve");
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..2)
                .map(|_| scope.spawn(|| admin.post(&path, &json!({"note": "x"})).status))
                .collect();
            tries.into_iter().map(|each| each.join().expect("no panic")).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
    });
}
