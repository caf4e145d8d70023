//! Messages that leave the house: by mail, by the gateway, to other systems.

mod crash;
mod file_payments;
mod gateway;
mod mail;
mod preferences;
mod quiet_hours;
mod receivers;
mod sharing;
mod webhooks;

use pensipro_persistence::testing::backends;
use serde_json::{Value, json};

use crate::support::{
    Client, House, HouseOptions,
    lending::{Lending, id, rows},
};

/// Runs a test on each backend, in a house where nothing happens by itself and nobody sleeps.
fn in_each_house(settings: &[(&str, &str)], test: impl Fn(&House)) {
    for backend in backends() {
        eprintln!("on {backend:?}");
        let options = HouseOptions { settings, is_quiet: true, ..HouseOptions::default() };
        let house = House::with(backend, options);
        house.configure("QUIET_HOURS", "off");
        test(&house);
    }
}

/// Tells of what happened, and sends what may go.
fn deliver(house: &House) -> usize {
    tell(house);
    send(house)
}

fn tell(house: &House) {
    let once = || actix_web::rt::System::new().block_on(house.app.deliver_events());
    while once().expect("it is told") > 0 {}
}

fn send(house: &House) -> usize {
    actix_web::rt::System::new().block_on(house.app.send_due()).expect("it is sent")
}

/// A member with these contacts.
fn member_with(lending: &Lending, contacts: &[(&str, &str)]) -> i64 {
    let member = lending.bare_member(json!({}));
    add_contacts(lending, member, contacts);
    member
}

fn add_contacts(lending: &Lending, member: i64, contacts: &[(&str, &str)]) {
    for (kind, value) in contacts {
        let body = json!({"kind": kind, "value": value});
        lending.staff.sales.post(&format!("/members/{member}/contacts"), &body).expect(201);
    }
}

/// Writes to a member by a channel.
fn write_to(by: &Client, member: i64, channel: &str, title: &str) {
    let body =
        json!({"member_id": member, "channel": channel, "title": title, "body": "Apa kabar?"});
    by.post("/notifications", &body).expect(201);
}

/// The messages of a list, newest first.
fn messages(by: &Client, query: &str) -> Vec<Value> {
    rows(&by.get(&format!("/notifications/deliveries?limit=200&{query}")).expect(200)).to_vec()
}

fn statuses(messages: &[Value]) -> Vec<&str> {
    messages.iter().map(|row| row["status"].as_str().expect("a status")).collect()
}

/// Another system that is told of these events, and its secret.
fn webhook(by: &Client, url: &str, events: &[&str]) -> (i64, String) {
    let made = by.post("/webhooks", &json!({"url": url, "events": events})).expect(201);
    (id(&made), made["secret"].as_str().expect("a secret").to_owned())
}
