//! Papers that a borrower signs, from what is stored of him, his application and his loan.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, ApplicationId, LoanId, MemberId, document::Document};
use pensipro_members::{Member, MemberRepository};
use pensipro_origination::{
    Application, ApplicationRepository, CommitteeRepository, Letterhead, OfferPolicy,
    OriginationError, PaperFacts, Payoffs, TopUp, loan_agreement, offer_letter,
};
use pensipro_pricing::{
    DueDates, FirstDuePolicy, LoanCost, LoanProduct, ProductRepository, Terms, completed_years,
    loan_cost,
};
use pensipro_servicing::{Loan, LoanRepository, LoanStatus, ServicingPolicy};

use crate::{FlowError, topup::topup_on};

/// A paper, and whose data it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it says.
    pub document: Document,
    /// Whose it is.
    pub member_id: MemberId,
    /// The number that it is saved under.
    pub number: String,
}

/// What papers take from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaperPolicy {
    /// The cooperative.
    pub letterhead: Letterhead,
    /// How long an offer stands.
    pub offer: OfferPolicy,
    /// How the first due date follows.
    pub first_due: FirstDuePolicy,
    /// The rules of loan accounts, by which a loan topped up is quoted.
    pub servicing: ServicingPolicy,
}

/// The letter that offers an approved application's loan, as of the day of its approval.
pub fn application_offer<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    policy: &PaperPolicy,
) -> Result<Paper, FlowError>
where
    Tx: ApplicationRepository
        + CommitteeRepository
        + MemberRepository
        + ProductRepository
        + LoanRepository,
{
    let application = tx.application(id, by.scope)?;
    let approved_on =
        application.approved_on.ok_or(OriginationError::NotApproved(application.status))?;
    let member = tx.member(application.member_id, by.scope)?;
    let product = tx.product(application.product_id)?;
    let conditions = tx.conditions(id)?;
    let Application { request, terms, .. } = &application;
    let lent = Lent {
        terms,
        plafon: (request.plafon, request.tenor),
        dates: DueDates::following(approved_on, terms.rules.due_day, policy.first_due),
        on: approved_on,
    };
    let cost = lent.cost(&member)?;
    let number = application.number();
    let purpose = request.purpose.as_deref();
    let facts = lent.facts((&member, &product), (&number, purpose), &cost, &policy.letterhead);
    let topup = request.topup.map(|loan| topup_on(tx, loan, &policy.servicing, approved_on));
    let topup = topup.transpose()?;
    let payoffs = Payoffs { takeover: request.takeover.as_ref(), topup: topup.as_ref() };
    let facts = PaperFacts { payoffs, ..facts };
    let document = offer_letter(&facts, &conditions, policy.offer.last_day(approved_on));
    Ok(Paper { document, member_id: member.id, number })
}

/// The agreement of a loan on its terms, as of its disbursement; before that provisionally as of its
/// approval.
pub fn agreement_of_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
    policy: &PaperPolicy,
) -> Result<Paper, FlowError>
where
    Tx: LoanRepository + ApplicationRepository + MemberRepository + ProductRepository,
{
    let loan = tx.stored_loan(id, by.scope)?.loan;
    if loan.status == LoanStatus::Cancelled {
        return Err(FlowError::LoanCancelled);
    }
    let member = tx.member(loan.member_id, by.scope)?;
    let product = tx.product(loan.product_id)?;
    let on = loan.disbursed_on.unwrap_or(loan.approved_on);
    let dates = dates(&loan, on, policy.first_due)?;
    let lent = Lent { terms: &loan.terms, plafon: (loan.plafon, loan.tenor), dates, on };
    let cost = lent.cost(&member)?;
    let number = loan.number();
    let request = tx.application(loan.application_id, by.scope)?.request;
    let told = (number.as_str(), request.purpose.as_deref());
    let facts = lent.facts((&member, &product), told, &cost, &policy.letterhead);
    let topup =
        request.topup.map(|own| topped_up(tx, &loan, own, &policy.servicing)).transpose()?;
    let payoffs = Payoffs { takeover: request.takeover.as_ref(), topup: topup.as_ref() };
    let facts = PaperFacts { payoffs, ..facts };
    Ok(Paper { document: loan_agreement(&facts), member_id: member.id, number })
}

/// What a loan paid of the one that it tops up; before its disbursement, what that would take.
fn topped_up<Tx: LoanRepository>(
    tx: &mut Tx,
    loan: &Loan,
    own: LoanId,
    policy: &ServicingPolicy,
) -> Result<TopUp, FlowError> {
    let on = loan.disbursed_on.unwrap_or(loan.approved_on);
    let mut topup = topup_on(tx, own, policy, on)?;
    let standing = tx.disbursements(loan.id)?.into_iter().find(|it| it.reversed_by.is_none());
    if let Some(disbursement) = standing {
        let netted = tx.settlement_netted_by(disbursement.transaction_id)?;
        topup.payoff = netted.map(|record| record.settlement.quote.total);
    }
    Ok(topup)
}

/// The dates that the stored first due date came from: by the product's due day, or given.
fn dates(loan: &Loan, on: NaiveDate, policy: FirstDuePolicy) -> Result<DueDates, FlowError> {
    let usual = DueDates::following(on, loan.terms.rules.due_day, policy);
    if usual.first() == loan.first_due_date {
        return Ok(usual);
    }
    Ok(DueDates::from_first(on, loan.first_due_date)?)
}

/// What is lent, from when.
struct Lent<'a> {
    terms: &'a Terms,
    plafon: (pensipro_kernel::Money, u16),
    dates: DueDates,
    on: NaiveDate,
}

impl<'a> Lent<'a> {
    fn cost(&self, member: &Member) -> Result<LoanCost, FlowError> {
        let age = completed_years(member.details.birth_date, self.on);
        Ok(loan_cost(self.terms, self.plafon, self.dates, Some(age))?)
    }

    fn facts(
        &self,
        (member, product): (&'a Member, &'a LoanProduct),
        (number, purpose): (&'a str, Option<&'a str>),
        cost: &'a LoanCost,
        letterhead: &'a Letterhead,
    ) -> PaperFacts<'a> {
        let (on, (plafon, tenor), terms) = (self.on, self.plafon, self.terms);
        PaperFacts {
            letterhead,
            member,
            product,
            number,
            on,
            plafon,
            tenor,
            purpose,
            payoffs: Payoffs::default(),
            terms,
            cost,
        }
    }
}
