//! A product's row.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{FunderId, Money, ProductId, Rate, StorageError, UserId, Version};
use pensipro_pricing::{
    Limits, LoanProduct, ProductDetails, ProductParts, ScheduleRuleParts, ScheduleRules, Validity,
};

use crate::{
    convert::{code, count, from_time, search_form, unreadable},
    schema::loan_products,
};

/// What is stated of a product, as columns.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = loan_products)]
#[diesel(treat_none_as_null = true)]
pub(super) struct DetailColumns {
    code: String,
    name: String,
    name_search: String,
    plafon_min: i64,
    plafon_max: i64,
    plafon_step: i64,
    tenor_min: i32,
    tenor_max: i32,
    dsr_limit: i64,
    umur_maksimal: i32,
    max_benefit_pct: i64,
    interest_rate: i64,
    method: String,
    day_count: String,
    rounding: String,
    instalment_unit: String,
    interest_unit: String,
    last_instalment: String,
    principal_grace: i32,
    broken_period: String,
    due_day: Option<i32>,
    allocation_order: String,
    max_active_loans: i32,
    freeze_interest_on_death: bool,
    funder_id: Option<i64>,
    is_active: bool,
    valid_from: Option<NaiveDate>,
    valid_to: Option<NaiveDate>,
    interest_cap_reason: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = loan_products)]
pub(super) struct ProductRow {
    pub(super) id: i64,
    #[diesel(embed)]
    details: DetailColumns,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl From<&ProductDetails> for DetailColumns {
    fn from(details: &ProductDetails) -> Self {
        let ProductParts {
            code,
            name,
            limits,
            rules,
            allocation_order,
            max_active_loans,
            freeze_interest_on_death,
            funder_id,
            is_active,
            validity: Validity { valid_from, valid_to },
            interest_cap_reason,
        } = details.clone().into_parts();
        let Limits {
            plafon_min,
            plafon_max,
            plafon_step,
            tenor_min,
            tenor_max,
            dsr_limit,
            umur_maksimal,
            max_benefit_pct,
        } = limits;
        let ScheduleRuleParts {
            interest_rate,
            method,
            day_count,
            rounding,
            instalment_unit,
            interest_unit,
            last_instalment,
            principal_grace,
            broken_period,
            due_day,
        } = rules.into_parts();
        Self {
            name_search: search_form(&name),
            code,
            name,
            plafon_min: plafon_min.sen(),
            plafon_max: plafon_max.sen(),
            plafon_step: plafon_step.sen(),
            tenor_min: tenor_min.into(),
            tenor_max: tenor_max.into(),
            dsr_limit: dsr_limit.units(),
            umur_maksimal: umur_maksimal.into(),
            max_benefit_pct: max_benefit_pct.units(),
            interest_rate: interest_rate.units(),
            method: method.to_string(),
            day_count: day_count.to_string(),
            rounding: rounding.to_string(),
            instalment_unit: instalment_unit.to_string(),
            interest_unit: interest_unit.to_string(),
            last_instalment: last_instalment.to_string(),
            principal_grace: principal_grace.into(),
            broken_period: broken_period.to_string(),
            due_day: due_day.map(i32::from),
            allocation_order: allocation_order.to_string(),
            max_active_loans: max_active_loans.into(),
            freeze_interest_on_death,
            funder_id: funder_id.map(FunderId::get),
            is_active,
            valid_from,
            valid_to,
            interest_cap_reason,
        }
    }
}

impl TryFrom<DetailColumns> for ProductDetails {
    type Error = StorageError;

    fn try_from(columns: DetailColumns) -> Result<Self, StorageError> {
        let DetailColumns {
            code: product_code,
            name,
            name_search: _,
            plafon_min,
            plafon_max,
            plafon_step,
            tenor_min,
            tenor_max,
            dsr_limit,
            umur_maksimal,
            max_benefit_pct,
            interest_rate,
            method,
            day_count,
            rounding,
            instalment_unit,
            interest_unit,
            last_instalment,
            principal_grace,
            broken_period,
            due_day,
            allocation_order,
            max_active_loans,
            freeze_interest_on_death,
            funder_id,
            is_active,
            valid_from,
            valid_to,
            interest_cap_reason,
        } = columns;
        let rules = ScheduleRuleParts {
            interest_rate: Rate::from_units(interest_rate),
            method: code("loan_products.method", &method)?,
            day_count: code("loan_products.day_count", &day_count)?,
            rounding: code("loan_products.rounding", &rounding)?,
            instalment_unit: code("loan_products.instalment_unit", &instalment_unit)?,
            interest_unit: code("loan_products.interest_unit", &interest_unit)?,
            last_instalment: code("loan_products.last_instalment", &last_instalment)?,
            principal_grace: count("loan_products.principal_grace", principal_grace)?,
            broken_period: code("loan_products.broken_period", &broken_period)?,
            due_day: due_day.map(|day| count("loan_products.due_day", day)).transpose()?,
        };
        let limits = Limits {
            plafon_min: Money::from_sen(plafon_min),
            plafon_max: Money::from_sen(plafon_max),
            plafon_step: Money::from_sen(plafon_step),
            tenor_min: count("loan_products.tenor_min", tenor_min)?,
            tenor_max: count("loan_products.tenor_max", tenor_max)?,
            dsr_limit: Rate::from_units(dsr_limit),
            umur_maksimal: count("loan_products.umur_maksimal", umur_maksimal)?,
            max_benefit_pct: Rate::from_units(max_benefit_pct),
        };
        let refused = |_| unreadable("loan_products");
        ProductDetails::new(ProductParts {
            code: product_code,
            name,
            limits,
            rules: ScheduleRules::new(rules).map_err(refused)?,
            allocation_order: code("loan_products.allocation_order", &allocation_order)?,
            max_active_loans: count("loan_products.max_active_loans", max_active_loans)?,
            freeze_interest_on_death,
            funder_id: funder_id.map(FunderId::new),
            is_active,
            validity: Validity { valid_from, valid_to },
            interest_cap_reason,
        })
        .map_err(refused)
    }
}

impl TryFrom<ProductRow> for LoanProduct {
    type Error = StorageError;

    /// The product without its fees and rules, which stand in tables of their own.
    fn try_from(row: ProductRow) -> Result<Self, StorageError> {
        let ProductRow { id, details, version, created_at, updated_at, created_by } = row;
        Ok(Self {
            id: ProductId::new(id),
            version: Version::new(version),
            details: ProductDetails::try_from(details)?,
            fees: Vec::new(),
            penalty_rules: Vec::new(),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
            created_by: created_by.map(UserId::new),
        })
    }
}
