//! Roles.

use pensipro_auth::{ModuleCode, list_roles};

use crate::{
    App,
    bodies::roles::{RoleBody, RoleQuery},
    http::{Allowed, List, Listing, Reply, Routes, right::ManageRole},
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Auth).get("/roles", "Lists roles", list)
}

async fn list(
    app: App,
    _by: Allowed<ManageRole>,
    listing: Listing<RoleQuery>,
) -> Reply<List<RoleBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let roles = list_roles(tx, &filter.into(), &page)?;
        Ok(pager.list(roles, RoleBody::from))
    })
    .await
}
