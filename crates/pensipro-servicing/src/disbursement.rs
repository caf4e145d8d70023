//! Paying a loan out: once, the whole plafon.

use chrono::NaiveDate;
use pensipro_kernel::{
    BankAccountId, ContractId, Faults, FunderId, LoanId, Money, TransactionId, optional_text,
};
use pensipro_pricing::{FeeCharge, FirstDuePolicy};

use crate::{
    amount::{plus, total},
    error::ServicingError,
    input::{Input, InputKind},
    loan::{Loan, LoanStatus},
    open_loan::{OpenLoan, Posted},
    payment::check_date,
    plan::{FirstDue, PlanFacts, RepaymentPlan},
    posting::PostingBatch,
};

/// Who pays a part of the plafon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// The funder; `None` for the cooperative itself.
    pub funder_id: Option<FunderId>,
    /// The contract under which he pays.
    pub contract_id: Option<ContractId>,
    /// How much.
    pub amount: Money,
}

/// A disbursement as asked for, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawDisbursement {
    /// Value date; today if absent.
    pub disbursed_on: Option<NaiveDate>,
    /// The first due date; the product's rule decides if absent.
    pub first_due_date: Option<NaiveDate>,
    /// The member's account; his default one if absent.
    pub account_id: Option<BankAccountId>,
    /// Who pays; the cooperative the whole if empty.
    pub sources: Vec<Source>,
    /// The bank's reference.
    pub reference: Option<String>,
}

/// A disbursement whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisburseLoan {
    disbursed_on: NaiveDate,
    first_due_date: Option<NaiveDate>,
    account_id: Option<BankAccountId>,
    sources: Vec<Source>,
    reference: Option<String>,
}

/// What is particular to a disbursement; its id is that of its transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDisbursement {
    /// The transaction.
    pub transaction_id: TransactionId,
    /// The loan.
    pub loan_id: LoanId,
    /// Value date.
    pub disbursed_on: NaiveDate,
    /// The plafon.
    pub amount: Money,
    /// The fees, deposit included, as they came to.
    pub charges: Vec<FeeCharge>,
    /// Fees deducted.
    pub upfront_fees: Money,
    /// The member's own money held back.
    pub deposit: Money,
    /// What the member receives.
    pub net_amount: Money,
    /// The account it is paid to.
    pub account_id: BankAccountId,
    /// Who paid, adding up to the plafon.
    pub sources: Vec<Source>,
    /// The bank's reference.
    pub reference: Option<String>,
}

impl DisburseLoan {
    /// Checks the fields, all at once.
    pub fn check(raw: RawDisbursement, today: NaiveDate) -> Result<Self, Faults> {
        let RawDisbursement { disbursed_on, first_due_date, account_id, sources, reference } = raw;
        let disbursed_on = disbursed_on.unwrap_or(today);
        let mut faults = Faults::new();
        check_date(&mut faults, "disbursed_on", disbursed_on, today);
        let after = first_due_date.is_none_or(|first| first > disbursed_on);
        let message = "must be after the disbursement";
        faults.require(after, "first_due_date", "not_after_start", message);
        let soon = first_due_date
            .is_none_or(|first| first <= pensipro_kernel::add_months(disbursed_on, 3));
        let message = "must be within three months of the disbursement";
        faults.require(soon, "first_due_date", "too_late", message);
        for (place, source) in sources.iter().enumerate() {
            check_source(&mut faults, place, source);
        }
        let reference = faults.take(optional_text("reference", reference.as_deref(), 100));
        let command = reference.map(|reference| Self {
            disbursed_on,
            first_due_date,
            account_id,
            sources,
            reference,
        });
        faults.finish(command)
    }

    /// Value date.
    pub const fn disbursed_on(&self) -> NaiveDate {
        self.disbursed_on
    }

    /// The first due date, where it was given.
    pub const fn first_due_date(&self) -> Option<NaiveDate> {
        self.first_due_date
    }

    /// The member's account, where it was named.
    pub const fn account_id(&self) -> Option<BankAccountId> {
        self.account_id
    }

    /// Who pays, where it was said.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The same with these sources.
    #[must_use]
    pub fn with_sources(self, sources: Vec<Source>) -> Self {
        Self { sources, ..self }
    }

    /// The plan of the loan if paid out so: its schedule and fees, to be checked against age and DSR
    /// again.
    pub fn plan(
        &self,
        loan: &Loan,
        age: Option<u16>,
        policy: FirstDuePolicy,
    ) -> Result<RepaymentPlan, ServicingError> {
        RepaymentPlan::compute(&PlanFacts {
            plafon: loan.plafon,
            tenor: loan.tenor,
            terms: &loan.terms,
            starts_on: self.disbursed_on,
            first_due: FirstDue::or_policy(self.first_due_date, policy),
            age,
        })
    }

    /// Posts the disbursement by its [plan](Self::plan): the loan is pending, the sources add up to
    /// the plafon, and something is left to pay out.
    pub fn post(
        self,
        loan: &mut OpenLoan,
        plan: &RepaymentPlan,
        facts: DisbursementFacts,
        batch: &mut PostingBatch,
    ) -> Result<Posted, ServicingError> {
        let particulars = self.particulars(loan, plan, facts)?;
        let input = Input {
            id: facts.id,
            effective_on: particulars.disbursed_on,
            booked_on: facts.today,
            kind: InputKind::Disbursement(plan.disbursed(facts.id)),
        };
        let posted = loan.post(input, batch)?;
        batch.disbursements.push(particulars);
        Ok(posted)
    }

    fn particulars(
        self,
        loan: &OpenLoan,
        plan: &RepaymentPlan,
        facts: DisbursementFacts,
    ) -> Result<NewDisbursement, ServicingError> {
        let terms = loan.loan();
        if terms.status != LoanStatus::Pending {
            return Err(terms.status.not_to(LoanStatus::Active));
        }
        if self.disbursed_on < terms.approved_on {
            return Err(ServicingError::BeforeApproval { approved_on: terms.approved_on });
        }
        let plafon = terms.plafon;
        let sources = self.sources_of(plafon)?;
        let (upfront_fees, deposit) = (plan.upfront_fees(), plan.deposit());
        let deducted = plus(upfront_fees, deposit);
        let net_amount = plafon.minus_or_zero(deducted);
        if !net_amount.is_positive() {
            return Err(ServicingError::NothingToPayOut { deducted });
        }
        Ok(NewDisbursement {
            transaction_id: facts.id,
            loan_id: terms.id,
            disbursed_on: plan.starts_on(),
            amount: plafon,
            charges: plan.charges().to_vec(),
            upfront_fees,
            deposit,
            net_amount,
            account_id: facts.account_id,
            sources,
            reference: self.reference,
        })
    }

    fn sources_of(&self, plafon: Money) -> Result<Vec<Source>, ServicingError> {
        if self.sources.is_empty() {
            return Ok(vec![Source { funder_id: None, contract_id: None, amount: plafon }]);
        }
        let sum = total(self.sources.iter().map(|source| source.amount));
        if sum == plafon {
            Ok(self.sources.clone())
        } else {
            Err(ServicingError::SourcesMismatch { sum, plafon })
        }
    }
}

/// What a disbursement is posted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisbursementFacts {
    /// The transaction's id, reserved before.
    pub id: TransactionId,
    /// The account of the member's that it is paid to.
    pub account_id: BankAccountId,
    /// The business date.
    pub today: NaiveDate,
}

fn check_source(faults: &mut Faults, place: usize, source: &Source) {
    let field = format!("sources[{place}]");
    let positive = source.amount.is_positive() && source.amount <= Money::MAX_INPUT;
    faults.require(positive, &format!("{field}.amount"), "not_positive", "must be above zero");
    let own = source.funder_id.is_some() || source.contract_id.is_none();
    let message = "the cooperative itself has no contract";
    faults.require(own, &format!("{field}.contract_id"), "without_funder", message);
}
