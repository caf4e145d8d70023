//! Opening a month's settlement with a funder.

use chrono::NaiveDate;
use pensipro_funding::{
    FunderRepository, FundingError, Settlement, SettlementRepository,
    settlement::{Coverage, TaxRates},
    usecases::SETTLEMENTS,
};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Faults, FunderId, Moment, Period, Permission,
};
use pensipro_servicing::{AccountingPeriods, PeriodState};

use crate::FlowError;

/// The wish for a settlement, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleFunder {
    periode: Period,
    include_open_month: bool,
}

impl SettleFunder {
    /// Of a month that is closed.
    pub(crate) const fn of_closed(periode: Period) -> Self {
        Self { periode, include_open_month: false }
    }

    /// Checks the fields: a month that has begun.
    pub fn check(
        periode: Option<&str>,
        include_open_month: Option<bool>,
        today: NaiveDate,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let periode = match periode.map(|text| text.trim().parse::<Period>()) {
            None => {
                faults.add("periode", "required", "is missing");
                None
            }
            Some(Err(fault)) => {
                faults.add("periode", "invalid_periode", fault.to_string());
                None
            }
            Some(Ok(periode)) => {
                let begun = periode.first_day() <= today;
                faults.require(begun, "periode", "date_in_future", "has not begun");
                Some(periode)
            }
        };
        let include_open_month = include_open_month.unwrap_or_default();
        faults.finish(periode.map(|periode| Self { periode, include_open_month }))
    }
}

/// Opens a funder's settlement of a month in status `generating`, or begins its draft anew; its lines come by
/// [`pensipro_funding::usecases::generate_settlement_chunk`]. The month is held meanwhile, so that none is
/// judged open while it closes.
pub fn open_funder_settlement<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
    command: SettleFunder,
    tax_rates: TaxRates,
    at: Moment,
) -> Result<Settlement, FlowError>
where
    Tx: FunderRepository + SettlementRepository + AccountingPeriods + AuditLog + Authority,
{
    tx.recheck(by, Permission::SettleFunder)?;
    by.whole_house()?;
    begin_settlement(tx, by, funder, command, tax_rates, at)
}

/// The same for somebody whose right was proved.
pub(crate) fn begin_settlement<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
    command: SettleFunder,
    tax_rates: TaxRates,
    at: Moment,
) -> Result<Settlement, FlowError>
where
    Tx: FunderRepository + SettlementRepository + AccountingPeriods + AuditLog,
{
    let SettleFunder { periode, include_open_month } = command;
    tx.lock_funder(funder, by.scope)?;
    let open_month = match tx.hold_period(periode)? {
        PeriodState::Closed => false,
        PeriodState::Open if include_open_month => true,
        PeriodState::Open => return Err(FundingError::PeriodOpen { periode }.into()),
    };
    let existing = tx.settlement_of(funder, periode)?;
    if let Some(existing) = existing.as_ref().filter(|existing| existing.is_final()) {
        return Err(FundingError::SettlementFinal { existing: existing.id }.into());
    }
    let last = tx.last_final_settlement(funder)?;
    if let Some(later) = last.as_ref().filter(|last| last.coverage.periode > periode) {
        return Err(FundingError::LaterSettlement { periode: later.coverage.periode }.into());
    }
    let coverage = Coverage {
        funder_id: funder,
        periode,
        through: periode.last_day().min(at.today),
        open_month,
        follows: last.as_ref().map(|last| last.id),
        months: last.map_or(1, |last| periode.months_after(last.coverage.periode)),
        tax_rates,
    };
    let opened = match existing {
        Some(draft) => {
            tx.clear_settlement(draft.id)?;
            let mut anew = draft.restarted(coverage, at, by.user_id);
            anew.version = tx.save_settlement(&anew)?;
            anew
        }
        None => tx.add_settlement(&coverage, by.user_id, at)?,
    };
    let entry = AuditEntry::new("funder.settlement.open", SETTLEMENTS, opened.id.get());
    tx.audit(by, entry.is(opened.audit_view()))?;
    Ok(opened)
}
