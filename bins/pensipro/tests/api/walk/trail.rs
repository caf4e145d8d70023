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

/// Routes that the walk's world refuses, or in which they find nothing to change. `apart.rs` makes them.
pub(super) const MADE_APART: &[&str] = &[
    "DELETE /billing/import/{id}",
    "DELETE /members/{id}",
    "DELETE /roles/{id}",
    "POST /applications/{id}/cancel",
    "POST /applications/{id}/recusals",
    "POST /auth/logout",
    "POST /billing/import",
    "POST /billing/reconcile/{id}",
    "POST /jobs/end-of-month",
    "POST /loans/{id}/allocate-funder",
    "POST /loans/{id}/deposits/apply",
    "POST /loans/{id}/deposits/release",
    "POST /loans/{id}/interest-freezes",
    "POST /loans/{id}/settlements",
    "POST /loans/{id}/transactions/{transaction_id}/reverse",
    "POST /logs/exceptions/{id}/resolve",
    "POST /members/{id}/anonymise",
    "POST /members/{id}/bank-accounts/{account_id}/default",
    "POST /notifications/deliveries/{id}/retry",
    "PUT /applications/{id}",
    "PUT /applications/{id}/status",
    "PUT /auth/password",
    "PUT /billing/refunds/{id}",
    "PUT /funders/{id}/settlements/{settlement_id}",
    "PUT /modules/{id}/status",
];

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

/// The changing routes of which something sent to the house was served and left a row.
pub(super) fn proved<'a>(
    house: &House,
    routes: impl Iterator<Item = &'a String>,
) -> BTreeSet<&'a str> {
    let changing = changing(routes);
    let told: BTreeSet<String> = house
        .database
        .texts("SELECT DISTINCT request_id AS text FROM audit_trails WHERE request_id IS NOT NULL")
        .into_iter()
        .collect();
    let sent = house.sent();
    let left_a_row = |sent: &&Sent| sent.status < 300 && told.contains(&sent.request_id);
    sent.iter().filter(left_a_row).filter_map(|sent| route_of(sent, &changing)).collect()
}

fn changing<'a>(routes: impl Iterator<Item = &'a String>) -> Vec<&'a str> {
    routes.map(String::as_str).filter(|route| !route.starts_with("GET ")).collect()
}

/// Every changing route is proved here, told elsewhere, or made apart; no route is in two of these.
pub(super) fn every_change_leaves_a_row<'a>(
    house: &House,
    routes: impl Iterator<Item = &'a String> + Clone,
) {
    let proved = proved(house, routes.clone());
    let elsewhere = TOLD_ELSEWHERE.iter().map(|(route, _)| *route);
    let known: BTreeSet<&str> = elsewhere.chain(MADE_APART.iter().copied()).collect();
    let changing: BTreeSet<&str> = changing(routes).into_iter().collect();
    let silent: Vec<_> =
        changing.iter().filter(|it| !proved.contains(*it) && !known.contains(*it)).collect();
    assert!(silent.is_empty(), "no row came of: {silent:#?}");
    let needless: Vec<_> =
        known.iter().filter(|it| proved.contains(*it) || !changing.contains(*it)).collect();
    assert!(needless.is_empty(), "proved by the walk, or gone: {needless:#?}");
}
