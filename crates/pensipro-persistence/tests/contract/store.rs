//! Transactions, queues, keys: what every module relies on.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use pensipro_auth::{ModuleCode, ModuleRepository, NewModule};
use pensipro_kernel::{Actor, AuditEntry, AuditLog, AuditValue, StorageError, UserId};
use pensipro_persistence::{
    Backend, Exclusive, Installation, MasterKey, OpenError, RequestKey, StoredAnswer,
    testing::{TEST_MASTER_KEY, TestDatabase, backends, on_each_backend},
};

type Outcome<T> = Result<T, StorageError>;

fn add_module(database: &TestDatabase) -> Outcome<()> {
    database
        .store()
        .write("add_module", |tx| tx.add_module(&NewModule::from(ModuleCode::Billing)).map(drop))
}

#[test]
fn what_fails_leaves_nothing() {
    on_each_backend(|database| {
        let refused: Outcome<()> = database.store().write("refused", |tx| {
            tx.add_module(&NewModule::from(ModuleCode::Billing))?;
            Err(StorageError::not_found("member", 1))
        });
        assert!(matches!(refused, Err(StorageError::NotFound { .. })));
        assert_eq!(database.store().read(|tx| tx.modules()).unwrap(), []);
        let counts = database.store().write_counts()["refused"];
        assert_eq!((counts.committed, counts.rolled_back), (0, 1));
    });
}

#[test]
fn a_panic_drops_the_connection_and_nothing_else() {
    on_each_backend(|database| {
        let panicked = thread::scope(|scope| {
            let write = || {
                database.store().write("panics", |tx| -> Outcome<()> {
                    tx.add_module(&NewModule::from(ModuleCode::Billing))?;
                    panic!("in the middle of it");
                })
            };
            scope.spawn(write).join()
        });
        assert!(panicked.is_err());
        add_module(database).unwrap();
        assert_eq!(database.store().read(|tx| tx.modules()).unwrap().len(), 1);
    });
}

#[test]
fn a_duplicate_names_the_same_constraint_on_both() {
    on_each_backend(|database| {
        add_module(database).unwrap();
        let Err(StorageError::Duplicate { constraint }) = add_module(database) else {
            panic!("a code is unique");
        };
        assert_eq!(constraint, "sys_modules_module_code_key");
    });
}

#[test]
fn a_failure_passed_over_is_not_committed() {
    on_each_backend(|database| {
        add_module(database).unwrap();
        let passed_over: Outcome<()> = database.store().write("passed_over", |tx| {
            tx.add_module(&NewModule::from(ModuleCode::Report))?;
            let _ = tx.add_module(&NewModule::from(ModuleCode::Billing));
            Ok(())
        });
        assert!(matches!(passed_over, Err(StorageError::Failed(_))));
        assert_eq!(database.store().read(|tx| tx.modules()).unwrap().len(), 1);
    });
}

#[test]
fn a_transaction_has_one_moment_and_a_snapshot_one_state() {
    on_each_backend(|database| {
        let seen: Outcome<_> = database.store().read_snapshot(|tx| {
            let before = (tx.moment(), tx.modules()?.len());
            database.clock().pass(chrono::TimeDelta::days(1));
            add_module(database)?;
            Ok((before, (tx.moment(), tx.modules()?.len())))
        });
        let (before, after) = seen.unwrap();
        assert_eq!(before, after);
        assert_eq!(database.store().read(|tx| tx.modules()).unwrap().len(), 1);
    });
}

#[test]
fn reading_refuses_to_write_on_sqlite() {
    let database = TestDatabase::new(Backend::Sqlite);
    let written = database.store().read(|tx| tx.add_module(&NewModule::from(ModuleCode::Billing)));
    assert!(written.is_err());
}

#[test]
fn a_deadlock_is_run_again_and_counted() {
    if !backends().contains(&Backend::Postgres) {
        return;
    }
    let database = TestDatabase::new(Backend::Postgres);
    database
        .execute("CREATE TABLE accounts (id BIGINT PRIMARY KEY, balance BIGINT NOT NULL)")
        .unwrap();
    database.execute("INSERT INTO accounts VALUES (1, 0), (2, 0)").unwrap();
    let both_hold_one = Barrier::new(2);
    let transfer = |first: i64, second: i64| {
        let runs = AtomicU32::new(0);
        let result: Outcome<()> = database.store().write("transfer", |tx| {
            tx.raise_for_test(first)?;
            if runs.fetch_add(1, Ordering::Relaxed) == 0 {
                both_hold_one.wait();
            }
            tx.raise_for_test(second)
        });
        result.unwrap();
    };
    thread::scope(|scope| {
        scope.spawn(|| transfer(1, 2));
        scope.spawn(|| transfer(2, 1));
    });
    let counts = database.store().write_counts()["transfer"];
    assert_eq!((counts.committed, counts.rolled_back), (2, 0));
    assert!(counts.retried >= 1);
    let balances = database.texts("SELECT balance::text AS text FROM accounts ORDER BY id");
    assert_eq!(balances, ["2", "2"]);
}

#[test]
fn a_bulk_job_does_not_starve_small_writes() {
    let database = TestDatabase::new(Backend::Sqlite);
    let store = database.store();
    let (done, order) = mpsc::channel();
    thread::scope(|scope| {
        let small = done.clone();
        let chunk: Outcome<()> = store.write("chunk", |_| {
            scope.spawn({
                let small = small.clone();
                move || {
                    let result: Outcome<()> = store.write("small", |_| Ok(()));
                    small.send("small").unwrap();
                    result.unwrap();
                }
            });
            while store.writers_waiting() == 0 {
                thread::yield_now();
            }
            Ok(())
        });
        chunk.unwrap();
        let next: Outcome<()> = store.write("chunk", |_| {
            done.send("next chunk").unwrap();
            Ok(())
        });
        next.unwrap();
    });
    drop(done);
    // The small write held the writer before the next chunk could begin; it may tell so a moment
    // later.
    let counts = store.write_counts();
    assert_eq!((counts["small"].committed, counts["chunk"].committed), (1, 2));
    assert_eq!(order.iter().count(), 2);
}

fn request(key: &str, fingerprint: u8) -> RequestKey {
    RequestKey { user_id: UserId::new(1), key: key.into(), fingerprint: [fingerprint; 32] }
}

fn with_user(database: &TestDatabase) {
    database
        .execute(
            "INSERT INTO sys_users (id, username, email, full_name, password_hash, is_active, \
             authz_version, version, created_at, updated_at) VALUES (1, 'siti', 'siti@x.id', 'Siti', \
             '-', TRUE, 1, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
        )
        .unwrap();
}

#[test]
fn an_answer_is_given_again_for_a_day() {
    on_each_backend(|database| {
        with_user(database);
        let stored =
            |request: &RequestKey| database.store().read(|tx| tx.stored_answer(request)).unwrap();
        let store = |request: &RequestKey, answer: &[u8]| {
            let result: Outcome<_> = database
                .store()
                .write_once("request", request, |tx| tx.store_answer(request, answer));
            assert_eq!(result.unwrap(), Exclusive::Done(()));
        };
        let first = request("k", 1);
        assert_eq!(stored(&first), StoredAnswer::None);
        store(&first, b"201 Siti");
        assert_eq!(stored(&first), StoredAnswer::Answer(b"201 Siti".to_vec()));
        assert_eq!(stored(&request("k", 2)), StoredAnswer::OtherRequest);
        assert_eq!(stored(&request("l", 1)), StoredAnswer::None);
        database.clock().pass(chrono::TimeDelta::hours(24));
        assert_eq!(stored(&first), StoredAnswer::None);
        store(&request("k", 2), b"201 Budi");
        assert_eq!(stored(&request("k", 2)), StoredAnswer::Answer(b"201 Budi".to_vec()));
    });
}

#[test]
fn a_request_does_not_run_twice_at_once() {
    on_each_backend(|database| {
        with_user(database);
        let other_instance = database.reopen();
        let request = request("k", 1);
        let stores = match database.store().backend() {
            // One process serves a SQLite file.
            Backend::Sqlite => vec![database.store()],
            Backend::Postgres => vec![database.store(), &other_instance],
        };
        let outer: Outcome<_> = database.store().write_once("outer", &request, |_| {
            for store in &stores {
                let inner: Outcome<_> = store.write_once("inner", &request, |_| Ok(()));
                assert_eq!(inner?, Exclusive::InProgress);
            }
            Ok(())
        });
        assert_eq!(outer.unwrap(), Exclusive::Done(()));
        for store in stores {
            let later: Outcome<_> = store.write_once("later", &request, |_| Ok(()));
            assert_eq!(later.unwrap(), Exclusive::Done(()));
        }
    });
}

#[test]
fn a_lease_has_one_holder_until_he_is_silent() {
    on_each_backend(|database| {
        let take = |holder: &str| {
            let taken: Outcome<_> =
                database.store().write("take", |tx| tx.take_lease("eod", holder));
            taken.unwrap().map(|lease| lease.cursor)
        };
        let keep = |holder: &str, cursor: &str| {
            let kept: Outcome<bool> = database.store().write("keep", |tx| {
                tx.note_progress("eod", holder, cursor)?;
                tx.keep_lease("eod", holder)
            });
            kept.unwrap()
        };
        assert_eq!(take("a"), Some(None));
        assert_eq!(take("b"), None);
        database.clock().pass(chrono::TimeDelta::seconds(59));
        assert!(keep("a", "loan 7"));
        database.clock().pass(chrono::TimeDelta::seconds(59));
        assert_eq!(take("b"), None);
        database.clock().pass(chrono::TimeDelta::seconds(1));
        assert_eq!(take("b"), Some(Some("loan 7".into())));
        assert!(!keep("a", "loan 8"));
        let ended: Outcome<()> = database.store().write("end", |tx| tx.end_lease("eod", "b"));
        ended.unwrap();
        assert_eq!(take("a"), Some(None));
    });
}

#[test]
fn another_master_key_or_none_does_not_open() {
    on_each_backend(|database| {
        let other = database.try_open(|_| Ok(MasterKey::new([8; 32])));
        assert!(matches!(other, Err(OpenError::WrongMasterKey)));
        let none = database.try_open(|installation| match installation {
            Installation::New => panic!("the database has keys"),
            Installation::Existing => Err(OpenError::MasterKeyMissing),
        });
        assert!(matches!(none, Err(OpenError::MasterKeyMissing)));
        assert!(database.try_open(|_| Ok(MasterKey::new(TEST_MASTER_KEY))).is_ok());
    });
}

#[test]
fn an_older_schema_is_refused_unless_migrating() {
    on_each_backend(|database| {
        database.revert();
        let options = pensipro_persistence::StoreOptions {
            migrate: pensipro_persistence::Migrate::Refuse,
            ..database.options()
        };
        let refused = database.try_open_with(&options, |_| Ok(MasterKey::new(TEST_MASTER_KEY)));
        assert!(matches!(refused, Err(OpenError::SchemaOutdated)));
        assert!(database.try_open(|_| Ok(MasterKey::new(TEST_MASTER_KEY))).is_ok());
    });
}

#[test]
fn audit_rows_cannot_be_altered() {
    on_each_backend(|database| {
        let entry = AuditEntry::new("user.create", "sys_users", 7)
            .is(AuditValue::new().with("username", "siti").personal("phone", "+6281234567890"));
        let audited: Outcome<()> =
            database.store().write("audit", |tx| tx.audit(&Actor::system(), entry.clone()));
        audited.unwrap();
        for sql in ["UPDATE audit_trails SET action = 'x'", "DELETE FROM audit_trails"] {
            let error = database.execute(sql).unwrap_err();
            assert!(error.contains("append-only"), "{error}");
        }
        let page = database.store().read(|tx| {
            pensipro_audit::AuditRepository::audit_rows(
                tx,
                &pensipro_audit::AuditFilter { ref_id: Some(7), ..Default::default() },
                &pensipro_kernel::PageRequest::default(),
            )
        });
        let row = &page.unwrap().data[0];
        let value = row.new_value.clone().unwrap();
        assert_eq!(
            (&value["username"], &value["phone"]),
            (&"siti".into(), &"+6281234567890".into())
        );
        assert!(!database.texts("SELECT new_value AS text FROM audit_trails")[0].contains("6281"));
    });
}
