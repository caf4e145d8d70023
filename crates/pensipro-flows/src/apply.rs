//! Handing in and analysing an application, which look at the member's loans.

use pensipro_kernel::{Actor, ApplicationId, AuditLog, Authority, Expected, Moment, Permission};
use pensipro_members::{MemberDocumentRepository, MemberRepository};
use pensipro_origination::{
    Analysis, Application, ApplicationRepository, AssessmentRepository, Findings, PrecheckPolicy,
    Scorecard,
    usecases::{self, Checked},
};
use pensipro_pricing::ProductRepository;
use pensipro_servicing::{LoanRepository, ServicingPolicy};

use crate::{FlowError, topup::lock_case};

/// Hands in a draft, locked with its member and the loan that it tops up.
pub fn submit_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    (precheck, servicing): (&PrecheckPolicy, &ServicingPolicy),
    at: Moment,
) -> Result<Checked<Application>, FlowError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberRepository
        + MemberDocumentRepository
        + ProductRepository
        + LoanRepository
        + AuditLog,
{
    let case = lock_case(tx, by, id, servicing, at.today)?;
    Ok(usecases::submit_application(tx, by, &case, expected, precheck, at)?)
}

/// Completes the analysis of an application, locked with its member and the loan that it tops up.
pub fn analyze_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    findings: Findings,
    (precheck, scorecard, servicing): (&PrecheckPolicy, &Scorecard, &ServicingPolicy),
    at: Moment,
) -> Result<Checked<(Application, Analysis)>, FlowError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberRepository
        + MemberDocumentRepository
        + ProductRepository
        + LoanRepository
        + AuditLog
        + Authority,
{
    tx.recheck(by, Permission::AnalyzeApplication)?;
    let case = lock_case(tx, by, id, servicing, at.today)?;
    let rules = (precheck, scorecard);
    Ok(usecases::analyze_application(tx, by, &case, expected, findings, rules, at)?)
}
