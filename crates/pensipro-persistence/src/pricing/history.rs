//! What was changed of products, read from the audit trail.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};
use pensipro_kernel::{AuditId, Page, PageRequest, Position, ProductId, StorageError, UserId};
use pensipro_pricing::{ProductChange, ProductHistory};

use crate::{
    Tx,
    convert::{from_json, from_time},
    sql::{Raw, Value},
};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Timestamp)]
    created_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<BigInt>)]
    actor_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    full_name: Option<String>,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Nullable<Text>)]
    old_value: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    new_value: Option<String>,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Rows about the product, its fees and its penalty rules, before an id.
const ABOUT: &str = "a.id < $1 AND (a.ref_table = 'loan_products' AND a.ref_id = $2 \
     OR a.ref_table = 'loan_fees' \
     AND a.ref_id IN (SELECT id FROM loan_fees WHERE product_id = $3) \
     OR a.ref_table = 'penalty_rules' \
     AND a.ref_id IN (SELECT id FROM penalty_rules WHERE product_id = $4))";

impl ProductHistory for Tx<'_> {
    fn product_changes(
        &mut self,
        product: ProductId,
        page: &PageRequest,
    ) -> Result<Page<ProductChange>, StorageError> {
        let before = page.after.as_ref().map_or(i64::MAX, |last| last.id);
        let about = |before: i64| {
            let product = product.get();
            [before, product, product, product].map(Value::from)
        };
        let sql = format!(
            "SELECT a.id, a.created_at, a.actor_id, u.full_name, a.action, a.old_value, \
             a.new_value FROM audit_trails a LEFT JOIN sys_users u ON u.id = a.actor_id \
             WHERE {ABOUT} ORDER BY a.id DESC LIMIT $5"
        );
        let rows: Vec<Row> = self.run(|conn| {
            let limit = i64::from(page.limit) + 1;
            Raw::new(&sql)?.bind_all(about(before)).bind(limit).load(conn)
        })?;
        let changes = rows.into_iter().map(ProductChange::try_from).collect::<Result<_, _>>()?;
        let position =
            |change: &ProductChange| Position { key: String::new(), id: change.id.get() };
        let mut changes = Page::from_rows(changes, page.limit, position);
        if page.count {
            let sql = format!("SELECT count(*) AS count FROM audit_trails a WHERE {ABOUT}");
            let counted: Count =
                self.run(|conn| Raw::new(&sql)?.bind_all(about(i64::MAX)).get_result(conn))?;
            changes.total = Some(counted.count);
        }
        Ok(changes)
    }
}

impl TryFrom<Row> for ProductChange {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row { id, created_at, actor_id, full_name, action, old_value, new_value } = row;
        let read = |column: &str, json: Option<String>| {
            json.map(|json| from_json(column, &json)).transpose()
        };
        Ok(Self {
            id: AuditId::new(id),
            changed_at: from_time(created_at),
            changed_by: actor_id.map(UserId::new),
            changed_by_name: full_name,
            action,
            before: read("audit_trails.old_value", old_value)?,
            after: read("audit_trails.new_value", new_value)?,
        })
    }
}
