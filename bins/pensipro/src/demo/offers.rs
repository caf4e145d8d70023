//! What the demonstration's cooperative offers: an annuity product and a flat one.

use pensipro_kernel::{Actor, Moment, Money, ProductId, Rate};
use pensipro_persistence::Tx;
use pensipro_pricing::{
    Patch, RawBand, RawFee, RawFeeValue, RawPenalty, RawProduct, add_fee, add_penalty_rule,
    create_product,
};

use crate::{http::Problem, policy::Policies};

/// Makes the products with their fees and penalty rules.
pub(super) fn make(
    tx: &mut Tx<'_>,
    policies: &Policies,
    at: Moment,
) -> Result<Vec<ProductId>, Problem> {
    let offers = [
        ("PENSIUN-A", "Kredit Pensiun Anuitas", "anuitas", "14.4"),
        ("PENSIUN-F", "Kredit Pensiun Flat", "flat", "9"),
    ];
    let system = Actor::system();
    let mut products = Vec::new();
    for (code, name, method, interest_rate) in offers {
        let details = product(code, name, method, interest_rate).check(&policies.product)?;
        let product = create_product(tx, &system, &details, &policies.product)?.id;
        for fee in fees() {
            add_fee(tx, &system, product, &fee.check()?, at)?;
        }
        add_penalty_rule(tx, &system, product, &late().check()?, at)?;
        products.push(product);
    }
    Ok(products)
}

fn product(code: &str, name: &str, method: &str, interest_rate: &str) -> RawProduct {
    RawProduct {
        code: Some(code.to_owned()),
        name: Some(name.to_owned()),
        plafon_min: Money::from_rupiah(5_000_000),
        plafon_max: Money::from_rupiah(350_000_000),
        tenor_min: Some(12),
        tenor_max: Some(180),
        interest_rate: interest_rate.parse().ok(),
        method: Some(method.to_owned()),
        instalment_unit: Money::from_rupiah(100),
        umur_maksimal: Some(75),
        due_day: Patch::Set(1),
        ..RawProduct::default()
    }
}

/// Administration, provision, and an insurance premium that rises with age and tenor.
fn fees() -> [RawFee; 3] {
    let fee = |kind: &str, basis: &str, value| RawFee {
        kind: kind.to_owned(),
        basis: basis.to_owned(),
        value,
        collection: None,
    };
    let band = |(age_from, age_to, tenor_from, tenor_to, per_mille): (i64, i64, i64, i64, i32)| {
        RawBand { age_from, age_to, tenor_from, tenor_to, per_mille: Rate::percent(per_mille) }
    };
    let premiums =
        [(40, 60, 1, 48, 12), (40, 60, 49, 180, 28), (61, 75, 1, 48, 26), (61, 75, 49, 180, 62)];
    [
        fee("admin", "fixed", RawFeeValue::Literal("150000".to_owned())),
        fee("provisi", "percent", RawFeeValue::Literal("1".to_owned())),
        fee("asuransi", "per_mille_table", RawFeeValue::Table(premiums.map(band).to_vec())),
    ]
}

/// A tenth of a percent a day after three days, up to a fifth of the instalment.
fn late() -> RawPenalty {
    RawPenalty {
        kind: "late".to_owned(),
        basis: "percent_per_day".to_owned(),
        value: "0.1".to_owned(),
        steps: Vec::new(),
        grace_days: Some(3),
        cap_pct: Some(Rate::percent(20)),
    }
}
