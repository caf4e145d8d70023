//! Taking a portfolio over that ran elsewhere: many loans in one transaction, each by the rules of a
//! single one.

use std::collections::BTreeMap;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, BankAccountId, LoanId, MemberId, Moment,
    Permission, ProductId,
};
use pensipro_members::{
    AccountDetails, BankAccountRepository, ContactDetails, ContactRepository, MemberDetails,
    MemberRegistry, Registration, usecases::register_members,
};
use pensipro_origination::{ApplicationDraft, ApplicationRepository, Request};
use pensipro_pricing::{
    EligibilityFacts, LoanProduct, ProductRepository, Terms, completed_years, judge,
};
use pensipro_servicing::{
    AccountState, AccountingPeriods, DisburseLoan, DisbursementFacts, FirstDue, Loan, LoanFacts,
    LoanRepository, NewLoan, OpenLoan, PlanFacts, PostingBatch, RawDisbursement, RepaymentPlan,
    StoredLoan,
};

use crate::{DisbursementPolicy, FlowError};

/// A loan that is taken over with its pensioner, as of today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanTakenOver {
    /// Who owes it.
    pub member: MemberDetails,
    /// Where it was paid to.
    pub account: AccountDetails,
    /// How he is reached.
    pub contact: ContactDetails,
    /// The product whose terms it has.
    pub product_id: ProductId,
    /// Principal and tenor.
    pub request: Request,
}

/// Registers pensioners and puts their loans on the books, disbursed today. Whoever is a member already,
/// and whose loan the product's limits do not allow, is left out. What was sold elsewhere earns no
/// commission, has no papers, and nobody is told of it.
///
/// Gives the loans made. A fixed number of statements for every some thousand rows.
pub fn take_over_loans<Tx>(
    tx: &mut Tx,
    by: &Actor,
    batch: Vec<LoanTakenOver>,
    policy: &DisbursementPolicy,
    at: Moment,
) -> Result<Vec<LoanId>, FlowError>
where
    Tx: MemberRegistry
        + BankAccountRepository
        + ContactRepository
        + ProductRepository
        + ApplicationRepository
        + LoanRepository
        + AccountingPeriods
        + AuditLog
        + Authority,
{
    tx.recheck(by, Permission::DisburseLoan)?;
    tx.book_on(at.today)?;
    let offers = offers(tx, &batch)?;
    let cases =
        batch.into_iter().filter_map(|over| Case::of(over, &offers, policy, at).transpose());
    let cases = cases.collect::<Result<Vec<_>, _>>()?;
    let settled = settle(tx, by, cases)?;
    let loans = add_loans(tx, by, &settled, at)?;
    disburse(tx, by, &settled, &loans, policy, at)?;
    tx.audit_all(by, loans.iter().map(taken_over).collect())?;
    Ok(loans.into_iter().map(|loan| loan.id).collect())
}

type Offers = BTreeMap<ProductId, (LoanProduct, Terms)>;

fn offers<Tx: ProductRepository>(
    tx: &mut Tx,
    batch: &[LoanTakenOver],
) -> Result<Offers, FlowError> {
    let mut offers = Offers::new();
    for LoanTakenOver { product_id, .. } in batch {
        if !offers.contains_key(product_id) {
            let product = tx.product(*product_id)?;
            let terms = product.terms()?;
            offers.insert(*product_id, (product, terms));
        }
    }
    Ok(offers)
}

/// A loan that the product's limits allow, with its plan.
struct Case {
    over: LoanTakenOver,
    terms: Terms,
    plan: RepaymentPlan,
}

impl Case {
    fn of(
        over: LoanTakenOver,
        offers: &Offers,
        policy: &DisbursementPolicy,
        at: Moment,
    ) -> Result<Option<Self>, FlowError> {
        let Some((product, terms)) = offers.get(&over.product_id) else { return Ok(None) };
        let birth_date = over.member.birth_date;
        let plan = RepaymentPlan::compute(&PlanFacts {
            plafon: over.request.plafon,
            tenor: over.request.tenor,
            terms,
            starts_on: at.today,
            first_due: FirstDue::Following(policy.first_due),
            age: Some(completed_years(birth_date, at.today)),
        })?;
        let facts = EligibilityFacts {
            plafon: over.request.plafon,
            tenor: over.request.tenor,
            instalment: plan.instalment(),
            obligations: over.request.other_obligations,
            monthly_benefit: over.member.monthly_benefit,
            birth_date,
            last_due: plan.dates().maturity_date,
        };
        let is_allowed = judge(&facts, &product.details.limits).iter().all(|rule| rule.passed);
        Ok(is_allowed.then(|| Self { over, terms: terms.clone(), plan }))
    }
}

/// A case whose pensioner is a member now.
struct Settled {
    case: Case,
    member: MemberId,
    account: BankAccountId,
}

/// Registers those who are new, with their accounts and contacts.
fn settle<Tx>(tx: &mut Tx, by: &Actor, cases: Vec<Case>) -> Result<Vec<Settled>, FlowError>
where
    Tx: MemberRegistry + BankAccountRepository + ContactRepository + AuditLog,
{
    let details = cases.iter().map(|case| case.over.member.clone()).collect();
    let registered = register_members(tx, by, details)?.into_iter().zip(cases);
    let new: Vec<(MemberId, Case)> = registered
        .filter_map(|(registration, case)| match registration {
            Registration::Registered(member) => Some((member, case)),
            Registration::Acceptable | Registration::Present(_) | Registration::Refused(_) => None,
        })
        .collect();
    let accounts = new.iter().map(|(member, case)| (*member, case.over.account.clone()));
    let accounts = tx.add_first_accounts(accounts.collect(), by.user_id)?;
    let contacts = new.iter().map(|(member, case)| (*member, case.over.contact.clone()));
    tx.add_first_contacts(contacts.collect(), by.user_id)?;
    let settled = new.into_iter().zip(accounts);
    Ok(settled.map(|((member, case), account)| Settled { case, member, account }).collect())
}

/// Applications that are disbursed, and their loans, pending yet.
fn add_loans<Tx>(
    tx: &mut Tx,
    by: &Actor,
    settled: &[Settled],
    at: Moment,
) -> Result<Vec<Loan>, FlowError>
where
    Tx: ApplicationRepository + LoanRepository,
{
    let drafts: Vec<_> = settled.iter().map(|settled| settled.draft(at)).collect();
    let applications = tx.add_disbursed_applications(&drafts, by.user_id)?;
    let new: Vec<NewLoan> = (applications.into_iter().zip(drafts).zip(settled))
        .map(|((application_id, draft), settled)| NewLoan {
            facts: LoanFacts {
                application_id,
                member_id: draft.member_id,
                product_id: draft.product_id,
                sales_id: draft.sales_id,
                branch_id: draft.branch_id,
                plafon: draft.request.plafon,
                tenor: draft.request.tenor,
                terms: draft.terms,
                approved_on: draft.entered_on,
            },
            // It was never pending, so that no provisional rows are kept of it.
            rows: Vec::new(),
            dates: settled.case.plan.dates(),
        })
        .collect();
    Ok(tx.add_loans(&new, by.user_id)?)
}

impl Settled {
    fn draft(&self, at: Moment) -> ApplicationDraft {
        let Case { over, terms, plan: _ } = &self.case;
        ApplicationDraft {
            member_id: self.member,
            product_id: over.product_id,
            sales_id: over.member.sales_id,
            branch_id: over.member.branch_id,
            request: over.request.clone(),
            terms: terms.clone(),
            entered_on: at.today,
        }
    }
}

fn disburse<Tx: LoanRepository>(
    tx: &mut Tx,
    by: &Actor,
    settled: &[Settled],
    loans: &[Loan],
    policy: &DisbursementPolicy,
    at: Moment,
) -> Result<(), FlowError> {
    let command = DisburseLoan::check(RawDisbursement::default(), at.today)?;
    let count = u32::try_from(loans.len()).unwrap_or(u32::MAX);
    let ids = tx.reserve_transaction_ids(count)?;
    let mut batch = PostingBatch::new();
    for ((Settled { case, account, .. }, loan), id) in settled.iter().zip(loans).zip(ids) {
        let mut loan = OpenLoan::new(new_account(loan), &policy.servicing);
        let facts = DisbursementFacts { id, account_id: *account, today: at.today };
        command.clone().post(&mut loan, &case.plan, facts, &mut batch)?;
    }
    Ok(tx.store_postings(&batch, by.user_id)?)
}

/// The account of a loan that was made a moment ago.
fn new_account(loan: &Loan) -> StoredLoan {
    let state = AccountState::default();
    StoredLoan { loan: loan.clone(), state, rows: Vec::new(), holds: Vec::new() }
}

fn taken_over(loan: &Loan) -> AuditEntry {
    let view = AuditValue::new()
        .with("number", loan.number())
        .with("application_id", loan.application_id.get())
        .text("plafon", loan.plafon)
        .with("tenor", loan.tenor)
        .text("disbursed_on", loan.approved_on);
    AuditEntry::new("loan.take_over", "loans", loan.id.get()).of_member(loan.member_id).is(view)
}
