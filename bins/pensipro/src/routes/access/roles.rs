//! Roles and permissions.

use pensipro_auth::{
    NewPermission, NewRole, RoleChange, RoleView, add_permission, create_role, get_permission,
    get_role, grant_permission, list_permissions, list_roles, revoke_permission, switch_off_role,
    update_role,
};
use pensipro_kernel::{PermissionId, RoleId};

use super::table;
use crate::{
    App,
    bodies::access::roles::{
        GrantPermissionBody, NewPermissionBody, NewRoleBody, PermissionBody, RoleBody,
        RoleChangeBody, RoleDetailBody, RoleQuery,
    },
    http::{
        Allowed, Created, Done, Id, IfMatch, List, Listing, NoFilter, Reply, Routes, Shown, Valid,
        right::ManageRole,
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/roles", "Adds a role, which holds nothing yet", create)
        .get("/roles", "Lists roles", list)
        .get("/roles/{id}", "Shows a role with what it holds", show)
        .put("/roles/{id}", "Changes a role, or switches it on or off", change)
        .delete("/roles/{id}", "Switches a role off", switch_off)
        .post("/roles/{id}/permissions", "Gives a role a permission", grant)
        .delete("/roles/{id}/permissions/{perm_id}", "Takes a permission from a role", revoke)
        .post("/permissions", "Adds a permission of the installation's own", add)
        .get("/permissions", "Lists permissions by code", permissions)
        .get("/permissions/{id}", "Shows a permission", permission)
}

async fn create(
    app: App,
    by: Allowed<ManageRole>,
    body: Valid<NewRoleBody>,
) -> Reply<Created<RoleDetailBody>> {
    let (once, NewRoleBody { role_name, description }) = body.split();
    let new = NewRole::check(&role_name, description.as_deref())?;
    app.post("create_role", once, move |tx, _| Ok(created(create_role(tx, &by, new.clone())?)))
        .await
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

async fn show(app: App, _by: Allowed<ManageRole>, id: Id<RoleId>) -> Reply<Shown<RoleDetailBody>> {
    app.read_snapshot(move |tx, _| Ok(shown(get_role(tx, *id)?))).await
}

async fn change(
    app: App,
    by: Allowed<ManageRole>,
    id: Id<RoleId>,
    expected: IfMatch,
    body: Valid<RoleChangeBody>,
) -> Reply<Shown<RoleDetailBody>> {
    let change = RoleChange::from(body.into_inner());
    app.write_at_once("update_role", move |tx, _| {
        Ok(shown(update_role(tx, &by, *id, change.clone(), expected.0)?))
    })
    .await
}

async fn switch_off(
    app: App,
    by: Allowed<ManageRole>,
    id: Id<RoleId>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write_at_once("switch_off_role", move |tx, _| {
        switch_off_role(tx, &by, *id, expected.0)?;
        Ok(Done)
    })
    .await
}

async fn grant(
    app: App,
    by: Allowed<ManageRole>,
    id: Id<RoleId>,
    body: Valid<GrantPermissionBody>,
) -> Reply<Created<RoleDetailBody>> {
    let (once, body) = body.split();
    let permission = PermissionId::new(body.permission_id);
    app.post("grant_permission", once, move |tx, _| {
        Ok(created(grant_permission(tx, &by, *id, permission)?))
    })
    .await
}

async fn revoke(app: App, by: Allowed<ManageRole>, ids: Id<(RoleId, PermissionId)>) -> Reply<Done> {
    let (role, permission) = *ids;
    app.write_at_once("revoke_permission", move |tx, _| {
        revoke_permission(tx, &by, role, permission)?;
        Ok(Done)
    })
    .await
}

async fn add(
    app: App,
    by: Allowed<ManageRole>,
    body: Valid<NewPermissionBody>,
) -> Reply<Created<PermissionBody>> {
    let (once, NewPermissionBody { permission_code, description }) = body.split();
    let new = NewPermission::check(&permission_code, description.as_deref())?;
    app.post("add_permission", once, move |tx, _| {
        let permission = add_permission(tx, &by, new.clone())?;
        Ok(Created::new(format!("/permissions/{}", permission.id), permission.into()))
    })
    .await
}

async fn permissions(
    app: App,
    _by: Allowed<ManageRole>,
    listing: Listing<NoFilter>,
) -> Reply<List<PermissionBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read(move |tx, _| Ok(pager.list(list_permissions(tx, &page)?, PermissionBody::from))).await
}

async fn permission(
    app: App,
    _by: Allowed<ManageRole>,
    id: Id<PermissionId>,
) -> Reply<Shown<PermissionBody>> {
    app.read(move |tx, _| Ok(Shown::new(get_permission(tx, *id)?.into()))).await
}

fn created(view: RoleView) -> Created<RoleDetailBody> {
    let (id, version) = (view.role.id, view.role.version);
    Created::new(format!("/roles/{id}"), view.into()).at(version)
}

fn shown(view: RoleView) -> Shown<RoleDetailBody> {
    let version = view.role.version;
    Shown::new(RoleDetailBody::from(view)).at(version)
}
