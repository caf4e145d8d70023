//! Portfolios.

use pensipro_funding::{
    PortfolioFilter,
    usecases::{funder_exposure, list_portfolio},
};
use pensipro_kernel::FunderId;

use crate::{
    App,
    bodies::funders::{PortfolioBody, PortfolioLoanBody, PortfolioQuery},
    http::{Allowed, Id, Listing, Reply, Routes, Shown, right::ViewFunder},
};

pub(super) fn routes(routes: Routes) -> Routes {
    routes.get(
        "/funders/{id}/portfolio",
        "Lists the loans in which a funder has a share, with what he has outstanding",
        portfolio,
    )
}

async fn portfolio(
    app: App,
    by: Allowed<ViewFunder>,
    id: Id<FunderId>,
    listing: Listing<PortfolioQuery>,
) -> Reply<Shown<PortfolioBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = PortfolioFilter::from(filter);
    app.read_snapshot(move |tx, at| {
        let exposure = funder_exposure(tx, &by, *id, at.today)?;
        let loans = list_portfolio(tx, &by, *id, &filter, (&page, at.today))?;
        let page = pager.list(loans, |loan| PortfolioLoanBody::new(loan, at.today));
        Ok(Shown::new(PortfolioBody::new(exposure, page)))
    })
    .await
}
