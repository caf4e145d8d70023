//! Everything that can be asked, by module. A handler reads like a sentence: who, what, one call,
//! one answer.

mod auth;
mod house;
mod logs;
mod roles;
mod users;

use crate::http::Routes;

pub(crate) use house::docs_file;

/// The one table of routes.
pub fn all() -> Routes {
    house::routes()
        .and(auth::routes())
        .and(users::routes())
        .and(roles::routes())
        .and(logs::routes())
}
