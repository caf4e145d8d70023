//! Instalments of a member's that were billed to the payer, each with the payer's latest answer.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};
use pensipro_audit::{Before, TimelineEvent, TimelineSource};
use pensipro_kernel::{MemberId, Money, StorageError, UserId};

use super::{bound, told};
use crate::{Tx, convert::from_time, sql::Raw};

pub(super) const FROM: &str = "FROM pension_cut_export_lines x \
     JOIN pension_cut_exports e ON e.id = x.export_id WHERE x.member_id = $1 AND x.is_live";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Text)]
    periode: String,
    #[diesel(sql_type = Text)]
    payer: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    paid: i64,
    #[diesel(sql_type = Nullable<Text>)]
    outcome: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Timestamp)]
    created_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<BigInt>)]
    created_by: Option<i64>,
}

impl Tx<'_> {
    pub(super) fn cut_events(
        &mut self,
        member: MemberId,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError> {
        let (at, id) = bound(before);
        // The number of a line in the interface.
        let number = "x.export_id * 10000000 + x.line_no";
        let sql = format!(
            "SELECT {number} AS id, x.loan_id, x.periode, e.payer, x.amount, x.paid, x.outcome, \
             x.reason, e.created_at, e.created_by {FROM} \
             AND (e.created_at < $2 OR (e.created_at = $2 AND {number} < $3)) \
             ORDER BY e.created_at DESC, id DESC LIMIT $4"
        );
        let rows: Vec<Row> = self.run(|conn| {
            let query = Raw::new(&sql)?.bind(member.get()).bind(at).bind(id);
            query.bind(i64::from(limit)).load(conn)
        })?;
        Ok(rows.into_iter().map(event).collect())
    }
}

fn event(row: Row) -> TimelineEvent {
    let Row { id, loan_id, periode, payer, amount, paid, outcome, reason, created_at, created_by } =
        row;
    let money = |sen: i64| Money::from_sen(sen).to_string();
    let changes = [
        told("periode", Some(periode)),
        told("payer", Some(payer)),
        told("billed", Some(money(amount))),
        told("paid", outcome.as_ref().map(|_| money(paid))),
        told("outcome", outcome),
        told("reason", reason),
    ];
    TimelineEvent {
        source: TimelineSource::Cut,
        id,
        at: from_time(created_at),
        event: "pension_cut.billed".to_owned(),
        actor_id: created_by.map(UserId::new),
        ref_table: "loans".to_owned(),
        ref_id: loan_id,
        changes: changes.into_iter().flatten().collect(),
        personal: Vec::new(),
    }
}
