//! Reports.

use pensipro_auth::ModuleCode;
use pensipro_funding::{margin_report, usecases::funder_margins};
use pensipro_servicing::reports::{
    RequestReport, RequestTrend, aging_report, aging_trend, aging_trend_report, quality_report,
    quality_trend, quality_trend_report, read_aging, read_quality,
};

use crate::{
    App,
    bodies::reports::{
        AgingBody, AgingQuery, AgingTrendBody, FunderMarginBody, FunderMarginsBody, MarginQuery,
        QualityBody, QualityQuery, QualityTrendBody, TrendQuery,
    },
    http::{Allowed, Query, Reply, Routes, Written, right::ViewReport},
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Report)
        .get("/reports/aging", "Tells how long loans are past due, in a month", aging)
        .get("/reports/loan-quality", "Tells of what quality loans are, in a month", loan_quality)
        .get("/reports/aging/trend", "Tells how late loans were in closed months", trend_of_aging)
        .get(
            "/reports/loan-quality/trend",
            "Tells of what quality loans were in closed months",
            trend_of_quality,
        )
        .get(
            "/reports/funder-margin",
            "Tells what the cooperative earns on each funder's money in a month",
            funder_margin,
        )
}

async fn aging(
    app: App,
    by: Allowed<ViewReport>,
    query: Query<AgingQuery>,
) -> Reply<Written<AgingBody>> {
    let AgingQuery { periode, group_by, format } = query.0;
    app.read_snapshot(move |tx, at| {
        let request = RequestReport::check(periode, at.today)?;
        let aging = read_aging(tx, request, group_by, by.scope)?;
        let (periode, on) = (request.periode, request.as_of.date());
        let name = format!("umur-tunggakan-{periode}");
        let body = || AgingBody::new(periode, on, group_by, &aging);
        Written::new(format, &name, body, || aging_report(&aging, on, group_by))
    })
    .await
}

async fn loan_quality(
    app: App,
    by: Allowed<ViewReport>,
    query: Query<QualityQuery>,
) -> Reply<Written<QualityBody>> {
    let QualityQuery { periode, group_by, format } = query.0;
    let policies = app.policies();
    app.read_snapshot(move |tx, at| {
        let request = RequestReport::check(periode, at.today)?;
        let (bounds, provision) = (&policies.servicing.kolektibilitas, &policies.provision);
        let quality = read_quality(tx, request, group_by, by.scope, bounds, provision)?;
        let (periode, on) = (request.periode, request.as_of.date());
        let name = format!("kualitas-pinjaman-{periode}");
        let body = || QualityBody::parted(periode, on, group_by, &quality);
        Written::new(format, &name, body, || quality_report(&quality, on, group_by))
    })
    .await
}

async fn trend_of_quality(
    app: App,
    by: Allowed<ViewReport>,
    query: Query<TrendQuery>,
) -> Reply<Written<QualityTrendBody>> {
    let TrendQuery { months, format } = query.0;
    app.read(move |tx, at| {
        let request = RequestTrend::check(months, at.today)?;
        let months = quality_trend(tx, by.scope, request)?;
        let name = format!("tren-kualitas-pinjaman-{}", request.to);
        let body = || QualityTrendBody::new(&months);
        Written::new(format, &name, body, || quality_trend_report(&months))
    })
    .await
}

async fn trend_of_aging(
    app: App,
    by: Allowed<ViewReport>,
    query: Query<TrendQuery>,
) -> Reply<Written<AgingTrendBody>> {
    let TrendQuery { months, format } = query.0;
    app.read(move |tx, at| {
        let request = RequestTrend::check(months, at.today)?;
        let months = aging_trend(tx, by.scope, request)?;
        let name = format!("tren-umur-tunggakan-{}", request.to);
        let body = || AgingTrendBody::new(&months);
        Written::new(format, &name, body, || aging_trend_report(&months))
    })
    .await
}

async fn funder_margin(
    app: App,
    by: Allowed<ViewReport>,
    query: Query<MarginQuery>,
) -> Reply<Written<FunderMarginsBody>> {
    let MarginQuery { periode, format } = query.0;
    app.read_snapshot(move |tx, at| {
        RequestReport::check(Some(periode), at.today)?;
        let margins = funder_margins(tx, &by, periode)?;
        let report = margin_report(periode, &margins);
        let rows = margins.into_iter().map(FunderMarginBody::from).collect();
        let name = format!("margin-funder-{periode}");
        Written::new(format, &name, || FunderMarginsBody { periode, rows }, || report)
    })
    .await
}
