//! `pensipro keys rotate`, beside a running server.

use std::{fs, os::unix::fs::PermissionsExt, process::Output};

use pensipro_persistence::testing::TEST_MASTER_KEY;
use pensipro_server::clock::hex;
use serde_json::json;

use crate::{
    process::command,
    support::{House, HouseOptions, PASSWORD, people::registered},
};

const NEXT: [u8; 32] = [9; 32];

fn rotate(house: &House, next: Option<&str>) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = command(folder.path());
    command
        .env("PENSIPRO_DATABASE_URL", house.database.url())
        .env("PENSIPRO_MASTER_KEY", hex(&TEST_MASTER_KEY))
        .args(["keys", "rotate"]);
    if let Some(next) = next {
        command.env("PENSIPRO_MASTER_KEY_NEXT", next);
    }
    command.output().unwrap()
}

#[test]
fn a_master_key_is_changed_beside_a_running_server() {
    for backend in pensipro_persistence::testing::backends() {
        let next = hex(&NEXT);
        let settings = [("master_key_next", next.as_str())];
        let options = HouseOptions { settings: &settings, ..HouseOptions::default() };
        let house = House::with(backend, options);
        let admin = house.admin();
        let (first, key) = (registered(&admin, 1), [("Idempotency-Key", "k")]);
        let contact = json!({"kind": "phone", "value": "081234567890"});
        let add = |by: &crate::support::Client| {
            by.post_with(&format!("{first}/contacts"), &key, &contact)
        };
        let made = add(&admin).expect(201);
        registered(&admin, 2);
        let cursor = admin.get("/members?limit=1").expect(200)["next_cursor"].clone();

        let refused = rotate(&house, None);
        let text = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && text.contains("MASTER_KEY_NEXT"), "{text}");
        let done = rotate(&house, Some(&next));
        let text = String::from_utf8_lossy(&done.stdout);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        assert!(text.contains("2 members' keys were wrapped anew, 0 were before"), "{text}");
        // The program has waited until this server had looked: what it wraps now, the new key wraps.
        let third = registered(&admin, 3);
        admin.get(&first).expect(200);

        let after = house.beside(&[("master_key", &next)]);
        let admin = after.admin();
        for path in [&first, &third] {
            admin.get(path).expect(200);
        }
        let again = add(&admin);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), made);
        let cursor = cursor.as_str().unwrap();
        admin.get(&format!("/members?limit=1&cursor={cursor}")).expect(200);
    }
}

#[test]
fn a_kept_master_key_gives_way_in_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], next: Option<&str>| {
        let mut command = command(folder.path());
        command.env("PENSIPRO_ADMIN_PASSWORD", PASSWORD).args(arguments);
        if let Some(next) = next {
            command.env("PENSIPRO_MASTER_KEY_NEXT", next);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    run(&["migrate"], None);
    let file = folder.path().join("data").join("master.key");
    let old = fs::read_to_string(&file).unwrap();
    let next = hex(&NEXT);
    run(&["keys", "rotate"], Some(&next));
    assert_eq!(fs::read_to_string(&file).unwrap(), next);
    let kept = file.with_extension("key.old");
    assert_eq!(fs::read_to_string(&kept).unwrap(), old);
    for file in [&file, &kept] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    run(&["migrate"], None);
}
