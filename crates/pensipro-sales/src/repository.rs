//! What the sales module needs from storage. Reading methods take the caller's scope: a branch user
//! sees his branch's, a funder's user nothing. Methods that begin with `lock_` hold the row until the
//! transaction ends.

use pensipro_kernel::{
    BranchId, CommissionId, LoanId, MemberId, Page, PageRequest, Period, SalesId, Scope,
    StorageError, TargetId, TransactionId, UserId, Version, codes,
};

use crate::{
    Branch, BranchDetails, Commission, CommissionEntry, CommissionLine, CommissionStatus,
    Contender, Figures, Months, NewTarget, Owner, PipelineStage, Realised, SalesDetails,
    SalesPerson, Target, TargetStatus, Visit, VisitDetails, VisitResult,
};

codes! {
    /// The order of a list of branches or sales people.
    #[derive(Default)]
    pub enum PeopleSort {
        /// By code.
        #[default]
        Code = "code",
        /// By name.
        Name = "name",
        /// The newest first.
        CreatedAtDescending = "-created_at",
    }
}

/// Which branches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BranchFilter {
    /// Only those in use, or only those switched off.
    pub is_active: Option<bool>,
    /// Whose name holds this text.
    pub q: Option<String>,
    /// The order.
    pub sort: PeopleSort,
}

/// Which sales people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SalesFilter {
    /// Of this branch.
    pub branch_id: Option<BranchId>,
    /// Tied to this user.
    pub user_id: Option<UserId>,
    /// Only those who sell, or only those switched off.
    pub is_active: Option<bool>,
    /// Whose name holds this text.
    pub q: Option<String>,
    /// The order.
    pub sort: PeopleSort,
}

/// Which visits of a sales person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisitFilter {
    /// Of this month.
    pub periode: Option<Period>,
    /// That came to this.
    pub result: Option<VisitResult>,
    /// To this member.
    pub member_id: Option<MemberId>,
    /// To a member or prospect whose name holds this text.
    pub q: Option<String>,
}

/// Which targets of a sales person or a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TargetFilter {
    /// Of this month.
    pub periode: Option<Period>,
    /// Of this status.
    pub status: Option<TargetStatus>,
}

/// Which commissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommissionFilter {
    /// Of this status.
    pub status: Option<CommissionStatus>,
    /// That count for this month.
    pub periode: Option<Period>,
    /// Paid with this month's payroll.
    pub payroll_periode: Option<Period>,
    /// Of this branch.
    pub branch_id: Option<BranchId>,
    /// Of this sales person.
    pub sales_id: Option<SalesId>,
    /// About this loan.
    pub loan_id: Option<LoanId>,
}

/// Branches.
pub trait BranchRepository {
    /// A branch.
    fn branch(&mut self, id: BranchId, scope: Scope) -> Result<Branch, StorageError>;

    /// The same, locked.
    fn lock_branch(&mut self, id: BranchId, scope: Scope) -> Result<Branch, StorageError>;

    /// A page of branches.
    fn branches(
        &mut self,
        filter: &BranchFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Branch>, StorageError>;

    /// The branch with this code, whatever the scope.
    fn branch_with_code(&mut self, code: &str) -> Result<Option<BranchId>, StorageError>;

    /// Adds a branch; the code is unique (`sales_branches_code_key`).
    fn add_branch(
        &mut self,
        details: &BranchDetails,
        by: Option<UserId>,
    ) -> Result<Branch, StorageError>;

    /// Saves the details over the version read; gives the new version.
    fn save_branch(&mut self, branch: &Branch) -> Result<Version, StorageError>;
}

/// Sales people.
pub trait SalesRepository {
    /// A sales person.
    fn sales_person(&mut self, id: SalesId, scope: Scope) -> Result<SalesPerson, StorageError>;

    /// The same, locked.
    fn lock_sales_person(&mut self, id: SalesId, scope: Scope)
    -> Result<SalesPerson, StorageError>;

    /// A page of sales people.
    fn sales_people(
        &mut self,
        filter: &SalesFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<SalesPerson>, StorageError>;

    /// The sales person with this code, whatever the scope.
    fn sales_person_with_code(&mut self, code: &str) -> Result<Option<SalesPerson>, StorageError>;

    /// The sales person tied to this user, whatever the scope.
    fn sales_person_of_user(&mut self, user: UserId) -> Result<Option<SalesPerson>, StorageError>;

    /// Adds a sales person; code and user are unique (`sales_code_key`, `sales_user_id_key`).
    fn add_sales_person(
        &mut self,
        details: &SalesDetails,
        by: Option<UserId>,
    ) -> Result<SalesPerson, StorageError>;

    /// Saves the details over the version read; gives the new version.
    fn save_sales_person(&mut self, person: &SalesPerson) -> Result<Version, StorageError>;
}

/// What a sales person's and a visit's fields are checked against.
pub trait SalesReferences {
    /// A user within the scope.
    fn tied_user(&mut self, user: UserId, scope: Scope) -> Result<Option<TiedUser>, StorageError>;

    /// True if there is such a member within the scope.
    fn member_is_visible(&mut self, id: MemberId, scope: Scope) -> Result<bool, StorageError>;

    /// True if there is such a loan within the scope.
    fn loan_is_visible(&mut self, id: LoanId, scope: Scope) -> Result<bool, StorageError>;
}

/// A user that a sales person may be tied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TiedUser {
    /// What he may see.
    pub scope: Scope,
    /// Whether he may sign in.
    pub is_active: bool,
}

/// Visits.
pub trait VisitRepository {
    /// Adds a visit of a sales person.
    fn add_visit(
        &mut self,
        person: &SalesPerson,
        details: &VisitDetails,
        by: Option<UserId>,
    ) -> Result<Visit, StorageError>;

    /// A page of a sales person's visits, the latest first.
    fn visits(
        &mut self,
        sales: SalesId,
        filter: &VisitFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Visit>, StorageError>;

    /// All visits to a member, whoever made them, oldest first.
    fn visits_to(&mut self, member: MemberId) -> Result<Vec<Visit>, StorageError>;
}

/// Targets. The caller has locked the owner before he changes any.
pub trait TargetRepository {
    /// A target of the owner.
    fn target(&mut self, owner: Owner, id: TargetId) -> Result<Target, StorageError>;

    /// The owner's target of a month with this status; of `superseded` ones, the latest.
    fn target_of_month(
        &mut self,
        owner: Owner,
        periode: Period,
        status: TargetStatus,
    ) -> Result<Option<Target>, StorageError>;

    /// A page of the owner's targets, the latest month first.
    fn targets(
        &mut self,
        owner: Owner,
        filter: &TargetFilter,
        page: &PageRequest,
    ) -> Result<Page<Target>, StorageError>;

    /// Adds a draft.
    fn add_target(&mut self, new: &NewTarget, by: Option<UserId>) -> Result<Target, StorageError>;

    /// Saves goal, author, status and approval over the version read; gives the new version.
    fn save_target(&mut self, target: &Target) -> Result<Version, StorageError>;

    /// What was disbursed month by month; months without any are left out. One query.
    fn realised(
        &mut self,
        owner: Owner,
        months: Months,
    ) -> Result<Vec<(Period, Realised)>, StorageError>;
}

/// Commissions.
pub trait CommissionRepository {
    /// Adds an unpaid commission. Storage holds one for a disbursement, and one claw-back of another.
    fn add_commission(
        &mut self,
        entry: &CommissionEntry,
        by: Option<UserId>,
    ) -> Result<Commission, StorageError>;

    /// A commission of a sales person, locked.
    fn lock_commission(
        &mut self,
        sales: SalesId,
        id: CommissionId,
        scope: Scope,
    ) -> Result<Commission, StorageError>;

    /// What a disbursement earned, locked.
    fn lock_commission_of(
        &mut self,
        disbursement: TransactionId,
    ) -> Result<Option<Commission>, StorageError>;

    /// Saves the state over the version read; gives the new version.
    fn save_commission(&mut self, commission: &Commission) -> Result<Version, StorageError>;

    /// A page of commissions, as they were entered.
    fn commissions(
        &mut self,
        filter: &CommissionFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<CommissionLine>, StorageError>;
}

/// What sales people and branches achieved. Each is a fixed number of index ranges an owner,
/// whatever else the tables hold.
pub trait PerformanceRepository {
    /// What an owner achieved over some months: one statement.
    fn figures(&mut self, owner: Owner, months: Months) -> Result<Figures, StorageError>;

    /// An owner's open applications by state: one statement.
    fn pipeline(&mut self, owner: Owner) -> Result<Vec<PipelineStage>, StorageError>;

    /// Every sales person, or every one of a branch, with what he achieved: one statement.
    fn contenders(
        &mut self,
        months: Months,
        branch: Option<BranchId>,
        scope: Scope,
    ) -> Result<Vec<Contender>, StorageError>;
}
