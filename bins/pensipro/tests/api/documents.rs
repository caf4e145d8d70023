//! What is generated from the code and committed is what the code says.

use pensipro_server::{http::codes, openapi, policy, routes};

fn committed(name: &str) -> String {
    let path = format!("{}/../../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[track_caller]
fn is_committed(name: &str, present: &str) {
    assert!(committed(name) == present, "docs/{name}: run `make openapi`, and look at the diff");
}

#[test]
fn the_openapi_document_is_the_committed_one() {
    is_committed("openapi.json", &openapi::document_text(&routes::all()));
}

#[test]
fn the_table_of_errors_is_the_committed_one() {
    is_committed("errors.md", &codes::page());
}

#[test]
fn the_table_of_configuration_keys_is_the_committed_one() {
    is_committed("configuration.md", &policy::page());
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
