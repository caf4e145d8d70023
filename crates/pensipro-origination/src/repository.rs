//! What the origination module needs from storage.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    ApplicationId, LoanId, MemberId, Money, Page, PageRequest, ProductId, SalesId, Scope,
    StorageError, UserId, Version, codes,
};
use pensipro_members::StoredFile;

use crate::{
    Analysis, Application, ApplicationDocument, ApplicationDocumentKind, ApplicationDraft,
    ApplicationStatus, Condition, Decision, Desk, Level, NewAnalysis, NewDecision, Precheck,
    Recusal,
};

codes! {
    /// The order of a list of applications.
    #[derive(Default)]
    pub enum ApplicationSort {
        /// Oldest first.
        CreatedAt = "created_at",
        /// Newest first.
        #[default]
        CreatedAtDescending = "-created_at",
        /// What waits, the longest first; what waits for nobody is left out.
        WaitingSince = "waiting_since",
    }
}

/// Which applications a list holds; every condition given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ApplicationFilter {
    /// Of this status.
    pub status: Option<ApplicationStatus>,
    /// Of this member.
    pub member_id: Option<MemberId>,
    /// Of this sales person.
    pub sales_id: Option<SalesId>,
    /// For this product.
    pub product_id: Option<ProductId>,
    /// Waiting on this desk.
    pub desk: Option<Desk>,
    /// With the committee, at this level.
    pub level: Option<Level>,
    /// The order.
    pub sort: ApplicationSort,
}

/// What a member has running beside an application. A loan counts while it is pending, active or
/// in default; an application while [`ApplicationStatus::is_under_way`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpenLoanFacts {
    /// How many loans.
    pub loans: u32,
    /// The sum of their monthly instalments.
    pub instalments: Money,
    /// How many applications.
    pub applications: u32,
}

/// Applications.
pub trait ApplicationRepository {
    /// An application within the scope.
    fn application(&mut self, id: ApplicationId, scope: Scope)
    -> Result<Application, StorageError>;
    /// The same, locked until the transaction ends. Whoever needs the member locked too locks him
    /// first.
    fn lock_application(
        &mut self,
        id: ApplicationId,
        scope: Scope,
    ) -> Result<Application, StorageError>;
    /// A page of the applications within the scope.
    fn applications(
        &mut self,
        filter: &ApplicationFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Application>, StorageError>;
    /// Inserts a draft.
    fn add_application(
        &mut self,
        draft: &ApplicationDraft,
        by: Option<UserId>,
    ) -> Result<Application, StorageError>;
    /// Inserts applications of loans that are disbursed with them, approved on the day of their entry,
    /// and gives their ids in their order. Two statements, however many there are.
    fn add_disbursed_applications(
        &mut self,
        drafts: &[ApplicationDraft],
        by: Option<UserId>,
    ) -> Result<Vec<ApplicationId>, StorageError>;
    /// Saves everything that can change over the version read; gives the new version.
    fn save_application(&mut self, application: &Application) -> Result<Version, StorageError>;
    /// Approved applications whose approval lies before the day, oldest first, at most `limit`.
    fn offers_approved_before(
        &mut self,
        day: NaiveDate,
        limit: u16,
    ) -> Result<Vec<ApplicationId>, StorageError>;
    /// The member's applications that are open, or approved and not disbursed, by ascending id.
    fn unfinished_applications(
        &mut self,
        member: MemberId,
    ) -> Result<Vec<ApplicationId>, StorageError>;
    /// What the member has running beside this application and the loan that it tops up. The caller
    /// has locked the member.
    fn open_loan_facts(
        &mut self,
        member: MemberId,
        beside: ApplicationId,
        topup: Option<LoanId>,
    ) -> Result<OpenLoanFacts, StorageError>;
    /// Whether the loan is an active one of the member's.
    fn has_active_loan(&mut self, member: MemberId, loan: LoanId) -> Result<bool, StorageError>;
}

/// Documents of applications.
pub trait ApplicationDocumentRepository {
    /// All of an application's, oldest first.
    fn application_documents(
        &mut self,
        application: ApplicationId,
    ) -> Result<Vec<ApplicationDocument>, StorageError>;
    /// Inserts one.
    fn add_application_document(
        &mut self,
        application: ApplicationId,
        kind: ApplicationDocumentKind,
        file: &StoredFile,
        by: Option<UserId>,
    ) -> Result<ApplicationDocument, StorageError>;
}

/// Pre-checks and analyses.
pub trait AssessmentRepository {
    /// Inserts a pre-check's result; earlier ones stay.
    fn add_precheck(
        &mut self,
        application: ApplicationId,
        result: &Precheck,
    ) -> Result<(), StorageError>;
    /// The latest result.
    fn latest_precheck(
        &mut self,
        application: ApplicationId,
    ) -> Result<Option<Precheck>, StorageError>;
    /// All results, oldest first.
    fn prechecks(&mut self, application: ApplicationId) -> Result<Vec<Precheck>, StorageError>;
    /// Inserts an analysis; earlier ones stay.
    fn add_analysis(&mut self, analysis: &NewAnalysis) -> Result<Analysis, StorageError>;
    /// All of an application's, oldest first.
    fn analyses(&mut self, application: ApplicationId) -> Result<Vec<Analysis>, StorageError>;
}

/// The committee's decisions and conditions.
pub trait CommitteeRepository {
    /// Inserts a decision, one a level, with the conditions it sets.
    fn add_decision(
        &mut self,
        decision: &NewDecision,
        conditions: &[String],
    ) -> Result<Decision, StorageError>;
    /// All of an application's, by level.
    fn decisions(&mut self, application: ApplicationId) -> Result<Vec<Decision>, StorageError>;
    /// All conditions of an application, in the order they were set.
    fn conditions(&mut self, application: ApplicationId) -> Result<Vec<Condition>, StorageError>;
    /// Who stepped back from an application, oldest first.
    fn recusals(&mut self, application: ApplicationId) -> Result<Vec<Recusal>, StorageError>;
    /// Notes that somebody stepped back.
    fn add_recusal(&mut self, recusal: &Recusal) -> Result<(), StorageError>;
    /// What waits at a level since then or longer and was not told of for this wait, the longest
    /// first.
    fn overdue(
        &mut self,
        level: Level,
        since: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<Application>, StorageError>;
    /// Notes that it was told of, for this wait; false if it was noted before, by whomever.
    fn note_deadline(&mut self, application: &Application) -> Result<bool, StorageError>;
    /// Saves that a condition is met.
    fn save_condition(&mut self, condition: &Condition) -> Result<(), StorageError>;
}
