//! Messages on their way, as people see them.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    DeliveryId, FunderId, MemberId, Page, PageRequest, Position, SalesId, StorageError, UserId,
    WebhookId,
};
use pensipro_notifications::{
    DeliveredTo, Delivery, DeliveryFilter, DeliveryRepository, DeliveryStatus,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, count, from_time, unreadable},
    schema::{
        notification_deliveries::{self, dsl},
        notifications,
    },
    sql::{List, Locked, RowLock, one_of},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = notification_deliveries)]
struct Row {
    id: i64,
    channel: String,
    lane: i64,
    event: String,
    notification_id: Option<i64>,
    sales_id: Option<i64>,
    funder_id: Option<i64>,
    status: String,
    tries: i32,
    available_at: NaiveDateTime,
    last_error: Option<String>,
    sent_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
}

/// The user and the member of a notice, by its id.
type Recipients = std::collections::HashMap<i64, (Option<i64>, Option<i64>)>;

impl Row {
    fn delivery(self, recipients: &Recipients) -> Result<Delivery, StorageError> {
        Ok(Delivery {
            id: DeliveryId::new(self.id),
            channel: code("notification_deliveries.channel", &self.channel)?,
            to: self.to(recipients).ok_or_else(|| unreadable("notification_deliveries.lane"))?,
            event: self.event,
            status: code("notification_deliveries.status", &self.status)?,
            tries: count("notification_deliveries.tries", self.tries)?,
            available_at: from_time(self.available_at),
            last_error: self.last_error,
            sent_at: self.sent_at.map(from_time),
            created_at: from_time(self.created_at),
        })
    }

    fn to(&self, recipients: &Recipients) -> Option<DeliveredTo> {
        if self.lane > 0 {
            return Some(DeliveredTo::Webhook(WebhookId::new(self.lane)));
        }
        let sales = self.sales_id.map(|id| DeliveredTo::Sales(SalesId::new(id)));
        let funder = self.funder_id.map(|id| DeliveredTo::Funder(FunderId::new(id)));
        sales.or(funder).or_else(|| {
            let (user, member) = recipients.get(&self.notification_id?)?;
            let user = user.map(|id| DeliveredTo::User(UserId::new(id)));
            user.or_else(|| member.map(|id| DeliveredTo::Member(MemberId::new(id))))
        })
    }
}

type Query = diesel::helper_types::IntoBoxed<'static, notification_deliveries::table, MultiBackend>;

fn filtered(filter: &DeliveryFilter) -> Query {
    let DeliveryFilter { channel, status } = *filter;
    let mut query = dsl::notification_deliveries.into_boxed();
    if let Some(channel) = channel {
        query = query.filter(dsl::channel.eq(channel.code()));
    }
    if let Some(status) = status {
        query = query.filter(dsl::status.eq(status.code()));
    }
    query
}

impl Tx<'_> {
    fn with_recipients(&mut self, rows: Vec<Row>) -> Result<Vec<Delivery>, StorageError> {
        let notices: Vec<i64> = rows.iter().filter_map(|row| row.notification_id).collect();
        let list = List::numbers(self.backend(), notices);
        let query = notifications::table.filter(one_of(notifications::id, list)).select((
            notifications::id,
            notifications::user_id,
            notifications::member_id,
        ));
        let found: Vec<(i64, Option<i64>, Option<i64>)> = self.run(|conn| query.load(conn))?;
        let recipients: Recipients =
            found.into_iter().map(|(id, user, member)| (id, (user, member))).collect();
        rows.into_iter().map(|row| row.delivery(&recipients)).collect()
    }
}

impl DeliveryRepository for Tx<'_> {
    fn deliveries(
        &mut self,
        filter: &DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(dsl::id.lt(last.id));
        }
        let query =
            query.order(dsl::id.desc()).limit(i64::from(page.limit) + 1).select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = self.with_recipients(rows)?;
        let mut found = Page::from_rows(rows, page.limit, |row: &Delivery| Position {
            key: String::new(),
            id: row.id.get(),
        });
        if page.count {
            found.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(found)
    }

    fn lock_delivery(&mut self, id: DeliveryId) -> Result<Delivery, StorageError> {
        let query = dsl::notification_deliveries.find(id.get()).select(Row::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "notification_deliveries");
        let row: Option<Row> = self.run(|conn| locked.get_result(conn).optional())?;
        let row = row.ok_or(StorageError::not_found("delivery", id.get()))?;
        let mut one = self.with_recipients(vec![row])?;
        one.pop().ok_or(StorageError::not_found("delivery", id.get()))
    }

    fn revive_delivery(&mut self, id: DeliveryId) -> Result<(), StorageError> {
        let row = dsl::notification_deliveries.find(id.get());
        let set = (
            dsl::status.eq(DeliveryStatus::Pending.code()),
            dsl::tries.eq(0),
            dsl::available_at.eq(self.now()),
            dsl::claim.eq(None::<i64>),
        );
        self.run(|conn| diesel::update(row).set(set).execute(conn))?;
        Ok(())
    }
}
