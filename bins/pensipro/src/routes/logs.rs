//! The audit trail and the exceptions.

use pensipro_audit::{list_audit_rows, list_exceptions};
use pensipro_auth::ModuleCode;

use crate::{
    App,
    bodies::logs::{AuditBody, AuditQuery, ExceptionBody, ExceptionQuery},
    http::{Allowed, List, Listing, Reply, Routes, right::ViewLog},
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Report)
        .get("/logs/audit-trails", "Lists who did what, newest first", audit_trail)
        .get("/logs/exceptions", "Lists what went wrong, newest first", exceptions)
}

async fn audit_trail(
    app: App,
    by: Allowed<ViewLog>,
    listing: Listing<AuditQuery>,
) -> Reply<List<AuditBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let rows = list_audit_rows(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(rows, AuditBody::from))
    })
    .await
}

async fn exceptions(
    app: App,
    by: Allowed<ViewLog>,
    listing: Listing<ExceptionQuery>,
) -> Reply<List<ExceptionBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let rows = list_exceptions(tx, &by, &filter.into(), &page)?;
        Ok(pager.list(rows, ExceptionBody::from))
    })
    .await
}
