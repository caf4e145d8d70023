//! Changes of state leave a row in the audit trail that names their request: whatever the walk sends and is
//! served, the things of its world among them, is looked up there.

use std::collections::BTreeSet;

use crate::support::{House, Sent};

/// Routes that change nothing which the trail tells of, each with its reason.
const TOLD_ELSEWHERE: &[(&str, &str)] = &[
    ("POST /auth/refresh", "a session goes on; its beginning and end are told of"),
    ("PUT /notifications/{id}/read", "a mark in one's own box"),
    ("DELETE /notifications/{id}", "a mark in one's own box"),
];

/// Routes that find in the walk's world nothing to change.
const NOTHING_TO_CHANGE: &[&str] =
    &["POST /members/{id}/bank-accounts/{account_id}/default", "PUT /modules/{id}/status"];

/// The route of what was sent: the one with the most parts that are the same.
fn route_of<'a>(sent: &Sent, routes: &[&'a str]) -> Option<&'a str> {
    let parts = |path: &'a str| path.split('/').collect::<Vec<_>>();
    let asked: Vec<&str> = sent.path.split('/').collect();
    let fits = |route: &&&'a str| {
        let (method, path) = route.split_once(' ')?;
        let parts = parts(path);
        let same = parts.len() == asked.len()
            && parts.iter().zip(&asked).all(|(part, is)| part.starts_with('{') || part == is);
        (method == sent.method && same).then_some(())
    };
    let literal =
        |route: &&&'a str| parts(route).iter().filter(|part| !part.starts_with('{')).count();
    routes.iter().filter(|route| fits(route).is_some()).max_by_key(literal).copied()
}

pub(super) fn every_change_leaves_a_row<'a>(
    house: &House,
    routes: impl Iterator<Item = &'a String>,
) {
    let changing: Vec<&str> =
        routes.map(String::as_str).filter(|route| !route.starts_with("GET ")).collect();
    let told: BTreeSet<String> = house
        .database
        .texts("SELECT DISTINCT request_id AS text FROM audit_trails WHERE request_id IS NOT NULL")
        .into_iter()
        .collect();
    let exempt: BTreeSet<&str> = TOLD_ELSEWHERE.iter().map(|(route, _)| *route).collect();
    let sent = house.sent();
    let served: Vec<_> = sent
        .iter()
        .filter(|sent| sent.status < 300)
        .filter_map(|sent| Some((route_of(sent, &changing)?, told.contains(&sent.request_id))))
        .collect();
    let proved: BTreeSet<&str> =
        served.iter().filter(|(_, left_a_row)| *left_a_row).map(|(route, _)| *route).collect();
    assert!(proved.len() > 60, "the walk changed little: {proved:#?}");
    let known: BTreeSet<&str> =
        exempt.into_iter().chain(NOTHING_TO_CHANGE.iter().copied()).collect();
    let silent: BTreeSet<&str> = served
        .iter()
        .map(|(route, _)| *route)
        .filter(|route| !proved.contains(route) && !known.contains(route))
        .collect();
    assert!(silent.is_empty(), "no row came of: {silent:#?}");
}
