//! That every promised route is there.

use std::collections::BTreeMap;

use pensipro_server::{openapi, routes};
use serde_json::Value;

/// Routes that are promised and not there yet. This list only ever gets shorter.
const NOT_BUILT_YET: &[&str] = &[];

/// A route as a row of the fixture or an operation of the document tells it.
#[derive(Debug, PartialEq, Eq)]
struct Promise {
    module: String,
    permission: String,
}

fn document() -> Value {
    serde_json::from_str(&openapi::document_text(&routes::all())).unwrap()
}

fn promised() -> BTreeMap<String, Promise> {
    let rows = include_str!("../fixtures/endpoints.csv").lines().skip(1);
    rows.map(|row| {
        let columns: Vec<&str> = row.split(',').collect();
        let promise = Promise { module: columns[2].to_owned(), permission: columns[3].to_owned() };
        (format!("{} {}", columns[0], columns[1]), promise)
    })
    .collect()
}

fn built() -> BTreeMap<String, Promise> {
    let document = document();
    let mut built = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let text = |name: &str| operation[name].as_str().unwrap().to_owned();
            let promise = Promise { module: text("x-module"), permission: text("x-permission") };
            built.insert(format!("{} {path}", method.to_uppercase()), promise);
        }
    }
    built
}

#[test]
fn every_promised_route_is_there_or_listed_as_not_built_yet() {
    let (promised, built) = (promised(), built());
    for (route, promise) in &promised {
        match built.get(route) {
            Some(present) => {
                assert_eq!(present, promise, "{route}");
                let listed = NOT_BUILT_YET.contains(&route.as_str());
                assert!(!listed, "{route} is built: take it out of NOT_BUILT_YET");
            }
            None => assert!(NOT_BUILT_YET.contains(&route.as_str()), "{route} is not there"),
        }
    }
    for route in built.keys().map(String::as_str).chain(NOT_BUILT_YET.iter().copied()) {
        assert!(promised.contains_key(route), "nobody promised {route}");
    }
}
