//! Fees and penalty rules of products.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{FeeId, PenaltyRuleId, ProductId, Rate, StorageError};
use pensipro_pricing::{
    FeeBasis, FeeParts, FeeTerms, LoanFee, PenaltyBasis, PenaltyParts, PenaltyRule, PenaltyTerms,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    convert::{code, count, from_json, from_time, unreadable},
    schema::{loan_fees, penalty_rules},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = loan_fees)]
pub(super) struct FeeRow {
    id: i64,
    pub(super) product_id: i64,
    kind: String,
    basis: String,
    value: String,
    collection: String,
    created_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
}

#[derive(Insertable)]
#[diesel(table_name = loan_fees)]
pub(super) struct FeeColumns {
    kind: &'static str,
    basis: &'static str,
    value: String,
    collection: &'static str,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = penalty_rules)]
pub(super) struct RuleRow {
    id: i64,
    pub(super) product_id: i64,
    kind: String,
    basis: String,
    value: String,
    steps: String,
    grace_days: i32,
    cap_pct: Option<i64>,
    created_at: NaiveDateTime,
    ended_at: Option<NaiveDateTime>,
}

#[derive(Insertable)]
#[diesel(table_name = penalty_rules)]
pub(super) struct RuleColumns {
    kind: &'static str,
    basis: &'static str,
    value: String,
    steps: String,
    grace_days: i32,
    cap_pct: Option<i64>,
}

/// The value of a basis whose JSON is `{"basis": …, "value": …}`.
fn value_of(basis: &impl Serialize) -> Result<String, StorageError> {
    let json =
        serde_json::to_value(basis).map_err(|error| StorageError::Failed(error.to_string()))?;
    Ok(json.get("value").unwrap_or(&Value::Null).to_string())
}

fn basis_of<T: DeserializeOwned>(
    column: &str,
    basis: &str,
    value: &str,
) -> Result<T, StorageError> {
    let value: Value = from_json(column, value)?;
    serde_json::from_value(json!({ "basis": basis, "value": value }))
        .map_err(|_| unreadable(column))
}

impl TryFrom<&FeeTerms> for FeeColumns {
    type Error = StorageError;

    fn try_from(terms: &FeeTerms) -> Result<Self, StorageError> {
        let FeeParts { kind, basis, collection } = terms.clone().into_parts();
        Ok(Self {
            kind: kind.code(),
            basis: basis.code(),
            value: value_of(&basis)?,
            collection: collection.code(),
        })
    }
}

impl TryFrom<FeeRow> for LoanFee {
    type Error = StorageError;

    fn try_from(row: FeeRow) -> Result<Self, StorageError> {
        let FeeRow { id, product_id, kind, basis, value, collection, created_at, ended_at } = row;
        let parts = FeeParts {
            kind: code("loan_fees.kind", &kind)?,
            basis: basis_of::<FeeBasis>("loan_fees.value", &basis, &value)?,
            collection: code("loan_fees.collection", &collection)?,
        };
        Ok(Self {
            id: FeeId::new(id),
            product_id: ProductId::new(product_id),
            terms: FeeTerms::new(parts).map_err(|_| unreadable("loan_fees"))?,
            created_at: from_time(created_at),
            ended_at: ended_at.map(from_time),
        })
    }
}

impl TryFrom<&PenaltyTerms> for RuleColumns {
    type Error = StorageError;

    fn try_from(terms: &PenaltyTerms) -> Result<Self, StorageError> {
        let PenaltyParts { kind, basis, steps, grace_days, cap_pct } = terms.clone().into_parts();
        Ok(Self {
            kind: kind.code(),
            basis: basis.code(),
            value: value_of(&basis)?,
            steps: serde_json::to_string(&steps)
                .map_err(|error| StorageError::Failed(error.to_string()))?,
            grace_days: grace_days.into(),
            cap_pct: cap_pct.map(Rate::units),
        })
    }
}

impl TryFrom<RuleRow> for PenaltyRule {
    type Error = StorageError;

    fn try_from(row: RuleRow) -> Result<Self, StorageError> {
        let RuleRow {
            id,
            product_id,
            kind,
            basis,
            value,
            steps,
            grace_days,
            cap_pct,
            created_at,
            ended_at,
        } = row;
        let parts = PenaltyParts {
            kind: code("penalty_rules.kind", &kind)?,
            basis: basis_of::<PenaltyBasis>("penalty_rules.value", &basis, &value)?,
            steps: from_json("penalty_rules.steps", &steps)?,
            grace_days: count("penalty_rules.grace_days", grace_days)?,
            cap_pct: cap_pct.map(Rate::from_units),
        };
        Ok(Self {
            id: PenaltyRuleId::new(id),
            product_id: ProductId::new(product_id),
            terms: PenaltyTerms::new(parts).map_err(|_| unreadable("penalty_rules"))?,
            created_at: from_time(created_at),
            ended_at: ended_at.map(from_time),
        })
    }
}
