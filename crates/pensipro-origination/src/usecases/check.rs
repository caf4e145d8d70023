//! The pre-check as it is made: at submission, at the analysis and at the last approval.

use pensipro_kernel::{Actor, AuditLog, Moment, Money};
use pensipro_members::{Member, MemberDocumentRepository, MemberStatus};
use pensipro_pricing::ProductRepository;

use crate::{
    Application, ApplicationRepository, AssessmentRepository, Occasion, OriginationError, Precheck,
    PrecheckFacts, PrecheckPolicy, TopUp, precheck,
};

/// An application to be judged, with its member and the loan that it tops up, all of them locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedCase {
    /// Who applies.
    pub member: Member,
    /// For what.
    pub application: Application,
    /// The member's own loan that is topped up, as it stands today.
    pub topup: Option<TopUp>,
}

/// What came of a step that the pre-check decides. Both are to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checked<T> {
    /// It passed, and the step was taken.
    Passed(T),
    /// It failed: the result is stored and nothing else moved; the answer is
    /// [`OriginationError::PrecheckFailed`].
    Failed(Precheck),
}

/// Refuses whoever is not active: nothing is asked for nor granted for him.
pub fn refuse_inactive(member: &Member) -> Result<(), OriginationError> {
    match member.status() {
        MemberStatus::Active => Ok(()),
        other => Err(OriginationError::MemberNotActive(other)),
    }
}

/// Judges an application by the facts of today, for a member who is active, and stores the result
/// with every figure.
pub fn check_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    case: &LockedCase,
    (occasion, other_obligations): (Occasion, Money),
    policy: &PrecheckPolicy,
    at: Moment,
) -> Result<Checked<Precheck>, OriginationError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberDocumentRepository
        + ProductRepository
        + AuditLog,
{
    let LockedCase { member, application, topup } = case;
    refuse_inactive(member)?;
    let facts = PrecheckFacts {
        occasion,
        application,
        other_obligations,
        product: &tx.product(application.product_id)?,
        documents: &tx.member_documents(member.id)?,
        birth_date: member.details.birth_date,
        monthly_benefit: member.details.monthly_benefit,
        topup: topup.as_ref(),
        running: tx.open_loan_facts(member.id, application.id, application.request.topup)?,
    };
    let result = precheck(&facts, policy, by.user_id, at)?;
    tx.add_precheck(application.id, &result)?;
    if result.passed() {
        return Ok(Checked::Passed(result));
    }
    let view = application.audit_view().with("precheck", result.to_json());
    tx.audit(by, application.audit_entry("application.precheck").is(view))?;
    Ok(Checked::Failed(result))
}
