//! The configuration: values that people change while the system runs.

use pensipro_auth::{
    Configuration, NewConfiguration, Settings, add_configuration, get_configuration,
    list_configurations, set_configuration,
};
use pensipro_kernel::ConfigurationId;

use super::table;
use crate::{
    App,
    bodies::access::configuration::{
        ConfigurationBody, ConfigurationValueBody, NewConfigurationBody,
    },
    http::{
        Allowed, Created, Id, IfMatch, List, Listing, NoFilter, Reply, Routes, Shown, Valid,
        right::ManageConfiguration,
    },
    policy::Policies,
};

pub(super) fn routes() -> Routes {
    table()
        .post("/configurations", "Adds a key of the installation's own", create)
        .get("/configurations", "Lists keys with their values", list)
        .get("/configurations/{id}", "Shows a key with its value", show)
        .put("/configurations/{id}", "Gives a key another value", change)
}

async fn create(
    app: App,
    by: Allowed<ManageConfiguration>,
    body: Valid<NewConfigurationBody>,
) -> Reply<Created<ConfigurationBody>> {
    let (once, body) = body.split();
    let new = NewConfiguration::check(&body.into())?;
    app.post("add_configuration", once, move |tx, _| {
        let added = add_configuration(tx, &by, new.clone())?;
        let (id, version) = (added.id, added.version);
        Ok(Created::new(format!("/configurations/{id}"), added.into()).at(version))
    })
    .await
}

async fn list(
    app: App,
    _by: Allowed<ManageConfiguration>,
    listing: Listing<NoFilter>,
) -> Reply<List<ConfigurationBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read(move |tx, _| Ok(pager.list(list_configurations(tx, &page)?, ConfigurationBody::from)))
        .await
}

async fn show(
    app: App,
    _by: Allowed<ManageConfiguration>,
    id: Id<ConfigurationId>,
) -> Reply<Shown<ConfigurationBody>> {
    app.read(move |tx, _| Ok(shown(get_configuration(tx, *id)?))).await
}

async fn change(
    app: App,
    by: Allowed<ManageConfiguration>,
    id: Id<ConfigurationId>,
    expected: IfMatch,
    body: Valid<ConfigurationValueBody>,
) -> Reply<Shown<ConfigurationBody>> {
    let value = body.into_inner().config_value.0;
    app.write_at_once("set_configuration", move |tx, _| {
        let changed = set_configuration(tx, &by, *id, &value, expected.0, can_follow)?;
        Ok(shown(changed))
    })
    .await
}

/// Whether every rule can follow the settings.
fn can_follow(settings: &Settings) -> Result<(), String> {
    Policies::of(settings).map(drop).map_err(|error| error.to_string())
}

fn shown(configuration: Configuration) -> Shown<ConfigurationBody> {
    let version = configuration.version;
    Shown::new(ConfigurationBody::from(configuration)).at(version)
}
