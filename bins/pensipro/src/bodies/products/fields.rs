//! What is stated of a product.

use chrono::NaiveDate;
use pensipro_kernel::{FunderId, Money, Rate};
use pensipro_pricing::{Patch, RawProduct};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::bodies::change::{Change, given};

/// A product's fields. For a new one code, name, the bounds of plafon and tenor, interest rate,
/// method and `umur_maksimal` must be given, and absent others take their defaults; in a change
/// absent fields stay. `null` clears `due_day`, `funder_id`, `valid_from`, `valid_to` and `interest_cap_reason`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductFieldsBody {
    /// Unique, 1 to 32 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "PENSIUN-A")]
    code: Option<String>,
    /// 1 to 120 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Pensiun Sejahtera")]
    name: Option<String>,
    /// Least plafon.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false, example = "5000000.00")]
    plafon_min: Option<Money>,
    /// Largest plafon.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false, example = "300000000.00")]
    plafon_max: Option<Money>,
    /// The largest plafon that a member can have is offered in multiples of this.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    plafon_step: Option<Money>,
    /// Shortest tenor, months.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    tenor_min: Option<i64>,
    /// Longest tenor, months.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    tenor_max: Option<i64>,
    /// Nominal percent a year.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false, example = "12")]
    interest_rate: Option<Rate>,
    /// `flat`, `anuitas` or `efektif`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "anuitas")]
    method: Option<String>,
    /// `30_360`, `act_act`, `act_365` or `act_360`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    day_count: Option<String>,
    /// `up`, `nearest` or `half_even`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    rounding: Option<String>,
    /// What instalments are multiples of: 0.01, 1, 100, 500 or 1000 rupiah.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    instalment_unit: Option<Money>,
    /// What a row's interest is rounded to: 0.01 or 1 rupiah.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    interest_unit: Option<Money>,
    /// `adjust` or `level`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    last_instalment: Option<String>,
    /// First rows that pay interest only.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    principal_grace: Option<i64>,
    /// `none` or `add`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    broken_period: Option<String>,
    /// The day of the month on which instalments are due; else that of the disbursement.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    due_day: Change<i64>,
    /// `row_first` or `principal_last`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    allocation_order: Option<String>,
    /// Open loans a member may have at once.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    max_active_loans: Option<i64>,
    /// Percent of the pension; by default the configured `DSR_DEFAULT`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    dsr_limit: Option<Rate>,
    /// Age at the last instalment, years.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    umur_maksimal: Option<i64>,
    /// Plafon over the benefit payable during the tenor, percent.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    max_benefit_pct: Option<Rate>,
    /// Whether interest stops on the member's death.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    freeze_interest_on_death: Option<bool>,
    /// The one funder that it can be allocated to.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    funder_id: Change<i64>,
    /// Whether applications may use it.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
    /// The first day on which applications may use it.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    valid_from: Change<NaiveDate>,
    /// The last day on which applications may use it.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    valid_to: Change<NaiveDate>,
    /// Why its interest is above the cap; that needs `OVERRIDE_INTEREST_CAP` too.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    interest_cap_reason: Change<String>,
}

fn patch<T, U>(field: Change<T>, convert: impl FnOnce(T) -> U) -> Patch<U> {
    match field {
        Change::Keep => Patch::Keep,
        Change::Clear => Patch::Clear,
        Change::Set(value) => Patch::Set(convert(value)),
    }
}

impl From<ProductFieldsBody> for RawProduct {
    fn from(body: ProductFieldsBody) -> Self {
        let ProductFieldsBody {
            code,
            name,
            plafon_min,
            plafon_max,
            plafon_step,
            tenor_min,
            tenor_max,
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
            dsr_limit,
            umur_maksimal,
            max_benefit_pct,
            freeze_interest_on_death,
            funder_id,
            is_active,
            valid_from,
            valid_to,
            interest_cap_reason,
        } = body;
        Self {
            code,
            name,
            plafon_min,
            plafon_max,
            plafon_step,
            tenor_min,
            tenor_max,
            interest_rate,
            method,
            day_count,
            rounding,
            instalment_unit,
            interest_unit,
            last_instalment,
            principal_grace,
            broken_period,
            due_day: patch(due_day, |day| day),
            allocation_order,
            max_active_loans,
            dsr_limit,
            umur_maksimal,
            max_benefit_pct,
            freeze_interest_on_death,
            funder_id: patch(funder_id, FunderId::new),
            is_active,
            valid_from: patch(valid_from, |day| day),
            valid_to: patch(valid_to, |day| day),
            interest_cap_reason: patch(interest_cap_reason, |reason| reason),
        }
    }
}
