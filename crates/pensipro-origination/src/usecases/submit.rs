//! Handing in a draft.

use pensipro_kernel::{Actor, AuditLog, Expected, Moment};
use pensipro_members::MemberDocumentRepository;
use pensipro_pricing::ProductRepository;

use super::check::{Checked, LockedCase, check_application};
use super::status::store;
use crate::{
    Application, ApplicationRepository, ApplicationStatus, AssessmentRepository, Occasion,
    OriginationError, PrecheckPolicy,
};

/// Hands in a draft: checks it against the facts of today, stores the result, and moves a passing
/// one on to the analyst. The member is locked, so that of two applications handed in at one time the
/// second sees the first.
pub fn submit_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    case: &LockedCase,
    expected: Expected,
    policy: &PrecheckPolicy,
    at: Moment,
) -> Result<Checked<Application>, OriginationError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberDocumentRepository
        + ProductRepository
        + AuditLog,
{
    let draft = &case.application;
    expected.check("application", draft.version)?;
    let submitted = draft.moved(ApplicationStatus::Submitted, at)?;
    let declared = (Occasion::Submit, draft.request.other_obligations);
    if let Checked::Failed(result) = check_application(tx, by, case, declared, policy, at)? {
        return Ok(Checked::Failed(result));
    }
    let analyzing = submitted.moved(ApplicationStatus::Analyzing, at)?;
    Ok(Checked::Passed(store(tx, by, "application.submit", draft, analyzing)?))
}
