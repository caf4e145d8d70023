//! Users, their roles, sessions and passwords.

use pensipro_auth::{
    CreateUser, Password, UserChange, UserView, assign_role, create_user, end_sessions, get_user,
    list_sessions, list_users, remove_role, reset_password, switch_off_user, update_user,
};
use pensipro_kernel::{Faults, RoleId, UserId};

use super::table;
use crate::{
    App,
    bodies::access::users::{
        AssignRoleBody, NewPasswordBody, NewUserBody, SessionBody, UserBody, UserChangeBody,
        UserQuery,
    },
    http::{
        Allowed, Created, Done, Id, IfMatch, List, Listing, NoFilter, Reply, Routes, Shown, Valid,
        right::ManageUser,
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/users", "Adds a user", create)
        .get("/users", "Lists users", list)
        .get("/users/{id}", "Shows a user", show)
        .put("/users/{id}", "Changes a user, or switches him on or off", change)
        .delete("/users/{id}", "Switches a user off", switch_off)
        .post("/users/{id}/roles", "Gives a user a role", assign)
        .delete("/users/{id}/roles/{role_id}", "Takes a role from a user", remove)
        .get("/users/{id}/sessions", "Lists a user's live sessions, the newest first", sessions)
        .delete("/users/{id}/sessions", "Ends all of a user's sessions", sign_out)
        .put("/users/{id}/password", "Sets a user's password; all his sessions end", set_password)
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
        Ok(created(create_user(tx, &by, command.clone(), hash.clone())?))
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
    app.read_snapshot(move |tx, _| Ok(shown(get_user(tx, &by, *id)?))).await
}

async fn change(
    app: App,
    by: Allowed<ManageUser>,
    id: Id<UserId>,
    expected: IfMatch,
    body: Valid<UserChangeBody>,
) -> Reply<Shown<UserBody>> {
    let change = UserChange::from(body.into_inner());
    app.write_at_once("update_user", move |tx, _| {
        Ok(shown(update_user(tx, &by, *id, change.clone(), expected.0)?))
    })
    .await
}

async fn switch_off(
    app: App,
    by: Allowed<ManageUser>,
    id: Id<UserId>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write_at_once("switch_off_user", move |tx, _| {
        switch_off_user(tx, &by, *id, expected.0)?;
        Ok(Done)
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
    app.write_at_once("remove_role", move |tx, _| {
        remove_role(tx, &by, user, role)?;
        Ok(Done)
    })
    .await
}

async fn sessions(
    app: App,
    by: Allowed<ManageUser>,
    id: Id<UserId>,
    listing: Listing<NoFilter>,
) -> Reply<List<SessionBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        Ok(pager.list(list_sessions(tx, &by, *id, &page)?, SessionBody::from))
    })
    .await
}

async fn sign_out(app: App, by: Allowed<ManageUser>, id: Id<UserId>) -> Reply<Done> {
    app.write_at_once("end_sessions", move |tx, _| {
        end_sessions(tx, &by, *id)?;
        Ok(Done)
    })
    .await
}

async fn set_password(
    app: App,
    by: Allowed<ManageUser>,
    id: Id<UserId>,
    body: Valid<NewPasswordBody>,
) -> Reply<Done> {
    let mut faults = Faults::new();
    let password = faults.take(Password::parse("new_password", &body.into_inner().new_password));
    let hash = app.hash(&faults.finish(password)?).await?;
    app.write_at_once("reset_password", move |tx, _| {
        reset_password(tx, &by, *id, &hash)?;
        Ok(Done)
    })
    .await
}

fn created(user: UserView) -> Created<UserBody> {
    let (id, version) = (user.user.id, user.user.version);
    Created::new(format!("/users/{id}"), user.into()).at(version)
}

fn shown(user: UserView) -> Shown<UserBody> {
    let version = user.user.version;
    Shown::new(UserBody::from(user)).at(version)
}
