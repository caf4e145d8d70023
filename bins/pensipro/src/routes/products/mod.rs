//! Loan products, their fees and penalty rules, and what loans of them would look like.

mod charges;
mod figures;
mod product;

use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Product)
        .and(product::routes())
        .and(charges::routes())
        .and(figures::routes())
}

fn table() -> Routes {
    Routes::of(ModuleCode::Product)
}
