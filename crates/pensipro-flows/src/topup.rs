//! The member's own loan that a new one tops up.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, ApplicationId, LoanId, Money, Scope};
use pensipro_members::MemberRepository;
use pensipro_origination::{Application, ApplicationRepository, TopUp, usecases::LockedCase};
use pensipro_servicing::{
    LoanRepository, LoanStatus, ServicingError, ServicingPolicy, settlement_quote,
};

use crate::FlowError;

/// Locks an application to be judged: member, application, and the loan that it tops up as it stands
/// on a day.
pub(crate) fn lock_case<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    policy: &ServicingPolicy,
    on: NaiveDate,
) -> Result<LockedCase, FlowError>
where
    Tx: MemberRepository + ApplicationRepository + LoanRepository,
{
    let member_id = tx.application(id, by.scope)?.member_id;
    let member = tx.lock_member(member_id, by.scope)?;
    let application = tx.lock_application(id, by.scope)?;
    let topup = lock_topup(tx, &application, policy, on)?;
    Ok(LockedCase { member, application, topup })
}

/// The loan that an application tops up, locked.
pub(crate) fn lock_topup<Tx: LoanRepository>(
    tx: &mut Tx,
    application: &Application,
    policy: &ServicingPolicy,
    on: NaiveDate,
) -> Result<Option<TopUp>, FlowError> {
    let Some(loan) = application.request.topup else { return Ok(None) };
    tx.lock_loan(loan, Scope::WholeHouse)?;
    topup_on(tx, loan, policy, on).map(Some)
}

/// A loan to be topped up, as it stands on a day.
pub(crate) fn topup_on<Tx: LoanRepository>(
    tx: &mut Tx,
    loan_id: LoanId,
    policy: &ServicingPolicy,
    on: NaiveDate,
) -> Result<TopUp, FlowError> {
    // Whoever sees the application sees what it pays off, whichever branch has the old loan.
    let loan = tx.stored_loan(loan_id, Scope::WholeHouse)?.loan;
    let payoff = match loan.status {
        LoanStatus::Active | LoanStatus::Closed => {
            match settlement_quote(tx, loan_id, Scope::WholeHouse, policy, on) {
                Ok(quote) => Some(quote.total),
                Err(ServicingError::LoanNotOpen { .. }) => Some(Money::ZERO),
                Err(other) => return Err(other.into()),
            }
        }
        LoanStatus::Pending | LoanStatus::Default | LoanStatus::Cancelled => None,
    };
    Ok(TopUp { loan_id, number: loan.number(), status: loan.status.code(), payoff })
}
