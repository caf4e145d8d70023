//! A simulated loan.

use chrono::NaiveDate;
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{
    Circumstances, Eligibility, InstalmentUnit, ScheduleRow, Simulation, SimulationRequest, Totals,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::{fees::ChargeBody, rules::RuleBody};

/// What is to be simulated.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SimulationQuery {
    /// The plafon.
    #[param(value_type = String, example = "50000000")]
    plafon: Money,
    /// Months.
    #[param(example = 36)]
    tenor: u16,
    /// When it would be disbursed; by default today.
    disbursed_on: Option<NaiveDate>,
    /// When the first instalment would be due; by default by the product's due day.
    first_due_date: Option<NaiveDate>,
    /// The member's birth date; with `monthly_benefit` it adds `eligibility`.
    birth_date: Option<NaiveDate>,
    /// The gross pension a month.
    #[param(value_type = Option<String>)]
    monthly_benefit: Option<Money>,
    /// Other obligations a month.
    #[param(value_type = Option<String>)]
    obligations: Option<Money>,
    /// What paying off the loan that is taken over costs.
    #[param(value_type = Option<String>)]
    takeover: Option<Money>,
}

impl SimulationQuery {
    /// The request, as of today.
    pub fn on(self, today: NaiveDate) -> SimulationRequest {
        let Self {
            plafon,
            tenor,
            disbursed_on,
            first_due_date,
            birth_date,
            monthly_benefit,
            obligations,
            takeover,
        } = self;
        let circumstances = Circumstances {
            disbursed_on: disbursed_on.unwrap_or(today),
            first_due_date,
            birth_date,
            monthly_benefit,
            obligations: obligations.unwrap_or(Money::ZERO),
            takeover: takeover.unwrap_or(Money::ZERO),
        };
        SimulationRequest { plafon, tenor, circumstances }
    }
}

/// What the loan would look like.
#[derive(Serialize, ToSchema)]
pub struct SimulationBody {
    /// The plafon.
    #[schema(value_type = String)]
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// `flat`, `anuitas` or `efektif`
    pub method: &'static str,
    /// Nominal percent a year.
    #[schema(value_type = String)]
    pub interest_rate: Rate,
    /// All interest over plafon and years.
    #[schema(value_type = String)]
    pub flat_rate: Rate,
    /// 12 times the monthly rate, without fees.
    #[schema(value_type = String)]
    pub nominal_effective_rate: Rate,
    /// A year, of the cash flows after fees; `null` where the fees leave nothing to disburse.
    #[schema(value_type = Option<String>)]
    pub effective_rate: Option<Rate>,
    /// The regular instalment.
    #[schema(value_type = String)]
    pub instalment: Money,
    /// What instalments are multiples of, where the product's unit was too coarse.
    #[schema(value_type = Option<String>)]
    pub finer_unit: Option<Money>,
    /// The plafon, row by row.
    #[schema(value_type = String)]
    pub total_principal: Money,
    /// All interest.
    #[schema(value_type = String)]
    pub total_interest: Money,
    /// Both together.
    #[schema(value_type = String)]
    pub total_payment: Money,
    /// The fees.
    pub fees: Vec<ChargeBody>,
    /// All of them together.
    #[schema(value_type = String)]
    pub total_fees: Money,
    /// What is paid out, after fees and the loan taken over.
    #[schema(value_type = String)]
    pub net_disbursement: Money,
    /// The rows.
    pub schedule: Vec<SimulatedRowBody>,
    /// The verdict, where birth date and benefit were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub eligibility: Option<EligibilityBody>,
}

/// A row of the schedule.
#[derive(Serialize, ToSchema)]
pub struct SimulatedRowBody {
    pub no: u16,
    pub due_date: NaiveDate,
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub interest: Money,
    #[schema(value_type = String)]
    pub instalment: Money,
    /// Principal left after it.
    #[schema(value_type = String)]
    pub balance: Money,
}

/// Whether a member may have it, and how much at most.
#[derive(Serialize, ToSchema)]
pub struct EligibilityBody {
    /// Whether every rule holds.
    pub passed: bool,
    /// Instalment and obligations over the benefit, percent.
    #[schema(value_type = Option<String>)]
    pub dsr: Option<Rate>,
    /// Completed years at disbursement.
    pub age: u16,
    /// Completed years when the last instalment is due.
    pub age_at_end: u16,
    /// The largest instalment that the debt-service ratio leaves.
    #[schema(value_type = String)]
    pub max_instalment: Money,
    /// What is left of the pension after instalment and obligations.
    #[schema(value_type = String)]
    pub benefit_left: Money,
    /// The largest plafon of this tenor.
    #[schema(value_type = String)]
    pub max_plafon: Money,
    /// Every rule with its figures.
    pub rules: Vec<RuleBody>,
}

impl From<Simulation> for SimulationBody {
    fn from(simulation: Simulation) -> Self {
        let Simulation {
            plafon,
            tenor,
            method,
            interest_rate,
            flat_rate,
            nominal_effective_rate,
            effective_rate,
            instalment,
            finer_unit,
            totals,
            fees,
            total_fees,
            net_disbursement,
            schedule,
            eligibility,
        } = simulation;
        let Totals { principal, interest, payment } = totals;
        Self {
            plafon,
            tenor,
            method: method.code(),
            interest_rate,
            flat_rate,
            nominal_effective_rate,
            effective_rate,
            instalment,
            finer_unit: finer_unit.map(InstalmentUnit::money),
            total_principal: principal,
            total_interest: interest,
            total_payment: payment,
            fees: fees.into_iter().map(ChargeBody::from).collect(),
            total_fees,
            net_disbursement,
            schedule: schedule.into_iter().map(SimulatedRowBody::from).collect(),
            eligibility: eligibility.map(EligibilityBody::from),
        }
    }
}

impl From<ScheduleRow> for SimulatedRowBody {
    fn from(row: ScheduleRow) -> Self {
        let ScheduleRow { no, due_date, principal, interest, instalment, balance } = row;
        Self { no, due_date, principal, interest, instalment, balance }
    }
}

impl From<Eligibility> for EligibilityBody {
    fn from(eligibility: Eligibility) -> Self {
        let Eligibility {
            passed,
            dsr,
            age,
            age_at_end,
            max_instalment,
            benefit_left,
            max_plafon,
            rules,
        } = eligibility;
        let rules = rules.into_iter().map(RuleBody::from).collect();
        Self { passed, dsr, age, age_at_end, max_instalment, benefit_left, max_plafon, rules }
    }
}
