//! A user's sessions, as those who look after him see and end them.

use serde_json::{Value, json};

use crate::support::{PASSWORD, on_each_backend};

#[test]
fn live_sessions_are_listed_with_device_and_address() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let path = format!("/users/{}/sessions", user["id"]);
        let ids: Vec<Value> = ["Android", "Firefox", "Telepon"]
            .iter()
            .map(|device| {
                let body = json!({"username": user["username"], "password": PASSWORD, "device_info": device});
                let tokens = house.stranger().post("/auth/login", &body).expect(200);
                let client = house.stranger().with_token(tokens["access_token"].as_str().unwrap());
                let id = client.get("/auth/me").expect(200)["sid"].clone();
                if *device == "Firefox" {
                    client.send("POST", "/auth/logout", &[], None).expect(204);
                }
                id
            })
            .collect();
        let list = admin.get(&format!("{path}?count=true")).expect(200);
        let rows = list["data"].as_array().unwrap();
        let seen: Vec<&Value> = rows.iter().map(|row| &row["id"]).collect();
        assert_eq!((seen, &list["total"]), (vec![&ids[2], &ids[0]], &json!(2)));
        let row = &rows[1];
        assert_eq!(
            (&row["device_info"], &row["ip_address"]),
            (&json!("Android"), &json!("127.0.0.1"))
        );
        assert_eq!(row["created_at"], row["last_used_at"]);
        let fields: Vec<&String> = row.as_object().unwrap().keys().collect();
        let all = ["created_at", "device_info", "expired_at", "id", "ip_address", "last_used_at"];
        let mut fields: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(fields, all);
        let first = admin.get(&format!("{path}?limit=1")).expect(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = admin.get(&format!("{path}?limit=1&cursor={cursor}")).expect(200);
        assert_eq!((&second["data"][0]["id"], &second["next_cursor"]), (&ids[0], &Value::Null));
        admin.get("/users/999/sessions").refused(404, "not_found");
    });
}

#[test]
fn a_forced_logout_ends_them_all_at_once() {
    on_each_backend(|house| {
        let admin = house.admin();
        let user = house.new_user(&admin, &["SALES"]);
        let name = user["username"].as_str().unwrap();
        let tokens = house.login(name).expect(200);
        let clients = [
            house.stranger().with_token(tokens["access_token"].as_str().unwrap()),
            house.sign_in(name),
        ];
        let path = format!("/users/{}/sessions", user["id"]);
        admin.delete(&path).expect(204);
        for client in clients {
            client.get("/auth/me").refused(401, "token_revoked");
        }
        let refresh = json!({"refresh_token": tokens["refresh_token"]});
        house.stranger().post("/auth/refresh", &refresh).refused(401, "invalid_refresh_token");
        assert_eq!(admin.get(&path).expect(200)["data"], json!([]));
        house.sign_in(name);
        let trail = admin.get("/logs/audit-trails?action=user.end_sessions").expect(200);
        assert_eq!(trail["data"][0]["new_value"]["sessions"], 2);
        admin.delete("/users/999/sessions").refused(404, "not_found");
    });
}
