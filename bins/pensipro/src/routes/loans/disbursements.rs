//! Paying loans out.

use pensipro_flows::{disburse_loan, disbursements_of_loan};
use pensipro_kernel::LoanId;

use super::table;
use crate::{
    App,
    bodies::loans::{DisburseBody, DisbursementBody},
    http::{
        Allowed, Created, Id, List, Reply, Routes, Valid,
        right::{DisburseLoan, ViewLoan},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/disbursements", "Lists a loan's disbursements, reversed ones too", list)
        .post("/loans/{id}/disbursements", "Pays a loan out, once, the whole plafon", disburse)
}

async fn list(app: App, by: Allowed<ViewLoan>, id: Id<LoanId>) -> Reply<List<DisbursementBody>> {
    app.read_snapshot(move |tx, _| {
        Ok(List::whole(disbursements_of_loan(tx, &by, *id)?, DisbursementBody::from))
    })
    .await
}

async fn disburse(
    app: App,
    by: Allowed<DisburseLoan>,
    id: Id<LoanId>,
    body: Valid<DisburseBody>,
) -> Reply<Created<DisbursementBody>> {
    let (once, body) = body.split();
    let command = body.check(app.clock.today())?;
    let policies = app.policies();
    app.post("disburse_loan", once, move |tx, at| {
        let disbursement =
            disburse_loan(tx, &by, *id, command.clone(), &policies.disbursement, at)?;
        Ok(Created::new(format!("/loans/{}/disbursements", *id), disbursement.into()))
    })
    .await
}
