//! What loans of a product would look like.

use pensipro_kernel::ProductId;
use pensipro_pricing::{compare_methods, largest_plafons, make_brochure, simulate_product};

use super::table;
use crate::{
    App,
    bodies::products::{
        BrochureBody, BrochureQuery, CapacityBody, CapacityQuery, ComparisonBody, ComparisonQuery,
        SimulationBody, SimulationQuery,
    },
    http::{Allowed, Id, Query, Reply, Routes, Shown, Written, right::ViewProduct},
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loan-products/{id}/simulation", "Simulates a loan of the product", simulation)
        .get("/loan-products/{id}/brochure", "Makes a table of plafons and tenors", brochure)
        .get(
            "/loan-products/{id}/max-plafon",
            "Finds the largest plafons that a pension carries, tenor by tenor",
            max_plafon,
        )
        .get(
            "/loan-products/{id}/comparison",
            "Sets flat, annuity and declining balance beside one another",
            comparison,
        )
}

async fn simulation(
    app: App,
    _by: Allowed<ViewProduct>,
    product: Id<ProductId>,
    query: Query<SimulationQuery>,
) -> Reply<Shown<SimulationBody>> {
    let first_due = app.policies().disbursement.first_due;
    app.read_snapshot(move |tx, at| {
        let request = query.0.on(at.today);
        let (found, _) = simulate_product(tx, *product, &request, first_due, at.today)?;
        Ok(Shown::new(SimulationBody::from(found)))
    })
    .await
}

async fn brochure(
    app: App,
    _by: Allowed<ViewProduct>,
    product: Id<ProductId>,
    query: Query<BrochureQuery>,
) -> Reply<Written<BrochureBody>> {
    let first_due = app.policies().disbursement.first_due;
    app.read_snapshot(move |tx, at| {
        let (format, figure) = (query.0.format, query.0.figure);
        let request = query.0.on(at.today);
        let known = request.circumstances;
        let (found, product) = make_brochure(tx, *product, request, first_due, at.today)?;
        let report = || found.report(figure, &product, &known);
        Written::new(format, "tabel-angsuran", || BrochureBody::from(&found), report)
    })
    .await
}

async fn max_plafon(
    app: App,
    _by: Allowed<ViewProduct>,
    product: Id<ProductId>,
    query: Query<CapacityQuery>,
) -> Reply<Written<CapacityBody>> {
    let first_due = app.policies().disbursement.first_due;
    app.read_snapshot(move |tx, at| {
        let (query, known) = (&query.0, query.0.on(at.today));
        let asked = (query.tenors.0.as_slice(), &known);
        let (found, product) = largest_plafons(tx, *product, asked, first_due, at.today)?;
        let report = || found.report(&product, &known);
        Written::new(query.format, "plafon-maksimal", || CapacityBody::from(&found), report)
    })
    .await
}

async fn comparison(
    app: App,
    _by: Allowed<ViewProduct>,
    product: Id<ProductId>,
    query: Query<ComparisonQuery>,
) -> Reply<Written<ComparisonBody>> {
    let first_due = app.policies().disbursement.first_due;
    app.read_snapshot(move |tx, at| {
        let (query, request) = (&query.0, query.0.on(at.today));
        let asked = (query.interest_rate, &request);
        let (found, product) = compare_methods(tx, *product, asked, first_due, at.today)?;
        let body = || ComparisonBody::of(&request, &found);
        let report = || found.report(&product, &request);
        Written::new(query.format, "perbandingan-metode", body, report)
    })
    .await
}
