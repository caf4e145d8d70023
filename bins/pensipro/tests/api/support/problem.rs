//! What every problem document must be, checked on each that a client receives.

use std::{collections::HashMap, sync::OnceLock};

use serde_json::Value;

/// Codes and statuses as `docs/errors.md` lists them.
fn listed() -> &'static HashMap<String, u16> {
    static LISTED: OnceLock<HashMap<String, u16>> = OnceLock::new();
    LISTED.get_or_init(|| {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors.md");
        let page = std::fs::read_to_string(page).expect("docs/errors.md is there");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.filter_map(|row| {
            let (code, rest) = row.split_once("` | ")?;
            let (status, _) = rest.split_once(' ')?;
            Some((code.to_owned(), status.parse().ok()?))
        })
        .collect()
    })
}

pub(super) fn check(status: u16, content_type: &str, request_id: &str, body: &str) {
    assert_eq!(content_type, "application/problem+json", "{status} {body}");
    let document: Value = serde_json::from_str(body).expect("a problem document is JSON");
    let code = document["code"].as_str().expect("code is a text");
    assert_eq!(listed().get(code), Some(&status), "docs/errors.md has no {code} with {status}");
    assert_eq!(document["status"], status, "{body}");
    assert_eq!(document["type"], format!("urn:pensipro:error:{code}"), "{body}");
    assert_eq!(document["request_id"], request_id, "{body}");
    for member in ["title", "detail"] {
        assert!(document[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {body}");
    }
    if code == "validation_failed" {
        let faults = document["errors"].as_array().expect("faults are listed");
        assert!(!faults.is_empty(), "{body}");
        for fault in faults {
            assert!(fault["field"].is_string() && fault["code"].is_string(), "{body}");
        }
    }
    for inside in ["diesel", "panicked", "SELECT ", "sqlite", "constraint", "src/"] {
        assert!(!body.contains(inside), "internal text went out: {body}");
    }
}
