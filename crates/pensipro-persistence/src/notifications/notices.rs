//! Notices.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{
    MemberId, NotificationChannel, NotificationId, Page, PageRequest, Position, Scope,
    StorageError, UserId,
};
use pensipro_notifications::{
    NewNotification, Notification, NotificationFilter, NotificationRepository, Recipient, Text,
};

use crate::{
    Tx,
    convert::{code, from_time, unreadable},
    schema::{notification_deliveries as deliveries, notifications},
    scope::{NoticeQuery, seen_notices},
    sql::{List, Locked, RowLock, batch_row, one_of},
};

const IN_APP: &str = NotificationChannel::InApp.code();

#[derive(Insertable)]
#[diesel(table_name = notifications)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    id: i64,
    user_id: Option<i64>,
    member_id: Option<i64>,
    event: String,
    channel: &'static str,
    title: String,
    body: String,
    outbox_id: Option<i64>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}
batch_row!(NewRow => notifications);

impl NewRow {
    fn new(
        id: i64,
        new: &NewNotification,
        created_at: NaiveDateTime,
        created_by: Option<i64>,
    ) -> Self {
        let NewNotification { to, event, channel, text, outbox_id } = new.clone();
        let (user_id, member_id) = match to {
            Recipient::User(user) => (Some(user.get()), None),
            Recipient::Member(member) => (None, Some(member.get())),
        };
        let Text { title, body } = text;
        let channel = channel.code();
        Self {
            id,
            user_id,
            member_id,
            event,
            channel,
            title,
            body,
            outbox_id,
            created_at,
            created_by,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = notifications)]
struct Row {
    id: i64,
    user_id: Option<i64>,
    member_id: Option<i64>,
    event: String,
    channel: String,
    title: String,
    body: String,
    outbox_id: Option<i64>,
    read_at: Option<NaiveDateTime>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl TryFrom<Row> for Notification {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            user_id,
            member_id,
            event,
            channel,
            title,
            body,
            outbox_id,
            read_at,
            created_at,
            created_by,
        } = row;
        let user = user_id.map(|id| Recipient::User(UserId::new(id)));
        let member = member_id.map(|id| Recipient::Member(MemberId::new(id)));
        let channel = code("notifications.channel", &channel)?;
        Ok(Self {
            id: NotificationId::new(id),
            content: NewNotification {
                to: user.or(member).ok_or_else(|| unreadable("notifications.user_id"))?,
                event,
                channel,
                text: Text { title, body },
                outbox_id,
            },
            delivery: None,
            read_at: read_at.map(from_time),
            created_at: from_time(created_at),
            created_by: created_by.map(UserId::new),
        })
    }
}

fn filtered(filter: &NotificationFilter, scope: Scope) -> NoticeQuery {
    let NotificationFilter { user_id, member_id, is_read, event } = filter.clone();
    let mut query = seen_notices(notifications::table.into_boxed(), scope);
    if let Some(user) = user_id {
        query = query
            .filter(notifications::user_id.eq(user.get()))
            .filter(notifications::channel.eq(IN_APP))
            .filter(notifications::hidden_at.is_null());
    }
    if let Some(member) = member_id {
        query = query.filter(notifications::member_id.eq(member.get()));
    }
    query = match is_read {
        Some(true) => query.filter(notifications::read_at.is_not_null()),
        Some(false) => query.filter(notifications::read_at.is_null()),
        None => query,
    };
    if let Some(event) = event {
        query = query.filter(notifications::event.eq(event));
    }
    query
}

impl Tx<'_> {
    /// How far those came that leave the house; one statement, none where there are none.
    fn fill_deliveries(&mut self, notices: &mut [Notification]) -> Result<(), StorageError> {
        let leave = notices.iter().filter(|notice| notice.content.channel.code() != IN_APP);
        let ids: Vec<i64> = leave.map(|notice| notice.id.get()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let list = List::numbers(self.backend(), ids);
        let query = deliveries::table
            .filter(deliveries::notification_id.is_not_null())
            .filter(one_of(deliveries::notification_id, list))
            .select((deliveries::notification_id.assume_not_null(), deliveries::status));
        let found: Vec<(i64, String)> = self.run(|conn| query.load(conn))?;
        let found: HashMap<i64, String> = found.into_iter().collect();
        for notice in notices {
            let status = found.get(&notice.id.get());
            let read = status.map(|status| code("notification_deliveries.status", status));
            notice.delivery = read.transpose()?;
        }
        Ok(())
    }
}

impl NotificationRepository for Tx<'_> {
    fn add_notifications(
        &mut self,
        new: &[NewNotification],
        by: Option<UserId>,
    ) -> Result<Vec<NotificationId>, StorageError> {
        let (now, by) = (self.now(), by.map(UserId::get));
        let ids = self.reserve_ids("notifications", new.len())?;
        let rows = ids.iter().zip(new).map(|(id, notice)| NewRow::new(*id, notice, now, by));
        self.insert_all(rows.collect())?;
        Ok(ids.into_iter().map(NotificationId::new).collect())
    }

    fn notifications(
        &mut self,
        filter: &NotificationFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Notification>, StorageError> {
        let mut query = filtered(filter, scope);
        if let Some(last) = &page.after {
            query = query.filter(notifications::id.lt(last.id));
        }
        let query = query
            .order(notifications::id.desc())
            .limit(i64::from(page.limit) + 1)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let mut rows: Vec<Notification> =
            rows.into_iter().map(Notification::try_from).collect::<Result<_, _>>()?;
        self.fill_deliveries(&mut rows)?;
        let mut found = Page::from_rows(rows, page.limit, |row: &Notification| Position {
            key: String::new(),
            id: row.id.get(),
        });
        if page.count {
            let all = filtered(filter, scope).count();
            found.total = Some(self.run(|conn| all.get_result(conn))?);
        }
        Ok(found)
    }

    fn unread_count(&mut self, user: UserId) -> Result<i64, StorageError> {
        let query = notifications::table
            .filter(notifications::user_id.eq(user.get()))
            .filter(notifications::channel.eq(IN_APP))
            .filter(notifications::read_at.is_null())
            .filter(notifications::hidden_at.is_null())
            .count();
        self.run(|conn| query.get_result(conn))
    }

    fn lock_own_notification(
        &mut self,
        id: NotificationId,
        user: UserId,
    ) -> Result<Notification, StorageError> {
        let query = notifications::table
            .find(id.get())
            .filter(notifications::user_id.eq(user.get()))
            .filter(notifications::hidden_at.is_null())
            .select(Row::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "notifications");
        let row: Option<Row> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("notification", id.get()))?.try_into()
    }

    fn mark_read(&mut self, id: NotificationId, at: DateTime<Utc>) -> Result<(), StorageError> {
        let row = notifications::table.find(id.get());
        let read = notifications::read_at.eq(at.naive_utc());
        self.run(|conn| diesel::update(row).set(read).execute(conn))?;
        Ok(())
    }

    fn hide_notification(
        &mut self,
        id: NotificationId,
        at: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        let row = notifications::table.find(id.get());
        let hidden = notifications::hidden_at.eq(at.naive_utc());
        self.run(|conn| diesel::update(row).set(hidden).execute(conn))?;
        Ok(())
    }
}
