//! The audit trail's seal: everything is sealed once, and whatever is done behind the program's back
//! is told, and told rightly.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use pensipro_audit::seal::{
    Head, Part, Place, Proof, Request, Seal, SealRepository, TrailFault, WINDOW, add_seal,
    entries_of_rows, unsealed_behind,
};
use pensipro_kernel::{
    Actor, AuditEntry, AuditId, AuditLog, AuditValue, Clock, MemberId, StorageError,
};
use pensipro_persistence::{
    Backend, Store, sha256,
    testing::{TestDatabase, on_each_backend},
};

type Outcome<T> = Result<T, StorageError>;

/// Writes so many rows about things that follow this number.
fn write(store: &Store, from: i64, rows: i64) {
    let entry = |thing: i64| {
        AuditEntry::new("loan.pay", "loans", thing)
            .was(AuditValue::new().text("amount", thing))
            .is(AuditValue::new().text("amount", thing + 1).personal("name", "Suparman"))
    };
    let written: Outcome<()> = store.write("test", |tx| {
        tx.audit_all(&Actor::system(), (from..from + rows).map(entry).collect())
    });
    written.unwrap();
}

/// Seals what is seen and not sealed, so many rows a seal, as the sealer does.
fn seal(store: &Store, now: &dyn Clock, rows: u32) -> u64 {
    let (mut after, mut sealed) = (AuditId::new(0), 0);
    loop {
        let found: Outcome<_> = store.read(|tx| unsealed_behind(tx, after, rows));
        let (ids, through) = found.unwrap();
        let Some(through) = through else { return sealed };
        let rows: Outcome<_> = store.read(|tx| tx.raw_rows(&ids));
        let entries = entries_of_rows(&rows.unwrap(), sha256);
        sealed += entries.len() as u64;
        if !entries.is_empty() {
            let kept: Outcome<_> =
                store.write("seal", |tx| add_seal(tx, entries.clone(), now.now(), sha256));
            kept.unwrap();
        }
        after = through;
    }
}

fn prove(database: &TestDatabase, request: Request) -> Proof {
    let mut proof = Proof::new(request);
    while proof.place().is_some() {
        let stepped: Outcome<()> =
            database.store().read(|tx| proof.step(tx, database.clock().now(), sha256));
        stepped.unwrap();
    }
    proof
}

fn fault(database: &TestDatabase) -> Option<TrailFault> {
    prove(database, Request::default()).fault()
}

fn last_seal(database: &TestDatabase) -> Option<Seal> {
    let last: Outcome<_> = database.store().read(|tx| tx.last_seal());
    last.unwrap()
}

/// Ten rows in seals of three, an hour ago.
fn sealed(database: &TestDatabase) -> Head {
    write(database.store(), 1, 10);
    assert_eq!(seal(database.store(), database.clock(), 3), 10);
    database.clock().pass(TimeDelta::hours(1));
    last_seal(database).unwrap().head()
}

/// Takes what keeps tables append-only away, as somebody does who means to tamper with them.
fn unlock(database: &TestDatabase, backend: Backend) {
    for table in ["audit_trails", "audit_seals", "audit_seal_entries"] {
        let sql = match backend {
            Backend::Sqlite => {
                format!("DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete")
            }
            Backend::Postgres => format!("ALTER TABLE {table} DISABLE TRIGGER ALL"),
        };
        database.execute(&sql).unwrap();
    }
}

#[test]
fn seals_cannot_be_altered() {
    on_each_backend(|database| {
        sealed(database);
        for sql in [
            "UPDATE audit_seals SET count = 1",
            "DELETE FROM audit_seals",
            "UPDATE audit_seal_entries SET seal_no = 1",
            "DELETE FROM audit_seal_entries",
        ] {
            let error = database.execute(sql).unwrap_err();
            assert!(error.contains("append-only"), "{error}");
        }
    });
}

/// SQLite's REPLACE deletes a row without any DELETE.
#[test]
fn nothing_is_put_in_place_of_sealed_rows() {
    on_each_backend(|database| {
        if database.store().backend() == Backend::Postgres {
            return;
        }
        sealed(database);
        for table in ["audit_trails", "audit_seals", "audit_seal_entries"] {
            let sql = format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}");
            let error = database.execute(&sql).unwrap_err();
            assert!(error.contains("append-only"), "{error}");
        }
        // What is new is written all the same.
        write(database.store(), 11, 2);
        assert_eq!(seal(database.store(), database.clock(), 3), 2);
        assert_eq!(fault(database), None);
    });
}

#[test]
fn what_was_sealed_is_proved_whole_and_in_parts() {
    on_each_backend(|database| {
        assert_eq!(fault(database), None, "of nothing");
        let head = sealed(database);
        assert_eq!(head.no, 4);
        let whole = prove(database, Request { head: Some(head), ..Request::default() });
        assert_eq!((whole.fault(), whole.rows, whole.seals), (None, 10, 4));
        let part = Part { from: Some(2), to: Some(3) };
        let part = prove(database, Request { part, ..Request::default() });
        assert_eq!((part.fault(), part.rows, part.seals), (None, 6, 2));
        let place = Some(Place::Seal(4));
        let rest = prove(database, Request { place, ..Request::default() });
        assert_eq!((rest.fault(), rest.rows), (None, 1));
        // Nothing is left to seal, and no row is sealed twice.
        assert_eq!(seal(database.store(), database.clock(), 3), 0);
    });
}

/// What is done, and what is told of it. `{…}` is the SQL of a row's id among ten.
const TAMPERED: &[(&str, TrailFault)] = &[
    ("UPDATE audit_trails SET new_value = '{}' WHERE ref_id = 5", TrailFault::Altered(id(5))),
    (
        "UPDATE audit_trails SET created_at = '2026-01-01 00:00:00' WHERE ref_id = 2",
        TrailFault::Altered(id(2)),
    ),
    ("DELETE FROM audit_trails WHERE ref_id IN (4, 9)", TrailFault::Missing(id(4))),
    (
        "UPDATE audit_trails SET new_personal = (SELECT new_personal FROM audit_trails WHERE ref_id = 1) \
         WHERE ref_id = 6",
        TrailFault::Altered(id(6)),
    ),
    ("DELETE FROM audit_seal_entries WHERE audit_id = 5", TrailFault::EntryMissing(2)),
    (
        "INSERT INTO audit_seal_entries SELECT 77, 3, row_hash FROM audit_seal_entries WHERE audit_id = 1",
        TrailFault::EntryAdded(3),
    ),
    (
        "UPDATE audit_seal_entries SET row_hash = (SELECT row_hash FROM audit_seal_entries \
         WHERE audit_id = 1) WHERE audit_id = 5",
        TrailFault::SealAltered(2),
    ),
    (
        "UPDATE audit_seals SET sealed_at = '2026-01-01 00:00:00' WHERE seal_no = 3",
        TrailFault::SealAltered(3),
    ),
    ("UPDATE audit_seals SET count = 9000000 WHERE seal_no = 3", TrailFault::SealAltered(3)),
    (
        "UPDATE audit_seals SET previous = (SELECT root FROM audit_seals WHERE seal_no = 1) \
         WHERE seal_no = 3",
        TrailFault::ChainBroken(3),
    ),
    (
        "UPDATE audit_seals SET root = (SELECT root FROM audit_seals WHERE seal_no = 1) \
         WHERE seal_no = 2",
        TrailFault::SealAltered(2),
    ),
    ("DELETE FROM audit_seals WHERE seal_no = 2", TrailFault::ChainBroken(2)),
    ("DELETE FROM audit_seals WHERE seal_no = 4", TrailFault::TailCut(4)),
    // Put in behind the program: among sealed rows, and behind them.
    (
        "INSERT INTO audit_trails (id, action, ref_table, ref_id, created_at) \
         VALUES (-1, 'loan.pay', 'loans', 1, '2026-06-15 00:00:00')",
        TrailFault::Inserted(id(-1)),
    ),
    (
        "INSERT INTO audit_trails (id, action, ref_table, ref_id, created_at) \
         VALUES (99, 'loan.pay', 'loans', 1, '2026-06-15 00:00:00')",
        TrailFault::Unsealed(id(99)),
    ),
    (
        "DELETE FROM audit_seals WHERE seal_no = 4; DELETE FROM audit_seal_entries WHERE seal_no = 4",
        TrailFault::Unsealed(id(10)),
    ),
];

const fn id(number: i64) -> AuditId {
    AuditId::new(number)
}

#[test]
fn whatever_is_tampered_with_is_named() {
    for (sql, expected) in TAMPERED {
        on_each_backend(|database| {
            sealed(database);
            unlock(database, database.store().backend());
            database.execute(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            assert_eq!(fault(database), Some(*expected), "{sql}");
        });
    }
}

/// Puts the values of one row in place of another's and the other way round.
fn swap(database: &TestDatabase, one: i64, other: i64) {
    let columns = "actor_id, session_id, action, ref_table, ref_id, subject_id, old_value, \
                   old_personal, new_value, new_personal, ip, request_id, created_at";
    database
        .execute(&format!(
            "CREATE TABLE held AS SELECT * FROM audit_trails WHERE id IN ({one}, {other}); \
             UPDATE audit_trails SET ({columns}) = (SELECT {columns} FROM held WHERE id = {other}) \
             WHERE id = {one}; \
             UPDATE audit_trails SET ({columns}) = (SELECT {columns} FROM held WHERE id = {one}) \
             WHERE id = {other}; DROP TABLE held"
        ))
        .unwrap();
}

#[test]
fn rows_that_hold_each_others_values_are_named() {
    on_each_backend(|database| {
        sealed(database);
        unlock(database, database.store().backend());
        // Of one seal, then of two.
        swap(database, 4, 6);
        assert_eq!(fault(database), Some(TrailFault::Swapped(id(4), id(6))));
        swap(database, 4, 6);
        assert_eq!(fault(database), None);
        swap(database, 2, 9);
        assert_eq!(fault(database), Some(TrailFault::Swapped(id(2), id(9))));
        let part = Part { from: Some(1), to: Some(2) };
        let part = prove(database, Request { part, ..Request::default() });
        assert_eq!(
            part.fault(),
            Some(TrailFault::Altered(id(2))),
            "its partner is not in the part"
        );
    });
}

#[test]
fn a_tail_that_was_cut_clean_off_is_told_by_a_head_that_was_kept() {
    on_each_backend(|database| {
        let head = sealed(database);
        unlock(database, database.store().backend());
        let told = || prove(database, Request { head: Some(head), ..Request::default() }).fault();
        database
            .execute(
                "DELETE FROM audit_trails WHERE id > 9; \
                 DELETE FROM audit_seal_entries WHERE seal_no = 4; \
                 DELETE FROM audit_seals WHERE seal_no = 4",
            )
            .unwrap();
        assert_eq!(fault(database), None, "nothing that is left tells of it");
        assert_eq!(told(), Some(TrailFault::TailCut(4)));
        // Another tail grows in its place.
        write(database.store(), 50, 1);
        assert_eq!(seal(database.store(), database.clock(), 3), 1);
        assert_eq!((fault(database), told()), (None, Some(TrailFault::HeadDiffers(4))));
    });
}

#[test]
fn a_row_may_wait_ten_minutes_to_be_sealed() {
    on_each_backend(|database| {
        sealed(database);
        write(database.store(), 11, 1);
        database.clock().pass(TimeDelta::minutes(10));
        assert_eq!(fault(database), None);
        database.clock().pass(TimeDelta::seconds(1));
        assert_eq!(fault(database), Some(TrailFault::Unsealed(id(11))));
    });
}

#[test]
fn a_member_whose_key_was_destroyed_leaves_the_proof_as_it_was() {
    on_each_backend(|database| {
        let head = sealed(database);
        let gone: Outcome<()> = database.store().write("test", |tx| {
            tx.audit(
                &Actor::system(),
                AuditEntry::new("member.anonymise", "members", 1).of_member(MemberId::new(1)),
            )
        });
        gone.unwrap();
        seal(database.store(), database.clock(), 3);
        let proof = prove(database, Request { head: Some(head), ..Request::default() });
        assert_eq!((proof.fault(), proof.rows), (None, 11));
    });
}

/// Rows are written by several at once while two sealers seal: each is sealed once.
#[test]
fn rows_written_meanwhile_are_sealed_once_each() {
    on_each_backend(|database| {
        let (stores, over) = ([database.reopen(), database.reopen()], AtomicBool::new(false));
        let clock = database.clock();
        let seal_some = |store: &Store| -> Outcome<u64> {
            let (ids, _) = store.read(|tx| unsealed_behind(tx, AuditId::new(0), WINDOW))?;
            let rows = store.read(|tx| tx.raw_rows(&ids))?;
            let entries = entries_of_rows(&rows, sha256);
            let sealed = store.write("seal", |tx| {
                // As the sealer: nobody seals without the lease.
                let holds = tx.take_lease("audit-seal", "one")?.is_some();
                let left = tx.sealed_ids(AuditId::new(0), AuditId::new(i64::MAX))?;
                let fresh = entries.iter().filter(|entry| left.binary_search(&entry.id).is_err());
                let fresh: Vec<_> = fresh.copied().filter(|_| holds).collect();
                add_seal(tx, fresh, clock.now(), sha256)
            })?;
            Ok(sealed.map_or(0, |seal| seal.count.unsigned_abs()))
        };
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..3)
                .map(|writer| {
                    let store = database.store();
                    scope.spawn(move || {
                        for turn in 0..40 {
                            write(store, writer * 1_000 + turn * 5, 5);
                        }
                    })
                })
                .collect();
            for store in &stores {
                let (over, seal_some) = (&over, &seal_some);
                scope.spawn(move || {
                    while !over.load(Ordering::Relaxed) {
                        match seal_some(store) {
                            Ok(_) | Err(StorageError::Busy | StorageError::Duplicate { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                });
            }
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            over.store(true, Ordering::Relaxed);
        });
        seal(database.store(), clock, 1_000);
        let proof = prove(database, Request::default());
        assert_eq!((proof.fault(), proof.rows), (None, 600));
    });
}

#[test]
fn the_newest_rows_are_found_from_behind() {
    on_each_backend(|database| {
        write(database.store(), 1, 10);
        let before = |rows| -> Option<AuditId> {
            let found: Outcome<_> = database.store().read(|tx| tx.trail_id_before(rows));
            found.unwrap()
        };
        assert_eq!((before(3), before(9), before(10)), (Some(id(7)), Some(id(1)), None));
        let far: Outcome<_> = database.store().read(|tx| tx.raw_rows(&[id(1), id(10), id(400)]));
        let far: Vec<i64> = far.unwrap().iter().map(|row| row.id.get()).collect();
        assert_eq!(far, [1, 10]);
    });
}

/// SQLite takes any value anywhere.
#[test]
fn a_value_that_no_column_can_hold_is_named_too() {
    on_each_backend(|database| {
        if database.store().backend() == Backend::Postgres {
            return;
        }
        sealed(database);
        unlock(database, Backend::Sqlite);
        let spoil = |sql: &str| database.execute(sql).unwrap();
        spoil("UPDATE audit_trails SET created_at = 'yesterday' WHERE id = 4");
        assert_eq!(fault(database), Some(TrailFault::Altered(id(4))));
        spoil("UPDATE audit_seals SET sealed_at = 'yesterday' WHERE seal_no = 2");
        assert_eq!(fault(database), Some(TrailFault::ChainBroken(2)));
        // What is written after it is sealed all the same.
        spoil(
            "INSERT INTO audit_trails (action, ref_table, ref_id, created_at) VALUES ('x', 'y', 1, 'z')",
        );
        write(database.store(), 20, 2);
        assert_eq!(seal(database.store(), database.clock(), 3), 3);
    });
}
