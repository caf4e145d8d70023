//! The paper that both sides of a loan sign.

use pensipro_flows::agreement_of_loan;
use pensipro_kernel::LoanId;

use super::table;
use crate::{
    App,
    http::{Allowed, Answered, Attachment, Id, Reply, Routes, right::ViewLoan},
};

pub(super) fn routes() -> Routes {
    table().get("/loans/{id}/agreement", "Sends a loan's agreement, as PDF", agreement)
}

async fn agreement(app: App, by: Allowed<ViewLoan>, id: Id<LoanId>) -> Reply<Attachment> {
    let (asker, policies) = (by.clone(), app.policies());
    let paper =
        app.load(move |tx, _| Ok(agreement_of_loan(tx, &by, *id, &policies.papers)?)).await?;
    let kind = ("perjanjian", "loan.agreement.read");
    Answered::fresh(app.paper(&asker, kind, paper).await?)
}
