//! The pre-check of an application: facts in, every rule with its figures out.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{Faults, Moment, Money, UserId, codes};
use pensipro_members::{DocumentKind, DocumentPolicy, MemberDocument};
use pensipro_pricing::{
    DebtService, EligibilityFacts, FirstDuePolicy, LoanProduct, RuleResult, Schedule,
    completed_years, judge, loan_cost,
};
use serde_json::{Value, json};

use crate::{Application, OpenLoanFacts, Payoffs, TopUp};

codes! {
    /// What a pre-check is made for. Facts may have changed from one to the next.
    pub enum Occasion {
        /// The draft is handed in.
        Submit = "submit",
        /// The analysis is completed.
        Analysis = "analysis",
        /// The last level of the committee approves.
        Approval = "approval",
    }
}

/// What the pre-check judges.
#[derive(Debug, Clone, Copy)]
pub struct PrecheckFacts<'a> {
    /// What it is made for.
    pub occasion: Occasion,
    /// The application.
    pub application: &'a Application,
    /// What the member pays a month elsewhere: as he declares it, once analysed as the analyst
    /// established it.
    pub other_obligations: Money,
    /// The product as it is today.
    pub product: &'a LoanProduct,
    /// The member's documents.
    pub documents: &'a [MemberDocument],
    /// The member's birth date.
    pub birth_date: NaiveDate,
    /// The member's gross pension a month.
    pub monthly_benefit: Money,
    /// The member's own loan that it tops up.
    pub topup: Option<&'a TopUp>,
    /// What the member has running beside this application and that loan.
    pub running: OpenLoanFacts,
}

impl PrecheckFacts<'_> {
    fn payoffs(&self) -> Payoffs<'_> {
        Payoffs { takeover: self.application.request.takeover.as_ref(), topup: self.topup }
    }
}

/// What the pre-check takes from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PrecheckPolicy {
    /// Which documents are needed.
    pub documents: DocumentPolicy,
    /// How the first due date follows from a disbursement.
    pub first_due: FirstDuePolicy,
}

/// The result of a pre-check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precheck {
    /// What it was made for.
    pub occasion: Occasion,
    /// Every rule, in order.
    pub rules: Vec<RuleResult>,
    /// When it was made.
    pub checked_at: DateTime<Utc>,
    /// Who handed in, analysed or approved.
    pub checked_by: Option<UserId>,
}

impl Precheck {
    /// True if every rule holds.
    pub fn passed(&self) -> bool {
        self.failing() == 0
    }

    /// How many rules do not hold.
    pub fn failing(&self) -> usize {
        self.rules.iter().filter(|rule| !rule.passed).count()
    }

    /// The form of bodies and the audit trail:
    /// `{occasion, passed, rules: [{rule, passed, actual, limit}]}`.
    pub fn to_json(&self) -> Value {
        json!({ "occasion": self.occasion, "passed": self.passed(), "rules": self.rules })
    }
}

/// Judges every rule, as if the loan were disbursed today: `documents_verified`,
/// `product_active`, those of plafon, tenor, benefit and age (see [`judge`]), `double_financing`, and where
/// loans are paid off `topup_active` and `payoffs_covered`.
/// Figures of which no schedule can be made are faults.
pub fn precheck(
    facts: &PrecheckFacts<'_>,
    policy: &PrecheckPolicy,
    by: Option<UserId>,
    at: Moment,
) -> Result<Precheck, Faults> {
    let PrecheckFacts { application, product, .. } = facts;
    let schedule = application.schedule(at.today, policy.first_due)?;
    let service = debt_service(
        schedule.instalment(),
        [facts.running.instalments, facts.other_obligations],
        facts.monthly_benefit,
    )?;
    let eligibility = EligibilityFacts {
        plafon: application.request.plafon,
        tenor: application.request.tenor,
        instalment: service.instalment,
        obligations: service.obligations,
        monthly_benefit: facts.monthly_benefit,
        birth_date: facts.birth_date,
        last_due: schedule.maturity(),
    };
    let offered = product_active(product, facts.occasion, at.today);
    let mut rules = vec![documents_verified(&policy.documents, facts.documents), offered];
    rules.extend(judge(&eligibility, &product.details.limits));
    rules.push(double_financing(facts.running, product.details.max_active_loans));
    rules.extend(facts.topup.map(topup_active));
    let payoffs = facts.payoffs();
    if !payoffs.is_empty() {
        rules.push(payoffs_covered(&payoffs, facts, &schedule)?);
    }
    Ok(Precheck { occasion: facts.occasion, rules, checked_at: at.now, checked_by: by })
}

/// Only an active loan is topped up; one that was closed meanwhile takes nothing.
pub fn topup_active(topup: &TopUp) -> RuleResult {
    RuleResult::new("topup_active", topup.payoff.is_some(), topup.status, "active")
}

/// What is left after the fees pays the loans off.
fn payoffs_covered(
    payoffs: &Payoffs<'_>,
    facts: &PrecheckFacts<'_>,
    schedule: &Schedule,
) -> Result<RuleResult, Faults> {
    let Application { request, terms, .. } = facts.application;
    let dates = schedule.dates();
    let age = completed_years(facts.birth_date, dates.start());
    let net = loan_cost(terms, (request.plafon, request.tenor), dates, Some(age))?.net;
    let covered = payoffs.left_of(net).is_some();
    Ok(RuleResult::new("payoffs_covered", covered, payoffs.total(), net))
}

/// What a member would have to pay a month, and from what.
pub(crate) fn debt_service(
    instalment: Money,
    others: [Money; 2],
    monthly_benefit: Money,
) -> Result<DebtService, Faults> {
    let Some(obligations) = Money::checked_sum(others) else {
        let mut faults = Faults::new();
        faults.add("other_obligations", "out_of_range", "the amounts are too large");
        return Err(faults);
    };
    Ok(DebtService { instalment, obligations, monthly_benefit })
}

/// Every required kind has a verified document; the figures name the kinds.
fn documents_verified(policy: &DocumentPolicy, documents: &[MemberDocument]) -> RuleResult {
    let missing = policy.unverified(documents);
    let verified: Vec<_> =
        policy.required.iter().copied().filter(|kind| !missing.contains(kind)).collect();
    let names = |kinds: &[DocumentKind]| {
        kinds.iter().map(|kind| kind.code()).collect::<Vec<_>>().join(", ")
    };
    let (actual, limit) = (names(&verified), names(&policy.required));
    RuleResult::new("documents_verified", missing.is_empty(), actual, limit)
}

/// An application is handed in while the product is offered; afterwards its validity may end, but a
/// product that is switched off is granted to nobody.
fn product_active(product: &LoanProduct, occasion: Occasion, today: NaiveDate) -> RuleResult {
    let active = match occasion {
        Occasion::Submit => product.details.is_offered_on(today),
        Occasion::Analysis | Occasion::Approval => product.details.is_active,
    };
    RuleResult::new("product_active", active, active, true)
}

/// No other application under way, and fewer loans than the product allows at once.
fn double_financing(running: OpenLoanFacts, max_active_loans: u16) -> RuleResult {
    let OpenLoanFacts { loans, applications, .. } = running;
    let passed = applications == 0 && loans < u32::from(max_active_loans);
    let actual = format!("{applications} applications, {loans} loans");
    let limit = format!("0 applications, {} loans", max_active_loans.saturating_sub(1));
    RuleResult::new("double_financing", passed, actual, limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{application, at, documents, now, product, rupiah};
    use crate::{Request, Takeover};
    use pensipro_pricing::ProductDetails;

    struct Case {
        occasion: Occasion,
        application: Application,
        product: LoanProduct,
        documents: Vec<MemberDocument>,
        birth_date: &'static str,
        monthly_benefit: i64,
        running: OpenLoanFacts,
        topup: Option<TopUp>,
    }

    /// Rp 50 million over 36 months is Rp 1,660,716 a month, the last due on 2029-03-10.
    fn passing() -> Case {
        Case {
            occasion: Occasion::Submit,
            application: application(),
            product: product(),
            documents: documents(),
            birth_date: "1957-08-17",
            monthly_benefit: 4_500_000,
            running: OpenLoanFacts::default(),
            topup: None,
        }
    }

    fn run(case: &Case) -> Precheck {
        let facts = PrecheckFacts {
            occasion: case.occasion,
            application: &case.application,
            other_obligations: case.application.request.other_obligations,
            product: &case.product,
            documents: &case.documents,
            birth_date: case.birth_date.parse().unwrap(),
            monthly_benefit: rupiah(case.monthly_benefit),
            running: case.running,
            topup: case.topup.as_ref(),
        };
        precheck(&facts, &PrecheckPolicy::default(), None, at()).unwrap()
    }

    fn failing(case: Case) -> Vec<String> {
        let result = run(&case);
        result.rules.into_iter().filter(|rule| !rule.passed).map(|rule| rule.rule).collect()
    }

    fn none() -> Vec<String> {
        Vec::new()
    }

    #[test]
    fn a_passing_application_shows_every_rule_with_its_figures() {
        let result = run(&passing());
        assert!(result.passed());
        assert_eq!((result.checked_at, result.rules.len()), (now(), 8));
        let figures = |rule: &str| {
            let found = result.rules.iter().find(|found| found.rule == rule).unwrap();
            (found.actual.as_str(), found.limit.as_str())
        };
        assert_eq!(figures("documents_verified"), ("KTP, KK, SK_PENSIUN", "KTP, KK, SK_PENSIUN"));
        assert_eq!(figures("product_active"), ("true", "true"));
        assert_eq!(figures("dsr"), ("36.9048", "70"));
        assert_eq!(figures("max_benefit"), ("50000000.00", "153900000.00"));
        assert_eq!(
            figures("double_financing"),
            ("0 applications, 0 loans", "0 applications, 0 loans")
        );
        assert_eq!(result.to_json()["rules"][0]["passed"], true);
    }

    #[test]
    fn documents_and_product_are_judged_as_they_are_today() {
        let without = Case { documents: documents().split_off(1), ..passing() };
        assert_eq!(failing(without), ["documents_verified"]);
        let mut parts = product().details.into_parts();
        parts.is_active = false;
        let details = ProductDetails::new(parts).unwrap();
        for occasion in Occasion::ALL {
            let product = LoanProduct { details: details.clone(), ..product() };
            let off = Case { occasion: *occasion, product, ..passing() };
            assert_eq!(failing(off), ["product_active"], "{occasion}");
        }
    }

    #[test]
    fn a_product_s_validity_counts_on_the_day_of_handing_in() {
        let until = |valid_to: &str, occasion| {
            let mut parts = product().details.into_parts();
            parts.validity.valid_to = Some(valid_to.parse().unwrap());
            let details = ProductDetails::new(parts).unwrap();
            failing(Case { occasion, product: LoanProduct { details, ..product() }, ..passing() })
        };
        assert_eq!(until("2026-03-10", Occasion::Submit), none());
        assert_eq!(until("2026-03-09", Occasion::Submit), ["product_active"]);
        assert_eq!(until("2026-03-09", Occasion::Analysis), none());
        assert_eq!(until("2026-03-09", Occasion::Approval), none());
    }

    #[test]
    fn running_instalments_and_declared_obligations_count_for_the_dsr() {
        let with = |instalments, declared| {
            let running =
                OpenLoanFacts { instalments: rupiah(instalments), ..OpenLoanFacts::default() };
            let request = Request { other_obligations: rupiah(declared), ..application().request };
            let application = Application { request, ..application() };
            failing(Case { running, application, ..passing() })
        };
        // 70 % of 4,500,000 leaves 1,489,284 beside the new instalment.
        assert_eq!(with(1_000_000, 489_284), none());
        assert_eq!(with(1_000_000, 489_285), ["dsr"]);
        assert_eq!(with(1_489_285, 0), ["dsr"]);
    }

    #[test]
    fn the_last_instalment_is_due_by_the_highest_age() {
        let born = |birth_date| failing(Case { birth_date, ..passing() });
        assert_eq!(born("1954-03-10"), none());
        assert_eq!(born("1954-03-09").len(), 1);
    }

    #[test]
    fn one_application_and_no_more_loans_than_allowed() {
        let running = |applications, loans| {
            let running = OpenLoanFacts { applications, loans, ..OpenLoanFacts::default() };
            failing(Case { running, ..passing() })
        };
        assert_eq!(running(1, 0), ["double_financing"]);
        assert_eq!(running(0, 1), ["double_financing"]);
        let mut parts = product().details.into_parts();
        parts.max_active_loans = 2;
        let details = ProductDetails::new(parts).unwrap();
        let running = OpenLoanFacts { loans: 1, ..OpenLoanFacts::default() };
        let product = LoanProduct { details, ..product() };
        assert_eq!(failing(Case { running, product, ..passing() }), none());
    }

    #[test]
    fn a_take_over_is_covered_by_what_is_left_after_the_fees() {
        let with = |payoff| {
            let takeover = Takeover {
                institution: "Bank Lama".into(),
                payoff: rupiah(payoff),
                reference: None,
            };
            let request = Request { takeover: Some(takeover), ..application().request };
            failing(Case { application: Application { request, ..application() }, ..passing() })
        };
        assert_eq!(with(50_000_000), none());
        assert_eq!(with(50_000_001), ["payoffs_covered"]);
    }

    #[test]
    fn a_topped_up_loan_is_active_and_covered() {
        let with = |status, payoff: Option<i64>| {
            let (loan_id, number) = (pensipro_kernel::LoanId::new(7), "LN-2024-000007".to_owned());
            let payoff = payoff.map(rupiah);
            failing(Case { topup: Some(TopUp { loan_id, number, status, payoff }), ..passing() })
        };
        assert_eq!(with("active", Some(50_000_000)), none());
        assert_eq!(with("active", Some(50_000_001)), ["payoffs_covered"]);
        assert_eq!(with("closed", Some(0)), none());
        assert_eq!(with("default", None), ["topup_active"]);
    }

    #[test]
    fn every_failing_rule_is_told_at_once() {
        let request = Request { plafon: rupiah(400_000_000), tenor: 180, ..application().request };
        let case = Case {
            application: Application { request, ..application() },
            documents: vec![],
            monthly_benefit: 1_000_000,
            running: OpenLoanFacts { applications: 1, ..OpenLoanFacts::default() },
            ..passing()
        };
        assert_eq!(failing(case).len(), 7);
    }
}
