//! What is held of a member: told, handed out, destroyed; and the keys that guard it.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    slice,
};

use chrono::TimeDelta;
use pensipro_audit::{
    AccessFilter, AccessRepository, TimelineEvent, TimelineSource, member_timeline,
};
use pensipro_kernel::{Actor, MemberId, PageRequest, Scope, StorageError, TransactionId, UserId};
use pensipro_members::{
    AccountDetails, BankAccountRepository, ContentType, DocumentKind, Member,
    MemberDocumentRepository, MemberRegistry, MemberRepository, PersonalDataRepository, RawAccount,
    Sha256, StoredFile,
};
use pensipro_persistence::{
    Access, Backend, MasterKey, OpenError, Rewrapped, Store,
    testing::{TEST_MASTER_KEY, TestDatabase, on_each_backend},
};
use pensipro_servicing::Channel;

use crate::{
    fixtures::{Outcome, add_member, date, details, read, rupiah, write},
    lending::{add_applications, disbursed_loan, fail, house, pay, post_one},
};

fn timeline(database: &TestDatabase, member: MemberId, limit: u16) -> Vec<TimelineEvent> {
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest { limit, after, count: true };
        let found = read(database, |tx| member_timeline(tx, member, &page)).page;
        events.extend(found.data);
        after = found.next;
        if after.is_none() {
            assert_eq!(found.total, Some(events.len() as i64));
            return events;
        }
    }
}

#[test]
fn what_came_with_files_is_in_the_timeline_and_what_people_did_is_not_twice() {
    on_each_backend(|database| {
        let house = house(database);
        add_applications(database, &house, 1);
        let loan = disbursed_loan(database, &house, 1).id;
        let by_hand = pay("2026-02-05", rupiah(1_000_000));
        let by_cut = |line: i64, on: &str| crate::lending::Pay {
            channel: Channel::PensionCut,
            line: Some(line),
            ..pay(on, rupiah(1_060_000))
        };
        write(database, |tx| post_one(tx, loan, &by_hand));
        let mut expected: Vec<(TransactionId, &str)> = Vec::new();
        for month in 3..=5 {
            database.clock().pass(TimeDelta::hours(1));
            let on = format!("2026-{month:02}-05");
            let posted = match month {
                4 => (write(database, |tx| fail(tx, loan, date(&on))), "loan.cut_failed"),
                _ => (
                    write(database, |tx| post_one(tx, loan, &by_cut(10_000_000 + month, &on))),
                    "loan.payment",
                ),
            };
            expected.insert(0, posted);
        }
        let other = add_member(database, 2, "Suparmin").id;
        for limit in [1, 2, 50] {
            let events = timeline(database, house.member, limit);
            let ledger = events.iter().filter(|event| event.source == TimelineSource::Ledger);
            let ledger: Vec<_> =
                ledger.map(|event| (TransactionId::new(event.id), event.event.as_str())).collect();
            assert_eq!(ledger, expected, "by pages of {limit}");
            assert!(events.is_sorted_by_key(|event| std::cmp::Reverse(event.at)));
        }
        assert!(timeline(database, other, 50).is_empty());
    });
}

#[test]
fn readings_are_found_by_member_user_and_time() {
    on_each_backend(|database| {
        let (one, two) = (MemberId::new(1), MemberId::new(2));
        let at = read(database, |tx| Ok(tx.moment().now));
        let access = |user: i64, member, hours| Access {
            actor: Actor { user_id: Some(UserId::new(user)), ..Actor::system() },
            member_id: member,
            action: "member.read",
            at: at + TimeDelta::hours(hours),
        };
        let noted = vec![access(4, one, 0), access(5, one, 1), access(4, two, 2)];
        write(database, |tx| tx.note_accesses(noted.clone()));
        let found = |filter: AccessFilter| {
            let page = PageRequest { limit: 2, after: None, count: true };
            let found = read(database, |tx| tx.accesses(&filter, &page));
            let ids: Vec<i64> = found.data.iter().map(|row| row.id).collect();
            (ids, found.total, found.next.is_some())
        };
        let all = AccessFilter::default();
        assert_eq!(found(all.clone()), (vec![3, 2], Some(3), true));
        let filter = AccessFilter { member_id: Some(one), ..all.clone() };
        assert_eq!(found(filter), (vec![2, 1], Some(2), false));
        let filter = AccessFilter { user_id: Some(UserId::new(4)), ..all.clone() };
        assert_eq!(found(filter), (vec![3, 1], Some(2), false));
        let hour = |hours| Some(at + TimeDelta::hours(hours));
        let filter = AccessFilter { from: hour(1), to: hour(2), ..all };
        assert_eq!(found(filter), (vec![2], Some(1), false));
    });
}

fn file(key: &str) -> StoredFile {
    let key = key.parse().unwrap();
    StoredFile { key, content_type: ContentType::Pdf, size: 9, sha256: Sha256([3; 32]) }
}

#[test]
fn with_his_key_a_member_is_gone_everywhere() {
    on_each_backend(|database| {
        let (gone, stays) = (add_member(database, 1, "Suparman"), add_member(database, 2, "Siti"));
        let account = AccountDetails::check(RawAccount {
            bank_code: Some("002".into()),
            bank_name: Some("BRI".into()),
            account_number: Some("0123456789".into()),
            account_name: Some("SUPARMAN".into()),
        })
        .unwrap();
        write(database, |tx| tx.add_bank_account(gone.id, &account, None));
        for (member, key) in [(&gone, "members/ab/01"), (&stays, "members/ab/02")] {
            let file = file(key);
            write(database, |tx| tx.add_member_document(member.id, DocumentKind::Ktp, &file, None));
        }
        let sealed = write(database, |tx| tx.seal_file(Some(gone.id), b"KTP"));
        let held = write(database, |tx| tx.lock_holding(gone.id, Scope::WholeHouse));
        assert_eq!(held.last_event_on, gone.created_at.date_naive());
        assert!(held.anonymised_at.is_none() && held.obligations.are_none());

        let beside = database.reopen();
        let known: Outcome<_> = beside.read(|tx| tx.open_file(Some(gone.id), &sealed));
        assert_eq!(known.unwrap(), b"KTP");
        let since = read(database, |tx| Ok(tx.moment().now));
        assert_eq!(write(database, |tx| tx.destroy_personal_data(gone.id)), 1);
        let opens = |store: &Store| {
            let opened: Outcome<_> = store.read(|tx| tx.open_file(Some(gone.id), &sealed));
            opened.is_ok()
        };
        assert!(!opens(database.store()));
        assert!(opens(&beside), "another instance has not looked yet");
        let looked: Outcome<()> = beside.read(|tx| tx.refresh_keys(since));
        looked.unwrap();
        assert!(!opens(&beside));

        let missing: Outcome<Member> =
            database.store().read(|tx| tx.held_member(gone.id, Scope::WholeHouse));
        assert!(matches!(missing, Err(StorageError::NotFound { .. })));
        let held = write(database, |tx| tx.lock_holding(gone.id, Scope::WholeHouse));
        assert!(held.anonymised_at.is_some());
        let (nik, number) = (gone.details.nik.clone(), gone.details.no_pensiun.clone());
        let holders =
            read(database, |tx| tx.holders(slice::from_ref(&nik), slice::from_ref(&number)));
        assert!(holders.nik.is_empty() && holders.no_pensiun.is_empty());
        let files = read(database, |tx| tx.files_to_remove(10));
        assert_eq!(files, ["members/ab/01".parse().unwrap()]);
        write(database, |tx| tx.forget_removed_files(&files));
        assert!(read(database, |tx| tx.files_to_remove(10)).is_empty());
        // The number may come again, and nobody else has lost anything.
        assert_eq!(add_member(database, 1, "Suparman").details.nik, nik);
        assert_eq!(read(database, |tx| tx.member(stays.id, Scope::WholeHouse)), stays);
        assert_eq!(read(database, |tx| tx.member_documents(stays.id)).len(), 1);
    });
}

#[test]
fn a_cleared_name_does_not_go_on_lying_in_the_file() {
    let database = TestDatabase::new(Backend::Sqlite);
    let folder = database.folder().unwrap();
    let lies = |text: &str| {
        // A connection of its own, which leaves no WAL behind.
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        let files = fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()));
        let holds = |bytes: Vec<u8>| bytes.windows(text.len()).any(|at| at == text.as_bytes());
        files.map(Result::unwrap).any(holds)
    };
    let members: Vec<_> = (1..=40)
        .map(|serial| add_member(&database, serial, &format!("Wiryawan {serial:02} Kusumo")).id)
        .collect();
    assert!(lies("Wiryawan 07 Kusumo") && lies("wiryawan 07 kusumo"));
    write(&database, |tx| tx.destroy_personal_data(members[6]));
    assert!(!lies("Wiryawan 07 Kusumo") && !lies("wiryawan 07 kusumo"));
    assert!(lies("Wiryawan 08 Kusumo"));
}

/// A store that holds the present master key and the one that is to follow.
fn with_both(database: &TestDatabase, next: [u8; 32]) -> Store {
    database.try_open(|_| Ok(MasterKey::new(TEST_MASTER_KEY).followed_by(next))).unwrap()
}

#[test]
fn a_master_key_follows_another_while_instances_run() {
    on_each_backend(|database| {
        const NEXT: [u8; 32] = [9; 32];
        let register = |store: &Store, serial: u32| {
            let details = details(serial, "Suparman");
            let added: Outcome<Member> = store.write("add", |tx| tx.add_member(&details, None));
            added.unwrap()
        };
        let walk = |store: &Store| {
            let Rewrapped { rewrapped, already } = store.rewrap_member_keys(|_| {}).unwrap();
            (rewrapped, already)
        };
        let mut members = vec![register(database.store(), 1), register(database.store(), 2)];
        let (operator, beside) = (with_both(database, NEXT), with_both(database, NEXT));
        assert!(!database.store().has_next_master_key() && operator.has_next_master_key());
        let derived = operator.derived_key("cursors");
        operator.begin_rotation().unwrap();
        // Stopped here, it is taken up by the next run; instances go on meanwhile.
        members.push(register(&beside, 3));
        assert_eq!(walk(&with_both(database, NEXT)), (3, 0));
        members.push(register(&beside, 4));
        let looked: Outcome<()> = beside.read(|tx| {
            let now = tx.moment().now;
            tx.refresh_keys(now)
        });
        looked.unwrap();
        members.push(register(&beside, 5));
        operator.begin_rotation().unwrap();
        assert_eq!(walk(&operator), (1, 4), "only who was registered before the look is left");
        assert_eq!(walk(&operator), (0, 5));

        let old = database.try_open(|_| Ok(MasterKey::new(TEST_MASTER_KEY)));
        assert!(matches!(old, Err(OpenError::WrongMasterKey)));
        let store = database.try_open(|_| Ok(MasterKey::new(NEXT))).unwrap();
        assert_eq!(store.derived_key("cursors"), derived);
        assert_ne!(store.derived_key("fingerprints"), derived);
        for member in members {
            let again: Outcome<Member> = store.read(|tx| tx.member(member.id, Scope::default()));
            assert_eq!(again.unwrap(), member);
            let nik = member.details.nik;
            let holders: Outcome<_> = store.read(|tx| tx.holders(slice::from_ref(&nik), &[]));
            assert_eq!(holders.unwrap().nik[&nik].id, member.id);
        }
    });
}

#[test]
fn a_walk_that_was_stopped_is_taken_up_where_it_was() {
    on_each_backend(|database| {
        let batch: Vec<_> = (1..=1_200).map(|serial| details(serial, "Suparman")).collect();
        write(database, |tx| tx.add_members(batch.clone(), None).map(drop));
        let operator = with_both(database, [9; 32]);
        operator.begin_rotation().unwrap();
        let stopped = catch_unwind(AssertUnwindSafe(|| {
            operator.rewrap_member_keys(|_| panic!("stopped after a thousand"))
        }));
        assert!(stopped.is_err());
        let rest = with_both(database, [9; 32]).rewrap_member_keys(|_| {}).unwrap();
        assert_eq!(rest, Rewrapped { rewrapped: 200, already: 1_000 });
        let store = database.try_open(|_| Ok(MasterKey::new([9; 32]))).unwrap();
        for id in [1, 1_000, 1_200] {
            let member: Outcome<Member> =
                store.read(|tx| tx.member(MemberId::new(id), Scope::default()));
            assert_eq!(member.unwrap().id.get(), id);
        }
    });
}
