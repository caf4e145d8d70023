//! What a product's fields are checked against.

use diesel::prelude::*;
use pensipro_kernel::{FunderId, ProductId, StorageError};
use pensipro_pricing::ProductDirectory;

use crate::{
    Tx,
    schema::{funders, loan_products},
};

impl ProductDirectory for Tx<'_> {
    fn product_with_code(&mut self, code: &str) -> Result<Option<ProductId>, StorageError> {
        let id: Option<i64> = self.run(|conn| {
            let found = loan_products::table.filter(loan_products::code.eq(code));
            found.select(loan_products::id).first(conn).optional()
        })?;
        Ok(id.map(ProductId::new))
    }

    fn funder_exists(&mut self, funder: FunderId) -> Result<bool, StorageError> {
        let found: Option<i64> = self.run(|conn| {
            funders::table.find(funder.get()).select(funders::id).first(conn).optional()
        })?;
        Ok(found.is_some())
    }
}
