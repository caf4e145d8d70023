//! A month is closed: nothing is booked in it any more.

use pensipro_kernel::{Actor, AuditEntry, AuditLog, AuditValue, JobKind, JobRuns, Moment, Period};

use crate::{
    error::ServicingError,
    repository::{AccountingPeriods, PeriodState},
};

use super::EndOfDayRepository;

/// Closes a month that is over, does not lie before anything was entered, and whose last day the end of day has done for good, without leaving a loan
/// out. One that is closed already stays so.
pub fn close_period<Tx>(
    tx: &mut Tx,
    by: &Actor,
    period: Period,
    at: Moment,
) -> Result<(), ServicingError>
where
    Tx: AccountingPeriods + EndOfDayRepository + JobRuns + AuditLog,
{
    if period.last_day() >= at.today {
        return Err(ServicingError::PeriodNotOver(period));
    }
    if tx.hold_period(period)? == PeriodState::Closed {
        return Ok(());
    }
    if tx.first_booking()?.is_some_and(|first| period.last_day() < first) {
        return Err(ServicingError::PeriodBeforeFirst(period));
    }
    let through = tx.done_through(JobKind::EndOfDay)?;
    if through.is_none_or(|through| through < period.last_day()) {
        return Err(ServicingError::EndOfDayBehind { period, through });
    }
    let loans = tx.left_out_of_month_end(period.last_day())?;
    if loans > 0 {
        return Err(ServicingError::MonthEndIncomplete { period, loans });
    }
    tx.close_period(period, by.user_id)?;
    let entry = AuditEntry::new("period.close", "accounting_periods", number(period));
    tx.audit(by, entry.is(AuditValue::new().text("periode", period).with("status", "closed")))?;
    Ok(())
}

/// `202610`: months have no other number.
fn number(period: Period) -> i64 {
    let digits: String = period.to_string().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_default()
}
