//! The committee decides; its last approval makes the loan.

use pensipro_kernel::{
    Actor, ApplicationId, AuditEntry, AuditLog, AuditValue, Authority, LoanId, Moment, Outbox,
    Permission,
};
use pensipro_members::{Member, MemberDocumentRepository, MemberRepository};
use pensipro_origination::usecases::{Checked, LockedCase, check_application, refuse_inactive};
use pensipro_origination::{
    Application, ApplicationRepository, ApplicationStatus, AssessmentRepository, CommitteeFile,
    CommitteePolicy, CommitteeRepository, Decide, Occasion, PrecheckPolicy, Verdict,
};
use pensipro_pricing::{FirstDuePolicy, ProductRepository, completed_years};
use pensipro_servicing::{
    FirstDue, Loan, LoanFacts, LoanRepository, ServicingPolicy, create_pending_loan,
};

use crate::{FlowError, topup::lock_case};

/// What a decision came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionOutcome {
    /// The application after it.
    pub application: Application,
    /// The loan, once approved.
    pub loan_id: Option<LoanId>,
}

/// Takes a committee level's decision. At the last approval the pre-check decides once more, with the
/// obligations that the analyst established; then it makes the loan, `pending` with a provisional
/// schedule as if it were disbursed today, in the same transaction.
pub fn decide_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    command: Decide,
    (committee, policy, servicing): (&CommitteePolicy, &PrecheckPolicy, &ServicingPolicy),
    at: Moment,
) -> Result<Checked<DecisionOutcome>, FlowError>
where
    Tx: ApplicationRepository
        + AssessmentRepository
        + CommitteeRepository
        + MemberRepository
        + MemberDocumentRepository
        + ProductRepository
        + LoanRepository
        + AuditLog
        + Outbox
        + Authority,
{
    tx.recheck(by, Permission::ApproveApplication)?;
    let case = lock_case(tx, by, id, servicing, at.today)?;
    let LockedCase { member, application: before, topup: _ } = &case;
    let (analyses, decisions, recusals) = (tx.analyses(id)?, tx.decisions(id)?, tx.recusals(id)?);
    let file = CommitteeFile { analyses: &analyses, decisions: &decisions, recusals: &recusals };
    let mut decided = before.decide(file, committee, by, command, at)?;
    if decided.decision.verdict != Verdict::Reject {
        refuse_inactive(member)?;
    }
    if decided.application.status == ApplicationStatus::Approved {
        let established = (Occasion::Approval, before.other_obligations(&analyses));
        if let Checked::Failed(result) = check_application(tx, by, &case, established, policy, at)?
        {
            return Ok(Checked::Failed(result));
        }
    }
    tx.add_decision(&decided.decision, &decided.conditions)?;
    decided.application.version = tx.save_application(&decided.application)?;
    tx.audit(by, decided.audit_entry(before))?;
    if let Some(event) = decided.application.event() {
        tx.emit(event)?;
    }
    let application = decided.application;
    let loan_id = match application.status {
        ApplicationStatus::Approved => {
            Some(make_loan(tx, by, &application, member, policy.first_due, at)?.id)
        }
        _ => None,
    };
    Ok(Checked::Passed(DecisionOutcome { application, loan_id }))
}

fn make_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    application: &Application,
    member: &Member,
    first_due: FirstDuePolicy,
    at: Moment,
) -> Result<Loan, FlowError>
where
    Tx: LoanRepository + AuditLog,
{
    let facts = LoanFacts {
        application_id: application.id,
        member_id: application.member_id,
        product_id: application.product_id,
        sales_id: application.sales_id,
        branch_id: application.branch_id,
        plafon: application.request.plafon,
        tenor: application.request.tenor,
        terms: application.terms.clone(),
        approved_on: at.today,
    };
    let age = completed_years(member.details.birth_date, at.today);
    let new = create_pending_loan(facts, FirstDue::Following(first_due), Some(age))?;
    let loan = tx.add_loan(&new, by.user_id)?;
    tx.audit(by, made_entry(&loan))?;
    Ok(loan)
}

fn made_entry(loan: &Loan) -> AuditEntry {
    let view = AuditValue::new()
        .with("number", loan.number())
        .with("application_id", loan.application_id.get())
        .text("plafon", loan.plafon)
        .with("tenor", loan.tenor)
        .text("status", loan.status);
    AuditEntry::new("loan.create", "loans", loan.id.get()).of_member(loan.member_id).is(view)
}
