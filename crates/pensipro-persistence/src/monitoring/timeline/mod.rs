//! What happened to a member, source by source.

mod cuts;
mod ledger;
mod refunds;
mod trail;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_audit::{Before, FieldChange, TimelineEvent, TimelineRepository, TimelineSource};
use pensipro_kernel::{MemberId, StorageError, UserId};
use serde_json::Value;

use crate::{
    Tx,
    schema::sys_users,
    sql::{List, Raw, one_of},
};

/// What is later than anything that happened, on both databases.
fn end_of_time() -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX);
    day.and_hms_opt(0, 0, 0).unwrap_or(NaiveDateTime::MAX)
}

/// The place that a page's events come before, as it is bound.
fn bound(before: Option<Before>) -> (NaiveDateTime, i64) {
    before.map_or((end_of_time(), 0), |before| (before.at.naive_utc(), before.id))
}

/// A field with what an event says of it; what it says nothing of is left out.
fn told(field: &str, value: Option<impl Into<Value>>) -> Option<FieldChange> {
    let new = Some(value?.into());
    Some(FieldChange { field: field.to_owned(), old: None, new })
}

/// The rows of a source.
const fn from(source: TimelineSource) -> &'static str {
    match source {
        TimelineSource::Trail => "FROM audit_trails WHERE subject_id = $1",
        TimelineSource::Ledger => ledger::FROM,
        TimelineSource::Cut => cuts::FROM,
        TimelineSource::Refund => "FROM refund_requests WHERE member_id = $1",
        TimelineSource::RefundTrail => refunds::TRAIL_FROM,
    }
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

impl TimelineRepository for Tx<'_> {
    fn timeline_of(
        &mut self,
        member: MemberId,
        source: TimelineSource,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError> {
        match source {
            TimelineSource::Trail => self.trail_events(member, before, limit),
            TimelineSource::Ledger => self.ledger_events(member, before, limit),
            TimelineSource::Cut => self.cut_events(member, before, limit),
            TimelineSource::Refund => self.refund_events(member, before, limit),
            TimelineSource::RefundTrail => self.refund_trail_events(member, before, limit),
        }
    }

    fn timeline_count(
        &mut self,
        member: MemberId,
        source: TimelineSource,
    ) -> Result<i64, StorageError> {
        let Counted { count } = self.run(|conn| {
            let sql = format!("SELECT count(*) AS count {}", from(source));
            Raw::new(&sql)?.bind(member.get()).get_result(conn)
        })?;
        Ok(count)
    }

    fn names_of_users(
        &mut self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, String>, StorageError> {
        if users.is_empty() {
            return Ok(HashMap::new());
        }
        let list = List::numbers(self.backend(), users.iter().map(|user| user.get()));
        let query = sys_users::table
            .filter(one_of(sys_users::id, list))
            .select((sys_users::id, sys_users::full_name));
        let rows: Vec<(i64, String)> = self.run(|conn| query.load(conn))?;
        Ok(rows.into_iter().map(|(id, name)| (UserId::new(id), name)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{is_by_index, on_each_backend, query_plan};

    #[test]
    fn every_source_is_read_by_an_index() {
        on_each_backend(|database| {
            for source in TimelineSource::ALL {
                let sql = format!("SELECT count(*) {}", from(*source).replace("$1", "1"));
                let plan = query_plan(database, &sql);
                assert!(is_by_index(&plan), "{source}: {plan:#?}");
            }
        });
    }
}
