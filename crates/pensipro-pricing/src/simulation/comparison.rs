//! The methods beside one another: what a rate means depends on what it is counted from.

use pensipro_kernel::document::{Column, Report, Table};
use pensipro_kernel::{Faults, Money, Rate};

use super::SimulationRequest;
use super::costing::{Costing, flat_rate, too_large};
use crate::codes::{DayCount, InstalmentRounding, LastInstalment, Method};
use crate::formula::{effective_to_flat, flat_to_effective, percentage, whole};
use crate::interest_cap::nominal_effective_rate;
use crate::{FirstDuePolicy, LoanProduct, ScheduleRuleParts, ScheduleRules, Terms, TermsParts};

/// One rate under each method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The nominal yearly rate.
    pub interest_rate: Rate,
    /// The flat rate that costs as much as an annuity at it.
    pub flat_of_effective: Rate,
    /// The nominal rate of an annuity that costs as much as it does flat.
    pub effective_of_flat: Rate,
    /// One a method.
    pub rows: Vec<MethodRow>,
}

/// A loan by a method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodRow {
    /// The method.
    pub method: Method,
    /// The regular instalment; under [`Method::Efektif`] the first and largest.
    pub instalment: Money,
    /// The last one.
    pub last_instalment: Money,
    /// All interest.
    pub total_interest: Money,
    /// Principal and interest.
    pub total_payment: Money,
    /// All interest over plafon and years.
    pub flat_rate: Rate,
    /// 12 times the monthly rate, without fees.
    pub nominal_effective_rate: Rate,
    /// The yearly rate after fees; absent where they leave nothing to disburse.
    pub effective_rate: Option<Rate>,
}

/// Compares the methods at one rate. Days count by `30_360`, the only way that flat interest knows.
pub fn compare(
    terms: &Terms,
    interest_rate: Option<Rate>,
    request: &SimulationRequest,
    policy: FirstDuePolicy,
) -> Result<Comparison, Faults> {
    let mut faults = Faults::new();
    request.circumstances.check(&mut faults);
    faults.finish(Some(()))?;
    let interest_rate = interest_rate.unwrap_or(terms.rules.interest_rate);
    let rows = Method::ALL.iter().map(|method| {
        let rules = by_method(terms, *method, interest_rate)?;
        row(&Terms::new(TermsParts { rules, ..(**terms).clone() })?, request, policy)
    });
    let rows = rows.collect::<Result<_, Faults>>()?;
    let (fraction, months) = (interest_rate.to_decimal() / whole(100), request.tenor.into());
    let rate = |found: Option<_>| found.as_ref().and_then(percentage).ok_or_else(too_large);
    Ok(Comparison {
        interest_rate,
        flat_of_effective: rate(effective_to_flat(&fraction, months))?,
        effective_of_flat: rate(flat_to_effective(&fraction, months))?,
        rows,
    })
}

fn by_method(terms: &Terms, method: Method, interest_rate: Rate) -> Result<ScheduleRules, Faults> {
    let own = *terms.rules;
    let level = method != Method::Efektif && own.rounding == InstalmentRounding::Up;
    let last_instalment = if level { own.last_instalment } else { LastInstalment::Adjust };
    let day_count = DayCount::Thirty360;
    ScheduleRules::new(ScheduleRuleParts {
        method,
        interest_rate,
        day_count,
        last_instalment,
        ..own
    })
}

fn row(
    terms: &Terms,
    request: &SimulationRequest,
    policy: FirstDuePolicy,
) -> Result<MethodRow, Faults> {
    let SimulationRequest { plafon, tenor, circumstances } = request;
    let dates = circumstances.due_dates(&terms.rules, policy)?;
    let costing = Costing::new(terms, (*plafon, *tenor), dates, circumstances.age())?;
    let totals = costing.totals()?;
    let nominal = nominal_effective_rate(&terms.rules, *tenor);
    let last = costing.schedule.rows().last().map(|row| row.instalment());
    Ok(MethodRow {
        method: terms.rules.method,
        instalment: costing.schedule.instalment(),
        last_instalment: last.ok_or_else(too_large)?,
        total_interest: totals.interest,
        total_payment: totals.payment,
        flat_rate: flat_rate(totals, *tenor)?,
        nominal_effective_rate: nominal.as_ref().and_then(percentage).ok_or_else(too_large)?,
        effective_rate: costing.effective_rate(),
    })
}

impl Comparison {
    /// The same as a report.
    pub fn report(&self, product: &LoanProduct, request: &SimulationRequest) -> Report {
        let columns = vec![
            Column::words("method", "Metode"),
            Column::figures("instalment", "Angsuran"),
            Column::figures("last_instalment", "Angsuran akhir"),
            Column::figures("total_interest", "Jumlah bunga"),
            Column::figures("total_payment", "Jumlah bayar"),
            Column::figures("flat_rate", "Setara flat"),
            Column::figures("nominal_effective_rate", "Efektif nominal"),
            Column::figures("effective_rate", "Efektif per tahun"),
        ];
        let mut table = Table::new(columns);
        for row in &self.rows {
            table.push(vec![
                row.method.code().into(),
                row.instalment.into(),
                row.last_instalment.into(),
                row.total_interest.into(),
                row.total_payment.into(),
                row.flat_rate.into(),
                row.nominal_effective_rate.into(),
                row.effective_rate.into(),
            ]);
        }
        super::about(Report::new("Perbandingan metode", table), product, &request.circumstances)
            .about("Plafon", request.plafon)
            .about("Tenor (bulan)", request.tenor)
            .about("Bunga yang dibandingkan", self.interest_rate)
    }
}
