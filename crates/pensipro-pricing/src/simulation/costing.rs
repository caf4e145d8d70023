//! What a loan of a plafon and a tenor costs.

use pensipro_kernel::{Faults, Money, Rate, Rounding, div_round};

use crate::codes::{Collection, FeeKind};
use crate::formula::{DatedFlow, percentage, yearly_rate};
use crate::{DueDates, FeeCharge, FeeFacts, FeeTerms, Schedule, Terms, Totals, charges};

/// A schedule with its fees.
#[derive(Debug, Clone)]
pub(super) struct Costing {
    pub(super) schedule: Schedule,
    pub(super) fees: Vec<FeeCharge>,
    /// All fees together.
    pub(super) total_fees: Money,
    /// The plafon less what is deducted at disbursement; below zero if that exceeds it.
    pub(super) after_fees: Money,
}

impl Costing {
    pub(super) fn new(
        terms: &Terms,
        (plafon, tenor): (Money, u16),
        dates: DueDates,
        age: Option<u16>,
    ) -> Result<Self, Faults> {
        let schedule = Schedule::new(plafon, tenor, &terms.rules, dates)?;
        Self::of(schedule, &terms.fees, (plafon, tenor), age)
    }

    /// The same of a schedule that is there already.
    pub(super) fn of(
        schedule: Schedule,
        fees: &[FeeTerms],
        (plafon, tenor): (Money, u16),
        age: Option<u16>,
    ) -> Result<Self, Faults> {
        let facts = FeeFacts { plafon, tenor, instalment: schedule.instalment(), age };
        let fees = charges(fees, facts)?;
        let sum = |chosen: fn(&FeeCharge) -> bool| sum_of(&fees, chosen).ok_or_else(too_large);
        let total_fees = sum(|_| true)?;
        let upfront = sum(|fee| fee.collection == Collection::Upfront)?;
        let after_fees = plafon.checked_sub(upfront).ok_or_else(too_large)?;
        Ok(Self { schedule, fees, total_fees, after_fees })
    }

    pub(super) fn totals(&self) -> Result<Totals, Faults> {
        self.schedule.totals().ok_or_else(too_large)
    }

    /// The yearly rate of the cash flows after fees, a deposit being given back with the last row.
    pub(super) fn effective_rate(&self) -> Option<Rate> {
        if !self.after_fees.is_positive() {
            return None;
        }
        let billed = sum_of(&self.fees, |fee| fee.collection == Collection::FirstInstalment)?;
        let deposit = sum_of(&self.fees, |fee| fee.kind == FeeKind::Blokir)?;
        let flow = |date, amount: Money| DatedFlow { date, amount: amount.to_decimal() };
        let (schedule, dates) = (&self.schedule, self.schedule.dates());
        let mut flows = vec![flow(dates.start(), self.after_fees)];
        flows.push(flow(dates.first(), billed.checked_neg()?));
        flows.push(flow(schedule.maturity(), deposit));
        for row in schedule.dated_rows() {
            flows.push(flow(row.due_date, row.instalment.checked_neg()?));
        }
        percentage(&yearly_rate(&flows)?)
    }
}

fn sum_of(fees: &[FeeCharge], chosen: fn(&FeeCharge) -> bool) -> Option<Money> {
    Money::checked_sum(fees.iter().filter(|fee| chosen(fee)).map(|fee| fee.amount))
}

/// All interest over plafon and years.
pub(super) fn flat_rate(totals: Totals, tenor: u16) -> Result<Rate, Faults> {
    let rate = || {
        let yearly = i128::from(totals.interest.sen()).checked_mul(12)?;
        let units = yearly.checked_mul(Rate::UNITS_PER_WHOLE.into())?;
        let whole = i128::from(totals.principal.sen()).checked_mul(tenor.into())?;
        let rate = div_round(units, whole, Rounding::HalfAwayFromZero)?;
        i64::try_from(rate).ok().map(Rate::from_units)
    };
    rate().ok_or_else(too_large)
}

pub(super) fn too_large() -> Faults {
    let mut faults = Faults::new();
    faults.add("plafon", "out_of_range", "the amounts are too large");
    faults
}
