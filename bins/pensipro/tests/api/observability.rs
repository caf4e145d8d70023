//! What an operator sees: figures, the log, exceptions of requests that failed.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    process::Stdio,
};

use pensipro_persistence::testing::{TestDatabase, backends};
use pensipro_server::{
    App,
    http::{Reply, Routes, Shown},
};
use serde_json::{Value, json};

use crate::support::{
    House, HouseOptions,
    lending::rows,
    on_each_backend,
    running::{Running, program, until},
};

/// Every name that the page tells of.
fn names(page: &str) -> BTreeSet<String> {
    let types = page.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|rest| rest.split(' ').next()).map(str::to_owned).collect()
}

fn value(page: &str, sample: &str) -> Option<f64> {
    page.lines().find_map(|line| line.strip_prefix(sample)?.trim().parse().ok())
}

/// The names of our figures in a text, without what a histogram puts behind.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c: char| !is_part(c)).filter(|word| word.starts_with("pensipro_"));
    let base = |word: &str| {
        let histogram = ["pensipro_request_seconds", "pensipro_transaction_seconds"];
        let of = histogram.iter().find(|name| word.starts_with(**name));
        of.map_or(word, |name| name).to_owned()
    };
    words.map(base).collect()
}

#[test]
fn the_dashboard_and_its_page_name_what_is_there() {
    on_each_backend(|house| {
        let admin = house.admin();
        admin.post("/jobs/end-of-day", &json!({})).expect(201);
        let page = house.stranger().get("/metrics").text();
        let there = names(&page);
        let dashboard = include_str!("../../../../docs/dashboard.json");
        let read: Value = serde_json::from_str(dashboard).expect("the dashboard is JSON");
        assert!(read["panels"].as_array().expect("panels").len() >= 10);
        let shown = named(dashboard);
        let missing: Vec<_> = shown.difference(&there).collect();
        assert!(missing.is_empty(), "the dashboard shows what nobody tells: {missing:?}");
        // The page in words names every figure, and no other.
        let told = named(include_str!("../../../../docs/monitoring.md"));
        assert_eq!(told, there);
    });
}

#[test]
fn figures_tell_of_transactions_jobs_and_what_waits() {
    on_each_backend(|house| {
        let admin = house.admin();
        let sql = "INSERT INTO exception_logs (severity, source, message, payload, created_at) \
                   VALUES ('warning', 'billing.import', 'x', '{}', '2026-06-15 00:00:00')";
        house.database.execute(sql).expect("it is noted");
        admin.post("/jobs/end-of-day", &json!({})).expect(201);
        let page = house.stranger().get("/metrics").text();
        let of = |sample: &str| value(&page, sample).unwrap_or_else(|| panic!("{sample}: {page}"));
        assert_eq!(of("pensipro_transaction_seconds_count{name=\"login\"}"), 1.0);
        let most = of("pensipro_transaction_seconds_bucket{name=\"login\",le=\"+Inf\"}");
        assert_eq!(most, 1.0);
        assert!(of("pensipro_job_stretches_total{job=\"end-of-day\",end=\"done\"}") >= 1.0);
        assert!(of("pensipro_job_last_success_timestamp_seconds{job=\"end-of-day\"}") > 1e9);
        let open = "pensipro_exceptions_open{severity=\"warning\",source=\"billing.import\"}";
        assert_eq!(of(open), 1.0);
        assert!(of("pensipro_pool_connections{state=\"idle\"}") >= 1.0);
        assert!(of("pensipro_outbox_oldest_seconds") >= 0.0);
    });
}

async fn breaks() -> Reply<Shown<Value>> {
    panic!("3173051708571234 is nobody's business")
}

#[test]
fn a_request_that_fails_leaves_an_exception_with_its_id() {
    for backend in backends() {
        let more = Routes::of_the_house().get("/breaks", "Panics", breaks);
        let options = HouseOptions { more_routes: Some(more), ..HouseOptions::default() };
        let house = House::with(backend, options);
        let id = [("X-Request-Id", "r-broken")];
        house.stranger().send("GET", "/breaks", &id, None).refused(500, "internal_error");
        let admin = house.admin();
        let noted = until("the exception", || {
            let list = admin.get("/logs/exceptions?source=http&severity=error").expect(200);
            rows(&list).first().cloned()
        });
        assert_eq!(
            (&noted["request_id"], &noted["payload"]["route"]),
            (&json!("r-broken"), &json!("/breaks"))
        );
        assert!(!noted.to_string().contains("3173051708571234"), "{noted}");
        let page = house.stranger().get("/metrics").text();
        let counted = value(&page, "pensipro_exceptions_total{severity=\"error\",source=\"http\"}");
        assert_eq!(counted, Some(1.0));
        drop::<App>(house.app.clone());
    }
}

/// Lines of the log as objects.
fn lines(log: &std::path::Path) -> Vec<Value> {
    let text = fs::read_to_string(log).expect("the log");
    text.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

#[test]
fn every_line_of_a_request_has_its_id_and_slow_ones_no_value() {
    for backend in backends() {
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("pensipro.log");
        let mut command = program(&database, folder.path());
        // So short a time that a password's hash always takes longer.
        command
            .env("PENSIPRO_LOG_FORMAT", "json")
            .env("PENSIPRO_SLOW_QUERY_MS", "1")
            .env("PENSIPRO_LOG", "info")
            .stderr(Stdio::from(File::create(&log).expect("a file")));
        let running = Running::started(&mut command);
        let sql = "INSERT INTO sales_branches (code, name, created_at, updated_at) \
                   WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) \
                   SELECT 'C' || CAST(n.i AS TEXT), 'Cabang Rahasia', u.created_at, u.created_at \
                   FROM n CROSS JOIN (SELECT MIN(created_at) AS created_at FROM sys_users) u";
        database.execute(sql).expect("branches are there");
        let id = [("X-Request-Id", "r-slow")];
        let path = "/sales-branches?count=true";
        running.client.send("GET", path, &id, None).expect(200);
        let about = |line: &&Value| line["request_id"] == "r-slow";
        let told = until("the lines", || {
            let all = lines(&log);
            let of: Vec<Value> = all.iter().filter(about).cloned().collect();
            of.iter().any(|line| line["target"] == "pensipro::access").then_some(of)
        });
        let access = told.iter().find(|line| line["target"] == "pensipro::access").expect("it");
        assert_eq!((&access["status"], &access["method"]), (&json!(200), &json!("GET")));
        let slow = told.iter().find(|line| line["target"] == "pensipro::slow");
        let slow = slow.unwrap_or_else(|| panic!("nothing was slow: {told:?}"));
        assert!(slow["statement"].as_str().expect("a place").contains("branches.rs"), "{slow}");
        assert!(!told.iter().any(|line| line.to_string().contains("Rahasia")), "{told:?}");
        running.terminate();
    }
}
