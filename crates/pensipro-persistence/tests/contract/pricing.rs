//! Products with their fees and penalty rules.

use pensipro_kernel::{Money, PageRequest, Rate, StorageError};
use pensipro_persistence::testing::on_each_backend;
use pensipro_pricing::{
    Collection, FeeBasis, FeeKind, FeeParts, FeeTerms, PenaltyBasis, PenaltyKind, PenaltyParts,
    PenaltyStep, PenaltyTerms, PerMilleBand, ProductDetails, ProductFilter, ProductParts,
    ProductRepository, ProductSort,
};

use crate::fixtures::{add_product, product, product_parts, read, write};

fn fee(kind: FeeKind, basis: FeeBasis) -> FeeTerms {
    FeeTerms::new(FeeParts { kind, basis, collection: Collection::Upfront }).unwrap()
}

#[test]
fn a_product_comes_back_with_its_live_charges() {
    on_each_backend(|database| {
        let stored = add_product(database, "PS-1");
        let band = PerMilleBand {
            age_from: 50,
            age_to: 70,
            tenor_from: 1,
            tenor_to: 180,
            per_mille: Rate::from_units(785_000),
        };
        let fees = [
            fee(FeeKind::Admin, FeeBasis::Fixed(Money::from_sen(12_345))),
            fee(FeeKind::Provisi, FeeBasis::Percent(Rate::from_units(15_000))),
            fee(FeeKind::Blokir, FeeBasis::Instalments(2)),
            fee(FeeKind::Asuransi, FeeBasis::PerMilleTable(vec![band])),
        ];
        let late = PenaltyTerms::new(PenaltyParts {
            kind: PenaltyKind::Late,
            basis: PenaltyBasis::PercentPerDay(Rate::from_units(1_000)),
            steps: Vec::new(),
            grace_days: 3,
            cap_pct: Some(Rate::percent(10)),
        })
        .unwrap();
        let basis = PenaltyBasis::MonthsOfInterest(2);
        let early = PenaltyTerms::new(PenaltyParts {
            kind: PenaltyKind::EarlySettlement,
            basis,
            steps: vec![PenaltyStep { remaining_pct: Rate::percent(50), basis }],
            grace_days: 0,
            cap_pct: None,
        })
        .unwrap();
        for terms in &fees {
            write(database, |tx| tx.add_fee(stored.id, terms, None));
        }
        for terms in [&late, &early] {
            write(database, |tx| tx.add_penalty_rule(stored.id, terms, None));
        }
        let whole = product(database, stored.id);
        assert_eq!(whole.details, stored.details);
        assert!(whole.fees.iter().map(|fee| &fee.terms).eq(&fees));
        let rules: Vec<_> = whole.penalty_rules.iter().map(|rule| rule.terms.clone()).collect();
        assert_eq!(rules, [late, early]);
        assert!(whole.terms().is_ok());
    });
}

#[test]
fn one_live_fee_of_a_kind() {
    on_each_backend(|database| {
        let stored = add_product(database, "PS-1");
        let terms = fee(FeeKind::Admin, FeeBasis::Fixed(Money::from_sen(1)));
        let first = write(database, |tx| tx.add_fee(stored.id, &terms, None));
        let second = database.store().write("second", |tx| tx.add_fee(stored.id, &terms, None));
        assert!(matches!(second, Err(StorageError::Duplicate { .. })));
        write(database, |tx| {
            tx.end_fee(first.id, tx.moment().now)?;
            tx.add_fee(stored.id, &terms, None)
        });
        assert_eq!(product(database, stored.id).fees.len(), 1);
        assert_eq!(database.texts("SELECT kind AS text FROM loan_fees").len(), 2);
    });
}

#[test]
fn codes_are_unique_and_versions_guard() {
    on_each_backend(|database| {
        let stored = add_product(database, "PS-1");
        let details = ProductDetails::new(product_parts("PS-1", "Lain")).unwrap();
        let again = database.store().write("again", |tx| tx.add_product(&details, None));
        let Err(StorageError::Duplicate { constraint }) = again else { panic!("a code is unique") };
        assert_eq!(constraint, "loan_products_code_key");

        let parts = ProductParts { is_active: false, ..product_parts("PS-2", "Baru") };
        let mut changed = stored.clone();
        changed.details = ProductDetails::new(parts).unwrap();
        write(database, |tx| tx.save_product(&changed));
        assert_eq!(product(database, stored.id).details, changed.details);
        let stale = database.store().write("stale", |tx| tx.save_product(&stored));
        assert!(matches!(stale, Err(StorageError::Stale { .. })));
        let none = database.store().read(|tx| tx.product(pensipro_kernel::ProductId::new(99)));
        assert!(matches!(none, Err(StorageError::NotFound { .. })));
    });
}

#[test]
fn products_are_listed_by_filter_and_order() {
    on_each_backend(|database| {
        for (code, name) in [("C", "beta"), ("A", "Gamma"), ("B", "Alfa")] {
            let details = ProductDetails::new(product_parts(code, name)).unwrap();
            write(database, |tx| tx.add_product(&details, None));
        }
        let codes = |filter: ProductFilter| {
            let mut page = PageRequest { limit: 2, ..PageRequest::default() };
            let mut codes = String::new();
            loop {
                let part = read(database, |tx| tx.products(&filter, &page));
                codes.extend(part.data.iter().map(|product| product.details.code.clone()));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => return codes,
                }
            }
        };
        let sorted = |sort| codes(ProductFilter { sort, ..ProductFilter::default() });
        assert_eq!(sorted(ProductSort::Id), "CAB");
        assert_eq!(sorted(ProductSort::Name), "BCA");
        assert_eq!(sorted(ProductSort::Code), "ABC");
        assert_eq!(sorted(ProductSort::CreatedAtDescending), "BAC");
        let q = |q: &str| codes(ProductFilter { q: Some(q.into()), ..ProductFilter::default() });
        assert_eq!((q("GAM"), q("a%")), ("A".into(), String::new()));
        let active = |is_active| codes(ProductFilter { is_active, ..ProductFilter::default() });
        assert_eq!((active(Some(true)).len(), active(Some(false)).len()), (3, 0));
    });
}
