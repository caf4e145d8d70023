//! Refund requests of a member, and what the trail says of them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_audit::{Before, TimelineEvent, TimelineSource};
use pensipro_kernel::{MemberId, Money, StorageError, UserId};

use super::{bound, told, trail};
use crate::{
    Tx,
    convert::from_time,
    monitoring::audit_rows::StoredRow,
    schema::refund_requests,
    sql::{Raw, after},
};

/// Rows with a subject come with the trail of the member himself.
pub(super) const TRAIL_FROM: &str = "FROM refund_requests r JOIN audit_trails a \
     ON a.ref_table = 'refund_requests' AND a.ref_id = r.id \
     WHERE r.member_id = $1 AND a.subject_id IS NULL";

impl Tx<'_> {
    pub(super) fn refund_events(
        &mut self,
        member: MemberId,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError> {
        use refund_requests::dsl;
        let (at, id) = bound(before);
        let query = dsl::refund_requests.filter(dsl::member_id.eq(member.get()));
        let query = after!(query, falling, dsl::created_at, dsl::id, at, id)
            .order((dsl::created_at.desc(), dsl::id.desc()))
            .limit(limit.into())
            .select((dsl::id, dsl::loan_id, dsl::amount, dsl::created_at, dsl::created_by));
        let rows: Vec<(i64, i64, i64, NaiveDateTime, Option<i64>)> =
            self.run(|conn| query.load(conn))?;
        let event = |(id, loan_id, amount, created_at, created_by)| TimelineEvent {
            source: TimelineSource::Refund,
            id,
            at: from_time(created_at),
            event: "refund.request".to_owned(),
            actor_id: Option::map(created_by, UserId::new),
            ref_table: "refund_requests".to_owned(),
            ref_id: id,
            changes: [
                told("loan_id", Some(loan_id)),
                told("amount", Some(Money::from_sen(amount).to_string())),
            ]
            .into_iter()
            .flatten()
            .collect(),
            personal: Vec::new(),
        };
        Ok(rows.into_iter().map(event).collect())
    }

    pub(super) fn refund_trail_events(
        &mut self,
        member: MemberId,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError> {
        let (at, id) = bound(before);
        let sql = format!(
            "SELECT a.id, a.actor_id, a.action, a.ref_table, a.ref_id, a.subject_id, a.old_value, \
             a.old_personal, a.new_value, a.new_personal, a.ip, a.request_id, a.created_at \
             {TRAIL_FROM} AND (a.created_at < $2 OR (a.created_at = $2 AND a.id < $3)) \
             ORDER BY a.created_at DESC, a.id DESC LIMIT $4"
        );
        let rows: Vec<StoredRow> = self.run(|conn| {
            let query = Raw::new(&sql)?.bind(member.get()).bind(at).bind(id);
            query.bind(i64::from(limit)).load(conn)
        })?;
        rows.into_iter().map(|row| trail::event(row, TimelineSource::RefundTrail, None)).collect()
    }
}
