//! WhatsApp and text messages, by a real gateway.

use chrono::TimeDelta;
use pensipro_adapters::testing::{Answering, HttpReceiver, Posted};
use serde_json::{Value, json};

use super::{deliver, in_each_house, member_with, messages, send, statuses, write_to};
use crate::support::{House, lending::Lending};

pub(super) fn with_gateway(gateway: &HttpReceiver, test: impl Fn(&House)) {
    let url = gateway.url();
    let settings = [
        ("gateway_url", url.as_str()),
        ("gateway_token", "rahasia-gateway"),
        ("private_receivers", "true"),
    ];
    in_each_house(&settings, test);
}

fn body(posted: &Posted) -> Value {
    serde_json::from_str(&posted.body).expect("JSON")
}

#[test]
fn a_message_goes_to_the_number_in_its_international_form() {
    let gateway = HttpReceiver::start(Answering::Status(202));
    with_gateway(&gateway, |house| {
        let before = gateway.posted().len();
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "0812-3456-7890")]);
        write_to(&lending.staff.admin, member, "whatsapp", "Halo");
        write_to(&lending.staff.admin, member, "sms", "Rapat");
        let refused = json!({"member_id": member, "channel": "email", "title": "A", "body": "B"});
        let refused = lending.staff.admin.post("/notifications", &refused);
        refused.refused(422, "channel_not_available");
        assert_eq!(deliver(house), 2);
        let posted = gateway.posted().split_off(before);
        assert_eq!(posted.len(), 2);
        for (channel, title) in [("whatsapp", "Halo"), ("sms", "Rapat")] {
            let sent = posted.iter().find(|posted| body(posted)["channel"] == channel);
            let sent = sent.unwrap_or_else(|| panic!("nothing by {channel}"));
            assert_eq!(sent.header("authorization"), Some("Bearer rahasia-gateway"));
            let told = body(sent);
            assert_eq!(told["to"], "+6281234567890");
            assert_eq!(told["text"], format!("{title}\nApa kabar?"));
            assert_eq!(told["key"].as_str(), sent.header("idempotency-key"));
        }
        assert_ne!(body(&posted[0])["key"], body(&posted[1])["key"]);
        assert_eq!(statuses(&messages(&lending.staff.admin, "status=sent")).len(), 2);
    });
}

#[test]
fn a_gateway_that_fails_gets_the_same_key_again() {
    let gateway = HttpReceiver::start(Answering::Status(503));
    with_gateway(&gateway, |house| {
        gateway.answer(Answering::Status(503));
        let before = gateway.posted().len();
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "081234567890")]);
        write_to(&lending.staff.admin, member, "sms", "Halo");
        deliver(house);
        let waiting = messages(&lending.staff.admin, "channel=sms");
        assert_eq!(
            (&waiting[0]["last_error"], &waiting[0]["tries"]),
            (&json!("status 503"), &json!(1))
        );
        gateway.answer(Answering::Status(200));
        house.pass(TimeDelta::seconds(11));
        assert_eq!(send(house), 1);
        let posted = gateway.posted().split_off(before);
        let [first, second] = &posted[..] else { panic!("two tries: {posted:#?}") };
        assert_eq!(first.header("idempotency-key"), second.header("idempotency-key"));
        assert_eq!(statuses(&messages(&lending.staff.admin, "")), ["sent"]);
    });
}

#[test]
fn no_channel_sends_faster_than_it_may() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        let before = gateway.posted().len();
        house.configure("SMS_PER_MINUTE", "30");
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "081234567890")]);
        for number in 0..4 {
            write_to(&lending.staff.admin, member, "sms", &format!("Pesan {number}"));
        }
        assert_eq!(deliver(house), 1, "two seconds' worth at once");
        assert_eq!(gateway.posted().len(), before + 1);
        assert_eq!(messages(&lending.staff.admin, "status=pending").len(), 3);
    });
}
