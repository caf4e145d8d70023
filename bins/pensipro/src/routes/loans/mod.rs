//! Loan management: the loan account, what is read of it and what is posted to it.

mod agreement;
mod charges;
mod disbursements;
mod loan;
mod payments;
mod restructures;
mod settlements;
mod statements;
mod transactions;

use pensipro_auth::ModuleCode;

use crate::http::Routes;

pub(super) fn routes() -> Routes {
    loan::routes()
        .and(agreement::routes())
        .and(disbursements::routes())
        .and(payments::routes())
        .and(charges::routes())
        .and(restructures::routes())
        .and(settlements::routes())
        .and(transactions::routes())
        .and(statements::routes())
}

fn table() -> Routes {
    Routes::of(ModuleCode::Lms)
}
