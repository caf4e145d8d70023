//! Idempotency keys.

use std::sync::{Arc, Mutex, mpsc};

use pensipro_persistence::testing::backends;
use pensipro_server::{
    App,
    bodies::house::HealthBody,
    http::{NoBody, Reply, Routes, Shown, Signed},
};
use serde_json::{Value, json};

use crate::support::{Client, House, HouseOptions, PASSWORD, Response, on_each_backend};

fn new_user(name: &str) -> Value {
    json!({"username": name, "email": format!("{name}@x.id"), "full_name": name, "password": PASSWORD})
}

fn add(client: &Client, key: &str, name: &str) -> Response {
    client.post_with("/users", &[("Idempotency-Key", key)], &new_user(name))
}

#[test]
fn the_same_request_gets_the_same_answer_and_changes_nothing() {
    on_each_backend(|house| {
        let admin = house.admin();
        let first = add(&admin, "key-1", "budi");
        assert_eq!(first.header("idempotent-replayed"), None);
        let again = add(&admin, "key-1", "budi");
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        for name in ["location", "etag", "content-type"] {
            assert_eq!(first.header(name), again.header(name), "{name}");
        }
        assert_eq!(first.expect(201), again.expect(201));
        assert_eq!(admin.get("/users?count=true").expect(200)["total"], 2);
        let trail = admin.get("/logs/audit-trails?action=user.create&count=true").expect(200);
        assert_eq!(trail["total"], 2);
    });
}

#[test]
fn a_key_stands_for_one_path_and_body() {
    on_each_backend(|house| {
        let admin = house.admin();
        let id = add(&admin, "key-1", "budi").expect(201)["id"].clone();
        add(&admin, "key-1", "wati").refused(422, "idempotency_key_reused");
        let role = json!({"role_id": house.role_id(&admin, "SALES")});
        let path = format!("/users/{id}/roles");
        let other = admin.post_with(&path, &[("Idempotency-Key", "key-1")], &role);
        other.refused(422, "idempotency_key_reused");
        add(&admin, "key-2", "wati").expect(201);
    });
}

#[test]
fn keys_of_two_users_do_not_meet() {
    on_each_backend(|house| {
        let (one, other) = (house.user(&["ADMIN"]), house.user(&["ADMIN"]));
        add(&one, "key-1", "budi").expect(201);
        add(&other, "key-1", "wati").expect(201);
    });
}

#[test]
fn a_refusal_leaves_its_key_unused() {
    on_each_backend(|house| {
        let admin = house.admin();
        add(&admin, "key-1", "admin").refused(409, "username_taken");
        add(&admin, "key-1", "budi").expect(201);
    });
}

#[test]
fn keys_are_short_and_printable() {
    on_each_backend(|house| {
        let admin = house.admin();
        for key in ["", "a\tb", &"x".repeat(256)] {
            add(&admin, key, "budi").refused(400, "invalid_header");
        }
        add(&admin, &"x".repeat(255), "budi").expect(201);
    });
}

#[test]
fn answers_are_encrypted_at_rest() {
    on_each_backend(|house| {
        add(&house.admin(), "key-1", "budi").expect(201);
        let stored = match house.database.folder() {
            Some(_) => "SELECT hex(answer) AS text FROM idempotency_keys",
            None => "SELECT encode(answer, 'hex') AS text FROM idempotency_keys",
        };
        let answers = house.database.texts(stored);
        assert_eq!(answers.len(), 1);
        let in_clear = pensipro_server::clock::hex(b"budi");
        assert!(!answers[0].to_lowercase().contains(&in_clear));
    });
}

/// A route whose use case waits until the test lets it go.
fn slow(began: mpsc::Sender<()>, go: Arc<Mutex<mpsc::Receiver<()>>>) -> Routes {
    let handler = move |app: App, _by: Signed, body: NoBody| {
        let (began, go) = (began.clone(), Arc::clone(&go));
        async move {
            let reply: Reply<Shown<HealthBody>> = app
                .post("slow", body.once(), move |_, _| {
                    began.send(()).unwrap();
                    go.lock().unwrap().recv().unwrap();
                    Ok(Shown::new(HealthBody::ok()))
                })
                .await;
            reply
        }
    };
    Routes::of_the_house().post("/test/slow", "Waits", handler)
}

#[test]
fn while_the_first_runs_the_second_is_told_so() {
    for backend in backends() {
        let (began, has_begun) = mpsc::channel();
        let (let_go, go) = mpsc::channel();
        let routes = slow(began, Arc::new(Mutex::new(go)));
        let options = HouseOptions { more_routes: Some(routes), ..HouseOptions::default() };
        let house = House::with(backend, options);
        let admin = house.admin();
        let send = || admin.send("POST", "/test/slow", &[("Idempotency-Key", "key-1")], None);
        std::thread::scope(|scope| {
            let first = scope.spawn(send);
            has_begun.recv().unwrap();
            let second = send();
            assert!(second.header("retry-after").is_some());
            second.refused(409, "idempotency_in_progress");
            let_go.send(()).unwrap();
            first.join().unwrap().expect(200);
        });
        assert_eq!(send().header("idempotent-replayed"), Some("true"));
    }
}

#[test]
fn two_keys_are_no_key() {
    on_each_backend(|house| {
        let keys = [("Idempotency-Key", "key-1"), ("Idempotency-Key", "key-2")];
        house.admin().post_with("/users", &keys, &new_user("budi")).refused(400, "invalid_header");
        assert_eq!(house.admin().get("/users?count=true").expect(200)["total"], 1);
    });
}
