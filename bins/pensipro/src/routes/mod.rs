//! Everything that can be asked, by module. A handler reads like a sentence: who, what, one call,
//! one answer.

mod access;
mod applications;
pub(crate) mod billing;
mod funders;
mod house;
mod jobs;
mod loans;
mod logs;
mod members;
mod notifications;
mod products;
mod reports;
mod sales;

use crate::http::Routes;

pub(crate) use house::docs_file;

/// The id at the end of a location.
fn id_of(location: Option<&str>) -> Option<i64> {
    location?.rsplit('/').next()?.parse().ok()
}

/// The one table of routes.
pub fn all() -> Routes {
    house::routes()
        .and(access::routes())
        .and(billing::routes())
        .and(members::routes())
        .and(sales::routes())
        .and(products::routes())
        .and(applications::routes())
        .and(loans::routes())
        .and(funders::routes())
        .and(jobs::routes())
        .and(reports::routes())
        .and(logs::routes())
        .and(notifications::routes())
}
