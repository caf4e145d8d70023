//! Payer profiles: how files are written and read.

use pensipro_billing::{OwnProfile, add_profile, change_profile, list_profiles, remove_profile};
use pensipro_kernel::PayerProfileId;

use crate::{
    App,
    bodies::billing::{NewProfileBody, ProfileBody},
    http::{
        Allowed, Created, Done, Id, IfMatch, List, Reply, Routes, Shown, Valid,
        right::{ExportBilling, ManageConfiguration},
    },
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/billing/profiles", "Lists the payer profiles in force", list)
        .post("/billing/profiles", "Adds a payer profile", create)
        .put("/billing/profiles/{id}", "Changes a payer profile of the installation's own", change)
        .delete("/billing/profiles/{id}", "Removes such a profile", remove)
}

async fn list(app: App, _by: Allowed<ExportBilling>) -> Reply<List<ProfileBody>> {
    app.read(|tx, _| Ok(List::whole(list_profiles(tx)?, ProfileBody::from))).await
}

async fn create(
    app: App,
    by: Allowed<ManageConfiguration>,
    body: Valid<NewProfileBody>,
) -> Reply<Created<ProfileBody>> {
    let (once, body) = body.split();
    let profile = body.check()?;
    app.post("add_payer_profile", once, move |tx, _| {
        let own = add_profile(tx, &by, &profile)?;
        let (location, version) = (format!("/billing/profiles/{}", own.id), own.version);
        Ok(Created::new(location, ProfileBody::from(own)).at(version))
    })
    .await
}

async fn change(
    app: App,
    by: Allowed<ManageConfiguration>,
    id: Id<PayerProfileId>,
    expected: IfMatch,
    body: Valid<NewProfileBody>,
) -> Reply<Shown<ProfileBody>> {
    let profile = body.into_inner().check()?;
    app.write("change_payer_profile", move |tx, at| {
        let own: OwnProfile = change_profile(tx, &by, *id, expected.0, profile.clone(), at)?;
        let version = own.version;
        Ok(Shown::new(ProfileBody::from(own)).at(version))
    })
    .await
}

async fn remove(
    app: App,
    by: Allowed<ManageConfiguration>,
    id: Id<PayerProfileId>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write("remove_payer_profile", move |tx, _| {
        remove_profile(tx, &by, *id, expected.0)?;
        Ok(Done)
    })
    .await
}
