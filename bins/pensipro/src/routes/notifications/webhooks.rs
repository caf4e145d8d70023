//! Other systems that are told of events.

use base64::{Engine, prelude::BASE64_STANDARD};
use pensipro_kernel::WebhookId;
use pensipro_notifications::{
    RawWebhook, SECRET_PREFIX, WebhookDetails,
    usecases::{
        create_webhook, delete_webhook, list_webhooks, renew_webhook_secret, update_webhook,
    },
};

use crate::{
    App,
    bodies::messages::{
        NewWebhookBody, RenewSecretBody, SecretWebhookBody, WebhookBody, WebhookChangeBody,
    },
    http::{
        Allowed, Created, Done, Id, IfMatch, List, Listing, NoFilter, Reply, Shown, Valid,
        right::ManageTemplate,
    },
};

/// Bytes of a secret.
const SECRET_LEN: usize = 32;

pub(super) async fn add(
    app: App,
    by: Allowed<ManageTemplate>,
    body: Valid<NewWebhookBody>,
) -> Reply<Created<SecretWebhookBody>> {
    let (once, body) = body.split();
    by.whole_house()?;
    let details = WebhookDetails::check(body.into())?;
    app.check_receiver(&details.url).await?;
    let secret = new_secret(&app);
    app.post("create_webhook", once, move |tx, _| {
        let webhook = create_webhook(tx, &by, &details, &secret)?;
        let (id, version) = (webhook.id, webhook.version);
        let body = SecretWebhookBody { webhook: webhook.into(), secret: secret.clone() };
        Ok(Created::new(format!("/webhooks/{id}"), body).at(version))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ManageTemplate>,
    listing: Listing<NoFilter>,
) -> Reply<List<WebhookBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read(move |tx, _| Ok(pager.list(list_webhooks(tx, &by, &page)?, WebhookBody::from))).await
}

pub(super) async fn change(
    app: App,
    by: Allowed<ManageTemplate>,
    id: Id<WebhookId>,
    expected: IfMatch,
    body: Valid<WebhookChangeBody>,
) -> Reply<Shown<WebhookBody>> {
    by.whole_house()?;
    let change = RawWebhook::from(body.into_inner());
    if let Some(url) = &change.url {
        app.check_receiver(url).await?;
    }
    app.write("update_webhook", move |tx, at| {
        let webhook = update_webhook(tx, &by, *id, expected.0, change.clone(), at)?;
        let version = webhook.version;
        Ok(Shown::new(WebhookBody::from(webhook)).at(version))
    })
    .await
}

pub(super) async fn renew(
    app: App,
    by: Allowed<ManageTemplate>,
    id: Id<WebhookId>,
    body: Valid<RenewSecretBody>,
) -> Reply<Shown<SecretWebhookBody>> {
    let (once, body) = body.split();
    let (secret, before) = (new_secret(&app), body.into());
    app.post("renew_webhook_secret", once, move |tx, at| {
        let webhook = renew_webhook_secret(tx, &by, *id, &secret, before, at)?;
        let version = webhook.version;
        let body = SecretWebhookBody { webhook: webhook.into(), secret: secret.clone() };
        Ok(Shown::new(body).at(version))
    })
    .await
}

fn new_secret(app: &App) -> String {
    let mut bytes = [0; SECRET_LEN];
    app.entropy.fill(&mut bytes);
    format!("{SECRET_PREFIX}{}", BASE64_STANDARD.encode(bytes))
}

pub(super) async fn remove(
    app: App,
    by: Allowed<ManageTemplate>,
    id: Id<WebhookId>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write("delete_webhook", move |tx, _| {
        delete_webhook(tx, &by, *id, expected.0)?;
        Ok(Done)
    })
    .await
}
