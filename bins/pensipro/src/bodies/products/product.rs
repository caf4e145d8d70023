//! A loan product.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{FunderId, Money, Rate, UserId};
use pensipro_pricing::{Limits, LoanProduct, ProductParts, ScheduleRuleParts, Validity};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PenaltyBody, ProductFeeBody};

/// A loan product with its live fees and penalty rules.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those that are stated of a product")]
pub struct ProductBody {
    pub id: i64,
    pub code: String,
    pub name: String,
    #[schema(value_type = String)]
    pub plafon_min: Money,
    #[schema(value_type = String)]
    pub plafon_max: Money,
    #[schema(value_type = String)]
    pub plafon_step: Money,
    pub tenor_min: u16,
    pub tenor_max: u16,
    #[schema(value_type = String)]
    pub interest_rate: Rate,
    pub method: &'static str,
    pub day_count: &'static str,
    pub rounding: &'static str,
    #[schema(value_type = String)]
    pub instalment_unit: Money,
    #[schema(value_type = String)]
    pub interest_unit: Money,
    pub last_instalment: &'static str,
    pub principal_grace: u16,
    pub broken_period: &'static str,
    pub due_day: Option<u8>,
    pub allocation_order: &'static str,
    pub max_active_loans: u16,
    #[schema(value_type = String)]
    pub dsr_limit: Rate,
    pub umur_maksimal: u16,
    #[schema(value_type = String)]
    pub max_benefit_pct: Rate,
    pub freeze_interest_on_death: bool,
    pub funder_id: Option<i64>,
    pub is_active: bool,
    /// The days on which applications may use it; both ends count.
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
    pub interest_cap_reason: Option<String>,
    pub fees: Vec<ProductFeeBody>,
    pub penalty_rules: Vec<PenaltyBody>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<LoanProduct> for ProductBody {
    fn from(product: LoanProduct) -> Self {
        let LoanProduct {
            id,
            version: _,
            details,
            fees,
            penalty_rules,
            created_at,
            updated_at,
            created_by,
        } = product;
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
        } = details.into_parts();
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
            id: id.get(),
            code,
            name,
            plafon_min,
            plafon_max,
            plafon_step,
            tenor_min,
            tenor_max,
            interest_rate,
            method: method.code(),
            day_count: day_count.code(),
            rounding: rounding.code(),
            instalment_unit: instalment_unit.money(),
            interest_unit: interest_unit.money(),
            last_instalment: last_instalment.code(),
            principal_grace,
            broken_period: broken_period.code(),
            due_day,
            allocation_order: allocation_order.code(),
            max_active_loans,
            dsr_limit,
            umur_maksimal,
            max_benefit_pct,
            freeze_interest_on_death,
            funder_id: funder_id.map(FunderId::get),
            is_active,
            valid_from,
            valid_to,
            interest_cap_reason,
            fees: fees.into_iter().map(ProductFeeBody::from).collect(),
            penalty_rules: penalty_rules.into_iter().map(PenaltyBody::from).collect(),
            created_at,
            updated_at,
            created_by: created_by.map(UserId::get),
        }
    }
}
