//! Making, changing and reading products.

use pensipro_kernel::ProductId;
use pensipro_pricing::{
    LoanProduct, ProductFilter, RawProduct, create_product, get_product, list_products,
    product_history, update_product,
};

use super::table;
use crate::{
    App,
    bodies::products::{ProductBody, ProductChangeBody, ProductFieldsBody, ProductQuery},
    http::{
        Allowed, Created, Id, IfMatch, List, Listing, NoFilter, Reply, Routes, Shown, Valid,
        right::{EditProduct, ViewProduct},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .post("/loan-products", "Makes a product", create)
        .get("/loan-products", "Lists products", list)
        .get("/loan-products/{id}", "Shows a product with its fees and penalty rules", show)
        .put("/loan-products/{id}", "Changes a product; loans keep their terms", change)
        .get("/loan-products/{id}/history", "Lists what was changed of a product, by whom", history)
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

async fn history(
    app: App,
    _by: Allowed<ViewProduct>,
    product: Id<ProductId>,
    listing: Listing<NoFilter>,
) -> Reply<List<ProductChangeBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let changes = product_history(tx, *product, &page)?;
        Ok(pager.list(changes, ProductChangeBody::from))
    })
    .await
}

fn shown(product: LoanProduct) -> Shown<ProductBody> {
    let version = product.version;
    Shown::new(ProductBody::from(product)).at(version)
}
