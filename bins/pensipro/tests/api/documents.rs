//! What is generated from the code and committed is what the code says.

use pensipro_server::{http::codes, openapi, routes};

fn committed(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    let present = openapi::document_text(&routes::all());
    let same = committed("openapi.json") == present;
    assert!(
        same,
        "run: cargo run -p pensipro -- openapi > docs/openapi.json, and look at the diff"
    );
}

#[test]
fn the_table_of_errors_is_the_committed_one() {
    let same = committed("errors.md") == codes::page();
    assert!(
        same,
        "run: cargo run -p pensipro -- errors-doc > docs/errors.md, and look at the diff"
    );
}

#[test]
fn every_reference_of_the_openapi_document_leads_somewhere() {
    let document: serde_json::Value =
        serde_json::from_str(&openapi::document_text(&routes::all())).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let text = document.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
    }
}
