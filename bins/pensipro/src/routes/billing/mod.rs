//! Pension cuts: the month's export to a payer, and what its answer makes of each line.

mod exports;
mod imports;
mod lines;
mod made;
mod profiles;
mod waiting;

pub(crate) use made::{ExportBytes, Piece};
use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    let routes = Routes::of(ModuleCode::Billing);
    let routes = profiles::routes(exports::routes(routes));
    lines::routes(waiting::routes(imports::routes(routes)))
}
