//! The application: a member asks for a loan on a product's terms.

use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use pensipro_kernel::{
    ApplicationId, AuditEntry, AuditValue, BranchId, Event, Faults, LoanId, MemberId, Moment,
    Money, ProductId, Rate, SalesId, UserId, Version,
};
use pensipro_pricing::{DueDates, FirstDuePolicy, Schedule, Terms};

use crate::{Analysis, ApplicationStatus, IllegalTransition, Level, Request, Subject};

/// An application as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Who applies.
    pub member_id: MemberId,
    /// For which product.
    pub product_id: ProductId,
    /// The sales person who brought it.
    pub sales_id: Option<SalesId>,
    /// The member's branch at entry.
    pub branch_id: Option<BranchId>,
    /// What is asked for.
    pub request: Request,
    /// The terms agreed: the product's of the day of entry, unless others were granted.
    pub terms: Terms,
    /// How far it is; changed by [`Application::moved`] alone.
    pub status: ApplicationStatus,
    /// Why it was withdrawn, turned down or sent back last.
    pub reason: Option<String>,
    /// The business day of entry; the number's year.
    pub entered_on: NaiveDate,
    /// The business day of approval, while approved or disbursed: an offer is valid from it.
    pub approved_on: Option<NaiveDate>,
    /// Since when somebody has to act on it, and at which level of the committee.
    pub waiting: Option<Waiting>,
    /// The row's version.
    pub version: Version,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When the row was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who entered it; does not sit on its committee.
    pub created_by: Option<UserId>,
}

/// That somebody has to act on an application: the analyst, a level of the committee, or finance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Since when.
    pub since: DateTime<Utc>,
    /// The committee's level that is due, while the committee has it.
    pub level: Option<Level>,
}

impl Waiting {
    /// At a level of the committee from now on.
    pub(crate) fn at_level(level: Option<Level>, at: Moment) -> Option<Self> {
        Some(Self { since: at.now, level })
    }

    /// How an application that came to a state begins to wait.
    fn in_state(status: ApplicationStatus, at: Moment) -> Option<Self> {
        match status {
            ApplicationStatus::Submitted
            | ApplicationStatus::Analyzing
            | ApplicationStatus::Approved => Self::at_level(None, at),
            ApplicationStatus::Committee => Self::at_level(Some(Level::FIRST), at),
            ApplicationStatus::Draft
            | ApplicationStatus::Rejected
            | ApplicationStatus::Disbursed
            | ApplicationStatus::Cancelled => None,
        }
    }

    /// Whole days until a moment.
    pub fn days(self, until: DateTime<Utc>) -> i64 {
        (until - self.since).num_days().max(0)
    }
}

/// What storage inserts of a new application; its status is draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationDraft {
    /// Who applies.
    pub member_id: MemberId,
    /// For which product.
    pub product_id: ProductId,
    /// The sales person.
    pub sales_id: Option<SalesId>,
    /// The member's branch.
    pub branch_id: Option<BranchId>,
    /// What is asked for.
    pub request: Request,
    /// The terms.
    pub terms: Terms,
    /// The business day.
    pub entered_on: NaiveDate,
}

/// How long an approved application may wait for its disbursement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OfferPolicy {
    /// Days after the approval (`OFFER_VALID_DAYS`).
    pub valid_days: u32,
}

impl Default for OfferPolicy {
    /// 30 days.
    fn default() -> Self {
        Self { valid_days: 30 }
    }
}

impl OfferPolicy {
    /// The last day on which an offer of that day stands.
    pub fn last_day(self, approved_on: NaiveDate) -> NaiveDate {
        let days = Days::new(self.valid_days.into());
        approved_on.checked_add_days(days).unwrap_or(NaiveDate::MAX)
    }
}

impl Application {
    /// The number people use: `APP-2026-000123`.
    pub fn number(&self) -> String {
        self.id.number(self.entered_on.year())
    }

    /// What the member pays a month elsewhere: as the last analysis established it, else as he
    /// declares it.
    pub fn other_obligations(&self, analyses: &[Analysis]) -> Money {
        let declared = self.request.other_obligations;
        analyses.last().map_or(declared, |last| last.content.findings.other_obligations)
    }

    /// What tells the committee's levels.
    pub fn subject(&self) -> Subject {
        let (product_id, branch_id) = (self.product_id, self.branch_id);
        Subject { plafon: self.request.plafon, product_id, branch_id }
    }

    /// Whole days since its entry.
    pub fn age(&self, today: NaiveDate) -> i64 {
        (today - self.entered_on).num_days().max(0)
    }

    /// The yearly rate agreed.
    pub fn interest_rate(&self) -> Rate {
        self.terms.rules.interest_rate
    }

    /// The schedule if the loan were disbursed on `start`: provisional until it is.
    pub fn schedule(
        &self,
        start: NaiveDate,
        first_due: FirstDuePolicy,
    ) -> Result<Schedule, Faults> {
        let Request { plafon, tenor, .. } = self.request;
        let rules = &self.terms.rules;
        let dates = DueDates::following(start, rules.due_day, first_due);
        Ok(Schedule::new(plafon, tenor, rules, dates)?)
    }

    /// The same application one step of the state machine on.
    pub fn moved(&self, to: ApplicationStatus, at: Moment) -> Result<Self, IllegalTransition> {
        let status = self.status.step(to)?;
        let approved_on = match (self.status, status) {
            (ApplicationStatus::Committee, ApplicationStatus::Approved) => Some(at.today),
            (_, ApplicationStatus::Approved | ApplicationStatus::Disbursed) => self.approved_on,
            _ => None,
        };
        let waiting = Waiting::in_state(status, at);
        Ok(Self { status, approved_on, waiting, updated_at: at.now, ..self.clone() })
    }

    /// The same, with the reason for it.
    pub fn moved_because(
        &self,
        to: ApplicationStatus,
        reason: String,
        at: Moment,
    ) -> Result<Self, IllegalTransition> {
        Ok(Self { reason: Some(reason), ..self.moved(to, at)? })
    }

    /// True once an approved application was not disbursed in time.
    pub fn offer_expired(&self, policy: OfferPolicy, today: NaiveDate) -> bool {
        let approved = self.status == ApplicationStatus::Approved;
        let over = |approved_on| policy.last_day(approved_on) < today;
        approved && self.approved_on.is_some_and(over)
    }

    /// What is told of it to sales and member once it is decided or withdrawn.
    pub fn event(&self) -> Option<Event> {
        let name = match self.status {
            ApplicationStatus::Approved => "application.approved",
            ApplicationStatus::Rejected => "application.rejected",
            ApplicationStatus::Cancelled => "application.cancelled",
            _ => return None,
        };
        let event = Event::new(name, "applications", self.id.get()).of_member(self.member_id);
        Some(
            event
                .with("number", self.number())
                .with("plafon", self.request.plafon)
                .with("tenor", self.request.tenor),
        )
    }

    /// An entry of the audit trail about it.
    pub fn audit_entry(&self, action: &'static str) -> AuditEntry {
        AuditEntry::new(action, "applications", self.id.get()).of_member(self.member_id)
    }

    /// What the audit trail stores of it.
    pub fn audit_view(&self) -> AuditValue {
        let Request { plafon, tenor, purpose, other_obligations, takeover, topup } = &self.request;
        let takeover = takeover.as_ref();
        let fees = self.terms.fees.iter().map(|fee| fee.kind.code()).collect::<Vec<_>>();
        AuditValue::new()
            .with("member_id", self.member_id.get())
            .with("product_id", self.product_id.get())
            .with("sales_id", self.sales_id.map(SalesId::get))
            .with("branch_id", self.branch_id.map(BranchId::get))
            .text("plafon", plafon)
            .with("tenor", *tenor)
            .personal("purpose", purpose.clone())
            .personal("other_obligations", other_obligations.to_string())
            .text("interest_rate", self.interest_rate())
            .with("takeover_institution", takeover.map(|over| over.institution.clone()))
            .with("takeover_payoff", takeover.map(|over| over.payoff.to_string()))
            .with("topup_loan_id", topup.map(LoanId::get))
            .with("fees", fees)
            .with("status", self.status.code())
            .personal("reason", self.reason.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{application, at, today};

    fn approved() -> Application {
        Application {
            status: ApplicationStatus::Approved,
            approved_on: Some(today()),
            ..application()
        }
    }

    #[test]
    fn an_offer_stands_through_its_last_day() {
        let policy = OfferPolicy { valid_days: 30 };
        let expired = |application: &Application, day: &str| {
            application.offer_expired(policy, day.parse().unwrap())
        };
        assert!(!expired(&approved(), "2026-04-09"));
        assert!(expired(&approved(), "2026-04-10"));
        let disbursed = approved().moved(ApplicationStatus::Disbursed, at()).unwrap();
        assert!(!expired(&disbursed, "2027-01-01"));
    }

    #[test]
    fn the_day_of_approval_outlives_a_reversed_disbursement_but_not_a_withdrawal() {
        let disbursed = approved().moved(ApplicationStatus::Disbursed, at()).unwrap();
        let again = disbursed.moved(ApplicationStatus::Approved, at()).unwrap();
        assert_eq!(again.approved_on, Some(today()));
        let reason = "tidak jadi".to_owned();
        let gone = again.moved_because(ApplicationStatus::Cancelled, reason, at()).unwrap();
        assert_eq!((gone.approved_on, gone.reason.as_deref()), (None, Some("tidak jadi")));
        assert_eq!(gone.event().unwrap().params["number"], "APP-2026-000123");
    }

    #[test]
    fn it_waits_where_somebody_has_to_act() {
        let draft = application();
        assert_eq!(draft.waiting, None);
        let mut walked = draft.moved(ApplicationStatus::Submitted, at()).unwrap();
        for (to, level) in [
            (ApplicationStatus::Analyzing, None),
            (ApplicationStatus::Committee, Some(Level::FIRST)),
            (ApplicationStatus::Approved, None),
        ] {
            walked = walked.moved(to, at()).unwrap();
            assert_eq!(walked.waiting, Some(Waiting { since: at().now, level }), "{to}");
        }
        assert_eq!(walked.moved(ApplicationStatus::Disbursed, at()).unwrap().waiting, None);
        let later = |hours| at().now + chrono::TimeDelta::hours(hours);
        let days = [47, 48, -48].map(|hours| walked.waiting.unwrap().days(later(hours)));
        assert_eq!(days, [1, 2, 0]);
        assert_eq!(walked.age("2026-03-12".parse().unwrap()), 2);
    }

    #[test]
    fn the_schedule_follows_from_request_and_terms() {
        let schedule = application().schedule(today(), FirstDuePolicy::default()).unwrap();
        // 50,000,000 at 1 % a month over 36 months: 1,660,715.49, rounded up to the rupiah.
        assert_eq!(schedule.instalment(), "1660716".parse().unwrap());
        assert_eq!(schedule.maturity().to_string(), "2029-03-10");
    }
}
