//! Notices: who sees which, and that nobody is told twice.

use pensipro_kernel::{
    BranchId, Event, FunderId, MemberId, NotificationChannel, Outbox, PageRequest, Scope,
    StorageError, UserId,
};
use pensipro_notifications::{
    NewNotification, NotificationFilter, NotificationRepository, OutboxQueue, Recipient, Text,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};

use crate::fixtures::{Outcome, read, write};

fn notice(to: Recipient, title: &str, outbox_id: Option<i64>) -> NewNotification {
    let text = Text { title: title.into(), body: "x".into() };
    let channel = NotificationChannel::InApp;
    NewNotification { to, event: "loan.settled".into(), channel, text, outbox_id }
}

fn titles(database: &TestDatabase, filter: &NotificationFilter, scope: Scope) -> Vec<String> {
    let page = read(database, |tx| tx.notifications(filter, &PageRequest::default(), scope));
    page.data.into_iter().map(|notice| notice.content.text.title).collect()
}

/// A user and a member of branch 1, a user of funder 1, and one of the house.
fn people(database: &TestDatabase) {
    for sql in [
        "INSERT INTO sales_branches (id, code, name, name_search, is_active, version, created_at, \
         updated_at) VALUES (1, 'A', 'A', 'a', TRUE, 1, '2026-06-15 00:00:00', '2026-06-15 00:00:00')",
        "INSERT INTO funders (id, code, name, kind, is_active, version, created_at, updated_at) \
         VALUES (1, 'B', 'B', 'bank', TRUE, 1, '2026-06-15 00:00:00', '2026-06-15 00:00:00')",
    ] {
        database.execute(sql).unwrap();
    }
    for (id, branch, funder) in [(1, "1", "NULL"), (2, "NULL", "1"), (3, "NULL", "NULL")] {
        let sql = format!(
            "INSERT INTO sys_users (id, username, email, full_name, password_hash, branch_id, \
             funder_id, is_active, authz_version, failed_attempts, version, created_at, updated_at) \
             VALUES ({id}, 'u{id}', 'u{id}@x', 'U', 'h', {branch}, {funder}, TRUE, 1, 0, 1, \
             '2026-06-15 00:00:00', '2026-06-15 00:00:00')"
        );
        database.execute(&sql).unwrap();
    }
}

#[test]
fn people_see_notices_to_those_of_their_branch_or_funder() {
    on_each_backend(|database| {
        people(database);
        let to = |id| Recipient::User(UserId::new(id));
        let new = [
            notice(to(1), "cabang", None),
            notice(to(2), "bank", None),
            notice(to(3), "pusat", None),
        ];
        write(database, |tx| tx.add_notifications(&new, None).map(drop));
        let all = NotificationFilter::default();
        let seen = |scope| titles(database, &all, scope);
        assert_eq!(seen(Scope::WholeHouse), ["pusat", "bank", "cabang"]);
        assert_eq!(seen(Scope::Branch(BranchId::new(1))), ["cabang"]);
        assert_eq!(seen(Scope::Branch(BranchId::new(2))), [""; 0]);
        assert_eq!(seen(Scope::Funder(FunderId::new(1))), ["bank"]);
        let of_member = NotificationFilter { member_id: Some(MemberId::new(1)), ..all.clone() };
        assert_eq!(titles(database, &of_member, Scope::WholeHouse), [""; 0]);
    });
}

#[test]
fn one_entry_of_the_outbox_tells_nobody_twice_by_one_channel() {
    on_each_backend(|database| {
        people(database);
        let told = notice(Recipient::User(UserId::new(3)), "lunas", Some(7));
        write(database, |tx| tx.add_notifications(std::slice::from_ref(&told), None).map(drop));
        let twice: Outcome<()> = database
            .store()
            .write("tell", |tx| tx.add_notifications(std::slice::from_ref(&told), None).map(drop));
        assert!(matches!(twice, Err(StorageError::Duplicate { .. })), "{twice:?}");
        let other = notice(Recipient::User(UserId::new(1)), "lunas", Some(7));
        write(database, |tx| tx.add_notifications(std::slice::from_ref(&other), None).map(drop));
    });
}

#[test]
fn what_was_told_is_not_taken_again_and_the_oldest_comes_first() {
    on_each_backend(|database| {
        write(database, |tx| {
            for id in 1..=3 {
                let event = Event::new("loan.settled", "loans", id).with("amount", "1.00");
                tx.emit(event.of_member(MemberId::new(9)))?;
            }
            Ok(())
        });
        let take = |limit| {
            write(database, |tx| {
                let taken = tx.take_events(limit)?;
                let ids: Vec<i64> = taken.iter().filter_map(|event| event.id).collect();
                tx.mark_told(&ids)?;
                Ok(taken)
            })
        };
        let first = take(2);
        let refs: Vec<i64> = first.iter().map(|event| event.ref_id).collect();
        assert_eq!(refs, [1, 2]);
        assert_eq!(
            (first[0].name.as_str(), first[0].member_id),
            ("loan.settled", Some(MemberId::new(9)))
        );
        assert_eq!(first[0].params["amount"], "1.00");
        assert_eq!(take(9).len(), 1);
        assert_eq!(take(9), []);
    });
}
