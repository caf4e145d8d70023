//! Other systems that are told of events.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{Page, PageRequest, Position, StorageError, UserId, Version, WebhookId};
use pensipro_notifications::{PreviousSecret, Webhook, WebhookDetails, WebhookRepository};

use crate::{
    Tx,
    convert::{from_json, from_time, to_json},
    crypto::SealingKey,
    schema::webhooks::{self, dsl},
    sql::{Locked, Raw, RowLock, columns},
};

/// What a webhook's secret is sealed for.
const SECRET: &str = "webhooks.secret";

/// What those before it are sealed for.
const PREVIOUS: &str = "webhooks.previous_secrets";

/// The secret of a webhook, and those that were renewed.
pub(super) fn open_secrets(
    key: &SealingKey,
    secret: &[u8],
    previous: Option<&[u8]>,
) -> Result<(String, Vec<PreviousSecret>), StorageError> {
    let previous = match previous {
        Some(sealed) => from_json("webhooks.previous_secrets", &key.open_text(PREVIOUS, sealed)?)?,
        None => Vec::new(),
    };
    Ok((key.open_text(SECRET, secret)?, previous))
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = webhooks)]
struct Row {
    id: i64,
    url: String,
    events: String,
    is_active: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for Webhook {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row { id, url, events, is_active, version, created_at, updated_at } = row;
        let events = from_json("webhooks.events", &events)?;
        Ok(Self {
            id: WebhookId::new(id),
            details: WebhookDetails { url, events, is_active },
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

impl WebhookRepository for Tx<'_> {
    fn active_webhooks(&mut self) -> Result<Vec<Webhook>, StorageError> {
        let query = dsl::webhooks
            .filter(dsl::ended_at.is_null())
            .filter(dsl::is_active)
            .order(dsl::id)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Webhook::try_from).collect()
    }

    fn webhooks(&mut self, page: &PageRequest) -> Result<Page<Webhook>, StorageError> {
        let mut query = dsl::webhooks.filter(dsl::ended_at.is_null()).into_boxed();
        if let Some(last) = &page.after {
            query = query.filter(dsl::id.lt(last.id));
        }
        let query =
            query.order(dsl::id.desc()).limit(i64::from(page.limit) + 1).select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(Webhook::try_from).collect::<Result<_, _>>()?;
        let mut found = Page::from_rows(rows, page.limit, |row: &Webhook| Position {
            key: String::new(),
            id: row.id.get(),
        });
        if page.count {
            let all = dsl::webhooks.filter(dsl::ended_at.is_null()).count();
            found.total = Some(self.run(|conn| all.get_result(conn))?);
        }
        Ok(found)
    }

    fn lock_webhook(&mut self, id: WebhookId) -> Result<Webhook, StorageError> {
        let query =
            dsl::webhooks.find(id.get()).filter(dsl::ended_at.is_null()).select(Row::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "webhooks");
        let row: Option<Row> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("webhook", id.get()))?.try_into()
    }

    fn add_webhook(
        &mut self,
        details: &WebhookDetails,
        secret: &str,
        by: Option<UserId>,
    ) -> Result<Webhook, StorageError> {
        let WebhookDetails { url, events, is_active } = details;
        let sealed = self.keys().installation().seal_text(self.entropy(), SECRET, secret);
        let (now, events) = (self.now(), to_json(events)?);
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::webhooks)
                .values((
                    dsl::url.eq(url),
                    dsl::events.eq(events),
                    dsl::secret.eq(Some(sealed)),
                    dsl::is_active.eq(is_active),
                    dsl::version.eq(Version::FIRST.get()),
                    dsl::created_at.eq(now),
                    dsl::updated_at.eq(now),
                    dsl::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_webhook(&mut self, webhook: &Webhook) -> Result<Version, StorageError> {
        let Webhook { id, details, version, .. } = webhook;
        let WebhookDetails { url, events, is_active } = details;
        let (now, events) = (self.now(), to_json(events)?);
        let changed = self.run(|conn| {
            diesel::update(dsl::webhooks.find(id.get()))
                .filter(dsl::version.eq(version.get()))
                .set((
                    dsl::url.eq(url),
                    dsl::events.eq(events),
                    dsl::is_active.eq(is_active),
                    dsl::version.eq(version.next().get()),
                    dsl::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "webhook" }),
            _ => Ok(version.next()),
        }
    }

    fn secrets(&mut self, id: WebhookId) -> Result<(String, Vec<PreviousSecret>), StorageError> {
        let query = dsl::webhooks
            .find(id.get())
            .filter(dsl::secret.is_not_null())
            .select((dsl::secret.assume_not_null(), dsl::previous_secrets));
        let (secret, previous): (Vec<u8>, Option<Vec<u8>>) =
            self.run(|conn| query.get_result(conn))?;
        open_secrets(&self.keys().installation(), &secret, previous.as_deref())
    }

    fn save_secrets(
        &mut self,
        webhook: &Webhook,
        secret: &str,
        previous: &[PreviousSecret],
    ) -> Result<Version, StorageError> {
        let Webhook { id, version, .. } = webhook;
        let previous = to_json(&previous)?;
        let (key, entropy) = (self.keys().installation(), self.entropy());
        let secret = key.seal_text(entropy, SECRET, secret);
        let previous = key.seal_text(entropy, PREVIOUS, &previous);
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(dsl::webhooks.find(id.get()))
                .filter(dsl::version.eq(version.get()))
                .set((
                    dsl::secret.eq(Some(secret)),
                    dsl::previous_secrets.eq(Some(previous)),
                    dsl::version.eq(version.next().get()),
                    dsl::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "webhook" }),
            _ => Ok(version.next()),
        }
    }

    fn end_webhook(&mut self, id: WebhookId) -> Result<(), StorageError> {
        let row = dsl::webhooks.find(id.get());
        let ended = (
            dsl::ended_at.eq(Some(self.now())),
            dsl::secret.eq(None::<Vec<u8>>),
            dsl::previous_secrets.eq(None::<Vec<u8>>),
            dsl::is_active.eq(false),
        );
        self.run(|conn| diesel::update(row).set(ended).execute(conn))?;
        self.run(|conn| {
            Raw::new(
                "UPDATE notification_deliveries SET status = 'cancelled', claim = NULL \
                 WHERE channel = 'webhook' AND lane = $1 AND status = 'pending'",
            )?
            .bind(id.get())
            .execute(conn)
        })?;
        Ok(())
    }
}
