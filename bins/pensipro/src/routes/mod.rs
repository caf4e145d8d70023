//! Everything that can be asked, by module. A handler reads like a sentence: who, what, one call,
//! one answer.

mod applications;
mod auth;
mod billing;
mod house;
mod loans;
mod logs;
mod members;
mod products;
mod roles;
mod sales;
mod users;

use crate::http::Routes;

pub(crate) use house::docs_file;

/// The one table of routes.
pub fn all() -> Routes {
    house::routes()
        .and(auth::routes())
        .and(users::routes())
        .and(roles::routes())
        .and(billing::routes())
        .and(members::routes())
        .and(sales::routes())
        .and(products::routes())
        .and(applications::routes())
        .and(loans::routes())
        .and(logs::routes())
}
