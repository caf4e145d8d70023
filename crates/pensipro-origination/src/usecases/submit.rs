//! Handing in a draft.

use pensipro_kernel::{Actor, ApplicationId, AuditLog, Expected, Moment};
use pensipro_members::{MemberDocumentRepository, MemberRepository};
use pensipro_pricing::ProductRepository;

use super::check::{Checked, check_application};
use super::status::store;
use crate::{
    Application, ApplicationRepository, ApplicationStatus, AssessmentRepository, Occasion,
    OriginationError, PrecheckPolicy,
};

/// Hands in a draft: checks it against the facts of today, stores the result, and moves a passing
/// one on to the analyst. The member is locked first, so that of two applications handed in at one
/// time the second sees the first.
pub fn submit_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    policy: &PrecheckPolicy,
    at: Moment,
) -> Result<Checked<Application>, OriginationError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberRepository
        + MemberDocumentRepository
        + ProductRepository
        + AuditLog,
{
    let member_id = tx.application(id, by.scope)?.member_id;
    let member = tx.lock_member(member_id, by.scope)?;
    let draft = tx.lock_application(id, by.scope)?;
    expected.check("application", draft.version)?;
    let submitted = draft.moved(ApplicationStatus::Submitted, at)?;
    let declared = (Occasion::Submit, draft.request.other_obligations);
    if let Checked::Failed(result) =
        check_application(tx, by, (&member, &draft), declared, policy, at)?
    {
        return Ok(Checked::Failed(result));
    }
    let analyzing = submitted.moved(ApplicationStatus::Analyzing, at)?;
    Ok(Checked::Passed(store(tx, by, "application.submit", &draft, analyzing)?))
}
