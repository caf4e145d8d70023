//! Several instances share the work; a dead one's messages come back.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use pensipro_adapters::testing::{Answering, HttpReceiver};
use pensipro_flows::{Tried, record_deliveries};
use pensipro_kernel::StorageError;
use pensipro_notifications::{Attempt, Claim, DeliveryChannel, DeliveryQueue, Lane, RetryPolicy};

use super::{deliver, gateway::with_gateway, member_with, messages, send, statuses, write_to};
use crate::support::{House, lending::Lending};

const LANE: Lane = Lane::of(DeliveryChannel::Sms);

fn written(house: &House, name: &str) -> u64 {
    let counts = house.app.store().write_counts();
    counts.get(name).map_or(0, |counts| counts.committed)
}

#[test]
fn two_instances_send_each_message_once() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        let before = gateway.posted().len();
        house.configure("SMS_PER_MINUTE", "100000");
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "081234567890")]);
        for number in 0..60 {
            write_to(&lending.staff.admin, member, "sms", &format!("Pesan {number}"));
        }
        let url = gateway.url();
        let settings = [
            ("gateway_url", url.as_str()),
            ("gateway_token", "rahasia-gateway"),
            ("private_receivers", "true"),
        ];
        let other = house.beside(&settings);
        std::thread::scope(|scope| {
            for house in [house, &other] {
                scope.spawn(|| while send(house) > 0 {});
            }
        });
        gateway.wait_for(before + 60);
        let posted = gateway.posted().split_off(before);
        let keys: BTreeSet<_> = posted
            .iter()
            .map(|posted| posted.header("idempotency-key").unwrap().to_owned())
            .collect();
        assert_eq!((posted.len(), keys.len()), (60, 60));
        drop(other);
        assert_eq!(messages(&lending.staff.admin, "status=sent").len(), 60);
    });
}

#[test]
fn what_a_dead_instance_held_is_sent_once_its_claim_ends() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        let before = gateway.posted().len();
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "081234567890")]);
        write_to(&lending.staff.admin, member, "sms", "Halo");
        let claim = Claim { number: 1, until: house.app.clock.now() + TimeDelta::seconds(60) };
        let held = house.app.store().write("test", |tx| tx.claim_deliveries(LANE, 9, claim));
        let held = held.expect("it is held");
        assert_eq!(held.len(), 1);
        assert_eq!(deliver(house), 0, "another holds it");
        house.pass(TimeDelta::seconds(61));
        assert_eq!(send(house), 1);
        assert_eq!(gateway.posted().len(), before + 1);

        // Back from the dead it changes nothing any more.
        let tried = Tried {
            id: held[0],
            channel: DeliveryChannel::Sms,
            tries: 1,
            attempt: Attempt::Failed("late".into()),
            chance: 0,
        };
        let policy = RetryPolicy { max_tries: 1 };
        let recorded = house.app.store().write("test", |tx| {
            let now = tx.moment().now;
            record_deliveries(tx, claim, std::slice::from_ref(&tried), &policy, now)
                .map_err(|error| StorageError::Failed(error.to_string()))
        });
        assert_eq!(recorded.expect("it is passed over"), 0);
        assert_eq!(statuses(&messages(&lending.staff.admin, "")), ["sent"]);
    });
}

#[test]
fn nothing_is_written_while_there_is_nothing_to_do() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        for _ in 0..3 {
            assert_eq!(deliver(house), 0);
        }
        for name in ["deliver_events", "claim_deliveries", "record_deliveries"] {
            assert_eq!(written(house, name), 0, "{name}");
        }
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "081234567890")]);
        write_to(&lending.staff.admin, member, "sms", "Halo");
        assert_eq!(deliver(house), 1);
        assert_eq!((written(house, "record_deliveries"), deliver(house)), (1, 0));
    });
}
