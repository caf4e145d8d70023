//! The program is killed while it sends, and nothing is lost or made anew.

use std::{collections::BTreeMap, process::Stdio};

use pensipro_adapters::testing::{Answering, HttpReceiver, Posted};
use pensipro_persistence::testing::{TestDatabase, backends};
use serde_json::json;

use super::{messages, statuses, write_to};
use crate::support::{
    Client,
    lending::id,
    people::registration,
    running::{Running, program, until},
};

const MESSAGES: usize = 40;

fn start(database: &TestDatabase, folder: &std::path::Path, gateway: &HttpReceiver) -> Running {
    Running::started(
        program(database, folder)
            .env("PENSIPRO_GATEWAY_URL", gateway.url())
            .env("PENSIPRO_GATEWAY_TOKEN", "rahasia")
            .env("PENSIPRO_PRIVATE_RECEIVERS", "true")
            .stderr(Stdio::null()),
    )
}

/// A member who can be reached, in a house that is never quiet.
fn member(admin: &Client) -> i64 {
    let list = admin.get("/configurations?limit=200").expect(200);
    let quiet = list["data"].as_array().unwrap().iter();
    let quiet = quiet.clone().find(|row| row["config_key"] == "QUIET_HOURS").expect("the key");
    let off = json!({"config_value": "off"});
    admin.put(&format!("/configurations/{}", id(quiet)), &off).expect(200);
    let member = id(&admin.post("/members", &registration(1)).expect(201));
    let phone = json!({"kind": "phone", "value": "081234567890"});
    admin.post(&format!("/members/{member}/contacts"), &phone).expect(201);
    member
}

/// How often each message came, by its key.
fn by_key(posted: &[Posted]) -> BTreeMap<String, usize> {
    let mut times = BTreeMap::new();
    for each in posted {
        *times.entry(each.header("idempotency-key").expect("a key").to_owned()).or_insert(0) += 1;
    }
    times
}

#[test]
fn what_was_under_way_goes_again_by_the_same_key_and_nothing_is_lost() {
    for backend in backends() {
        eprintln!("on {backend:?}");
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().unwrap();
        let gateway = HttpReceiver::start(Answering::Status(200));
        let running = start(&database, folder.path(), &gateway);
        let member = member(&running.client);
        write_to(&running.client, member, "sms", "Sudah");
        until("the first is noted", || {
            let list = messages(&running.client, "status=sent");
            (list.len() == 1).then_some(())
        });
        gateway.answer(Answering::Silence);
        for _ in 1..MESSAGES {
            write_to(&running.client, member, "sms", "Halo");
        }
        gateway.wait_for(2);
        drop(running);
        let before = by_key(&gateway.posted());
        assert!(before.values().all(|times| *times == 1), "{before:?}");

        // Who takes over waits until what the dead one held is free: its hold is over now.
        let over = "UPDATE notification_deliveries SET available_at = created_at \
                    WHERE status = 'pending'";
        database.execute(over).expect("time passes");
        gateway.answer(Answering::Status(200));
        let running = start(&database, folder.path(), &gateway);
        until("the end", || {
            let list = messages(&running.client, "");
            statuses(&list).iter().all(|status| *status == "sent").then_some(())
        });
        let after = by_key(&gateway.posted());
        assert_eq!(after.len(), MESSAGES, "each message has one key");
        for (key, times) in &before {
            assert!(after[key] <= times + 1, "{key} came {} times", after[key]);
        }
        let only_once = |key: &String| !before.contains_key(key);
        assert!(after.iter().filter(|(key, _)| only_once(key)).all(|(_, times)| *times == 1));
        let done_before = "SELECT CAST(COUNT(*) AS TEXT) AS text FROM notification_deliveries \
                           WHERE tries = 1";
        assert_ne!(database.texts(done_before), ["40"], "something was under way");
    }
}
