//! Users and their roles.

use pensipro_auth::{
    CreateUser, ModuleCode, assign_role, create_user, get_user, list_users, remove_role,
};
use pensipro_kernel::{RoleId, UserId};

use crate::{
    App,
    bodies::users::{AssignRoleBody, NewUserBody, UserBody, UserQuery},
    http::{
        Allowed, Created, Done, Id, List, Listing, Reply, Routes, Shown, Valid, right::ManageUser,
    },
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Auth)
        .post("/users", "Adds a user", create)
        .get("/users", "Lists users", list)
        .get("/users/{id}", "Shows a user", show)
        .post("/users/{id}/roles", "Gives a user a role", assign)
        .delete("/users/{id}/roles/{role_id}", "Takes a role from a user", remove)
}

async fn create(
    app: App,
    by: Allowed<ManageUser>,
    body: Valid<NewUserBody>,
) -> Reply<Created<UserBody>> {
    let (once, body) = body.split();
    let command = CreateUser::check(body.into())?;
    let hash = app.hash(command.password()).await?;
    app.post("create_user", once, move |tx, _| {
        let user = create_user(tx, &by, command.clone(), hash.clone())?;
        Ok(created(user))
    })
    .await
}

async fn list(
    app: App,
    by: Allowed<ManageUser>,
    listing: Listing<UserQuery>,
) -> Reply<List<UserBody>> {
    let Listing { filter, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let users = list_users(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(users, UserBody::from))
    })
    .await
}

async fn show(app: App, by: Allowed<ManageUser>, id: Id<UserId>) -> Reply<Shown<UserBody>> {
    app.read_snapshot(move |tx, _| {
        let user = get_user(tx, &by, *id)?;
        let version = user.user.version;
        Ok(Shown::new(UserBody::from(user)).at(version))
    })
    .await
}

async fn assign(
    app: App,
    by: Allowed<ManageUser>,
    id: Id<UserId>,
    body: Valid<AssignRoleBody>,
) -> Reply<Created<UserBody>> {
    let (once, body) = body.split();
    app.post("assign_role", once, move |tx, _| {
        Ok(created(assign_role(tx, &by, *id, RoleId::new(body.role_id))?))
    })
    .await
}

async fn remove(app: App, by: Allowed<ManageUser>, ids: Id<(UserId, RoleId)>) -> Reply<Done> {
    let (user, role) = *ids;
    let done = app.write("remove_role", move |tx, _| {
        remove_role(tx, &by, user, role)?;
        Ok(Done)
    });
    let done = done.await?;
    app.reload().await?;
    Ok(done)
}

fn created(user: pensipro_auth::UserView) -> Created<UserBody> {
    let (id, version) = (user.user.id, user.user.version);
    Created::new(format!("/users/{id}"), user.into()).at(version)
}
