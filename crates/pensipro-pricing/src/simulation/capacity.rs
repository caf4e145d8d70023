//! How much a pension carries.

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};
use chrono::NaiveDate;
use pensipro_kernel::document::{Column, Report, Table};
use pensipro_kernel::{Faults, Money};

use super::brochure::usual_tenors;
use super::circumstances::Circumstances;
use super::costing::{Costing, too_large};
use crate::codes::Method;
use crate::eligibility::{DebtService, EligibilityRule, age, benefit_limit, completed_years, dsr};
use crate::formula::{annuity_factor, monthly_rate, whole};
use crate::{DueDates, FirstDuePolicy, Limits, LoanProduct, Schedule, ScheduleRules, Terms};

/// The largest plafons that a pension carries, tenor by tenor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// The largest instalment that the DSR leaves.
    pub max_instalment: Money,
    /// By tenor, shortest first.
    pub rows: Vec<CapacityRow>,
}

/// The largest plafon of a tenor, and what it would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapacityRow {
    /// Months.
    pub tenor: u16,
    /// When the last instalment would be due.
    pub last_due: NaiveDate,
    /// Completed years of age then.
    pub age_at_end: u16,
    /// The largest plafon, in the product's steps; nothing where none can be had.
    pub max_plafon: Money,
    /// The rule that lets it be no larger.
    pub limited_by: EligibilityRule,
    /// Its regular instalment; nothing without a plafon.
    pub instalment: Money,
    /// Its fees.
    pub total_fees: Money,
    /// What would be paid out, after fees and the loan taken over; below zero if they exceed it.
    pub net_disbursement: Money,
}

/// The largest plafons of these tenors (the product's own, a year apart, if none is named).
pub fn capacity(
    terms: &Terms,
    limits: &Limits,
    tenors: &[u16],
    circumstances: &Circumstances,
    policy: FirstDuePolicy,
) -> Result<Capacity, Faults> {
    let mut faults = Faults::new();
    circumstances.check(&mut faults);
    let given = "must be given";
    faults.require(circumstances.birth_date.is_some(), "birth_date", "required", given);
    faults.require(circumstances.monthly_benefit.is_some(), "monthly_benefit", "required", given);
    super::check_tenors(tenors, limits, &mut faults);
    faults.finish(Some(()))?;
    let usual = usual_tenors(limits);
    let tenors = if tenors.is_empty() { &usual } else { tenors };
    let dates = circumstances.due_dates(&terms.rules, policy)?;
    let rows = tenors.iter().map(|tenor| row(terms, limits, *tenor, dates, circumstances));
    let service = circumstances.debt_service(Money::ZERO);
    let max_instalment = service.map_or(Money::ZERO, |service| service.room(limits.dsr_limit));
    Ok(Capacity { max_instalment, rows: rows.collect::<Result<_, _>>()? })
}

fn row(
    terms: &Terms,
    limits: &Limits,
    tenor: u16,
    dates: DueDates,
    circumstances: &Circumstances,
) -> Result<CapacityRow, Faults> {
    let birth_date = circumstances.birth_date.ok_or_else(too_large)?;
    let service = circumstances.debt_service(Money::ZERO).ok_or_else(too_large)?;
    let last_due = dates.due(tenor);
    let in_time = age(birth_date, last_due, limits.umur_maksimal).passed;
    let max_plafon = match in_time {
        true => max_plafon(&terms.rules, limits, tenor, dates, service),
        false => Money::ZERO,
    };
    let none = CapacityRow {
        tenor,
        last_due,
        age_at_end: completed_years(birth_date, last_due),
        max_plafon: Money::ZERO,
        limited_by: match in_time {
            true => binding(&terms.rules, limits, tenor, service),
            false => EligibilityRule::Age,
        },
        instalment: Money::ZERO,
        total_fees: Money::ZERO,
        net_disbursement: Money::ZERO,
    };
    if max_plafon == Money::ZERO {
        return Ok(none);
    }
    let costing = Costing::new(terms, (max_plafon, tenor), dates, circumstances.age())?;
    let net = costing.after_fees.checked_sub(circumstances.takeover).ok_or_else(too_large)?;
    Ok(CapacityRow {
        max_plafon,
        instalment: costing.schedule.instalment(),
        total_fees: costing.total_fees,
        net_disbursement: net,
        ..none
    })
}

/// What DSR, benefit and product each allow.
fn ceilings(
    rules: &ScheduleRules,
    limits: &Limits,
    tenor: u16,
    service: DebtService,
) -> [Money; 3] {
    [
        value_of(rules, tenor, service.room(limits.dsr_limit)).unwrap_or(Money::ZERO),
        benefit_limit(service.monthly_benefit, tenor, limits.max_benefit_pct),
        limits.plafon_max,
    ]
}

/// The rule whose ceiling is the lowest.
fn binding(
    rules: &ScheduleRules,
    limits: &Limits,
    tenor: u16,
    service: DebtService,
) -> EligibilityRule {
    let by = [EligibilityRule::Dsr, EligibilityRule::MaxBenefit, EligibilityRule::PlafonRange];
    let ceilings = ceilings(rules, limits, tenor, service).into_iter().zip(by);
    ceilings.min_by_key(|(ceiling, _)| *ceiling).map_or(EligibilityRule::Dsr, |(_, rule)| rule)
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
    let [value, benefit, most] = ceilings(rules, limits, tenor, service);
    let most = value.min(benefit).min(most);
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

impl Capacity {
    /// The same as a report.
    pub fn report(&self, product: &LoanProduct, circumstances: &Circumstances) -> Report {
        let columns = vec![
            Column::figures("tenor", "Tenor (bulan)"),
            Column::words("last_due", "Jatuh tempo akhir"),
            Column::figures("age_at_end", "Usia akhir"),
            Column::figures("max_plafon", "Plafon maksimal"),
            Column::figures("instalment", "Angsuran"),
            Column::figures("total_fees", "Biaya"),
            Column::figures("net_disbursement", "Diterima"),
        ];
        let mut table = Table::new(columns);
        for row in &self.rows {
            table.push(vec![
                row.tenor.into(),
                row.last_due.into(),
                row.age_at_end.into(),
                row.max_plafon.into(),
                row.instalment.into(),
                row.total_fees.into(),
                row.net_disbursement.into(),
            ]);
        }
        super::about(Report::new("Plafon maksimal", table), product, circumstances)
            .about("Angsuran maksimal", self.max_instalment)
    }
}
