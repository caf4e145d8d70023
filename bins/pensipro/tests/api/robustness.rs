//! Panics, slowness, crowds; headers of every answer.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use pensipro_persistence::{Backend, testing::backends};
use pensipro_server::{
    App,
    bodies::house::HealthBody,
    http::{Answered, Reply, Routes, Shown},
};
use serde_json::json;

use crate::support::{House, HouseOptions, on_each_backend};

fn house_with(backend: Backend, routes: Routes, settings: &[(&str, &str)]) -> House {
    House::with(backend, HouseOptions { settings, more_routes: Some(routes), is_quiet: false })
}

async fn panics() -> Reply<Shown<HealthBody>> {
    if true {
        panic!("the handler's own text");
    }
    Answered::fresh(Shown::new(HealthBody::ok()))
}

async fn panics_while_reading(app: App) -> Reply<Shown<HealthBody>> {
    app.read(|_, _| panic!("the use case's own text")).await
}

async fn panics_while_writing(app: App) -> Reply<Shown<HealthBody>> {
    app.write("panics", |_, _| panic!("the use case's own text")).await
}

#[test]
fn a_panic_is_a_500_and_the_next_request_is_served() {
    for backend in backends() {
        let routes = Routes::of_the_house()
            .get("/test/panic", "Panics", panics)
            .get("/test/panic/read", "Panics", panics_while_reading)
            .get("/test/panic/write", "Panics", panics_while_writing);
        let house = house_with(backend, routes, &[]);
        for path in ["/test/panic", "/test/panic/read", "/test/panic/write"] {
            // More often than there are connections: none of them may be lost.
            for _ in 0..6 {
                let refused = house.stranger().get(path);
                assert!(!refused.text().contains("own text"));
                refused.refused(500, "internal_error");
            }
            house.new_user(&house.admin(), &[]);
        }
    }
}

/// A route that holds a place before the database until the test lets it go.
fn holding(began: mpsc::Sender<()>, go: Arc<Mutex<mpsc::Receiver<()>>>) -> Routes {
    let handler = move |app: App| {
        let (began, go) = (began.clone(), Arc::clone(&go));
        async move {
            let reply: Reply<Shown<HealthBody>> = app
                .read(move |_, _| {
                    began.send(()).unwrap();
                    go.lock().unwrap().recv().unwrap();
                    Ok(Shown::new(HealthBody::ok()))
                })
                .await;
            reply
        }
    };
    Routes::of_the_house().get("/test/hold", "Holds a place", handler)
}

#[test]
fn a_full_house_says_so_soon_and_what_needs_no_database_goes_on() {
    for backend in backends() {
        let (began, has_begun) = mpsc::channel();
        let (let_go, go) = mpsc::channel();
        let routes = holding(began, Arc::new(Mutex::new(go)));
        let settings = [("connections", "1"), ("queue_timeout_ms", "300")];
        let house = house_with(backend, routes, &settings);
        let admin = house.admin();
        std::thread::scope(|scope| {
            let held = scope.spawn(|| house.stranger().get("/test/hold"));
            has_begun.recv().unwrap();
            let asked = Instant::now();
            let refused = admin.get("/users");
            assert!(asked.elapsed() < Duration::from_secs(2));
            let again: u64 = refused.header("retry-after").unwrap().parse().unwrap();
            assert!(again <= 2);
            refused.refused(503, "overloaded");
            house.stranger().get("/health/live").expect(200);
            admin.get("/auth/me").expect(200);
            let_go.send(()).unwrap();
            held.join().unwrap().expect(200);
        });
        admin.get("/users").expect(200);
    }
}

#[test]
fn a_database_that_does_not_answer_is_given_up() {
    for backend in backends() {
        let (began, has_begun) = mpsc::channel();
        let (let_go, go) = mpsc::channel();
        let routes = holding(began, Arc::new(Mutex::new(go)));
        let house = house_with(backend, routes, &[("request_timeout_seconds", "1")]);
        house.stranger().get("/test/hold").refused(503, "timed_out");
        has_begun.recv().unwrap();
        let_go.send(()).unwrap();
    }
}

#[test]
fn a_body_that_does_not_come_is_given_up() {
    let settings = [("body_timeout_seconds", "1")];
    let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
    let house = House::with(Backend::Sqlite, options);
    let mut stream = TcpStream::connect(house.address()).unwrap();
    let head = "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Content-Length: 100\r\n\r\n{\"username\":";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = vec![0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 408");
}

#[test]
fn requests_have_an_id_that_is_given_or_made() {
    on_each_backend(|house| {
        let ask =
            |id: &str| house.stranger().send("GET", "/nothing", &[("X-Request-Id", id)], None);
        let given = ask("order-66:a");
        assert_eq!(given.header("x-request-id"), Some("order-66:a"));
        for id in ["a b", &"x".repeat(129), "<script>"] {
            let made = ask(id).header("x-request-id").unwrap().to_owned();
            assert!(made.len() == 32 && made != id, "{made}");
        }
        let admin = house.admin();
        let body = json!({"username": "wati", "email": "w@x.id", "full_name": "W", "password": "rahasia-123"});
        admin.post_with("/users", &[("X-Request-Id", "order-67")], &body).expect(201);
        let trail = admin.get("/logs/audit-trails?action=user.create&limit=1").expect(200);
        assert_eq!(trail["data"][0]["request_id"], "order-67");
    });
}

#[test]
fn answers_are_dressed() {
    let house = House::new(Backend::Sqlite);
    for path in ["/health/live", "/nothing", "/docs", "/users"] {
        let answer = house.stranger().get(path);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        assert!(
            answer.header("content-security-policy").unwrap().starts_with("default-src 'none'")
        );
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let zipped =
        house.stranger().send("GET", "/openapi.json", &[("Accept-Encoding", "gzip")], None);
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
}

#[test]
fn browsers_of_configured_origins_may_call() {
    let settings = [("cors_origins", "https://app.example.com")];
    let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
    let house = House::with(Backend::Sqlite, options);
    let ask = |method: &str, origin: &str| {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
        house.stranger().send(method, "/users", &headers, None)
    };
    let preflight = ask("OPTIONS", "https://app.example.com");
    assert_eq!(preflight.header("access-control-allow-origin"), Some("https://app.example.com"));
    assert!(preflight.header("access-control-allow-headers").unwrap().contains("Idempotency-Key"));
    assert_eq!(preflight.status, 204);
    let refused = ask("GET", "https://app.example.com");
    assert_eq!(refused.header("access-control-allow-origin"), Some("https://app.example.com"));
    let other = ask("OPTIONS", "https://evil.example.com");
    assert_eq!((other.status, other.header("access-control-allow-origin")), (405, None));
}

#[test]
fn the_house_tells_of_itself() {
    on_each_backend(|house| {
        let stranger = house.stranger();
        stranger.get("/health/ready").expect(200);
        house.admin().get("/users/1").expect(200);
        let metrics = stranger.get("/metrics").text();
        let counted =
            "pensipro_requests_total{method=\"GET\",route=\"/users/{id}\",status=\"200\"} 1";
        assert!(metrics.contains(counted), "{metrics}");
        assert!(
            metrics.contains("pensipro_transactions{end=\"committed\",name=\"login\"} 1"),
            "{metrics}"
        );
        let page = stranger.get("/docs").text();
        let files = page.split("\"/docs/").skip(1).map(|rest| rest.split('"').next().unwrap());
        for file in files {
            assert_eq!(stranger.get(&format!("/docs/{file}")).status, 200, "{file}");
        }
        let start = stranger.get("/docs/swagger-initializer.js").text();
        assert!(start.contains("/openapi.json"), "{start}");
        let document = stranger.get("/openapi.json").expect(200);
        assert_eq!(document["paths"]["/users"]["post"]["x-permission"], "MANAGE_USER");
        let head = stranger.send("HEAD", "/health/live", &[], None);
        assert_eq!((head.status, head.bytes.len()), (200, 0));
    });
}
