//! `pensipro admin`, as a process beside a running server.

use std::{
    io::Write,
    process::{Output, Stdio},
    time::{Duration, Instant},
};

use pensipro_persistence::testing::TEST_MASTER_KEY;
use pensipro_server::clock::hex;
use serde_json::{Value, json};

use super::passwords::login;
use crate::{
    process::command,
    support::{House, PASSWORD, on_each_backend},
};

/// Runs `pensipro admin` on the house's database, with this line on its input.
fn admin(house: &House, arguments: &[&str], line: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path())
        .env("PENSIPRO_DATABASE_URL", house.database.url())
        .env("PENSIPRO_MASTER_KEY", hex(&TEST_MASTER_KEY))
        .arg("admin")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended without reading.
    let _ = child.stdin.take().unwrap().write_all(format!("{line}\n").as_bytes());
    child.wait_with_output().unwrap()
}

/// What it printed, once it has done what it was told.
#[track_caller]
fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn refused(output: &Output, why: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && text.contains(why), "{text}");
}

/// The password that it made.
fn made(printed: &str) -> String {
    let line = printed.lines().find_map(|line| line.strip_prefix("Its password is "));
    line.expect("a password").to_owned()
}

#[test]
fn a_user_is_added_and_signs_in_at_the_running_server() {
    on_each_backend(|house| {
        let details = ["create-user", "Budi", "--email", "budi@example.com", "--full-name", "Budi"];
        let with = |more: &[&'static str]| [&details, more].concat();
        let chosen = with(&["--role", "SALES", "--role", "FINANCE", "--password-stdin"]);
        let printed = done(&admin(house, &chosen, PASSWORD));
        assert!(printed.contains("budi") && !printed.contains(PASSWORD), "{printed}");
        let me = house.sign_in("budi").get("/auth/me").expect(200);
        assert_eq!(me["roles"], json!(["FINANCE", "SALES"]));

        refused(&admin(house, &chosen, PASSWORD), "the username is taken");
        let other =
            ["create-user", "a b", "--email", "none", "--full-name", "X", "--password-stdin"];
        for why in ["username has", "email", "password has"] {
            refused(&admin(house, &other, "short"), why);
        }
        let lacking = ["create-user", "siti", "--email", "s@example.com", "--full-name", "Siti"];
        let unknown = [&lacking[..], &["--role", "NOBODY"]].concat();
        refused(&admin(house, &unknown, ""), "there is no role NOBODY");

        let password = made(&done(&admin(house, &lacking, "")));
        login(house, "siti", &password).expect(200);
        let users = house.admin().get("/users?count=true").expect(200);
        assert_eq!(users["total"], 3);
        let trail = house.admin().get("/logs/audit-trails?action=user.create").expect(200);
        let budi = &trail["data"][1];
        assert_eq!(budi["actor_id"], Value::Null);
        assert_eq!(budi["new_value"]["roles"], json!(["FINANCE", "SALES"]));
    });
}

#[test]
fn a_new_password_ends_sessions_at_the_running_server() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &["SALES"]);
        let name = user["username"].as_str().unwrap();
        let client = house.sign_in(name);
        let password = made(&done(&admin(house, &["reset-password", name], "")));
        let began = Instant::now();
        loop {
            let asked = began.elapsed();
            if client.get("/auth/me").status == 401 {
                break;
            }
            assert!(asked < Duration::from_secs(2), "the session goes on");
        }
        house.login(name).refused(401, "invalid_credentials");
        login(house, name, &password).expect(200);
        let stdin = ["reset-password", name, "--password-stdin"];
        refused(&admin(house, &stdin, "Password123"), "password is one of the most common");
        login(house, name, &password).expect(200);
        refused(&admin(house, &["reset-password", "nobody"], ""), "there is no user nobody");
    });
}

#[test]
fn a_lock_is_ended() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &[]);
        let name = user["username"].as_str().unwrap();
        for _ in 0..5 {
            login(house, name, "wrong").refused(401, "invalid_credentials");
        }
        house.login(name).refused(401, "invalid_credentials");
        done(&admin(house, &["unlock", name], ""));
        house.login(name).expect(200);
        let trail = house.admin().get("/logs/audit-trails?action=user.unlock").expect(200);
        assert_eq!(trail["data"][0]["ref_id"], user["id"]);
        refused(&admin(house, &["unlock", "nobody"], ""), "there is no user nobody");
    });
}

#[test]
fn live_sessions_are_listed() {
    on_each_backend(|house| {
        let user = house.new_user(&house.admin(), &[]);
        let name = user["username"].as_str().unwrap();
        let opened: Vec<Value> = ["Android", "Firefox", "Telepon"]
            .iter()
            .map(|device| {
                let body = json!({"username": name, "password": PASSWORD, "device_info": device});
                let tokens = house.stranger().post("/auth/login", &body).expect(200);
                let client = house.stranger().with_token(tokens["access_token"].as_str().unwrap());
                let id = client.get("/auth/me").expect(200)["sid"].clone();
                if *device == "Firefox" {
                    client.send("POST", "/auth/logout", &[], None).expect(204);
                }
                id
            })
            .collect();
        let printed = done(&admin(house, &["list-sessions", name], ""));
        let lines: Vec<&str> = printed.lines().collect();
        assert_eq!(lines.len(), 3, "{printed}");
        for (line, id, device) in [(1, &opened[2], "Telepon"), (2, &opened[0], "Android")] {
            let words: Vec<&str> = lines[line].split_whitespace().collect();
            assert_eq!((words[0], *words.last().unwrap()), (&*id.to_string(), device));
            assert!(words.contains(&"127.0.0.1"), "{printed}");
        }
        refused(&admin(house, &["list-sessions", "nobody"], ""), "there is no user nobody");
    });
}

#[test]
fn without_an_installation_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let output = command(folder.path()).args(["admin", "unlock", "admin"]).output().unwrap();
    refused(&output, "schema");
    assert!(!folder.path().join("data/master.key").exists());
}
