//! Messages on their way: who holds which, and that a change that is rolled back leaves none.

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_kernel::{
    DeliveryId, Event, FunderId, MemberId, NotificationChannel, Outbox, PageRequest, Scope,
    StorageError, WebhookId,
};
use pensipro_members::{ContactDetails, ContactKind, ContactRepository};
use pensipro_notifications::{
    Addressed, Claim, DeliveredTo, DeliveryChannel, DeliveryFilter, DeliveryQueue,
    DeliveryRepository, DeliveryStatus, Destination, EventGroup, Lane, MemberPreferences,
    NewDelivery, NewNotification, NotificationFilter, NotificationRepository, OutboxQueue, Outcome,
    PreferenceRepository, Preferences, Reached, Recipient, RecipientDirectory, Text, Ways,
    WebhookDetails, WebhookRepository,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};

use crate::fixtures::{Outcome as Stored, add_member, read, write};

const EMAIL: Lane = Lane::of(DeliveryChannel::Email);

fn text() -> Text {
    Text { title: "Halo".into(), body: "Apa kabar?".into() }
}

fn now(database: &TestDatabase) -> DateTime<Utc> {
    read(database, |tx| Ok(tx.moment().now))
}

/// Messages to a member by e-mail, each with its notice.
fn add_mails(database: &TestDatabase, member: MemberId, count: usize) {
    let at = now(database);
    let notice = NewNotification {
        to: Recipient::Member(member),
        event: "manual".into(),
        channel: NotificationChannel::Email,
        text: text(),
        outbox_id: None,
    };
    let notices = vec![notice; count];
    write(database, |tx| {
        let ids = tx.add_notifications(&notices, None)?;
        let new = |id| NewDelivery {
            channel: DeliveryChannel::Email,
            to: Addressed::Notice(id),
            event: "manual".into(),
            outbox_id: None,
            available_at: at,
        };
        tx.add_deliveries(&ids.into_iter().map(new).collect::<Vec<_>>())
    });
}

fn claim(database: &TestDatabase, lane: Lane, limit: u32, number: i64) -> Vec<DeliveryId> {
    let until = now(database) + TimeDelta::seconds(60);
    write(database, |tx| tx.claim_deliveries(lane, limit, Claim { number, until }))
}

fn settle(database: &TestDatabase, number: i64, ids: &[DeliveryId], outcome: &Outcome) -> usize {
    let claim = Claim { number, until: now(database) };
    write(database, |tx| {
        let held = tx.lock_claimed(ids, claim)?;
        let settled: Vec<_> = held.iter().map(|id| (*id, outcome.clone())).collect();
        tx.settle_deliveries(&settled)?;
        Ok(held.len())
    })
}

fn statuses(database: &TestDatabase) -> Vec<(DeliveryStatus, u32)> {
    let page = PageRequest::default();
    let found = read(database, |tx| tx.deliveries(&DeliveryFilter::default(), &page));
    found.data.into_iter().rev().map(|row| (row.status, row.tries)).collect()
}

#[test]
fn what_is_held_is_nobody_elses_until_the_claim_ends() {
    on_each_backend(|database| {
        let member = add_member(database, 1, "Siti").id;
        add_mails(database, member, 5);
        let first = claim(database, EMAIL, 3, 1);
        let second = claim(database, EMAIL, 9, 2);
        assert_eq!((first.len(), second.len()), (3, 2));
        assert!(first.iter().all(|id| !second.contains(id)));
        assert_eq!(claim(database, EMAIL, 9, 3), []);
        assert_eq!(settle(database, 1, &first[..1], &Outcome::Sent), 1);
        assert_eq!(settle(database, 9, &first, &Outcome::Sent), 0, "not his");
        database.clock().pass(TimeDelta::seconds(61));
        let left = claim(database, EMAIL, 9, 4);
        assert_eq!(left.len(), 4, "the dead one's, but for what he had sent");
        assert_eq!(settle(database, 1, &first, &Outcome::Dead("late".into())), 0);
        assert_eq!(settle(database, 4, &left, &Outcome::Cancelled), 4);
        let (sent, cancelled) = (DeliveryStatus::Sent, DeliveryStatus::Cancelled);
        let expected = [(sent, 1), (cancelled, 2), (cancelled, 2), (cancelled, 2), (cancelled, 2)];
        assert_eq!(statuses(database), expected);
    });
}

#[test]
fn what_becomes_of_a_message_is_stored_with_its_next_try() {
    on_each_backend(|database| {
        let member = add_member(database, 1, "Siti").id;
        add_mails(database, member, 3);
        let ids = claim(database, EMAIL, 9, 1);
        let later = now(database) + TimeDelta::seconds(10);
        let outcomes = [
            Outcome::Again { at: later, reason: "timed out".into() },
            Outcome::Held(later),
            Outcome::Dead("smtp 550".into()),
        ];
        write(database, |tx| {
            let settled: Vec<_> = ids.iter().copied().zip(outcomes.clone()).collect();
            tx.settle_deliveries(&settled)
        });
        let (pending, dead) = (DeliveryStatus::Pending, DeliveryStatus::Dead);
        assert_eq!(statuses(database), [(pending, 1), (pending, 0), (dead, 1)]);
        let lanes = |open: &[DeliveryChannel]| read(database, |tx| tx.busy_lanes(open));
        assert_eq!(lanes(DeliveryChannel::ALL), [], "nothing may go yet");
        database.clock().pass(TimeDelta::seconds(10));
        assert_eq!(lanes(DeliveryChannel::ALL), [EMAIL]);
        assert_eq!(lanes(&[DeliveryChannel::Sms]), [], "what is not set up does not go");
        assert_eq!(claim(database, EMAIL, 9, 2).len(), 2);
        let filter = DeliveryFilter { status: Some(dead), channel: Some(DeliveryChannel::Email) };
        let page = PageRequest { count: true, ..PageRequest::default() };
        let found = read(database, |tx| tx.deliveries(&filter, &page));
        assert_eq!(found.total, Some(1));
        assert_eq!(found.data[0].last_error.as_deref(), Some("smtp 550"));
        assert_eq!(found.data[0].to, DeliveredTo::Member(member));
        write(database, |tx| tx.revive_delivery(ids[2]));
        assert_eq!(claim(database, EMAIL, 9, 3), [ids[2]]);
        let notices =
            NotificationFilter { member_id: Some(member), ..NotificationFilter::default() };
        let notices =
            read(database, |tx| tx.notifications(&notices, &page, Scope::WholeHouse)).data;
        assert_eq!(notices[0].delivery, Some(pending));
    });
}

#[test]
fn an_address_is_found_when_it_is_needed_and_only_if_it_is_there() {
    on_each_backend(|database| {
        let (siti, budi) = (add_member(database, 1, "Siti").id, add_member(database, 2, "Budi").id);
        let details = ContactDetails {
            kind: ContactKind::Email,
            value: "siti@example.id".into(),
            name: None,
            relation: None,
        };
        write(database, |tx| {
            let contact = tx.add_contact(siti, &details, None)?;
            tx.set_primary_contact(siti, ContactKind::Email, contact.id)
        });
        let ways = read(database, |tx| tx.member_ways(&[siti, budi]));
        assert_eq!(ways.get(&siti), Some(&Ways { email: true, phone: false }));
        assert_eq!(ways.get(&budi), None);
        add_mails(database, siti, 1);
        add_mails(database, budi, 1);
        let ids = claim(database, EMAIL, 9, 1);
        let ready = read(database, |tx| tx.ready_deliveries(&ids));
        let to: Vec<_> = ready.iter().map(|one| (one.to.clone(), one.reaches)).collect();
        let address = Some(Destination::Email("siti@example.id".into()));
        assert_eq!(to, [(address, Reached::Member), (None, Reached::Member)]);
        assert_eq!((&ready[0].text, ready[0].tries), (&text(), 1));
    });
}

#[test]
fn each_system_has_a_lane_of_its_own_and_a_sealed_secret() {
    on_each_backend(|database| {
        let details = |url: &str| WebhookDetails {
            url: url.into(),
            events: vec!["*".into()],
            is_active: true,
        };
        let add = |url: &str| write(database, |tx| tx.add_webhook(&details(url), "whsec_x", None));
        let (one, two) = (add("https://one.example.id").id, add("https://two.example.id").id);
        let at = now(database);
        let new = |webhook: WebhookId| NewDelivery {
            channel: DeliveryChannel::Webhook,
            to: Addressed::Webhook(webhook, "{}".into()),
            event: "loan.settled".into(),
            outbox_id: None,
            available_at: at,
        };
        let funder = NewDelivery {
            channel: DeliveryChannel::Email,
            to: Addressed::Funder(FunderId::new(1), text()),
            event: "funder.settlement_generated".into(),
            outbox_id: None,
            available_at: at,
        };
        write(database, |tx| tx.add_deliveries(&[new(one), new(two), new(two), funder.clone()]));
        let lane = |webhook| Lane { channel: DeliveryChannel::Webhook, webhook: Some(webhook) };
        let open = [DeliveryChannel::Email, DeliveryChannel::Webhook];
        let lanes = || read(database, |tx| tx.busy_lanes(&open));
        assert_eq!(lanes(), [EMAIL, lane(one), lane(two)]);
        let held = claim(database, lane(two), 9, 1);
        assert_eq!(held.len(), 2);
        let ready = read(database, |tx| tx.ready_deliveries(&held));
        let to = Destination::Webhook {
            url: "https://two.example.id".into(),
            secrets: vec!["whsec_x".into()],
        };
        assert_eq!(ready[0].to, Some(to));
        write(database, |tx| tx.end_webhook(two));
        assert_eq!(read(database, |tx| tx.ready_deliveries(&held))[0].to, None);
        assert_eq!(settle(database, 1, &held, &Outcome::Sent), 0, "they were cancelled");
        assert_eq!(read(database, |tx| tx.active_webhooks()).len(), 1);
        let gone: Stored<_> = database.store().write("test", |tx| tx.lock_webhook(two));
        assert!(matches!(gone, Err(StorageError::NotFound { .. })), "{gone:?}");
    });
}

#[test]
fn what_is_rolled_back_is_told_to_nobody() {
    on_each_backend(|database| {
        let refused: Stored<()> = database.store().write("test", |tx| {
            tx.emit(Event::new("loan.settled", "loans", 1).with("amount", "1.00"))?;
            Err(StorageError::Busy)
        });
        assert!(refused.is_err());
        assert!(!read(database, |tx| tx.is_anything_to_tell()));
        let events: Vec<_> = (1..=700).map(|id| Event::new("loan.settled", "loans", id)).collect();
        write(database, |tx| tx.emit_all(events.clone()));
        assert!(read(database, |tx| tx.is_anything_to_tell()));
        let taken = write(database, |tx| tx.take_events(1_000));
        let ids: Vec<i64> = taken.iter().map(|event| event.ref_id).collect();
        assert_eq!(ids, (1..=700).collect::<Vec<i64>>(), "in their order");
    });
}

#[test]
fn preferences_are_stored_over_those_before() {
    on_each_backend(|database| {
        let member = add_member(database, 1, "Siti").id;
        let scope = Scope::WholeHouse;
        let stored = || read(database, |tx| tx.preferences(member, scope));
        assert_eq!(stored(), MemberPreferences::none_of(member));
        let off = |group, channel| Preferences::without([(group, channel)]);
        for (version, preferences) in [
            (1, off(EventGroup::Payment, NotificationChannel::Sms)),
            (2, off(EventGroup::Refund, NotificationChannel::Email)),
        ] {
            let mut chosen = MemberPreferences::none_of(member);
            chosen.version = pensipro_kernel::Version::new(version);
            chosen.preferences = preferences.clone();
            write(database, |tx| {
                tx.lock_preferences(member, scope)?;
                tx.save_preferences(&chosen, None)
            });
            assert_eq!(stored().preferences, preferences);
            assert_eq!(stored().version.get(), version);
        }
        let of = read(database, |tx| tx.preferences_of(&[member, MemberId::new(99)]));
        assert_eq!(of.len(), 1);
        let other = Scope::Branch(pensipro_kernel::BranchId::new(7));
        let unseen: Stored<_> = database.store().read(|tx| tx.preferences(member, other));
        assert!(matches!(unseen, Err(StorageError::NotFound { .. })), "{unseen:?}");
    });
}

#[test]
fn what_went_out_is_forgotten_the_oldest_first_and_the_rest_stays() {
    on_each_backend(|database| {
        let member = add_member(database, 1, "Siti").id;
        add_mails(database, member, 4);
        write(database, |tx| tx.emit(Event::new("manual", "members", member.get())));
        write(database, |tx| {
            let told = tx.take_events(9)?;
            tx.mark_told(&told.iter().filter_map(|event| event.id).collect::<Vec<_>>())
        });
        let held = claim(database, EMAIL, 3, 1);
        settle(database, 1, &held[..2], &Outcome::Sent);
        settle(database, 1, &held[2..], &Outcome::Dead("status 400".into()));
        let soon = now(database) + TimeDelta::seconds(1);
        let forget = |before, at_most| write(database, |tx| tx.forget_messages(before, at_most));
        assert_eq!(forget(soon - TimeDelta::days(1), 9), 0);
        assert_eq!(forget(soon, 1), 2, "a message and an event");
        assert_eq!(statuses(database).len(), 3);
        assert_eq!(forget(soon, 9), 1);
        assert_eq!(statuses(database), [(DeliveryStatus::Dead, 1), (DeliveryStatus::Pending, 0)]);
        assert_eq!(forget(soon, 9), 0);
    });
}
