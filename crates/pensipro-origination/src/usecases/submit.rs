//! Handing in a draft.

use pensipro_kernel::{Actor, ApplicationId, AuditLog, Expected, Moment};
use pensipro_members::{MemberDocumentRepository, MemberRepository};
use pensipro_pricing::ProductRepository;

use super::drafts::refuse_inactive;
use super::status::store;
use crate::{
    Application, ApplicationRepository, ApplicationStatus, AssessmentRepository, OriginationError,
    Precheck, PrecheckFacts, PrecheckPolicy, precheck,
};

/// What became of a draft that was handed in. Both are to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubmitOutcome {
    /// It passed and is with the analyst.
    Passed(Box<Application>, Precheck),
    /// It failed and stays a draft; the answer is [`OriginationError::PrecheckFailed`].
    Failed(Precheck),
}

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
) -> Result<SubmitOutcome, OriginationError>
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
    refuse_inactive(&member)?;
    let facts = PrecheckFacts {
        application: &draft,
        product: &tx.product(draft.product_id)?,
        documents: &tx.member_documents(member_id)?,
        birth_date: member.details.birth_date,
        monthly_benefit: member.details.monthly_benefit,
        running: tx.open_loan_facts(member_id, id)?,
    };
    let result = precheck(&facts, policy, by.user_id, at)?;
    tx.add_precheck(id, &result)?;
    if !result.passed() {
        let view = draft.audit_view().with("precheck", result.to_json());
        tx.audit(by, draft.audit_entry("application.precheck").is(view))?;
        return Ok(SubmitOutcome::Failed(result));
    }
    let analyzing = submitted.moved(ApplicationStatus::Analyzing, at)?;
    let application = store(tx, by, "application.submit", &draft, analyzing)?;
    Ok(SubmitOutcome::Passed(Box::new(application), result))
}
