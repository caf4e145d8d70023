//! Members and what belongs to them.

use std::{slice, sync::Barrier, thread};

use pensipro_kernel::{
    Actor, BranchId, MemberId, PageRequest, Scope, StorageError, UserId, Version,
};
use pensipro_members::{
    AccountDetails, BankAccountRepository, ContactDetails, ContactKind, ContactRepository,
    ContentType, Death, DocumentKind, Member, MemberDocument, MemberDocumentRepository,
    MemberFilter, MemberRegistry, MemberRepository, MemberSort, MemberStatus, Obligations, Payer,
    Presence, RawAccount, RawContact, Review, Reviewer, Sha256, Standing, StoredFile,
};
use pensipro_persistence::{
    Access, Backend,
    testing::{TestDatabase, backends, on_each_backend},
};

use crate::fixtures::{
    Outcome, add_branch, add_member, add_user, details, member, nik, read, write,
};

#[test]
fn a_member_comes_back_as_he_was_stored() {
    on_each_backend(|database| {
        add_user(database, 1);
        let details = details(1, "Suparman");
        let stored = write(database, |tx| tx.add_member(&details, Some(UserId::new(1))));
        assert_eq!(stored.details, details);
        assert_eq!((stored.version, stored.created_by), (Version::FIRST, Some(UserId::new(1))));
        assert_eq!(member(database, stored.id).unwrap(), stored);
        assert_eq!(member(&reopened(database), stored.id).unwrap(), stored);
    });
}

/// The same database through another store, whose cache of keys is empty.
fn reopened(database: &TestDatabase) -> impl std::ops::Deref<Target = TestDatabase> {
    struct Reopened<'a>(&'a TestDatabase);
    impl std::ops::Deref for Reopened<'_> {
        type Target = TestDatabase;
        fn deref(&self) -> &TestDatabase {
            self.0
        }
    }
    // The keys of a fresh store must open what another one sealed.
    let store = database.reopen();
    let first: Outcome<Member> = store.read(|tx| tx.member(MemberId::new(1), Scope::default()));
    first.unwrap();
    Reopened(database)
}

#[test]
fn one_nik_and_one_pension_number_are_one_member() {
    on_each_backend(|database| {
        let stored = add_member(database, 1, "Suparman");
        let constraint = |details| {
            let added: Outcome<Member> =
                database.store().write("again", |tx| tx.add_member(&details, None));
            match added {
                Err(StorageError::Duplicate { constraint }) => constraint,
                other => panic!("{other:?}"),
            }
        };
        let other = details(2, "Suparmin");
        let mut same_nik = other.clone();
        same_nik.nik = stored.details.nik.clone();
        assert_eq!(constraint(same_nik), "members_nik_key");
        let mut same_number = other.clone();
        same_number.no_pensiun = stored.details.no_pensiun.clone();
        assert_eq!(constraint(same_number), "members_no_pensiun_key");

        write(database, |tx| tx.delete_member(&stored));
        assert!(matches!(member(database, stored.id), Err(StorageError::NotFound { .. })));
        let (nik, number) = (stored.details.nik.clone(), other.no_pensiun.clone());
        let holders =
            read(database, |tx| tx.holders(slice::from_ref(&nik), slice::from_ref(&number)));
        let holder = holders.nik[&nik];
        assert_eq!((holder.id, holder.presence), (stored.id, Presence::Deleted));
        assert!(holders.no_pensiun.is_empty());
    });
}

#[test]
fn many_are_added_at_once_each_with_a_key_of_his_own() {
    on_each_backend(|database| {
        for count in [1_usize, 3, 40, 700] {
            let base = count as u32 * 2;
            let batch: Vec<_> = (0..count as u32)
                .map(|number| details(base + number, &format!("Peserta {number}")))
                .collect();
            let added = write(database, |tx| tx.add_members(batch.clone(), None));
            assert!(added.iter().map(|member| &member.details).eq(&batch), "in their order");
            let fresh = database.reopen();
            for stored in [&added[0], &added[count - 1]] {
                let again: Outcome<Member> =
                    fresh.read(|tx| tx.member(stored.id, Scope::default()));
                assert_eq!(&again.unwrap(), stored);
            }
        }
        let keys = "SELECT count(DISTINCT wrapped) || '' AS text FROM member_keys";
        assert_eq!(database.texts(keys), ["744"]);
    });
}

#[test]
fn of_two_registrations_at_once_one_wins() {
    on_each_backend(|database| {
        let start = Barrier::new(2);
        let register = || {
            start.wait();
            let details = details(1, "Suparman");
            database.store().write("register", |tx| tx.add_member(&details, None))
        };
        let results: Vec<Outcome<Member>> = thread::scope(|scope| {
            let threads = [scope.spawn(register), scope.spawn(register)];
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let won = results.iter().filter(|result| result.is_ok()).count();
        let refused = results
            .iter()
            .filter(|result| matches!(result, Err(StorageError::Duplicate { .. })))
            .count();
        assert_eq!((won, refused), (1, 1), "{results:?}");
    });
}

#[test]
fn no_update_is_lost_between_lock_and_save() {
    on_each_backend(|database| {
        let id = add_member(database, 1, "Suparman").id;
        let raise = || {
            for _ in 0..10 {
                let saved: Outcome<Version> = database.store().write("raise", |tx| {
                    let mut member = tx.lock_member(id, Scope::default())?;
                    let benefit = member.details.monthly_benefit;
                    member.details.monthly_benefit =
                        benefit.checked_add(crate::fixtures::rupiah(1)).unwrap();
                    tx.save_member(&member)
                });
                saved.unwrap();
            }
        };
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(raise);
            }
        });
        let benefit = member(database, id).unwrap().details.monthly_benefit;
        assert_eq!(benefit, crate::fixtures::rupiah(4_000_040));
    });
}

#[test]
fn a_stale_version_is_refused() {
    on_each_backend(|database| {
        let first = add_member(database, 1, "Suparman");
        let mut changed = first.clone();
        changed.details.name = "Suparman S.".into();
        changed.details.pay_office = None;
        changed.standing = Standing::Deceased(Death {
            deceased_on: crate::fixtures::date("2026-05-01"),
            recorded_by: None,
        });
        let version = write(database, |tx| tx.save_member(&changed));
        let stored = member(database, first.id).unwrap();
        assert_eq!((stored.version, &stored.details), (version, &changed.details));
        assert_eq!(stored.standing, changed.standing);
        for stale in [
            database.store().write("stale", |tx| tx.save_member(&first)).map(drop),
            database.store().write("stale", |tx| tx.delete_member(&first)),
        ] {
            assert!(matches!(stale, Err(StorageError::Stale { .. })));
        }
    });
}

#[test]
fn others_see_nothing_of_a_branch() {
    on_each_backend(|database| {
        add_branch(database, 1);
        add_branch(database, 2);
        let mut details = details(1, "Suparman");
        details.branch_id = Some(BranchId::new(1));
        let id = write(database, |tx| tx.add_member(&details, None)).id;
        add_member(database, 2, "Suparmin");
        let seen = |scope| {
            let one: Outcome<Member> = database.store().read(|tx| tx.member(id, scope));
            let filter = MemberFilter::default();
            let page = PageRequest { count: true, ..PageRequest::default() };
            let list = read(database, |tx| tx.members(&filter, &page, scope));
            (one.is_ok(), list.data.len(), list.total)
        };
        let branch = |id| Scope::Branch(BranchId::new(id));
        assert_eq!(seen(Scope::default()), (true, 2, Some(2)));
        assert_eq!(seen(branch(1)), (true, 1, Some(1)));
        assert_eq!(seen(branch(2)), (false, 0, Some(0)));
        let funder = Scope::Funder(pensipro_kernel::FunderId::new(1));
        assert_eq!(seen(funder), (false, 0, Some(0)));
    });
}

#[test]
fn lists_go_on_where_they_stopped() {
    on_each_backend(|database| {
        let names = ["Wagimin", "Agus Salim", "agus Purnomo", "Siti 100%", "Zaenal_A"];
        for (place, name) in names.iter().enumerate() {
            add_member(database, place as u32 + 1, name);
            if place == 2 {
                database.clock().pass(chrono::TimeDelta::seconds(1));
            }
        }
        let listed = |sort, q: Option<&str>| {
            let filter = MemberFilter { sort, q: q.map(Into::into), ..MemberFilter::default() };
            let mut page = PageRequest { limit: 2, after: None, count: false };
            let mut names = Vec::new();
            loop {
                let part = read(database, |tx| tx.members(&filter, &page, Scope::default()));
                names.extend(part.data.into_iter().map(|member| member.details.name));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => return names,
                }
            }
        };
        let by_name = ["agus Purnomo", "Agus Salim", "Siti 100%", "Wagimin", "Zaenal_A"];
        assert_eq!(listed(MemberSort::Name, None), by_name);
        assert!(listed(MemberSort::NameDescending, None).iter().eq(by_name.iter().rev()));
        assert_eq!(listed(MemberSort::CreatedAt, None), names);
        assert!(listed(MemberSort::CreatedAtDescending, None).iter().eq(names.iter().rev()));
        assert_eq!(listed(MemberSort::Name, Some("AGUS")), by_name[..2]);
        assert_eq!(listed(MemberSort::Name, Some("salim gus")), ["Agus Salim"]);
        assert_eq!(listed(MemberSort::Name, Some("gus al")), ["Agus Salim"]);
        assert_eq!(listed(MemberSort::Name, Some("i")), ["Agus Salim", "Siti 100%", "Wagimin"]);
        assert_eq!(listed(MemberSort::Name, Some("%")), ["Siti 100%"]);
        assert_eq!(listed(MemberSort::Name, Some("l_")), ["Zaenal_A"]);
    });
}

/// More members than are found by trigrams are found on a walk: both ways give the same.
#[test]
fn frequent_names_are_found_as_rare_ones_are() {
    on_each_backend(|database| {
        let batch: Vec<_> = (1..=5_200_u32)
            .map(|number| details(number, if number % 1_000 == 7 { "Siti Aminah" } else { "Siti" }))
            .collect();
        write(database, |tx| tx.add_members(batch.clone(), None));
        let found = |q: &str, payer| {
            let filter = MemberFilter { q: Some(q.into()), payer, ..MemberFilter::default() };
            let page = PageRequest { limit: 3, count: true, ..PageRequest::default() };
            let list = read(database, |tx| tx.members(&filter, &page, Scope::default()));
            let ids = list.data.iter().map(|member| member.id.get()).collect::<Vec<_>>();
            (ids, list.total)
        };
        assert_eq!(found("siti", None), (vec![5_200, 5_199, 5_198], Some(5_200)));
        assert_eq!(found("aminah siti", None), (vec![5_007, 4_007, 3_007], Some(6)));
        assert_eq!(found("siti am", Some(Payer::Taspen)), (vec![5_007, 4_007, 3_007], Some(6)));
        assert_eq!(found("aminah", Some(Payer::Asabri)), (vec![], Some(0)));
        assert_eq!(found("tini", None), (vec![], Some(0)));
    });
}

#[test]
fn a_changed_name_is_found_by_its_new_form_alone() {
    on_each_backend(|database| {
        let mut member = add_member(database, 1, "Suparman");
        member.details.name = "Hartono".into();
        write(database, |tx| tx.save_member(&member));
        let found = |q: &str| {
            let filter = MemberFilter { q: Some(q.into()), ..MemberFilter::default() };
            read(database, |tx| tx.members(&filter, &PageRequest::default(), Scope::default()))
                .data
                .len()
        };
        assert_eq!((found("suparman"), found("hartono")), (0, 1));
    });
}

#[test]
fn exact_filters_find_by_the_keyed_index() {
    on_each_backend(|database| {
        let first = add_member(database, 1, "Suparman");
        add_member(database, 2, "Suparmin");
        let found = |filter: MemberFilter| {
            let page = PageRequest::default();
            let list = read(database, |tx| tx.members(&filter, &page, Scope::default()));
            list.data.iter().map(|member| member.id.get()).collect::<Vec<_>>()
        };
        let id = vec![first.id.get()];
        let nik = Some(first.details.nik.clone());
        assert_eq!(found(MemberFilter { nik, ..Default::default() }), id);
        let no_pensiun = Some(first.details.no_pensiun.clone());
        assert_eq!(found(MemberFilter { no_pensiun, ..Default::default() }), id);
        let status = Some(MemberStatus::Inactive);
        assert_eq!(found(MemberFilter { status, ..Default::default() }), [0; 0]);
        let pay_office = Some("BRI Tanah Abang".into());
        assert_eq!(found(MemberFilter { pay_office, ..Default::default() }).len(), 2);
    });
}

#[test]
fn personal_numbers_do_not_stand_in_the_file() {
    if !backends().contains(&Backend::Sqlite) {
        return;
    }
    let database = TestDatabase::new(Backend::Sqlite);
    let id = add_member(&database, 1, "Suparman").id;
    let account = account("0012010345678");
    let contact = contact("phone", "081234567890");
    write(&database, |tx| tx.add_bank_account(id, &account, None));
    write(&database, |tx| tx.add_contact(id, &contact, None));
    let stored = |text: &str| {
        std::fs::read_dir(database.folder().unwrap()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(text.len()).any(|window| window == text.as_bytes())
        })
    };
    assert!(stored("Suparman"), "names are in clear");
    for secret in [&nik(1), "000000195000001", "0012010345678", "81234567890"] {
        assert!(!stored(secret), "{secret}");
    }
}

fn contact(kind: &str, value: &str) -> ContactDetails {
    ContactDetails::check(RawContact {
        kind: Some(kind.into()),
        value: Some(value.into()),
        ..RawContact::default()
    })
    .unwrap()
}

fn account(number: &str) -> AccountDetails {
    AccountDetails::check(RawAccount {
        bank_code: Some("002".into()),
        bank_name: Some("BRI".into()),
        account_number: Some(number.into()),
        account_name: Some("SUPARMAN".into()),
    })
    .unwrap()
}

#[test]
fn contacts_have_one_primary_of_a_kind() {
    on_each_backend(|database| {
        let id = add_member(database, 1, "Suparman").id;
        let add = |kind: &str, value: &str| {
            let details = contact(kind, value);
            write(database, |tx| tx.add_contact(id, &details, None))
        };
        let (first, second) = (add("phone", "081234567890"), add("phone", "081234567891"));
        let mail = add("email", "siti@mail.example.id");
        let primary = |kind, contact| {
            write(database, |tx| tx.set_primary_contact(id, kind, contact));
            let contacts = read(database, |tx| tx.contacts(id));
            let primary = contacts.iter().filter(|contact| contact.is_primary);
            primary.map(|contact| contact.id).collect::<Vec<_>>()
        };
        assert_eq!(primary(ContactKind::Phone, first.id), [first.id]);
        assert_eq!(primary(ContactKind::Email, mail.id), [first.id, mail.id]);
        assert_eq!(primary(ContactKind::Phone, second.id), [second.id, mail.id]);

        let mut changed = read(database, |tx| tx.contacts(id)).remove(0);
        changed.details = contact("phone", "081234567899");
        write(database, |tx| tx.save_contact(&changed));
        let stale = database.store().write("stale", |tx| tx.save_contact(&changed));
        assert!(matches!(stale, Err(StorageError::Stale { .. })));
        write(database, |tx| tx.delete_contact(mail.id));
        let contacts = read(database, |tx| tx.contacts(id));
        assert_eq!(contacts.len(), 2);
        assert_eq!(contacts[0].details.value, "+6281234567899");
    });
}

#[test]
fn accounts_have_one_default() {
    on_each_backend(|database| {
        let id = add_member(database, 1, "Suparman").id;
        let add = |number: &str| {
            let details = account(number);
            database.store().write("account", |tx| tx.add_bank_account(id, &details, None))
        };
        let (first, second) = (add("0012010345678").unwrap(), add("0012010345679").unwrap());
        assert!(matches!(add("0012010345678"), Err(StorageError::Duplicate { .. })));
        for default in [first.id, second.id] {
            write(database, |tx| tx.set_default_account(id, default));
            let accounts = read(database, |tx| tx.bank_accounts(id));
            let marked = accounts.iter().filter(|account| account.is_default);
            assert_eq!(marked.map(|account| account.id).collect::<Vec<_>>(), [default]);
        }
        let accounts = read(database, |tx| tx.bank_accounts(id));
        assert_eq!(accounts[0].details, first.details);
    });
}

#[test]
fn documents_keep_their_review() {
    on_each_backend(|database| {
        let id = add_member(database, 1, "Suparman").id;
        let file = StoredFile {
            key: "members/ab/abcd".parse().unwrap(),
            content_type: ContentType::Pdf,
            size: 1_000,
            sha256: Sha256([3; 32]),
        };
        let stored: MemberDocument =
            write(database, |tx| tx.add_member_document(id, DocumentKind::Ktp, &file, None));
        assert_eq!((stored.review.clone(), &stored.file), (Review::Pending, &file));
        let reviewer = Reviewer { by: None, at: stored.uploaded_at };
        for review in
            [Review::Rejected { reviewer, reason: "buram".into() }, Review::Verified(reviewer)]
        {
            let reviewed = MemberDocument { review, ..stored.clone() };
            write(database, |tx| tx.save_document_review(&reviewed));
            assert_eq!(read(database, |tx| tx.member_documents(id)), [reviewed]);
        }
        assert_eq!(read(database, |tx| tx.obligations(id)), Obligations::default());
    });
}

#[test]
fn files_open_with_their_members_key_alone() {
    on_each_backend(|database| {
        let (one, other) =
            (add_member(database, 1, "Suparman").id, add_member(database, 2, "Suparmin").id);
        let sealed = write(database, |tx| tx.seal_file(Some(one), b"%PDF-1.7 KTP"));
        assert!(!sealed.windows(3).any(|window| window == b"KTP"));
        assert_eq!(read(database, |tx| tx.open_file(Some(one), &sealed)), b"%PDF-1.7 KTP");
        for stranger in [Some(other), None] {
            assert!(database.store().read(|tx| tx.open_file(stranger, &sealed)).is_err());
        }
    });
}

#[test]
fn a_rolled_back_member_leaves_no_key_behind() {
    on_each_backend(|database| {
        let details = details(1, "Suparman");
        let refused: Outcome<()> = database.store().write("refused", |tx| {
            let id = tx.add_member(&details, None)?.id;
            Err(StorageError::not_found("branch", id.get()))
        });
        assert!(refused.is_err());
        // On SQLite the next member gets the same id, and must not get the lost one's key.
        let stored = add_member(database, 1, "Suparman");
        let again: Outcome<Member> =
            database.reopen().read(|tx| tx.member(stored.id, Scope::default()));
        assert_eq!(again.unwrap(), stored);
    });
}

#[test]
fn readings_are_noted() {
    on_each_backend(|database| {
        let id = add_member(database, 1, "Suparman").id;
        let access = Access {
            actor: Actor { user_id: Some(UserId::new(4)), ..Actor::system() },
            member_id: id,
            action: "member.read",
            at: read(database, |tx| Ok(tx.moment().now)),
        };
        write(database, |tx| {
            tx.allow_time(std::time::Duration::from_secs(60))?;
            tx.note_accesses(vec![access.clone(); 3])
        });
        let actions = database.texts("SELECT action AS text FROM access_logs WHERE user_id = 4");
        assert_eq!(actions, ["member.read"; 3]);
    });
}
