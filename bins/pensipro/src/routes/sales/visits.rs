//! Visits.

use pensipro_kernel::SalesId;
use pensipro_sales::{
    RawVisit, VisitDetails, VisitFilter,
    usecases::{list_visits, record_visit},
};

use crate::{
    App,
    bodies::sales::{NewVisitBody, VisitBody, VisitQuery},
    http::{
        Allowed, Created, Id, List, Listing, Reply, Valid,
        right::{RecordVisit, ViewSales},
    },
};

pub(super) async fn record(
    app: App,
    by: Allowed<RecordVisit>,
    sales: Id<SalesId>,
    body: Valid<NewVisitBody>,
) -> Reply<Created<VisitBody>> {
    let (once, body) = body.split();
    let details = VisitDetails::check(RawVisit::from(body), app.clock.today())?;
    app.post("record_visit", once, move |tx, _| {
        let visit = record_visit(tx, &by, *sales, &details)?;
        Ok(Created::new(format!("/sales/{}/visits", *sales), VisitBody::from(visit)))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewSales>,
    sales: Id<SalesId>,
    listing: Listing<VisitQuery>,
) -> Reply<List<VisitBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = VisitFilter::try_from(filter)?;
    app.read_snapshot(move |tx, _| {
        Ok(pager.list(list_visits(tx, &by, *sales, &filter, &page)?, VisitBody::from))
    })
    .await
}
