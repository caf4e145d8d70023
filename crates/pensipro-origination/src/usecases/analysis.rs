//! Completing the analysis.

use pensipro_kernel::{Actor, AuditLog, Expected, Faults, Moment};
use pensipro_members::{Member, MemberDocumentRepository};
use pensipro_pricing::{DebtService, ProductRepository, completed_years};

use super::check::{Checked, LockedCase, check_application};
use crate::{
    Analysis, Application, ApplicationRepository, ApplicationStatus, AssessmentRepository,
    Findings, NewAnalysis, Occasion, OpenLoanFacts, OriginationError, PrecheckPolicy, ScoreFacts,
    Scorecard, precheck::debt_service, scorecard::benefit_share,
};

/// Completes the analysis and hands the application to the committee, if the pre-check still passes.
/// The DSR counts all open loans but the one that is topped up, and the analyst's figure for other
/// obligations in place of the declared one. The scorecard's score stands beside the analyst's own.
pub fn analyze_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    case: &LockedCase,
    expected: Expected,
    findings: Findings,
    (policy, scorecard): (&PrecheckPolicy, &Scorecard),
    at: Moment,
) -> Result<Checked<(Application, Analysis)>, OriginationError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + MemberDocumentRepository
        + ProductRepository
        + AuditLog,
{
    let LockedCase { member, application: before, topup: _ } = case;
    expected.check("application", before.version)?;
    let mut after = before.moved(ApplicationStatus::Committee, at)?;
    let found = (Occasion::Analysis, findings.other_obligations);
    if let Checked::Failed(result) = check_application(tx, by, case, found, policy, at)? {
        return Ok(Checked::Failed(result));
    }
    let running = tx.open_loan_facts(member.id, before.id, before.request.topup)?;
    let figures = Figures::of((member, before, &findings), running, policy, at)?;
    let dsr = figures.service.ratio();
    let score = scorecard.score(&figures.facts);
    let (application_id, analysed_by) = (before.id, by.user_id);
    let analysis =
        tx.add_analysis(&NewAnalysis { application_id, findings, dsr, score, analysed_by })?;
    after.version = tx.save_application(&after)?;
    let view = analysis.content.audit_view().with("status", after.status.code());
    let entry = after.audit_entry("application.analyze");
    tx.audit(by, entry.was(before.audit_view()).is(view))?;
    Ok(Checked::Passed((after, analysis)))
}

/// What an analysis is judged by.
struct Figures {
    service: DebtService,
    facts: ScoreFacts,
}

impl Figures {
    fn of(
        (member, application, findings): (&Member, &Application, &Findings),
        running: OpenLoanFacts,
        policy: &PrecheckPolicy,
        at: Moment,
    ) -> Result<Self, Faults> {
        let schedule = application.schedule(at.today, policy.first_due)?;
        let (plafon, tenor) = (application.request.plafon, application.request.tenor);
        let benefit = member.details.monthly_benefit;
        let others = [running.instalments, findings.other_obligations];
        let service = debt_service(schedule.instalment(), others, benefit)?;
        let over_income = DebtService { monthly_benefit: findings.income, ..service };
        let facts = ScoreFacts {
            dsr: service.ratio(),
            income_ratio: over_income.ratio(),
            age_at_end: completed_years(member.details.birth_date, schedule.maturity()),
            benefit_share: benefit_share(plafon, benefit, tenor),
            tenor,
            open_loans: running.loans,
        };
        Ok(Self { service, facts })
    }
}
