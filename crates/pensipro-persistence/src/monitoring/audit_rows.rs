//! Reading the audit trail.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_audit::{AuditFilter, AuditRepository, AuditRow};
use pensipro_kernel::{AuditId, MemberId, Page, PageRequest, Position, StorageError, UserId};
use serde_json::{Map, Value};

use super::audit_log::{NEW_PLACE, OLD_PLACE};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::{from_ip, from_time, unreadable},
    crypto::SealingKey,
    member_keys::MemberKeys,
    schema::audit_trails,
};

/// A row as it lies.
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = audit_trails)]
pub(super) struct StoredRow {
    pub(super) id: i64,
    pub(super) actor_id: Option<i64>,
    pub(super) action: String,
    pub(super) ref_table: String,
    pub(super) ref_id: i64,
    pub(super) subject_id: Option<i64>,
    pub(super) old_value: Option<String>,
    pub(super) old_personal: Option<Vec<u8>>,
    pub(super) new_value: Option<String>,
    pub(super) new_personal: Option<Vec<u8>>,
    pub(super) ip: Option<String>,
    pub(super) request_id: Option<String>,
    pub(super) created_at: NaiveDateTime,
}

type Query = diesel::helper_types::IntoBoxed<'static, audit_trails::table, MultiBackend>;

fn filtered(filter: &AuditFilter) -> Query {
    let AuditFilter { ref_table, ref_id, actor_id, action, from, to } = filter.clone();
    let mut query = audit_trails::table.into_boxed();
    if let Some(ref_table) = ref_table {
        query = query.filter(audit_trails::ref_table.eq(ref_table));
    }
    if let Some(ref_id) = ref_id {
        query = query.filter(audit_trails::ref_id.eq(ref_id));
    }
    if let Some(actor_id) = actor_id {
        query = query.filter(audit_trails::actor_id.eq(actor_id.get()));
    }
    if let Some(action) = action {
        query = query.filter(audit_trails::action.eq(action));
    }
    if let Some(from) = from {
        query = query.filter(audit_trails::created_at.ge(from.naive_utc()));
    }
    if let Some(to) = to {
        query = query.filter(audit_trails::created_at.lt(to.naive_utc()));
    }
    query
}

impl AuditRepository for Tx<'_> {
    fn audit_rows(
        &mut self,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<AuditRow>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(audit_trails::id.lt(last.id));
        }
        let query = query
            .order(audit_trails::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(StoredRow::as_select());
        let rows: Vec<StoredRow> = self.run(|conn| query.load(conn))?;
        let rows =
            Page::from_rows(rows, page.limit, |row| Position { key: String::new(), id: row.id });
        let data = self.opened_rows(rows.data)?;
        let total = match page.count {
            true => Some(self.run(|conn| filtered(filter).count().get_result(conn))?),
            false => None,
        };
        Ok(Page { data, next: rows.next, total })
    }
}

impl Tx<'_> {
    /// Rows with what is personal in them, as far as keys are there. One query for the keys that are
    /// not in the cache.
    pub(super) fn opened_rows(
        &mut self,
        rows: Vec<StoredRow>,
    ) -> Result<Vec<AuditRow>, StorageError> {
        let subjects: Vec<MemberId> =
            rows.iter().filter_map(|row| row.subject_id).map(MemberId::new).collect();
        let keys = self.member_keys(&subjects)?;
        let installation = self.keys().installation();
        rows.into_iter().map(|row| opened(row, &keys, &installation)).collect()
    }
}

fn opened(
    row: StoredRow,
    keys: &MemberKeys,
    installation: &SealingKey,
) -> Result<AuditRow, StorageError> {
    let StoredRow {
        id,
        actor_id,
        action,
        ref_table,
        ref_id,
        subject_id,
        old_value,
        old_personal,
        new_value,
        new_personal,
        ip,
        request_id,
        created_at,
    } = row;
    let key = match subject_id {
        Some(subject) => keys.get(&MemberId::new(subject)).map(AsRef::as_ref),
        None => Some(installation),
    };
    Ok(AuditRow {
        id: AuditId::new(id),
        actor_id: actor_id.map(UserId::new),
        action,
        ref_table,
        ref_id,
        old_value: value(old_value, old_personal, key, OLD_PLACE)?,
        new_value: value(new_value, new_personal, key, NEW_PLACE)?,
        ip: from_ip(ip),
        request_id,
        created_at: from_time(created_at),
    })
}

/// Open and personal fields as one object; without the key the personal ones are left out.
fn value(
    open: Option<String>,
    personal: Option<Vec<u8>>,
    key: Option<&SealingKey>,
    place: &str,
) -> Result<Option<Value>, StorageError> {
    let Some(open) = open else { return Ok(None) };
    let mut fields = fields(place, &open)?;
    if let (Some(sealed), Some(key)) = (personal, key) {
        fields.extend(self::fields(place, &key.open_text(place, &sealed)?)?);
    }
    Ok(Some(Value::Object(fields)))
}

/// The fields of a side as it lies.
pub(super) fn fields(place: &str, json: &str) -> Result<Map<String, Value>, StorageError> {
    serde_json::from_str(json).map_err(|_| unreadable(place))
}

#[cfg(test)]
mod tests {
    use crate::testing::{on_each_backend, query_plan};

    /// What a thing's history costs depends on the page alone: an index gives its rows in their order.
    #[test]
    fn the_history_of_a_thing_comes_in_the_order_of_an_index() {
        on_each_backend(|database| {
            let many = "INSERT INTO audit_trails (action, ref_table, ref_id, created_at) \
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) \
                        SELECT 'loan.pay', 'loans', n.i % 100, k.created_at FROM n \
                        CROSS JOIN (SELECT MIN(created_at) AS created_at FROM installation_keys) k; \
                        ANALYZE audit_trails";
            database.execute(many).unwrap();
            let plan = query_plan(
                database,
                "SELECT * FROM audit_trails WHERE ref_table = 'loans' AND ref_id = 7 AND id < 16000 \
                 ORDER BY id DESC LIMIT 51",
            );
            let told = plan.join("\n");
            assert!(told.contains("audit_trails_ref_table_ref_id_id_idx"), "{told}");
            assert!(!told.contains("Sort") && !told.contains("TEMP B-TREE"), "{told}");
        });
    }
}
