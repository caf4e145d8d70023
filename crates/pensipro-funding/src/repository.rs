//! What this module needs from storage.

use pensipro_kernel::{
    ContractId, FunderId, LoanId, Money, Page, PageRequest, Scope, StorageError, UserId, Version,
};

use crate::{Allocation, Contract, ContractDetails, Funder, FunderDetails, HeldLoan, Reallocation};

/// Which funders a list holds; every condition given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FunderFilter {
    /// In use, or switched off.
    pub is_active: Option<bool>,
}

/// Funders. A branch's people see all of them, a funder's own people him alone.
pub trait FunderRepository {
    /// One within the scope.
    fn funder(&mut self, id: FunderId, scope: Scope) -> Result<Funder, StorageError>;
    /// The same, locked until the transaction ends.
    fn lock_funder(&mut self, id: FunderId, scope: Scope) -> Result<Funder, StorageError>;
    /// The one of a code.
    fn funder_with_code(&mut self, code: &str) -> Result<Option<FunderId>, StorageError>;
    /// A page by code.
    fn funders(
        &mut self,
        filter: &FunderFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Funder>, StorageError>;
    /// Inserts one.
    fn add_funder(
        &mut self,
        details: &FunderDetails,
        by: Option<UserId>,
    ) -> Result<Funder, StorageError>;
    /// Saves over the version read; gives the new version.
    fn save_funder(&mut self, funder: &Funder) -> Result<Version, StorageError>;
}

/// Contracts. Who changes one has locked its funder.
pub trait ContractRepository {
    /// All of a funder's, by first day.
    fn contracts(&mut self, funder: FunderId) -> Result<Vec<Contract>, StorageError>;
    /// One of a funder's.
    fn contract(&mut self, funder: FunderId, id: ContractId) -> Result<Contract, StorageError>;
    /// One of a funder's, locked until the transaction ends. Who allocates has locked the loan first.
    fn lock_contract(&mut self, funder: FunderId, id: ContractId)
    -> Result<Contract, StorageError>;
    /// Inserts one.
    fn add_contract(
        &mut self,
        funder: FunderId,
        details: &ContractDetails,
        by: Option<UserId>,
    ) -> Result<Contract, StorageError>;
    /// Saves limit and last day over the version read; gives the new version.
    fn save_contract(&mut self, contract: &Contract) -> Result<Version, StorageError>;
}

/// Shares of loans. Who changes a loan's has locked it.
pub trait AllocationRepository {
    /// All of a loan's, ended ones too, by entry.
    fn allocations(&mut self, loan: LoanId) -> Result<Vec<Allocation>, StorageError>;
    /// What funders hold of the plafon of other loans under a contract: at least what is outstanding.
    fn allocated_under(
        &mut self,
        contract: ContractId,
        beside: LoanId,
    ) -> Result<Money, StorageError>;
    /// The other loans under a contract that are pending or open.
    fn shares_under(
        &mut self,
        contract: ContractId,
        beside: LoanId,
    ) -> Result<Vec<HeldLoan>, StorageError>;
    /// Ends shares and inserts the new one.
    fn store_reallocation(
        &mut self,
        change: &Reallocation,
        by: Option<UserId>,
    ) -> Result<Option<Allocation>, StorageError>;
}
