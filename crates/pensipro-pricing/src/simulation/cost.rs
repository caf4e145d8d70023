//! What a loan on agreed terms costs, as its papers state it.

use pensipro_kernel::{Faults, Money, Rate};

use super::costing::{Costing, flat_rate};
use crate::formula::percentage;
use crate::interest_cap::nominal_effective_rate;
use crate::{DueDates, FeeCharge, ScheduleRow, Terms, Totals};

/// What a loan costs, row by row and fee by fee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanCost {
    /// The regular instalment.
    pub instalment: Money,
    /// The rows.
    pub rows: Vec<ScheduleRow>,
    /// What all rows come to.
    pub totals: Totals,
    /// The fees.
    pub fees: Vec<FeeCharge>,
    /// All of them together.
    pub total_fees: Money,
    /// Plafon less what is deducted at disbursement; below zero if that exceeds it.
    pub net: Money,
    /// All interest over plafon and years.
    pub flat_rate: Rate,
    /// 12 times the monthly rate, without fees; absent past any meaning.
    pub nominal_effective_rate: Option<Rate>,
    /// The yearly rate of the cash flows after fees, a deposit being given back with the last row;
    /// absent where the fees leave nothing to disburse.
    pub effective_rate: Option<Rate>,
}

/// What a loan of this plafon and tenor costs on these terms and dates, for somebody of this age.
pub fn loan_cost(
    terms: &Terms,
    (plafon, tenor): (Money, u16),
    dates: DueDates,
    age: Option<u16>,
) -> Result<LoanCost, Faults> {
    let costing = Costing::new(terms, (plafon, tenor), dates, age)?;
    let totals = costing.totals()?;
    Ok(LoanCost {
        instalment: costing.schedule.instalment(),
        rows: costing.schedule.dated_rows().collect(),
        totals,
        total_fees: costing.total_fees,
        net: costing.after_fees,
        flat_rate: flat_rate(totals, tenor)?,
        nominal_effective_rate: nominal_effective_rate(&terms.rules, tenor)
            .as_ref()
            .and_then(percentage),
        effective_rate: costing.effective_rate(),
        fees: costing.fees,
    })
}
