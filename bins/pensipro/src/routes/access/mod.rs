//! Users and access: signing in, users, roles, modules and the configuration.

mod configuration;
mod modules;
mod roles;
mod sign_in;
mod users;

use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    sign_in::routes()
        .and(users::routes())
        .and(roles::routes())
        .and(modules::routes())
        .and(configuration::routes())
}

fn table() -> Routes {
    Routes::of(ModuleCode::Auth)
}
