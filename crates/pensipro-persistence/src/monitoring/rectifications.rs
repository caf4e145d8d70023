//! The trail's rows about changes of a member's own data.

use diesel::prelude::*;
use pensipro_audit::{AuditRow, RECTIFIED_TABLES, RectificationRepository};
use pensipro_kernel::{MemberId, Page, PageRequest, Position, StorageError};

use super::audit_rows::StoredRow;
use crate::{
    Tx,
    connection::MultiBackend,
    convert::{parse_time_key, time_key},
    schema::audit_trails,
    sql::after,
};

type Query = diesel::helper_types::IntoBoxed<'static, audit_trails::table, MultiBackend>;

fn rectified(member: MemberId) -> Query {
    audit_trails::table
        .filter(audit_trails::subject_id.eq(member.get()))
        .filter(audit_trails::ref_table.eq_any(RECTIFIED_TABLES))
        .filter(audit_trails::old_value.is_not_null())
        .into_boxed()
}

impl RectificationRepository for Tx<'_> {
    fn rectified_rows(
        &mut self,
        member: MemberId,
        page: &PageRequest,
    ) -> Result<Page<AuditRow>, StorageError> {
        let mut query = rectified(member);
        if let Some(last) = &page.after {
            let at = parse_time_key(&last.key)?;
            query = after!(query, falling, audit_trails::created_at, audit_trails::id, at, last.id);
        }
        let query = query
            .order((audit_trails::created_at.desc(), audit_trails::id.desc()))
            .limit(i64::from(page.limit) + 1)
            .select(StoredRow::as_select());
        let rows: Vec<StoredRow> = self.run(|conn| query.load(conn))?;
        let rows = self.opened_rows(rows)?;
        let mut found = Page::from_rows(rows, page.limit, |row| Position {
            key: time_key(row.created_at),
            id: row.id.get(),
        });
        if page.count {
            found.total = Some(self.run(|conn| rectified(member).count().get_result(conn))?);
        }
        Ok(found)
    }
}
