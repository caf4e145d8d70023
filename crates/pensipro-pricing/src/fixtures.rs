//! Things that tests start from.

use pensipro_kernel::{Money, ProductId, Rate, Version};

use crate::{LoanProduct, ProductPolicy, RawProduct};

/// An annuity of 14 % a year.
pub(crate) fn product() -> LoanProduct {
    let made_at = "2026-03-10T03:00:00Z".parse().unwrap();
    let raw = RawProduct {
        code: Some("KP-14".to_owned()),
        name: Some("Kredit Pensiun".to_owned()),
        plafon_min: Money::from_rupiah(5_000_000),
        plafon_max: Money::from_rupiah(500_000_000),
        tenor_min: Some(6),
        tenor_max: Some(180),
        interest_rate: Some(Rate::percent(14)),
        method: Some("anuitas".to_owned()),
        umur_maksimal: Some(75),
        ..RawProduct::default()
    };
    LoanProduct {
        id: ProductId::new(1),
        version: Version::FIRST,
        details: raw.check(&ProductPolicy::default()).unwrap(),
        fees: vec![],
        penalty_rules: vec![],
        created_at: made_at,
        updated_at: made_at,
        created_by: None,
    }
}
