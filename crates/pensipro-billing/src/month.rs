//! A payer's month as a whole: what was billed, and what became of it.

use pensipro_kernel::Money;

use crate::OutcomeKind;

/// Live billed lines of one latest outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MonthTotals {
    /// Lines.
    pub count: u32,
    /// What was billed on them.
    pub billed: Money,
    /// All that was cut for them.
    pub paid: Money,
}

/// A payer's month over its live billed lines, each counted once, by its latest outcome. Always
/// Σ billed = Σ billed by outcome, with what was not returned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MonthAccount {
    /// What the exports that are live tell that they bill.
    pub exported: Money,
    rows: Vec<(Option<OutcomeKind>, MonthTotals)>,
}

impl MonthAccount {
    /// The month of these totals; each outcome stands once, `None` for lines that are not answered.
    pub fn new(exported: Money, rows: Vec<(Option<OutcomeKind>, MonthTotals)>) -> Self {
        Self { exported, rows }
    }

    /// The lines of an outcome; of `None` those that were not returned.
    pub fn of(&self, outcome: Option<OutcomeKind>) -> MonthTotals {
        let found = self.rows.iter().find(|(kind, _)| *kind == outcome);
        found.map(|(_, totals)| *totals).unwrap_or_default()
    }

    /// What was billed on all lines together; `None` if it does not fit.
    pub fn billed(&self) -> Option<Money> {
        Money::checked_sum(self.rows.iter().map(|(_, totals)| totals.billed))
    }

    /// True if every line that was billed stands under one outcome, or was not returned.
    pub fn balances(&self) -> bool {
        self.billed() == Some(self.exported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_balances_by_outcome_and_what_was_not_returned() {
        let totals =
            |sen| MonthTotals { count: 1, billed: Money::from_sen(sen), ..Default::default() };
        let rows = vec![(Some(OutcomeKind::Matched), totals(300)), (None, totals(200))];
        let month = MonthAccount::new(Money::from_sen(500), rows.clone());
        assert!(month.balances());
        assert_eq!(month.of(None).billed, Money::from_sen(200));
        assert_eq!(month.of(Some(OutcomeKind::Over)), MonthTotals::default());
        assert!(!MonthAccount::new(Money::from_sen(501), rows).balances());
    }
}
