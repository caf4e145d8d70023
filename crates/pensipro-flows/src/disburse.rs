//! Paying an approved loan out.

use chrono::NaiveDate;
use pensipro_funding::{AllocationRepository, ContractRepository, FunderRepository};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, BankAccountId, Event, Faults, LoanId,
    Moment, Money, Outbox, Permission, StorageError,
};
use pensipro_members::{
    BankAccount, BankAccountRepository, Member, MemberRepository, MemberStatus,
};
use pensipro_origination::{
    Application, ApplicationRepository, ApplicationStatus, AssessmentRepository,
    CommitteeRepository, OfferPolicy, OriginationError, Payoffs, Takeover, TopUp, topup_active,
};
use pensipro_pricing::{DebtService, FirstDuePolicy, ProductRepository, age, completed_years, dsr};
use pensipro_sales::{
    CommissionRepository, EarnedFacts, SalesRepository, usecases::earn_commission,
};
use pensipro_servicing::{
    AccountingPeriods, DisburseLoan, Disbursement, DisbursementFacts, Loan, LoanRepository,
    LoanStatus, Netting, NewDisbursement, OpenLoan, Order, PostingBatch, Rank, RefundRepository,
    RepaymentPlan, ServicingPolicy, SettlementRecord, list_disbursements, net_loan, with_history,
};

use crate::{FlowError, allocate::funded, topup::lock_topup};

/// What a disbursement takes from the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DisbursementPolicy {
    /// How the first due date follows.
    pub first_due: FirstDuePolicy,
    /// How long an offer stands.
    pub offer: OfferPolicy,
    /// The rules of loan accounts.
    pub servicing: ServicingPolicy,
}

/// Pays a pending loan out: the schedule gets its dates, age and DSR are judged on them again, the
/// application is disbursed, the sales person earns his commission, all in one transaction. The loan of
/// another lender that is taken over is paid to him first, the member's own that is topped up is
/// settled from it; the rest is the member's.
pub fn disburse_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
    command: DisburseLoan,
    policy: &DisbursementPolicy,
    at: Moment,
) -> Result<Disbursed, FlowError>
where
    Tx: LoanRepository
        + RefundRepository
        + AccountingPeriods
        + ApplicationRepository
        + AssessmentRepository
        + CommitteeRepository
        + MemberRepository
        + BankAccountRepository
        + ProductRepository
        + FunderRepository
        + ContractRepository
        + AllocationRepository
        + SalesRepository
        + CommissionRepository
        + AuditLog
        + Outbox
        + Authority,
{
    tx.recheck(by, Permission::DisburseLoan)?;
    let on = command.disbursed_on();
    let Locked { member, application, topup, mut loan } = lock(tx, by, (id, on), policy)?;
    tx.book_on(at.today)?;
    if application.offer_expired(policy.offer, at.today) {
        return Err(FlowError::OfferExpired);
    }
    let account = payout_account(tx, &member, command.account_id())?;
    require_conditions_met(tx, &application)?;
    let age = completed_years(member.details.birth_date, on);
    let plan = command.plan(loan.loan(), Some(age), policy.first_due)?;
    require_eligible(tx, &member, (&application, topup.as_ref()), &plan)?;
    let command = funded(tx, by, loan.loan(), command)?;
    let id = tx.reserve_transaction_ids(1)?.next().ok_or_else(no_id)?;
    let order = Order { effective_on: on, rank: Rank::Disbursement, id };
    // Payments to a disbursement that was reversed are there already, and come after this one.
    if loan.needs_history_for(&order) {
        loan = with_history(tx, loan)?;
    }
    let facts = DisbursementFacts { id, account_id: account.id, today: at.today };
    let mut batch = PostingBatch::new();
    command.post(&mut loan, &plan, facts, &mut batch)?;
    tx.store_postings(&batch, by.user_id)?;
    let takeover = application.request.takeover.clone();
    mark_disbursed(tx, by, application, at)?;
    let paid_out = batch.disbursements.pop().ok_or_else(no_id)?;
    let payoffs = Payoffs { takeover: takeover.as_ref(), topup: topup.as_ref() };
    let net = PaidOut::of(&paid_out, payoffs)?;
    tx.audit(by, disbursed_entry(loan.loan(), &paid_out, &net))?;
    if let Some(own) = &topup {
        net_topped_up(tx, by, own, (loan.loan(), &paid_out), &policy.servicing, at)?;
    }
    if let Some(sales) = loan.loan().sales_id {
        earn_commission(tx, by, sales, earned(&paid_out))?;
    }
    tx.emit(disbursed_event(loan.loan(), &paid_out, &net))?;
    let disbursement = Disbursement::of(paid_out, by.user_id, at);
    Ok(Disbursed { disbursement, takeover, topup: topup.as_ref().and_then(Netted::of) })
}

/// Settles the loan that is topped up, unless it was closed meanwhile.
fn net_topped_up<Tx>(
    tx: &mut Tx,
    by: &Actor,
    own: &TopUp,
    (loan, paid_out): (&Loan, &NewDisbursement),
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<(), FlowError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox,
{
    if Netted::of(own).is_none() {
        return Ok(());
    }
    let netting = Netting {
        loan_id: own.loan_id,
        on: paid_out.disbursed_on,
        disbursement: paid_out.transaction_id,
        reference: loan.number(),
    };
    net_loan(tx, by, netting, policy, at)?;
    Ok(())
}

/// The member's own loan that a disbursement paid off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Netted {
    /// Which.
    pub loan_id: LoanId,
    /// What that took.
    pub payoff: Money,
}

impl Netted {
    /// One that was closed already is not paid off.
    fn of(topup: &TopUp) -> Option<Self> {
        let TopUp { loan_id, number: _, status, payoff } = topup;
        let active = *status == LoanStatus::Active.code();
        payoff.filter(|_| active).map(|payoff| Self { loan_id: *loan_id, payoff })
    }
}

/// A disbursement, and the loans that it paid off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disbursed {
    /// The disbursement; its net amount is the member's and what was paid off together.
    pub disbursement: Disbursement,
    /// The loan taken over.
    pub takeover: Option<Takeover>,
    /// The member's own, topped up.
    pub topup: Option<Netted>,
}

impl Disbursed {
    /// What the member received.
    pub fn to_member(&self) -> Money {
        let paid_off = [
            self.takeover.as_ref().map(|takeover| takeover.payoff),
            self.topup.map(|netted| netted.payoff),
        ];
        let left = |net: Money, payoff| net.minus_or_zero(payoff);
        paid_off.into_iter().flatten().fold(self.disbursement.net_amount, left)
    }
}

/// A loan's disbursements, reversed ones too, each with the loans that it paid off.
pub fn disbursements_of_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
) -> Result<Vec<Disbursed>, FlowError>
where
    Tx: LoanRepository + ApplicationRepository,
{
    let made = list_disbursements(tx, by.scope, id)?;
    let application_id = tx.stored_loan(id, by.scope)?.loan.application_id;
    let takeover = tx.application(application_id, by.scope)?.request.takeover;
    let with = |disbursement: Disbursement| {
        let record = tx.settlement_netted_by(disbursement.transaction_id)?;
        let topup = record.map(|SettlementRecord { settlement, .. }| Netted {
            loan_id: settlement.loan_id,
            payoff: settlement.quote.total,
        });
        Ok(Disbursed { disbursement, takeover: takeover.clone(), topup })
    };
    made.into_iter().map(with).collect()
}

/// Who receives what is left after the fees.
struct PaidOut<'a> {
    payoffs: Payoffs<'a>,
    to_member: Money,
}

impl<'a> PaidOut<'a> {
    fn of(paid_out: &NewDisbursement, payoffs: Payoffs<'a>) -> Result<Self, FlowError> {
        let net = paid_out.net_amount;
        let to_member = payoffs.left_of(net).ok_or(FlowError::PayoffsExceedNet(net))?;
        Ok(Self { payoffs, to_member })
    }
}

struct Locked {
    member: Member,
    application: Application,
    topup: Option<TopUp>,
    loan: OpenLoan,
}

/// Locks in the one order: member, application, loans; the one topped up is the older.
fn lock<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (id, on): (LoanId, NaiveDate),
    policy: &DisbursementPolicy,
) -> Result<Locked, FlowError>
where
    Tx: LoanRepository + ApplicationRepository + MemberRepository,
{
    let loan = tx.stored_loan(id, by.scope)?.loan;
    let member = tx.lock_member(loan.member_id, by.scope)?;
    let application = tx.lock_application(loan.application_id, by.scope)?;
    let topup = lock_topup(tx, &application, &policy.servicing, on)?;
    let loan = OpenLoan::new(tx.lock_loan(id, by.scope)?, &policy.servicing);
    let status = member.standing.status();
    if status != MemberStatus::Active {
        return Err(OriginationError::MemberNotActive(status).into());
    }
    Ok(Locked { member, application, topup, loan })
}

fn payout_account<Tx: BankAccountRepository>(
    tx: &mut Tx,
    member: &Member,
    named: Option<BankAccountId>,
) -> Result<BankAccount, FlowError> {
    let mut accounts = tx.bank_accounts(member.id)?.into_iter();
    match named {
        Some(id) => {
            let mut faults = Faults::new();
            let account = accounts.find(|account| account.id == id);
            let message = "is no bank account of the member's";
            faults.require(account.is_some(), "account_id", "unknown", message);
            Ok(faults.finish(account)?)
        }
        None => accounts.find(|account| account.is_default).ok_or(FlowError::NoBankAccount),
    }
}

fn require_conditions_met<Tx: CommitteeRepository>(
    tx: &mut Tx,
    application: &Application,
) -> Result<(), FlowError> {
    let conditions = tx.conditions(application.id)?;
    match conditions.iter().filter(|condition| condition.met.is_none()).count() {
        0 => Ok(()),
        open => Err(FlowError::ConditionsOpen { open }),
    }
}

/// Age and DSR, which the dates of the disbursement and what happened since the approval may change.
fn require_eligible<Tx>(
    tx: &mut Tx,
    member: &Member,
    (application, topup): (&Application, Option<&TopUp>),
    plan: &RepaymentPlan,
) -> Result<(), FlowError>
where
    Tx: ApplicationRepository + AssessmentRepository + ProductRepository,
{
    let limits = tx.product(application.product_id)?.details.limits;
    let running = tx.open_loan_facts(member.id, application.id, application.request.topup)?;
    let others = application.other_obligations(&tx.analyses(application.id)?);
    let service = DebtService {
        instalment: plan.instalment(),
        obligations: running.instalments.checked_add(others).ok_or(too_large())?,
        monthly_benefit: member.details.monthly_benefit,
    };
    let rules = [
        dsr(service, limits.dsr_limit),
        age(member.details.birth_date, plan.dates().maturity_date, limits.umur_maksimal),
    ];
    let rules = rules.into_iter().chain(topup.map(topup_active));
    let failing: Vec<_> = rules.filter(|rule| !rule.passed).collect();
    if failing.is_empty() { Ok(()) } else { Err(FlowError::NoLongerEligible(failing)) }
}

fn mark_disbursed<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: Application,
    at: Moment,
) -> Result<(), FlowError>
where
    Tx: ApplicationRepository + AuditLog,
{
    let after =
        before.moved(ApplicationStatus::Disbursed, at).map_err(OriginationError::Transition)?;
    tx.save_application(&after)?;
    let entry = after.audit_entry("application.disburse");
    tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?;
    Ok(())
}

fn earned(paid_out: &NewDisbursement) -> EarnedFacts {
    EarnedFacts {
        loan_id: paid_out.loan_id,
        disbursement: paid_out.transaction_id,
        plafon: paid_out.amount,
        disbursed_on: paid_out.disbursed_on,
    }
}

fn disbursed_entry(loan: &Loan, paid_out: &NewDisbursement, net: &PaidOut<'_>) -> AuditEntry {
    let Payoffs { takeover, topup } = net.payoffs;
    let topup = topup.and_then(Netted::of);
    let view = AuditValue::new()
        .with("number", loan.number())
        .text("status", loan.status)
        .text("disbursed_on", paid_out.disbursed_on)
        .text("amount", paid_out.amount)
        .text("upfront_fees", paid_out.upfront_fees)
        .text("deposit", paid_out.deposit)
        .text("net_amount", net.to_member)
        .with("takeover_institution", takeover.map(|over| over.institution.clone()))
        .with("takeover_payoff", takeover.map(|over| over.payoff.to_string()))
        .with("topup_loan_id", topup.map(|own| own.loan_id.get()))
        .with("topup_payoff", topup.map(|own| own.payoff.to_string()))
        .with("account_id", paid_out.account_id.get())
        .with("transaction_id", paid_out.transaction_id.get());
    AuditEntry::new("loan.disburse", "loans", loan.id.get()).of_member(loan.member_id).is(view)
}

fn disbursed_event(loan: &Loan, paid_out: &NewDisbursement, net: &PaidOut<'_>) -> Event {
    Event::new("loan.disbursed", "loans", loan.id.get())
        .of_member(loan.member_id)
        .with("loan_number", loan.number())
        .with("amount", paid_out.amount)
        .with("net_amount", net.to_member)
        .with("disbursed_on", paid_out.disbursed_on)
}

fn no_id() -> StorageError {
    StorageError::Failed("no transaction id was reserved".to_owned())
}

fn too_large() -> StorageError {
    StorageError::Failed("the instalments of the member's loans pass 64 bits".to_owned())
}
