//! Migrations and the schema they make.

use pensipro_persistence::{
    Backend,
    testing::{TestDatabase, backends},
};

/// `table.column type null?` of every table, the same on both databases.
fn columns(database: &TestDatabase, backend: Backend) -> Vec<String> {
    database.texts(match backend {
        Backend::Sqlite => {
            "SELECT m.name || '.' || c.name || ' ' || \
             CASE WHEN c.type = 'INTEGER' AND c.pk = 1 THEN 'BIGINT' ELSE c.type END || \
             CASE WHEN c.\"notnull\" THEN ' NOT NULL' ELSE '' END AS text \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             AND m.name NOT LIKE 'members_names%' AND m.name <> '__diesel_schema_migrations' \
             ORDER BY text"
        }
        Backend::Postgres => {
            "SELECT c.table_name || '.' || c.column_name || ' ' || CASE c.data_type \
             WHEN 'bytea' THEN 'BLOB' WHEN 'timestamp without time zone' THEN 'TIMESTAMP' \
             ELSE upper(c.data_type) END || \
             CASE c.is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS text \
             FROM information_schema.columns c \
             WHERE c.table_schema = current_schema() \
             AND c.table_name <> '__diesel_schema_migrations' \
             ORDER BY (c.table_name || '.' || c.column_name) COLLATE \"C\""
        }
    })
}

/// Names of indexes and unique rules, but for primary keys on `id`.
fn indexes(database: &TestDatabase, backend: Backend) -> Vec<String> {
    let mut names = database.texts(match backend {
        Backend::Sqlite => {
            "SELECT m.name || '_' || group_concat(c.name, '_') || \
             CASE WHEN i.\"unique\" THEN '_key' ELSE '_idx' END AS text \
             FROM sqlite_master m JOIN pragma_index_list(m.name) i \
             JOIN pragma_index_info(i.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' \
             AND m.name NOT LIKE 'members_names%' AND m.name <> '__diesel_schema_migrations' \
             GROUP BY m.name, i.name"
        }
        Backend::Postgres => {
            "SELECT indexname AS text FROM pg_indexes WHERE schemaname = current_schema() \
             AND indexname NOT LIKE '%\\_pkey' AND indexname <> 'members_name_trigrams' \
             AND tablename <> '__diesel_schema_migrations'"
        }
    });
    // PostgreSQL cuts longer names.
    names.iter_mut().for_each(|name| name.truncate(63));
    names.sort();
    names
}

#[test]
fn migrations_go_up_and_down_and_up_again() {
    for backend in backends() {
        let database = TestDatabase::empty(backend);
        database.migrate();
        let first = (columns(&database, backend), indexes(&database, backend));
        assert!(first.0.len() > 100, "the schema is there");
        database.revert();
        assert_eq!(columns(&database, backend), [""; 0]);
        database.migrate();
        assert_eq!((columns(&database, backend), indexes(&database, backend)), first);
    }
}

#[test]
fn both_databases_have_the_same_columns_and_rules() {
    let [one, other] = backends().try_into().unwrap_or([Backend::Sqlite; 2]);
    let (first, second) = (TestDatabase::new(one), TestDatabase::new(other));
    assert_eq!(columns(&first, one), columns(&second, other));
    assert_eq!(indexes(&first, one), indexes(&second, other));
}

#[test]
fn what_sqlite_never_deletes_it_never_replaces() {
    let database = TestDatabase::new(Backend::Sqlite);
    let never = |what: &str| {
        database.texts(&format!(
            "SELECT tbl_name AS text FROM sqlite_master \
             WHERE type = 'trigger' AND name = tbl_name || '_no_{what}' ORDER BY tbl_name"
        ))
    };
    assert_eq!(never("replace"), never("delete"));
    assert_eq!(never("update"), never("delete"));
    assert_eq!(never("delete").len(), 7);
}

/// Refused rows: of a figure that is kept already, and one in place of another.
#[test]
fn a_kept_figure_has_one_row() {
    for backend in backends() {
        let database = TestDatabase::new(backend);
        let insert = |how: &str, group: &str, bucket: &str| {
            database.execute(&format!(
                "{how} INTO aging_reports (periode, grouped_by, is_total, group_id, group_name, \
                 bucket, loans, outstanding) \
                 VALUES ('2026-07', 'branch', FALSE, {group}, '{bucket}', 1, 100)"
            ))
        };
        for group in ["NULL, NULL", "1, 'Bandung'", "2, 'Bandung'"] {
            for bucket in ["0-30", "current"] {
                insert("INSERT", group, bucket).unwrap();
                assert!(insert("INSERT", group, bucket).is_err(), "{group} twice");
            }
        }
        if backend == Backend::Sqlite {
            let error = insert("INSERT OR REPLACE", "NULL, NULL", "0-30").unwrap_err();
            assert!(error.contains("append-only"), "{error}");
        }
    }
}
