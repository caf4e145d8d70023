//! What a member is handed of his account, and what happened to it.

use pensipro_flows::{member_statement, receipt_of_payment};
use pensipro_kernel::{LoanId, PaymentId};
use pensipro_servicing::loan_timeline;

use super::table;
use crate::{
    App,
    bodies::loans::{LoanEventBody, StatementBody, StatementQuery},
    http::{
        Allowed, Answered, Attachment, FileFormat, Id, List, Listing, NoFilter, Query, Reply,
        Routes, Written, right::ViewLoan,
    },
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/timeline", "Tells what happened to a loan, by value date", timeline)
        .get("/loans/{id}/statement", "Shows or hands out a loan's account of a period", statement)
        .get(
            "/loans/{id}/payments/{payment_id}/receipt",
            "Sends the receipt of a payment, as PDF",
            receipt,
        )
}

async fn timeline(
    app: App,
    by: Allowed<ViewLoan>,
    id: Id<LoanId>,
    listing: Listing<NoFilter>,
) -> Reply<List<LoanEventBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let found = loan_timeline(tx, *id, by.scope, &page, &policy, at.today)?;
        Ok(pager.list(found, LoanEventBody::from))
    })
    .await
}

/// A file is handed out: that somebody had it is noted.
async fn statement(
    app: App,
    by: Allowed<ViewLoan>,
    id: Id<LoanId>,
    query: Query<StatementQuery>,
) -> Reply<Written<StatementBody>> {
    let period = query.0.period(app.clock.today())?;
    let (asker, policies, format) = (by.clone(), app.policies(), query.0.format);
    let policy = policies.servicing;
    let found = app.load(move |tx, _| Ok(member_statement(tx, &by, *id, period, &policy)?)).await?;
    let (kind, action) = ("rekening-koran", "loan.statement.read");
    let written = match format {
        FileFormat::Pdf => {
            let paper = found.paper(&policies.papers.letterhead);
            Written::File(app.paper(&asker, (kind, action), paper).await?)
        }
        FileFormat::Json => {
            Written::new(format, kind, || (&found.statement).into(), || found.report)?
        }
        FileFormat::Csv | FileFormat::Xlsx => {
            app.note_reading(&asker, found.statement.loan.member_id, action).await?;
            let name = format!("{kind}-{}", found.statement.loan.number());
            Written::new(format, &name, || (&found.statement).into(), || found.report)?
        }
    };
    Answered::fresh(written)
}

async fn receipt(
    app: App,
    by: Allowed<ViewLoan>,
    ids: Id<(LoanId, PaymentId)>,
) -> Reply<Attachment> {
    let (asker, policies) = (by.clone(), app.policies());
    let paper = app
        .load(move |tx, _| {
            let letterhead = &policies.papers.letterhead;
            Ok(receipt_of_payment(tx, &by, *ids, letterhead, &policies.servicing)?)
        })
        .await?;
    let kind = ("kuitansi", "loan.receipt.read");
    Answered::fresh(app.paper(&asker, kind, paper).await?)
}
