//! Payments that came in a payer's file are told of too.

use pensipro_adapters::testing::{Answering, HttpReceiver};
use pensipro_persistence::testing::backends;
use serde_json::{Value, json};

use super::webhook;
use crate::{
    billing::desk::{Desk, paid_in_full},
    support::{House, HouseOptions, running::until},
};

fn house(backend: pensipro_persistence::Backend) -> House {
    let settings = [("private_receivers", "true")];
    House::with(backend, HouseOptions { settings: &settings, ..HouseOptions::default() })
}

/// What is told of goes out before what happens after it.
fn all_is_told(house: &House) {
    let waiting = "SELECT event AS text FROM outbox WHERE delivered_at IS NULL";
    until("everything is told", || house.database.texts(waiting).is_empty().then_some(()));
}

#[test]
fn each_payment_of_a_file_is_told_of_once() {
    for backend in backends() {
        let house = house(backend);
        let receiver = HttpReceiver::start(Answering::Status(200));
        let desk = Desk::with_loans(&house, 7);
        webhook(&house.admin(), &receiver.url(), &["payment.received"]);
        let (_, lines) = desk.bill("TASPEN");
        desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        let posted = receiver.wait_for(7);
        all_is_told(&house);
        assert_eq!(receiver.posted().len(), 7);
        let mut loans: Vec<String> = posted
            .iter()
            .map(|posted| {
                let body: Value = serde_json::from_str(&posted.body).expect("JSON");
                assert_eq!(body["data"]["paid_on"], "2026-07-01");
                body["data"]["loan_number"].as_str().expect("a number").to_owned()
            })
            .collect();
        loans.sort_unstable();
        loans.dedup();
        assert_eq!(loans.len(), 7);
        let told = "SELECT CAST(count(*) AS TEXT) AS text FROM notifications \
                    WHERE event = 'payment.received' AND channel = 'inapp'";
        assert_eq!(house.database.texts(told), ["7"]);
    }
}

#[test]
fn nobody_is_told_where_that_is_switched_off_or_nobody_could_be() {
    for backend in backends() {
        let house = house(backend);
        let receiver = HttpReceiver::start(Answering::Status(200));
        let desk = Desk::with_loans(&house, 3);
        let (_, lines) = desk.bill("TASPEN");
        let told = "SELECT event AS text FROM notifications WHERE event = 'payment.received'";
        // Only other systems could be told here, and none is there.
        desk.import("TASPEN", paid_in_full(&lines[..1])).expect(201);
        all_is_told(&house);
        assert_eq!(house.database.texts(told), [""; 0]);
        webhook(&house.admin(), &receiver.url(), &["payment.received"]);
        house.configure("NOTIFY_FILE_PAYMENTS", "false");
        let rest = desk
            .import_of(&[("payer", "TASPEN"), ("periode", "2026-07")], paid_in_full(&lines[1..]));
        let done = rest.expect(201);
        assert_eq!(done["status"], json!("done"));
        all_is_told(&house);
        assert_eq!(house.database.texts(told), [""; 0]);
        assert_eq!(receiver.posted().len(), 0);
    }
}
