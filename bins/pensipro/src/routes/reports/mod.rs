//! Reports.

use pensipro_auth::ModuleCode;
use pensipro_funding::{margin_report, usecases::funder_margins};

use crate::{
    App,
    bodies::reports::{FunderMarginBody, FunderMarginsBody, MarginQuery},
    http::{Allowed, Query, Reply, Routes, Written, right::ViewReport},
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Report).get(
        "/reports/funder-margin",
        "Tells what the cooperative earns on each funder's money in a month",
        funder_margin,
    )
}

async fn funder_margin(
    app: App,
    by: Allowed<ViewReport>,
    query: Query<MarginQuery>,
) -> Reply<Written<FunderMarginsBody>> {
    let MarginQuery { periode, format } = query.0;
    app.read_snapshot(move |tx, _| {
        let margins = funder_margins(tx, &by, periode)?;
        let report = margin_report(periode, &margins);
        let rows = margins.into_iter().map(FunderMarginBody::from).collect();
        let name = format!("margin-funder-{periode}");
        Written::new(format, &name, || FunderMarginsBody { periode, rows }, || report)
    })
    .await
}
