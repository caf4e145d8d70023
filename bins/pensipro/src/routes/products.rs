//! Loan products, their fees and penalty rules, and what a loan of them would look like.

use pensipro_auth::ModuleCode;
use pensipro_kernel::ProductId;
use pensipro_pricing::{
    LoanProduct, ProductFilter, RawPenalty, RawProduct, add_fee, add_penalty_rule, create_product,
    get_product, list_products, simulate_product, update_product,
};

use crate::{
    App,
    bodies::{
        fees::FeeInput,
        products::{
            NewPenaltyBody, PenaltyBody, ProductBody, ProductFeeBody, ProductFieldsBody,
            ProductQuery, SimulationBody, SimulationQuery,
        },
    },
    http::{
        Allowed, Created, Id, IfMatch, List, Listing, Query, Reply, Routes, Shown, Valid,
        right::{EditProduct, ViewProduct},
    },
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Product)
        .post("/loan-products", "Makes a product", create)
        .get("/loan-products", "Lists products", list)
        .get("/loan-products/{id}", "Shows a product with its fees and penalty rules", show)
        .put("/loan-products/{id}", "Changes a product; loans keep their terms", change)
        .post("/loan-products/{id}/fees", "Adds a fee in the place of its kind", fee)
        .post(
            "/loan-products/{id}/penalty-rules",
            "Adds a penalty rule in the place of its kind",
            penalty_rule,
        )
        .get("/loan-products/{id}/simulation", "Simulates a loan of the product", simulation)
}

async fn create(
    app: App,
    by: Allowed<EditProduct>,
    body: Valid<ProductFieldsBody>,
) -> Reply<Created<ProductBody>> {
    let (once, body) = body.split();
    let policy = app.policies().product;
    let raw = RawProduct::from(body);
    app.post("create_product", once, move |tx, _| {
        let product = create_product(tx, &by, &raw.clone().check(&policy)?, &policy)?;
        let (id, version) = (product.id, product.version);
        Ok(Created::new(format!("/loan-products/{id}"), ProductBody::from(product)).at(version))
    })
    .await
}

async fn list(
    app: App,
    _by: Allowed<ViewProduct>,
    listing: Listing<ProductQuery>,
) -> Reply<List<ProductBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = ProductFilter::try_from(filter)?;
    app.read_snapshot(move |tx, _| {
        let products = list_products(tx, &filter, &page)?;
        Ok(pager.list(products, ProductBody::from))
    })
    .await
}

async fn show(app: App, _by: Allowed<ViewProduct>, id: Id<ProductId>) -> Reply<Shown<ProductBody>> {
    app.read_snapshot(move |tx, _| Ok(shown(get_product(tx, *id)?))).await
}

async fn change(
    app: App,
    by: Allowed<EditProduct>,
    id: Id<ProductId>,
    expected: IfMatch,
    body: Valid<ProductFieldsBody>,
) -> Reply<Shown<ProductBody>> {
    let policy = app.policies().product;
    let change = RawProduct::from(body.into_inner());
    app.write("update_product", move |tx, _| {
        Ok(shown(update_product(tx, &by, *id, change.clone(), expected.0, &policy)?))
    })
    .await
}

async fn fee(
    app: App,
    by: Allowed<EditProduct>,
    product: Id<ProductId>,
    body: Valid<FeeInput>,
) -> Reply<Created<ProductFeeBody>> {
    let (once, body) = body.split();
    let terms = body.check()?;
    app.post("add_fee", once, move |tx, at| {
        let fee = add_fee(tx, &by, *product, &terms, at)?;
        Ok(Created::new(format!("/loan-products/{}", *product), ProductFeeBody::from(fee)))
    })
    .await
}

async fn penalty_rule(
    app: App,
    by: Allowed<EditProduct>,
    product: Id<ProductId>,
    body: Valid<NewPenaltyBody>,
) -> Reply<Created<PenaltyBody>> {
    let (once, body) = body.split();
    let terms = RawPenalty::from(body).check()?;
    app.post("add_penalty_rule", once, move |tx, at| {
        let rule = add_penalty_rule(tx, &by, *product, &terms, at)?;
        Ok(Created::new(format!("/loan-products/{}", *product), PenaltyBody::from(rule)))
    })
    .await
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
        let simulation = simulate_product(tx, *product, &request, first_due)?;
        Ok(Shown::new(SimulationBody::from(simulation)))
    })
    .await
}

fn shown(product: LoanProduct) -> Shown<ProductBody> {
    let version = product.version;
    Shown::new(ProductBody::from(product)).at(version)
}
