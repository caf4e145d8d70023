//! Notices and their templates, messages on their way, and other systems that are told of events.

mod deliveries;
mod webhooks;

use pensipro_auth::ModuleCode;
use pensipro_kernel::{NotificationId, TemplateId};
use pensipro_notifications::{
    NotificationFilter, RawManual, RawTemplateChange, SendNotice, Template, TemplateDetails,
    usecases::{
        create_template, hide_notification, list_notifications, list_templates, mark_read,
        send_notice, switch_template_off, unread_count, update_template,
    },
};

use crate::{
    App,
    bodies::notifications::{
        NewTemplateBody, NoticesSentBody, NotificationBody, NotificationQuery, SendBody,
        TemplateBody, TemplateChangeBody, TemplateQuery, UnreadBody,
    },
    http::{
        Allowed, Created, Done, Id, IfMatch, List, Listing, Reply, Routes, Shown, Signed, Valid,
        right::{ManageTemplate, SendNotification},
    },
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Notification)
        .post("/notifications", "Sends a notice to a user, a member, or many users", send)
        .get("/notifications", "Lists notices, one's own or others', newest first", list)
        .get("/notifications/unread-count", "Counts the caller's unread notices", unread)
        .put("/notifications/{id}/read", "Marks a notice of the caller's own as read", read)
        .delete("/notifications/{id}", "Hides a notice from the caller, whose own it is", hide)
        .post("/notification-templates", "Adds a template", add_template)
        .get("/notification-templates", "Lists templates by code", templates)
        .put(
            "/notification-templates/{id}",
            "Changes a template's words or switch",
            change_template,
        )
        .delete("/notification-templates/{id}", "Switches a template off", remove_template)
        .get(
            "/notifications/deliveries",
            "Lists messages that leave the house, newest first",
            deliveries::list,
        )
        .post(
            "/notifications/deliveries/{id}/retry",
            "Sends a message again that was given up",
            deliveries::retry,
        )
        .post("/webhooks", "Tells another system of events", webhooks::add)
        .get("/webhooks", "Lists other systems that are told of events", webhooks::list)
        .put(
            "/webhooks/{id}",
            "Changes what another system is told of, and where",
            webhooks::change,
        )
        .post(
            "/webhooks/{id}/secret",
            "Gives another system a new secret; those before sign beside it for a day",
            webhooks::renew,
        )
        .delete("/webhooks/{id}", "Tells another system of nothing any more", webhooks::remove)
}

async fn send(
    app: App,
    by: Allowed<SendNotification>,
    body: Valid<SendBody>,
) -> Reply<Created<NoticesSentBody>> {
    let (once, body) = body.split();
    let notice = SendNotice::check(RawManual::from(body))?;
    let channel = app.settings().default_notification_channel;
    let post = app.clone();
    app.post("send_notice", once, move |tx, at| {
        let sent =
            post.with_posting(at.now, |posting| send_notice(tx, &by, &notice, channel, posting));
        Ok(Created::new("/notifications".to_owned(), NoticesSentBody::from(sent?)))
    })
    .await
}

async fn list(
    app: App,
    by: Signed,
    listing: Listing<NotificationQuery>,
) -> Reply<List<NotificationBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = NotificationFilter::from(filter);
    app.read(move |tx, _| {
        let page = list_notifications(tx, &by, filter.clone(), &page)?;
        Ok(pager.list(page, NotificationBody::from))
    })
    .await
}

async fn unread(app: App, by: Signed) -> Reply<Shown<UnreadBody>> {
    app.read(move |tx, _| Ok(Shown::new(UnreadBody { unread: unread_count(tx, &by)? }))).await
}

async fn read(app: App, by: Signed, id: Id<NotificationId>) -> Reply<Shown<NotificationBody>> {
    app.write("read_notification", move |tx, at| {
        Ok(Shown::new(mark_read(tx, &by, *id, at)?.into()))
    })
    .await
}

async fn hide(app: App, by: Signed, id: Id<NotificationId>) -> Reply<Done> {
    app.write("hide_notification", move |tx, at| {
        hide_notification(tx, &by, *id, at)?;
        Ok(Done)
    })
    .await
}

async fn add_template(
    app: App,
    by: Allowed<ManageTemplate>,
    body: Valid<NewTemplateBody>,
) -> Reply<Created<TemplateBody>> {
    let (once, body) = body.split();
    let details = TemplateDetails::check(body.into())?;
    app.post("create_template", once, move |tx, _| {
        let template = create_template(tx, &by, &details)?;
        let (id, version) = (template.id, template.version);
        let location = format!("/notification-templates/{id}");
        Ok(Created::new(location, TemplateBody::from(template)).at(version))
    })
    .await
}

async fn templates(
    app: App,
    _by: Allowed<ManageTemplate>,
    listing: Listing<TemplateQuery>,
) -> Reply<List<TemplateBody>> {
    let Listing { filter, page, pager } = listing;
    let is_active = filter.is_active.unwrap_or(true);
    app.read(move |tx, _| Ok(pager.list(list_templates(tx, is_active, &page)?, TemplateBody::from)))
        .await
}

async fn change_template(
    app: App,
    by: Allowed<ManageTemplate>,
    id: Id<TemplateId>,
    expected: IfMatch,
    body: Valid<TemplateChangeBody>,
) -> Reply<Shown<TemplateBody>> {
    let change = RawTemplateChange::from(body.into_inner());
    app.write("update_template", move |tx, at| {
        Ok(shown(update_template(tx, &by, *id, expected.0, change.clone(), at)?))
    })
    .await
}

async fn remove_template(
    app: App,
    by: Allowed<ManageTemplate>,
    id: Id<TemplateId>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write("switch_template_off", move |tx, at| {
        switch_template_off(tx, &by, *id, expected.0, at)?;
        Ok(Done)
    })
    .await
}

fn shown(template: Template) -> Shown<TemplateBody> {
    let version = template.version;
    Shown::new(TemplateBody::from(template)).at(version)
}
