//! The helpers on both databases, and that statements are prepared once.

use std::sync::{Arc, Mutex};

use diesel::{
    connection::{Connection as _, InstrumentationEvent},
    prelude::*,
};
use pensipro_kernel::StorageError;

use super::{BulkUpdate, Locked, Raw, RowLock, Value};
use crate::{
    Tx,
    schema::{exception_logs, sys_modules},
    sql::batch_row,
    testing::on_each_backend,
};

#[derive(Insertable, Clone)]
#[diesel(table_name = exception_logs)]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    severity: &'static str,
    source: String,
    message: String,
    payload: String,
    request_id: Option<String>,
    created_at: chrono::NaiveDateTime,
}
batch_row!(Row => exception_logs);

fn rows(tx: &Tx<'_>, count: usize) -> Vec<Row> {
    let row = |place: usize| Row {
        severity: "info",
        source: format!("source {place}"),
        message: "m\u{e9}moire \"quoted\"\t\\".into(),
        payload: "{}".into(),
        request_id: place.is_multiple_of(2).then(|| place.to_string()),
        created_at: tx.now(),
    };
    (0..count).map(row).collect()
}

fn count(tx: &mut Tx<'_>) -> i64 {
    tx.run(|conn| exception_logs::table.count().get_result(conn)).unwrap()
}

type Outcome<T> = Result<T, StorageError>;
type Work<'a> = &'a dyn Fn(&mut Tx<'_>);

#[test]
fn batches_of_every_size_are_stored_whole() {
    on_each_backend(|database| {
        let mut expected = 0;
        for size in [0, 1, 2, 3, 5, 7, 31, 32, 33, 47, 499, 500, 2_000] {
            let stored: Outcome<i64> = database.store().write("batch", |tx| {
                let rows = rows(tx, size);
                tx.insert_all(rows)?;
                Ok(count(tx))
            });
            expected += size as i64;
            assert_eq!(stored.unwrap(), expected, "{size}");
        }
        let messages: Vec<String> = database
            .store()
            .read(|tx| {
                tx.run(|conn| {
                    exception_logs::table
                        .select(exception_logs::message)
                        .distinct()
                        .load::<String>(conn)
                })
            })
            .unwrap();
        assert_eq!(messages, ["m\u{e9}moire \"quoted\"\t\\"]);
    });
}

#[test]
fn many_rows_change_each_to_its_own_values() {
    on_each_backend(|database| {
        let changed: Outcome<Vec<(String, Option<String>)>> =
            database.store().write("update", |tx| {
                let rows = rows(tx, 40);
                tx.insert_all(rows)?;
                let ids: Vec<i64> = tx.run(|conn| {
                    exception_logs::table
                        .order(exception_logs::id)
                        .select(exception_logs::id)
                        .load(conn)
                })?;
                let update = BulkUpdate {
                    table: "exception_logs",
                    keys: &["id", "severity"],
                    set: &["message", "request_id"],
                };
                let row = |id: &i64| -> Vec<Value> {
                    let request = (id % 2 == 0).then(|| format!("r{id}"));
                    vec![(*id).into(), "info".into(), format!("m{id}").into(), request.into()]
                };
                let mut values: Vec<Vec<Value>> = ids.iter().take(30).map(row).collect();
                values.push(vec![
                    ids[35].into(),
                    "error".into(),
                    "no".into(),
                    None::<String>.into(),
                ]);
                assert_eq!(tx.update_all(update, values)?, 30);
                assert_eq!(tx.update_all(update, Vec::new())?, 0);
                tx.run(|conn| {
                    exception_logs::table
                        .filter(exception_logs::message.like("m%"))
                        .filter(exception_logs::message.not_like("m\u{e9}%"))
                        .order(exception_logs::id)
                        .select((exception_logs::message, exception_logs::request_id))
                        .load(conn)
                })
            });
        let changed = changed.unwrap();
        assert_eq!(changed.len(), 30);
        for (message, request) in changed {
            let id: i64 = message[1..].parse().unwrap();
            assert_eq!(request, (id % 2 == 0).then(|| format!("r{id}")));
        }
    });
}

#[test]
fn reserved_ids_rise_and_are_never_given_again() {
    on_each_backend(|database| {
        let reserve = |count: usize| -> Vec<i64> {
            database.store().write("reserve", |tx| tx.reserve_ids("exception_logs", count)).unwrap()
        };
        let (first, second) = (reserve(3), reserve(500));
        assert_eq!((first.len(), second.len()), (3, 500));
        let all: Vec<i64> = first.into_iter().chain(second).collect();
        assert!(all.is_sorted_by(|one, next| one < next), "rising");
        assert_eq!(reserve(0), [0; 0]);
        let inserted: Outcome<i64> = database.store().write("insert", |tx| {
            let rows = rows(tx, 1);
            tx.insert_all(rows)?;
            tx.run(|conn| exception_logs::table.select(exception_logs::id).first(conn))
        });
        assert!(inserted.unwrap() > all[502]);
    });
}

#[test]
fn ids_reserved_at_once_rise_and_are_given_once() {
    on_each_backend(|database| {
        let batches: Vec<Vec<i64>> = std::thread::scope(|scope| {
            let reserve = || {
                (0..20)
                    .map(|_| {
                        let ids: Outcome<Vec<i64>> = database
                            .store()
                            .write("reserve", |tx| tx.reserve_ids("exception_logs", 200));
                        ids.unwrap()
                    })
                    .collect::<Vec<_>>()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(reserve)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        for batch in &batches {
            assert!(batch.is_sorted_by(|one, next| one < next), "rising");
        }
        let mut all: Vec<i64> = batches.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 80 * 200);
    });
}

/// How many statements were prepared to be used again.
fn prepared(tx: &mut Tx<'_>, mut work: impl FnMut(&mut Tx<'_>)) -> usize {
    let texts = Arc::new(Mutex::new(Vec::<String>::new()));
    let seen = Arc::clone(&texts);
    tx.run(|conn| {
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { sql, .. } = event {
                seen.lock().unwrap().push(sql.to_owned());
            }
        });
        Ok(())
    })
    .unwrap();
    work(tx);
    texts.lock().unwrap().len()
}

#[test]
fn each_kind_of_statement_is_prepared_once() {
    on_each_backend(|database| {
        let result: Outcome<()> = database.store().write("prepared", |tx| {
            let by_code = |code: &str| {
                sys_modules::table.filter(sys_modules::module_code.eq(code.to_owned()))
            };
            let query = |tx: &mut Tx<'_>| {
                let _: Vec<i64> =
                    tx.run(|conn| by_code("A").select(sys_modules::id).load(conn)).unwrap();
            };
            let boxed = |tx: &mut Tx<'_>| {
                let _: Vec<i64> = tx
                    .run(|conn| {
                        by_code("A")
                            .order(sys_modules::id)
                            .into_boxed()
                            .select(sys_modules::id)
                            .load(conn)
                    })
                    .unwrap();
            };
            let locked = |tx: &mut Tx<'_>| {
                let query = by_code("A").select(sys_modules::name);
                let _: Vec<String> = tx
                    .run(|conn| Locked::new(query, RowLock::ForShare, "sys_modules").load(conn))
                    .unwrap();
            };
            let raw = |tx: &mut Tx<'_>| {
                tx.run(|conn| {
                    Raw::new("UPDATE sys_modules SET name = $1 WHERE id = $2")?
                        .bind("x")
                        .bind(1_i64)
                        .execute(conn)
                })
                .unwrap();
            };
            let batch = |tx: &mut Tx<'_>| {
                let rows = rows(tx, 32);
                tx.insert_all(rows).unwrap();
            };
            let update = |tx: &mut Tx<'_>| {
                let update =
                    BulkUpdate { table: "exception_logs", keys: &["id"], set: &["message"] };
                let row = |id: i64| vec![Value::from(id), Value::from("x")];
                tx.update_all(update, (1..10).map(row).collect()).unwrap();
            };
            let works: [(&str, Work<'_>); 6] = [
                ("query", &query),
                ("boxed", &boxed),
                ("locked", &locked),
                ("raw", &raw),
                ("batch", &batch),
                ("update", &update),
            ];
            for (name, work) in works {
                let count = prepared(tx, |tx| (0..3).for_each(|_| work(tx)));
                assert_eq!(count, 1, "{name}");
            }
            Ok(())
        });
        result.unwrap();
    });
}
