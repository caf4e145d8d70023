//! Offers that nobody took up in time.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, AuditLog, Expected, LoanId, Moment, Outbox};
use pensipro_origination::{ApplicationRepository, ApplicationStatus, OfferPolicy};
use pensipro_servicing::{LoanRepository, LoanStatus};

use crate::{FlowError, withdraw::withdraw};

/// Cancels the offers among these loans that stood for the last time before the day, with their
/// applications; gives how many. A loan to which something was entered, because its disbursement was
/// taken back, is left to people.
pub fn cancel_expired_offers<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loans: &[LoanId],
    (policy, day): (OfferPolicy, NaiveDate),
    at: Moment,
) -> Result<u64, FlowError>
where
    Tx: ApplicationRepository + LoanRepository + AuditLog + Outbox,
{
    let mut cancelled = 0;
    for id in loans {
        let stored = tx.stored_loan(*id, by.scope)?;
        let last_day = policy.last_day(stored.loan.approved_on);
        let is_offer = stored.loan.status == LoanStatus::Pending && stored.state.last.is_none();
        if !is_offer || last_day >= day {
            continue;
        }
        let application = stored.loan.application_id;
        if tx.lock_application(application, by.scope)?.status != ApplicationStatus::Approved {
            continue;
        }
        let reason = format!("Penawaran berlaku sampai {last_day} dan tidak dicairkan");
        withdraw(tx, by, application, Expected::Any, reason, at)?;
        cancelled += 1;
    }
    Ok(cancelled)
}
