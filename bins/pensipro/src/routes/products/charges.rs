//! Fees and penalty rules of a product.

use pensipro_adapters::read_sheet;
use pensipro_kernel::{Faults, FeeId, PenaltyRuleId, ProductId, StorageError};
use pensipro_pricing::{
    FeeBasis, PerMilleBand, RawPenalty, add_fee, add_penalty_rule, get_product, rate_table,
    remove_fee, remove_penalty_rule,
};

use super::table;
use crate::{
    App,
    bodies::{
        fees::FeeInput,
        products::{
            FeeTableBody, FeeTableForm, FeeTableQuery, NewPenaltyBody, PenaltyBody, ProductFeeBody,
            table::written,
        },
    },
    http::{
        Allowed, Created, Done, Id, Problem, Query, Reply, Routes, Upload, UploadLimits, Valid,
        Written,
        right::{EditProduct, ViewProduct},
    },
    uploads::aside,
};

/// Tables of rates are some kilobytes; packed ones come into memory unpacked.
const TABLE_MAX_BYTES: u64 = 262_144;

pub(super) fn routes() -> Routes {
    table()
        .post("/loan-products/{id}/fees", "Adds a fee in the place of its kind", fee)
        .post(
            "/loan-products/{id}/fees/table",
            "Adds a fee whose rates by age and tenor stand in an uploaded table (CSV, XLSX)",
            fee_table,
        )
        .get("/loan-products/{id}/fees/{fee_id}/table", "Hands out a fee's table", shown_table)
        .delete("/loan-products/{id}/fees/{fee_id}", "Ends a fee", end_fee)
        .post(
            "/loan-products/{id}/penalty-rules",
            "Adds a penalty rule in the place of its kind",
            penalty_rule,
        )
        .delete("/loan-products/{id}/penalty-rules/{rule_id}", "Ends a penalty rule", end_rule)
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

async fn fee_table(
    app: App,
    by: Allowed<EditProduct>,
    product: Id<ProductId>,
    upload: Upload<FeeTableForm>,
) -> Reply<Created<ProductFeeBody>> {
    by.whole_house()?;
    let limits = UploadLimits { file_bytes: TABLE_MAX_BYTES };
    let (form, bytes) = upload.into_memory(limits).await?;
    let terms = form.fields.fee(aside(move || bands(&bytes)).await?)?;
    app.post("add_fee_table", form.once, move |tx, at| {
        let fee = add_fee(tx, &by, *product, &terms, at)?;
        let location = format!("/loan-products/{}/fees/{}/table", *product, fee.id);
        Ok(Created::new(location, ProductFeeBody::from(fee)))
    })
    .await
}

fn bands(file: &[u8]) -> Result<Vec<PerMilleBand>, Problem> {
    let sheet = read_sheet(file).map_err(|fault| {
        let mut faults = Faults::new();
        faults.add("file", "unreadable", fault.to_string());
        faults
    })?;
    Ok(rate_table(&sheet)?)
}

async fn shown_table(
    app: App,
    _by: Allowed<ViewProduct>,
    ids: Id<(ProductId, FeeId)>,
    query: Query<FeeTableQuery>,
) -> Reply<Written<FeeTableBody>> {
    app.read_snapshot(move |tx, _| {
        let (product, id) = *ids;
        let product = get_product(tx, product)?;
        let fee = product.fees.iter().find(|fee| fee.id == id);
        match fee.map(|fee| &fee.terms.basis) {
            Some(FeeBasis::PerMilleTable(bands)) => written(&query.0, bands),
            _ => Err(StorageError::not_found("table", id.get()).into()),
        }
    })
    .await
}

async fn end_fee(app: App, by: Allowed<EditProduct>, ids: Id<(ProductId, FeeId)>) -> Reply<Done> {
    app.write("remove_fee", move |tx, at| {
        remove_fee(tx, &by, *ids, at)?;
        Ok(Done)
    })
    .await
}

async fn end_rule(
    app: App,
    by: Allowed<EditProduct>,
    ids: Id<(ProductId, PenaltyRuleId)>,
) -> Reply<Done> {
    app.write("remove_penalty_rule", move |tx, at| {
        remove_penalty_rule(tx, &by, *ids, at)?;
        Ok(Done)
    })
    .await
}
