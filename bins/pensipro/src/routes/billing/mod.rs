//! Pension cuts: the month's export to a payer, and what its answer makes of each line.

mod exports;
mod imports;
mod lines;
mod waiting;

pub(crate) use exports::Piece;
use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    let routes = Routes::of(ModuleCode::Billing);
    lines::routes(waiting::routes(imports::routes(exports::routes(routes))))
}
