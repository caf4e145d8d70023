//! What is read across modules.

use pensipro_kernel::{Actor, ApplicationId, LoanId};
use pensipro_origination::{
    ApplicationRepository, AssessmentRepository, CommitteePolicy, CommitteeRepository,
    usecases::{ApplicationFile, application_file},
};
use pensipro_servicing::LoanRepository;

use crate::FlowError;

/// An application's file with the loan that it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRecord {
    /// The application with everything that was found and said of it.
    pub file: ApplicationFile,
    /// The loan, once approved.
    pub loan_id: Option<LoanId>,
}

/// Reads an application as its detail shows it: six queries.
pub fn application_record<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    policy: &CommitteePolicy,
) -> Result<ApplicationRecord, FlowError>
where
    Tx: ApplicationRepository + AssessmentRepository + CommitteeRepository + LoanRepository,
{
    let file = application_file(tx, by, id, policy)?;
    Ok(ApplicationRecord { file, loan_id: tx.loan_of_application(id)? })
}
