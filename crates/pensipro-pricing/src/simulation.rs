//! What a loan would look like, before anybody applies for it.

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use chrono::NaiveDate;
use pensipro_kernel::{Faults, Money, Rate, Rounding, div_round};

use crate::codes::{Collection, FeeKind, InstalmentUnit, Method};
use crate::eligibility::{
    DebtService, EligibilityFacts, RuleResult, benefit_limit, completed_years, dsr, judge,
    plafon_range, tenor_range,
};
use crate::formula::{DatedFlow, annuity_factor, monthly_rate, percentage, whole, yearly_rate};
use crate::interest_cap::nominal_effective_rate;
use crate::{
    DueDates, FeeCharge, FeeFacts, FirstDuePolicy, Limits, Schedule, ScheduleRow, ScheduleRules,
    Terms, Totals, charges,
};

/// What is to be simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulationRequest {
    /// The plafon.
    pub plafon: Money,
    /// Months.
    pub tenor: u16,
    /// When it would be disbursed.
    pub disbursed_on: NaiveDate,
    /// When row 1 would be due; by the due day if absent.
    pub first_due_date: Option<NaiveDate>,
    /// The member's birth date.
    pub birth_date: Option<NaiveDate>,
    /// The gross pension a month.
    pub monthly_benefit: Option<Money>,
    /// Other obligations a month.
    pub obligations: Money,
    /// What paying off the loan that is taken over costs.
    pub takeover: Money,
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
    /// Completed years of age when the last instalment is due.
    pub age_at_end: u16,
    /// The largest plafon of this tenor, in the product's steps; nothing where none passes.
    pub max_plafon: Money,
    /// Every rule with its figures.
    pub rules: Vec<RuleResult>,
}

/// Due dates of a loan: from the first one if it is given, else by the due day.
pub fn due_dates(
    disbursed_on: NaiveDate,
    first_due_date: Option<NaiveDate>,
    rules: &ScheduleRules,
    policy: FirstDuePolicy,
) -> Result<DueDates, Faults> {
    match first_due_date {
        Some(first) => Ok(DueDates::from_first(disbursed_on, first)?),
        None => Ok(DueDates::following(disbursed_on, rules.due_day, policy)),
    }
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
    let dates = due_dates(request.disbursed_on, request.first_due_date, &terms.rules, policy)?;
    let schedule = Schedule::new(request.plafon, request.tenor, &terms.rules, dates)?;
    let fees = charges(&terms.fees, fee_facts(request, &schedule))?;
    let sum = |fees: &mut dyn Iterator<Item = &FeeCharge>| {
        Money::checked_sum(fees.map(|fee| fee.amount)).ok_or_else(too_large)
    };
    let total_fees = sum(&mut fees.iter())?;
    let upfront = sum(&mut fees.iter().filter(|fee| fee.collection == Collection::Upfront))?;
    let after_fees = request.plafon.checked_sub(upfront).ok_or_else(too_large)?;
    let totals = schedule.totals().ok_or_else(too_large)?;
    let nominal = nominal_effective_rate(&terms.rules, request.tenor);
    Ok(Simulation {
        plafon: request.plafon,
        tenor: request.tenor,
        method: terms.rules.method,
        interest_rate: terms.rules.interest_rate,
        flat_rate: flat_rate(totals, request.tenor).ok_or_else(too_large)?,
        nominal_effective_rate: nominal.as_ref().and_then(percentage).ok_or_else(too_large)?,
        effective_rate: effective_rate(&schedule, &fees, after_fees),
        instalment: schedule.instalment(),
        finer_unit: schedule.finer_unit(),
        totals,
        total_fees,
        net_disbursement: after_fees.checked_sub(request.takeover).ok_or_else(too_large)?,
        schedule: schedule.dated_rows().collect(),
        eligibility: eligibility(terms, limits, request, &schedule),
        fees,
    })
}

fn check(request: &SimulationRequest, limits: &Limits) -> Result<(), Faults> {
    let mut faults = Faults::new();
    let negative = "must not be negative";
    faults.require(!request.obligations.is_negative(), "obligations", "out_of_range", negative);
    faults.require(!request.takeover.is_negative(), "takeover", "out_of_range", negative);
    let benefit = request.monthly_benefit.is_none_or(Money::is_positive);
    faults.require(benefit, "monthly_benefit", "out_of_range", "must be above 0");
    let born = request.birth_date.is_none_or(|birth_date| birth_date < request.disbursed_on);
    faults.require(born, "birth_date", "out_of_range", "must lie before the disbursement");
    if request.birth_date.is_none() || request.monthly_benefit.is_none() {
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

fn too_large() -> Faults {
    let mut faults = Faults::new();
    faults.add("plafon", "out_of_range", "the amounts are too large");
    faults
}

fn fee_facts(request: &SimulationRequest, schedule: &Schedule) -> FeeFacts {
    FeeFacts {
        plafon: request.plafon,
        tenor: request.tenor,
        instalment: schedule.instalment(),
        age: request.birth_date.map(|birth| completed_years(birth, request.disbursed_on)),
    }
}

/// All interest over plafon and years.
fn flat_rate(totals: Totals, tenor: u16) -> Option<Rate> {
    let yearly = i128::from(totals.interest.sen()).checked_mul(12)?;
    let units = yearly.checked_mul(Rate::UNITS_PER_WHOLE.into())?;
    let whole = i128::from(totals.principal.sen()).checked_mul(tenor.into())?;
    let rate = div_round(units, whole, Rounding::HalfAwayFromZero)?;
    i64::try_from(rate).ok().map(Rate::from_units)
}

fn effective_rate(schedule: &Schedule, fees: &[FeeCharge], after_fees: Money) -> Option<Rate> {
    if !after_fees.is_positive() {
        return None;
    }
    let fee_sum = |chosen: fn(&FeeCharge) -> bool| {
        Money::checked_sum(fees.iter().filter(|fee| chosen(fee)).map(|fee| fee.amount))
    };
    let billed = fee_sum(|fee| fee.collection == Collection::FirstInstalment)?;
    let deposit = fee_sum(|fee| fee.kind == FeeKind::Blokir)?;
    let flow = |date, amount: Money| DatedFlow { date, amount: amount.to_decimal() };
    let dates = schedule.dates();
    let mut flows = vec![flow(dates.start(), after_fees)];
    flows.push(flow(dates.first(), billed.checked_neg()?));
    flows.push(flow(schedule.maturity(), deposit));
    for row in schedule.dated_rows() {
        flows.push(flow(row.due_date, row.instalment.checked_neg()?));
    }
    percentage(&yearly_rate(&flows)?)
}

fn eligibility(
    terms: &Terms,
    limits: &Limits,
    request: &SimulationRequest,
    schedule: &Schedule,
) -> Option<Eligibility> {
    let (birth_date, monthly_benefit) = (request.birth_date?, request.monthly_benefit?);
    let facts = EligibilityFacts {
        plafon: request.plafon,
        tenor: request.tenor,
        instalment: schedule.instalment(),
        obligations: request.obligations,
        monthly_benefit,
        birth_date,
        last_due: schedule.maturity(),
    };
    let service = DebtService {
        instalment: facts.instalment,
        obligations: facts.obligations,
        monthly_benefit,
    };
    let rules = judge(&facts, limits);
    Some(Eligibility {
        passed: rules.iter().all(|rule| rule.passed),
        dsr: service.ratio(),
        age_at_end: completed_years(birth_date, facts.last_due),
        max_plafon: max_plafon(&terms.rules, limits, request.tenor, schedule.dates(), service),
        rules,
    })
}

/// The largest plafon whose rounded instalment the DSR leaves room for: the present value of the
/// largest instalment, rounded down to the product's step and lowered by steps until it passes, within
/// the product's and the benefit's limits; nothing where that is below the product's least plafon. The
/// instalment in `service` does not count.
pub fn max_plafon(
    rules: &ScheduleRules,
    limits: &Limits,
    tenor: u16,
    dates: DueDates,
    service: DebtService,
) -> Money {
    let benefit = benefit_limit(service.monthly_benefit, tenor, limits.max_benefit_pct);
    let value = value_of(rules, tenor, service.room(limits.dsr_limit)).unwrap_or(Money::ZERO);
    let most = value.min(benefit).min(limits.plafon_max);
    let step = limits.plafon_step.sen().max(1);
    let passes = |steps: i64| {
        let plafon = Money::from_sen(steps.saturating_mul(step));
        Schedule::new(plafon, tenor, rules, dates).is_ok_and(|schedule| {
            let service = DebtService { instalment: schedule.instalment(), ..service };
            dsr(service, limits.dsr_limit).passed
        })
    };
    // A larger plafon never has a smaller instalment: the steps are searched by halving.
    let (mut passing, mut above) = (0, (most.sen() / step).saturating_add(1));
    while above.saturating_sub(passing) > 1 {
        let middle = passing.midpoint(above);
        if passes(middle) { passing = middle } else { above = middle }
    }
    let plafon = Money::from_sen(passing.saturating_mul(step));
    if plafon < limits.plafon_min { Money::ZERO } else { plafon }
}

/// What an instalment is worth, rounded down to the sen.
fn value_of(rules: &ScheduleRules, tenor: u16, instalment: Money) -> Option<Money> {
    let rows = u32::from(tenor.checked_sub(rules.principal_grace)?);
    let monthly = monthly_rate(rules.interest_rate);
    let factor: BigDecimal = match rules.method {
        Method::Anuitas => annuity_factor(&monthly, rows),
        // The first instalment, 1/n of the plafon and a month's interest on it, is the largest.
        Method::Flat | Method::Efektif => {
            let rows = whole(rows);
            &rows / (whole(1) + &monthly * &rows)
        }
    };
    let sen = whole(instalment.sen()) * factor;
    sen.with_scale_round(0, RoundingMode::Down).to_i64().map(Money::from_sen)
}

#[cfg(test)]
mod tests;
