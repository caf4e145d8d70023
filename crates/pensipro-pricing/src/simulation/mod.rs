//! What a loan would look like, before anybody applies for it: one loan, a table of them, the largest
//! that a pension carries, and the methods beside one another.

mod brochure;
mod capacity;
mod circumstances;
mod comparison;
mod cost;
mod costing;

pub use brochure::{
    Brochure, BrochureCell, BrochureFigure, BrochureRequest, BrochureRow, brochure,
};
pub use capacity::{Capacity, CapacityRow, capacity, max_plafon};
pub use circumstances::{Circumstances, due_dates};
pub use comparison::{Comparison, MethodRow, compare};
pub use cost::{LoanCost, loan_cost};

use pensipro_kernel::document::Report;
use pensipro_kernel::{Faults, Money, Rate};

use self::costing::{Costing, flat_rate, too_large};
use crate::codes::{InstalmentUnit, Method};
use crate::eligibility::{
    EligibilityFacts, RuleResult, completed_years, judge, plafon_range, tenor_range,
};
use crate::formula::percentage;
use crate::interest_cap::nominal_effective_rate;
use crate::{FeeCharge, FirstDuePolicy, Limits, LoanProduct, ScheduleRow, Terms, Totals};

/// What is to be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulationRequest {
    /// The plafon.
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// When, and for whom.
    pub circumstances: Circumstances,
}

/// What it would look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulation {
    /// The plafon.
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// The method.
    pub method: Method,
    /// The nominal yearly rate.
    pub interest_rate: Rate,
    /// All interest over plafon and years.
    pub flat_rate: Rate,
    /// 12 times the monthly rate, without fees.
    pub nominal_effective_rate: Rate,
    /// The yearly rate of the cash flows after fees, a deposit being given back with the last row;
    /// absent where the fees leave nothing to disburse.
    pub effective_rate: Option<Rate>,
    /// The regular instalment.
    pub instalment: Money,
    /// The unit of the instalments, if the product's was too coarse.
    pub finer_unit: Option<InstalmentUnit>,
    /// What all rows come to.
    pub totals: Totals,
    /// The fees.
    pub fees: Vec<FeeCharge>,
    /// All of them together.
    pub total_fees: Money,
    /// Plafon less what is deducted at disbursement and the take-over; below zero if they exceed it.
    pub net_disbursement: Money,
    /// The rows.
    pub schedule: Vec<ScheduleRow>,
    /// The verdict, where benefit and birth date are known.
    pub eligibility: Option<Eligibility>,
}

/// Whether a member may have it, and how much at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Eligibility {
    /// Whether every rule holds.
    pub passed: bool,
    /// Instalment and obligations over the benefit; absent past any meaning.
    pub dsr: Option<Rate>,
    /// Completed years of age at disbursement.
    pub age: u16,
    /// Completed years of age when the last instalment is due.
    pub age_at_end: u16,
    /// The largest instalment that the DSR leaves.
    pub max_instalment: Money,
    /// What is left of the pension after instalment and obligations; below zero if they exceed it.
    pub benefit_left: Money,
    /// The largest plafon of this tenor, in the product's steps; nothing where none passes.
    pub max_plafon: Money,
    /// Every rule with its figures.
    pub rules: Vec<RuleResult>,
}

/// Simulates a loan. Plafon and tenor out of range are faults, unless benefit and birth date are given:
/// then they stand among the failing rules.
pub fn simulate(
    terms: &Terms,
    limits: &Limits,
    request: &SimulationRequest,
    policy: FirstDuePolicy,
) -> Result<Simulation, Faults> {
    check(request, limits)?;
    let SimulationRequest { plafon, tenor, circumstances } = request;
    let dates = circumstances.due_dates(&terms.rules, policy)?;
    let costing = Costing::new(terms, (*plafon, *tenor), dates, circumstances.age())?;
    let totals = costing.totals()?;
    let nominal = nominal_effective_rate(&terms.rules, *tenor);
    let net = costing.after_fees.checked_sub(circumstances.takeover);
    Ok(Simulation {
        plafon: *plafon,
        tenor: *tenor,
        method: terms.rules.method,
        interest_rate: terms.rules.interest_rate,
        flat_rate: flat_rate(totals, *tenor)?,
        nominal_effective_rate: nominal.as_ref().and_then(percentage).ok_or_else(too_large)?,
        effective_rate: costing.effective_rate(),
        instalment: costing.schedule.instalment(),
        finer_unit: costing.schedule.finer_unit(),
        totals,
        total_fees: costing.total_fees,
        net_disbursement: net.ok_or_else(too_large)?,
        schedule: costing.schedule.dated_rows().collect(),
        eligibility: eligibility(terms, limits, request, &costing)?,
        fees: costing.fees,
    })
}

fn check(request: &SimulationRequest, limits: &Limits) -> Result<(), Faults> {
    let mut faults = Faults::new();
    request.circumstances.check(&mut faults);
    if !request.circumstances.know_the_member() {
        for (field, verdict) in [
            ("plafon", plafon_range(request.plafon, limits)),
            ("tenor", tenor_range(request.tenor, limits)),
        ] {
            let message = format!("{} is outside {}", verdict.actual, verdict.limit);
            faults.require(verdict.passed, field, "out_of_range", &message);
        }
    }
    faults.finish(Some(()))
}

/// Tenors that a table is asked for lie in the product's range.
fn check_tenors(tenors: &[u16], limits: &Limits, faults: &mut Faults) {
    for (place, tenor) in tenors.iter().enumerate() {
        let verdict = tenor_range(*tenor, limits);
        let message = format!("{} is outside {}", verdict.actual, verdict.limit);
        faults.require(verdict.passed, &format!("tenors[{place}]"), "out_of_range", &message);
    }
}

fn eligibility(
    terms: &Terms,
    limits: &Limits,
    request: &SimulationRequest,
    costing: &Costing,
) -> Result<Option<Eligibility>, Faults> {
    let SimulationRequest { plafon, tenor, circumstances } = *request;
    let schedule = &costing.schedule;
    let service = circumstances.debt_service(schedule.instalment());
    let Some((birth_date, service)) = circumstances.birth_date.zip(service) else {
        return Ok(None);
    };
    let last_due = schedule.maturity();
    let facts = EligibilityFacts {
        plafon,
        tenor,
        instalment: service.instalment,
        obligations: service.obligations,
        monthly_benefit: service.monthly_benefit,
        birth_date,
        last_due,
    };
    let rules = judge(&facts, limits);
    Ok(Some(Eligibility {
        passed: rules.iter().all(|rule| rule.passed),
        dsr: service.ratio(),
        age: completed_years(birth_date, circumstances.disbursed_on),
        age_at_end: completed_years(birth_date, last_due),
        max_instalment: service.room(limits.dsr_limit),
        benefit_left: service.left().ok_or_else(too_large)?,
        max_plafon: max_plafon(&terms.rules, limits, tenor, schedule.dates(), service),
        rules,
    }))
}

/// Heads a report with the product and what is known of the member.
fn about(report: Report, product: &LoanProduct, circumstances: &Circumstances) -> Report {
    let (details, rules) = (&product.details, &product.details.rules);
    let report = report
        .about("Produk", format!("{} ({})", details.name, details.code))
        .about("Bunga per tahun", rules.interest_rate)
        .about("Metode", rules.method.code())
        .about("Tanggal pencairan", circumstances.disbursed_on);
    let report = match circumstances.birth_date {
        Some(birth_date) => report.about("Tanggal lahir", birth_date),
        None => report,
    };
    match circumstances.monthly_benefit {
        Some(benefit) => report.about("Manfaat pensiun per bulan", benefit),
        None => report,
    }
}

#[cfg(test)]
mod tests;
