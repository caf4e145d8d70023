//! Products with their live fees and rules.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{
    FeeId, Page, PageRequest, PenaltyRuleId, Position, ProductId, StorageError, UserId, Version,
};
use pensipro_pricing::{
    FeeTerms, LoanFee, LoanProduct, PenaltyRule, PenaltyTerms, ProductDetails, ProductFilter,
    ProductRepository, ProductSort,
};

use super::{
    charges::{FeeColumns, FeeRow, RuleColumns, RuleRow},
    product_rows::{DetailColumns, ProductRow},
};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::{parse_time_key, search_form, time_key},
    schema::{loan_fees, loan_products, penalty_rules},
    sql::{Locked, RowLock, after, columns, like_pattern},
};

type ProductQuery = diesel::helper_types::IntoBoxed<'static, loan_products::table, MultiBackend>;

fn filtered(filter: &ProductFilter) -> ProductQuery {
    let ProductFilter { is_active, funder_id, q, sort: _ } = filter.clone();
    let mut query = loan_products::table.into_boxed();
    if let Some(is_active) = is_active {
        query = query.filter(loan_products::is_active.eq(is_active));
    }
    if let Some(funder) = funder_id {
        query = query.filter(loan_products::funder_id.eq(funder.get()));
    }
    if let Some(q) = q {
        let pattern = like_pattern(&search_form(&q));
        query = query.filter(loan_products::name_search.like(pattern).escape('\\'));
    }
    query
}

fn paged(
    query: ProductQuery,
    sort: ProductSort,
    page: &PageRequest,
) -> Result<ProductQuery, StorageError> {
    use loan_products::{code, created_at, id, name_search};
    let query = match (sort, page.after.clone()) {
        (_, None) => query,
        (ProductSort::Id, Some(last)) => query.filter(id.gt(last.id)),
        (ProductSort::Name, Some(last)) => {
            after!(query, rising, name_search, id, last.key, last.id)
        }
        (ProductSort::Code, Some(last)) => after!(query, rising, code, id, last.key, last.id),
        (ProductSort::CreatedAtDescending, Some(last)) => {
            after!(query, falling, created_at, id, parse_time_key(&last.key)?, last.id)
        }
    };
    let query = match sort {
        ProductSort::Id => query.order(id.asc()),
        ProductSort::Name => query.order((name_search.asc(), id.asc())),
        ProductSort::Code => query.order((code.asc(), id.asc())),
        ProductSort::CreatedAtDescending => query.order((created_at.desc(), id.desc())),
    };
    Ok(query.limit(i64::from(page.limit) + 1))
}

fn position(sort: ProductSort, product: &LoanProduct) -> Position {
    let key = match sort {
        ProductSort::Id => String::new(),
        ProductSort::Name => search_form(&product.details.name),
        ProductSort::Code => product.details.code.clone(),
        ProductSort::CreatedAtDescending => time_key(product.created_at),
    };
    Position { key, id: product.id.get() }
}

impl Tx<'_> {
    fn one_product(
        &mut self,
        id: ProductId,
        lock: Option<RowLock>,
    ) -> Result<LoanProduct, StorageError> {
        let query = loan_products::table.find(id.get()).select(ProductRow::as_select());
        let row: Option<ProductRow> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "loan_products").get_result(conn).optional(),
            None => query.get_result(conn).optional(),
        })?;
        let row = row.ok_or(StorageError::not_found("product", id.get()))?;
        let mut products = [LoanProduct::try_from(row)?];
        self.fill(&mut products)?;
        let [product] = products;
        Ok(product)
    }

    /// Adds live fees and rules: two queries, however many products.
    fn fill(&mut self, products: &mut [LoanProduct]) -> Result<(), StorageError> {
        let ids: Vec<i64> = products.iter().map(|product| product.id.get()).collect();
        let fees: Vec<FeeRow> = self.run(|conn| {
            loan_fees::table
                .filter(loan_fees::product_id.eq_any(&ids))
                .filter(loan_fees::ended_at.is_null())
                .order(loan_fees::id)
                .select(FeeRow::as_select())
                .load(conn)
        })?;
        let rules: Vec<RuleRow> = self.run(|conn| {
            penalty_rules::table
                .filter(penalty_rules::product_id.eq_any(&ids))
                .filter(penalty_rules::ended_at.is_null())
                .order(penalty_rules::id)
                .select(RuleRow::as_select())
                .load(conn)
        })?;
        let mut places: HashMap<i64, &mut LoanProduct> =
            products.iter_mut().map(|product| (product.id.get(), product)).collect();
        for fee in fees {
            if let Some(product) = places.get_mut(&fee.product_id) {
                product.fees.push(LoanFee::try_from(fee)?);
            }
        }
        for rule in rules {
            if let Some(product) = places.get_mut(&rule.product_id) {
                product.penalty_rules.push(PenaltyRule::try_from(rule)?);
            }
        }
        Ok(())
    }
}

impl ProductRepository for Tx<'_> {
    fn product(&mut self, id: ProductId) -> Result<LoanProduct, StorageError> {
        self.one_product(id, None)
    }

    fn lock_product(&mut self, id: ProductId) -> Result<LoanProduct, StorageError> {
        self.one_product(id, Some(RowLock::ForUpdate))
    }

    fn products(
        &mut self,
        filter: &ProductFilter,
        page: &PageRequest,
    ) -> Result<Page<LoanProduct>, StorageError> {
        let query = paged(filtered(filter), filter.sort, page)?;
        let rows: Vec<ProductRow> =
            self.run(|conn| query.select(ProductRow::as_select()).load(conn))?;
        let products = rows.into_iter().map(LoanProduct::try_from).collect::<Result<_, _>>()?;
        let mut products =
            Page::from_rows(products, page.limit, |product| position(filter.sort, product));
        self.fill(&mut products.data)?;
        if page.count {
            products.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(products)
    }

    fn add_product(
        &mut self,
        details: &ProductDetails,
        by: Option<UserId>,
    ) -> Result<LoanProduct, StorageError> {
        let now = self.now();
        let row: ProductRow = self.run(|conn| {
            diesel::insert_into(loan_products::table)
                .values((
                    DetailColumns::from(details),
                    loan_products::version.eq(Version::FIRST.get()),
                    loan_products::created_at.eq(now),
                    loan_products::updated_at.eq(now),
                    loan_products::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<ProductRow>())
                .get_result(conn)
        })?;
        LoanProduct::try_from(row)
    }

    fn save_product(&mut self, product: &LoanProduct) -> Result<Version, StorageError> {
        let LoanProduct { id, version, details, .. } = product;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(loan_products::table.find(id.get()))
                .filter(loan_products::version.eq(version.get()))
                .set((
                    DetailColumns::from(details),
                    loan_products::version.eq(version.next().get()),
                    loan_products::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 {
            Err(StorageError::Stale { thing: "product" })
        } else {
            Ok(version.next())
        }
    }

    fn add_fee(
        &mut self,
        product: ProductId,
        terms: &FeeTerms,
        by: Option<UserId>,
    ) -> Result<LoanFee, StorageError> {
        let details = FeeColumns::try_from(terms)?;
        let now = self.now();
        let row: FeeRow = self.run(|conn| {
            diesel::insert_into(loan_fees::table)
                .values((
                    details,
                    loan_fees::product_id.eq(product.get()),
                    loan_fees::created_at.eq(now),
                    loan_fees::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<FeeRow>())
                .get_result(conn)
        })?;
        LoanFee::try_from(row)
    }

    fn end_fee(&mut self, id: FeeId, at: DateTime<Utc>) -> Result<(), StorageError> {
        self.run(|conn| {
            diesel::update(loan_fees::table.find(id.get()))
                .filter(loan_fees::ended_at.is_null())
                .set(loan_fees::ended_at.eq(at.naive_utc()))
                .execute(conn)
                .map(drop)
        })
    }

    fn add_penalty_rule(
        &mut self,
        product: ProductId,
        terms: &PenaltyTerms,
        by: Option<UserId>,
    ) -> Result<PenaltyRule, StorageError> {
        let details = RuleColumns::try_from(terms)?;
        let now = self.now();
        let row: RuleRow = self.run(|conn| {
            diesel::insert_into(penalty_rules::table)
                .values((
                    details,
                    penalty_rules::product_id.eq(product.get()),
                    penalty_rules::created_at.eq(now),
                    penalty_rules::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<RuleRow>())
                .get_result(conn)
        })?;
        PenaltyRule::try_from(row)
    }

    fn end_penalty_rule(
        &mut self,
        id: PenaltyRuleId,
        at: DateTime<Utc>,
    ) -> Result<(), StorageError> {
        self.run(|conn| {
            diesel::update(penalty_rules::table.find(id.get()))
                .filter(penalty_rules::ended_at.is_null())
                .set(penalty_rules::ended_at.eq(at.naive_utc()))
                .execute(conn)
                .map(drop)
        })
    }
}
