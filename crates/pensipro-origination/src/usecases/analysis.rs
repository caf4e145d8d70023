//! Completing the analysis.

use pensipro_kernel::{Actor, ApplicationId, AuditLog, Authority, Expected, Moment, Permission};
use pensipro_members::{MemberDocumentRepository, MemberRepository};
use pensipro_pricing::ProductRepository;

use super::check::{Checked, check_application};
use crate::{
    Analysis, Application, ApplicationRepository, ApplicationStatus, AssessmentRepository,
    Findings, NewAnalysis, Occasion, OriginationError, PrecheckPolicy, precheck::debt_service,
};

/// Completes the analysis and hands the application to the committee, if the pre-check still passes.
/// The DSR takes the analyst's figure for other obligations in place of the declared one.
pub fn analyze_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    findings: Findings,
    policy: &PrecheckPolicy,
    at: Moment,
) -> Result<Checked<(Application, Analysis)>, OriginationError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberRepository
        + MemberDocumentRepository
        + ProductRepository
        + AuditLog
        + Authority,
{
    tx.recheck(by, Permission::AnalyzeApplication)?;
    let member_id = tx.application(id, by.scope)?.member_id;
    let member = tx.lock_member(member_id, by.scope)?;
    let before = tx.lock_application(id, by.scope)?;
    expected.check("application", before.version)?;
    let mut after = before.moved(ApplicationStatus::Committee, at)?;
    let found = (Occasion::Analysis, findings.other_obligations);
    if let Checked::Failed(result) =
        check_application(tx, by, (&member, &before), found, policy, at)?
    {
        return Ok(Checked::Failed(result));
    }
    let running = tx.open_loan_facts(member_id, id)?;
    let instalment = before.schedule(at.today, policy.first_due)?.instalment();
    let others = [running.instalments, findings.other_obligations];
    let dsr = debt_service(instalment, others, member.details.monthly_benefit)?.ratio();
    let analysed_by = by.user_id;
    let analysis =
        tx.add_analysis(&NewAnalysis { application_id: id, findings, dsr, analysed_by })?;
    after.version = tx.save_application(&after)?;
    let view = analysis.content.audit_view().with("status", after.status.code());
    let entry = after.audit_entry("application.analyze");
    tx.audit(by, entry.was(before.audit_view()).is(view))?;
    Ok(Checked::Passed((after, analysis)))
}
