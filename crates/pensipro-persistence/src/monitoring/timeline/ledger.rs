//! What files of pension cuts did to a member's loans: payments, and cuts that failed.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date, Nullable, Text, Timestamp},
};
use pensipro_audit::{Before, TimelineEvent, TimelineSource};
use pensipro_kernel::{MemberId, Money, StorageError, UserId};
use pensipro_servicing::TransactionKind;

use super::{bound, told};
use crate::{
    Tx,
    convert::{code, from_time},
    sql::Raw,
};

/// Whatever else is in the ledger was done one by one and stands in the trail.
pub(super) const FROM: &str = "FROM loans l JOIN loan_transactions t ON t.loan_id = l.id \
     LEFT JOIN loan_payments p ON p.id = t.id WHERE l.member_id = $1 \
     AND (t.kind = 'failed_cut' OR p.source_line IS NOT NULL)";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Date)]
    effective_on: NaiveDate,
    #[diesel(sql_type = Nullable<BigInt>)]
    amount: Option<i64>,
    #[diesel(sql_type = Nullable<Date>)]
    due_from: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    due_through: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    channel: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    cut_periode: Option<String>,
    #[diesel(sql_type = Timestamp)]
    created_at: NaiveDateTime,
    #[diesel(sql_type = Nullable<BigInt>)]
    created_by: Option<i64>,
}

impl Tx<'_> {
    pub(super) fn ledger_events(
        &mut self,
        member: MemberId,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError> {
        let (at, id) = bound(before);
        let sql = format!(
            "SELECT t.id, t.loan_id, t.kind, t.effective_on, t.amount, t.due_from, t.due_through, \
             p.channel, p.cut_periode, t.created_at, t.created_by {FROM} \
             AND (t.created_at < $2 OR (t.created_at = $2 AND t.id < $3)) \
             ORDER BY t.created_at DESC, t.id DESC LIMIT $4"
        );
        let rows: Vec<Row> = self.run(|conn| {
            let query = Raw::new(&sql)?.bind(member.get()).bind(at).bind(id);
            query.bind(i64::from(limit)).load(conn)
        })?;
        rows.into_iter().map(event).collect()
    }
}

fn event(row: Row) -> Result<TimelineEvent, StorageError> {
    let Row {
        id,
        loan_id,
        kind,
        effective_on,
        amount,
        due_from,
        due_through,
        channel,
        cut_periode,
        created_at,
        created_by,
    } = row;
    let day = |date: NaiveDate| date.to_string();
    let (event, changes) = match code("loan_transactions.kind", &kind)? {
        TransactionKind::FailedCut => {
            let through = due_through.map(day);
            let told = [told("due_from", due_from.map(day)), told("due_through", through)];
            ("loan.cut_failed", Vec::from(told))
        }
        _ => {
            let amount = amount.map(|sen| Money::from_sen(sen).to_string());
            let told = [
                told("paid_on", Some(day(effective_on))),
                told("amount", amount),
                told("channel", channel),
                told("periode", cut_periode),
            ];
            ("loan.payment", Vec::from(told))
        }
    };
    Ok(TimelineEvent {
        source: TimelineSource::Ledger,
        id,
        at: from_time(created_at),
        event: event.to_owned(),
        actor_id: created_by.map(UserId::new),
        ref_table: "loans".to_owned(),
        ref_id: loan_id,
        changes: changes.into_iter().flatten().collect(),
        personal: Vec::new(),
    })
}
