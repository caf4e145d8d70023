//! Performance of a sales person or a branch, and the ranking of sales people.

use pensipro_kernel::{BranchId, Period, SalesId};
use pensipro_sales::{
    Months, Owner,
    usecases::{performance, ranking},
};

use crate::{
    App,
    bodies::sales::{PerformanceBody, PerformanceQuery, RankedBody, RankingQuery},
    http::{Allowed, Id, List, Listing, Query, Reply, Shown, right::ViewSales},
};

pub(super) async fn of_sales(
    app: App,
    by: Allowed<ViewSales>,
    id: Id<SalesId>,
    query: Query<PerformanceQuery>,
) -> Reply<Shown<PerformanceBody>> {
    of(app, by, Owner::Sales(*id), query).await
}

pub(super) async fn of_branch(
    app: App,
    by: Allowed<ViewSales>,
    id: Id<BranchId>,
    query: Query<PerformanceQuery>,
) -> Reply<Shown<PerformanceBody>> {
    of(app, by, Owner::Branch(*id), query).await
}

async fn of(
    app: App,
    by: Allowed<ViewSales>,
    owner: Owner,
    query: Query<PerformanceQuery>,
) -> Reply<Shown<PerformanceBody>> {
    app.read_snapshot(move |tx, at| {
        let periode = query.0.periode.unwrap_or_else(|| Period::of(at.today));
        Ok(Shown::new(performance(tx, &by, owner, periode)?.into()))
    })
    .await
}

pub(super) async fn rank(
    app: App,
    by: Allowed<ViewSales>,
    listing: Listing<RankingQuery>,
) -> Reply<List<RankedBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, at| {
        let months = Months::check(filter.months(), at.today)?;
        let measure = filter.by.unwrap_or_default();
        let ranked = ranking(tx, &by, months, filter.branch_id, measure, &page)?;
        Ok(pager.list(ranked, RankedBody::from))
    })
    .await
}
