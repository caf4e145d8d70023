//! Templates of notices.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    NotificationChannel, Page, PageRequest, Position, StorageError, TemplateId, UserId, Version,
};
use pensipro_notifications::{Template, TemplateDetails, TemplateKey, TemplateRepository, Wording};

use crate::{
    Tx,
    convert::{code, from_time, unreadable},
    schema::notification_templates::{self, dsl},
    sql::{Locked, RowLock, after, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = notification_templates)]
struct Row {
    id: i64,
    template_code: String,
    event: String,
    channel: String,
    title: String,
    body: String,
    is_active: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for Template {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            template_code,
            event,
            channel,
            title,
            body,
            is_active,
            version,
            created_at,
            updated_at,
        } = row;
        let wording = Wording::check(&event, &title, &body)
            .map_err(|_| unreadable("notification_templates.body"))?;
        Ok(Self {
            id: TemplateId::new(id),
            details: TemplateDetails {
                code: template_code,
                channel: code("notification_templates.channel", &channel)?,
                wording,
                is_active,
            },
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

impl Tx<'_> {
    fn one_template(
        &mut self,
        id: TemplateId,
        lock: Option<RowLock>,
    ) -> Result<Template, StorageError> {
        let query = dsl::notification_templates.find(id.get()).select(Row::as_select());
        let row: Option<Row> = self.run(|conn| match lock {
            Some(lock) => {
                Locked::new(query, lock, "notification_templates").get_result(conn).optional()
            }
            None => query.get_result(conn).optional(),
        })?;
        row.ok_or(StorageError::not_found("template", id.get()))?.try_into()
    }
}

impl TemplateRepository for Tx<'_> {
    fn template(&mut self, id: TemplateId) -> Result<Template, StorageError> {
        self.one_template(id, None)
    }

    fn lock_template(&mut self, id: TemplateId) -> Result<Template, StorageError> {
        self.one_template(id, Some(RowLock::ForUpdate))
    }

    fn template_with_code(&mut self, code: &str) -> Result<Option<Template>, StorageError> {
        let query = dsl::notification_templates
            .filter(dsl::template_code.eq(code))
            .select(Row::as_select());
        let row: Option<Row> = self.run(|conn| query.get_result(conn).optional())?;
        row.map(Template::try_from).transpose()
    }

    fn active_template(
        &mut self,
        event: &str,
        channel: NotificationChannel,
    ) -> Result<Option<TemplateId>, StorageError> {
        let query = dsl::notification_templates
            .filter(dsl::is_active)
            .filter(dsl::event.eq(event))
            .filter(dsl::channel.eq(channel.code()))
            .select(dsl::id);
        let id: Option<i64> = self.run(|conn| query.first(conn).optional())?;
        Ok(id.map(TemplateId::new))
    }

    fn templates_of(&mut self, events: &[String]) -> Result<Vec<Template>, StorageError> {
        let query = dsl::notification_templates
            .filter(dsl::is_active)
            .filter(dsl::event.eq_any(events))
            .order(dsl::id)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Template::try_from).collect()
    }

    fn templates(
        &mut self,
        is_active: bool,
        page: &PageRequest,
    ) -> Result<Page<Template>, StorageError> {
        use dsl::{id, template_code};
        let active = dsl::is_active.eq(is_active);
        let mut query = dsl::notification_templates.filter(active).into_boxed();
        if let Some(last) = page.after.clone() {
            query = after!(query, rising, template_code, id, last.key, last.id);
        }
        let query = query
            .order((template_code.asc(), id.asc()))
            .limit(i64::from(page.limit) + 1)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(Template::try_from).collect::<Result<_, _>>()?;
        let mut templates = Page::from_rows(rows, page.limit, |row: &Template| Position {
            key: row.details.code.clone(),
            id: row.id.get(),
        });
        if page.count {
            let all = dsl::notification_templates.filter(active).count();
            templates.total = Some(self.run(|conn| all.get_result(conn))?);
        }
        Ok(templates)
    }

    fn template_keys(&mut self) -> Result<Vec<TemplateKey>, StorageError> {
        let query = dsl::notification_templates.order(dsl::id).select((
            dsl::template_code,
            dsl::event,
            dsl::channel,
            dsl::is_active,
        ));
        let rows: Vec<(String, String, String, bool)> = self.run(|conn| query.load(conn))?;
        let key = |(template_code, event, channel, is_active): (String, String, String, bool)| {
            let channel = code("notification_templates.channel", &channel)?;
            Ok(TemplateKey { code: template_code, event, channel, is_active })
        };
        rows.into_iter().map(key).collect()
    }

    fn add_template(
        &mut self,
        details: &TemplateDetails,
        by: Option<UserId>,
    ) -> Result<Template, StorageError> {
        let TemplateDetails { code, channel, wording, is_active } = details;
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::notification_templates)
                .values((
                    dsl::template_code.eq(code),
                    dsl::event.eq(wording.event()),
                    dsl::channel.eq(channel.code()),
                    dsl::title.eq(&wording.text().title),
                    dsl::body.eq(&wording.text().body),
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

    fn save_template(&mut self, template: &Template) -> Result<Version, StorageError> {
        let Template { id, details, version, .. } = template;
        let text = details.wording.text();
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(dsl::notification_templates.find(id.get()))
                .filter(dsl::version.eq(version.get()))
                .set((
                    dsl::title.eq(&text.title),
                    dsl::body.eq(&text.body),
                    dsl::is_active.eq(details.is_active),
                    dsl::version.eq(version.next().get()),
                    dsl::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "template" }),
            _ => Ok(version.next()),
        }
    }
}
