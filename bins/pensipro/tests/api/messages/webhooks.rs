//! Other systems that are told of events.

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_adapters::{
    sign,
    testing::{Answering, HttpReceiver, Posted},
};
use serde_json::{Value, json};

use super::{deliver, in_each_house, messages, statuses, tell, webhook};
use crate::support::{House, HouseOptions, lending::Lending, running::until};

const PRIVATE: &[(&str, &str)] = &[("private_receivers", "true")];

/// What a receiver does with a message: the signature counts, and a time that is not long ago.
fn verified(posted: &Posted, secret: &str, now: DateTime<Utc>) -> Value {
    let header = |name: &str| posted.header(name).unwrap_or_else(|| panic!("no {name}"));
    let id = header("webhook-id");
    let at: i64 = header("webhook-timestamp").parse().expect("seconds");
    assert!((now.timestamp() - at).abs() < 300, "{at} is no time of now");
    let expected = sign(secret, id, at, &posted.body).expect("a secret");
    assert!(header("webhook-signature").split(' ').any(|signature| signature == expected));
    assert_ne!(sign(secret, id, at + 1, &posted.body), Some(expected));
    let body: Value = serde_json::from_str(&posted.body).expect("JSON");
    assert_eq!(body["id"], id);
    body
}

#[test]
fn another_system_is_told_signed_and_no_more_than_a_template_may_say() {
    let receiver = HttpReceiver::start(Answering::Status(204));
    in_each_house(PRIVATE, |house| {
        let before = receiver.posted().len();
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (id, secret) = webhook(admin, &receiver.url(), &["loan.disbursed"]);
        let loan = lending.disbursed();
        assert_eq!(deliver(house), 1);
        let posted = receiver.posted().split_off(before);
        let [posted] = &posted[..] else { panic!("one event: {posted:#?}") };
        let body = verified(posted, &secret, house.app.clock.now());
        assert_eq!(body["event"], "loan.disbursed");
        let data = body["data"].as_object().expect("data");
        let names: Vec<&str> = data.keys().map(String::as_str).collect();
        let expected =
            ["amount", "disbursed_on", "loan_number", "net_amount", "ref_id", "ref_table"];
        assert_eq!(names, expected);
        assert_eq!((&data["ref_id"], &data["amount"]), (&json!(loan), &json!("50000000.00")));

        let listed = admin.get("/webhooks").expect(200);
        assert_eq!(listed["data"][0]["id"], id);
        assert!(!listed.to_string().contains("whsec_"), "the secret is shown once");
        let stored = "SELECT CAST(length(secret) AS TEXT) AS text FROM webhooks";
        let stored: usize = house.database.texts(stored)[0].parse().expect("a length");
        assert_eq!(stored, secret.len() + 29, "it is sealed");
        let told = messages(admin, "channel=webhook");
        assert_eq!((&told[0]["webhook_id"], &told[0]["status"]), (&json!(id), &json!("sent")));
    });
}

/// A secret that is renewed goes on signing beside the new one for a day, and no longer.
#[test]
fn a_renewed_secret_leaves_time_to_change_it() {
    let receiver = HttpReceiver::start(Answering::Status(204));
    in_each_house(PRIVATE, |house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (id, first) = webhook(admin, &receiver.url(), &["loan.disbursed"]);
        let path = format!("/webhooks/{id}/secret");
        let renewed = admin.post(&path, &json!({})).expect(200);
        let second = renewed["secret"].as_str().expect("a secret");
        assert_ne!(first, second);
        assert_eq!(renewed["id"], id);
        let told = || {
            let before = receiver.posted().len();
            assert_eq!(deliver(house), 1);
            let [posted] = &receiver.posted()[before..] else { panic!("one event") };
            posted.clone()
        };
        let now = || house.app.clock.now();
        lending.disbursed();
        // Nobody got the answer, and it was asked for again.
        let renewed = admin.post(&path, &json!({})).expect(200);
        let third = renewed["secret"].as_str().expect("a secret");
        let posted = told();
        for secret in [&first, second, third] {
            verified(&posted, secret, now());
        }
        for _ in 0..2 {
            admin.post(&path, &json!({})).expect(200);
        }
        admin.post(&path, &json!({})).refused(409, "too_many_secrets");
        let renewed = admin.post(&path, &json!({"drop_previous": true})).expect(200);
        let fourth = renewed["secret"].as_str().expect("a secret");
        lending.disbursed();
        let posted = told();
        verified(&posted, fourth, now());
        assert!(!posted.header("webhook-signature").expect("it is signed").contains(' '));
        let renewed = admin.post(&path, &json!({})).expect(200);
        let last = renewed["secret"].as_str().expect("a secret");
        lending.disbursed();
        house.pass(TimeDelta::hours(25));
        let posted = told();
        verified(&posted, last, now());
        assert!(!posted.header("webhook-signature").expect("it is signed").contains(' '));
        let admin = house.admin();
        admin.post("/webhooks/99/secret", &json!({})).refused(404, "not_found");
        let trail = admin.get("/logs/audit-trails?action=webhook.renew_secret").expect(200);
        assert_eq!(trail["data"].as_array().map(Vec::len), Some(6));
        assert!(!trail.to_string().contains("whsec_"));
    });
}

#[test]
fn a_system_that_is_switched_off_or_ended_is_told_of_nothing() {
    let receiver = HttpReceiver::start(Answering::Status(500));
    in_each_house(PRIVATE, |house| {
        let before = receiver.posted().len();
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (id, _) = webhook(admin, &receiver.url(), &["*"]);
        let path = format!("/webhooks/{id}");
        let etag = [("If-Match", "\"7\"")];
        admin.json("PUT", &path, &etag, &json!({"is_active": false})).refused(412, "stale");
        admin.put(&path, &json!({"is_active": false})).expect(200);
        lending.disbursed();
        assert_eq!(deliver(house), 0);
        admin.put(&path, &json!({"is_active": true, "events": ["payment.received"]})).expect(200);
        let loan = lending.disbursed();
        lending.pay(loan, "2026-06-15", "1500000");
        assert_eq!(deliver(house), 1);
        assert_eq!(receiver.posted().len(), before + 1);
        assert_eq!(statuses(&messages(admin, "")), ["pending"]);
        admin.delete(&path).expect(204);
        admin.delete(&path).refused(404, "not_found");
        assert_eq!(statuses(&messages(admin, "")), ["cancelled"]);
        house.pass(TimeDelta::days(1));
        assert_eq!(deliver(house), 0);
    });
}

#[test]
fn a_change_that_is_refused_tells_nobody() {
    let receiver = HttpReceiver::start(Answering::Status(200));
    in_each_house(PRIVATE, |house| {
        let before = receiver.posted().len();
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        tell(house);
        webhook(&lending.staff.admin, &receiver.url(), &["*"]);
        let body = json!({"paid_on": "2026-06-15", "amount": "900000000", "channel": "tunai"});
        let refused = lending.staff.finance.post(&format!("/loans/{loan}/payments"), &body);
        assert_eq!(refused.status, 422);
        assert_eq!(deliver(house), 0);
        assert_eq!(receiver.posted().len(), before);
    });
}

#[test]
fn one_that_never_answers_is_cut_off_and_holds_up_nobody_else() {
    for backend in pensipro_persistence::testing::backends() {
        let silent = HttpReceiver::start(Answering::Silence);
        let quick = HttpReceiver::start(Answering::Status(200));
        let settings = [("private_receivers", "true"), ("delivery_timeout_seconds", "1")];
        let house =
            House::with(backend, HouseOptions { settings: &settings, ..HouseOptions::default() });
        let lending = Lending::of(&house);
        let admin = &lending.staff.admin;
        let (first, _) = webhook(admin, &silent.url(), &["payment.received"]);
        webhook(admin, &quick.url(), &["payment.received"]);
        let loan = lending.disbursed();
        for _ in 0..40 {
            lending.pay(loan, "2026-06-15", "1000");
        }
        quick.wait_for(40);
        until("the silence is noted", || {
            let told = messages(admin, "channel=webhook");
            let cut = |row: &&Value| row["webhook_id"] == first && row["last_error"] == "timed out";
            told.iter().find(cut).map(drop)
        });
    }
}
