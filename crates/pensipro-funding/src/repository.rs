//! What this module needs from storage.

use chrono::NaiveDate;
use pensipro_kernel::{
    ContractId, FunderId, FunderSettlementId, LoanId, Moment, Money, Page, PageRequest, Period,
    Scope, StorageError, UserId, Version,
};
use pensipro_members::StoredFile;

use crate::{
    Allocation, Contract, ContractDetails, Funder, FunderDetails, HeldLoan, PortfolioFilter,
    PortfolioLoan, Reallocation, Settlement, SettlementStatus,
    settlement::{
        ContractTotals, Coverage, KindTotals, SettledLoan, SettlementLine, StatementLine,
    },
};

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
    /// Inserts one, with its paper if that came with it.
    fn add_contract(
        &mut self,
        funder: FunderId,
        details: &ContractDetails,
        document: Option<&StoredFile>,
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

/// The loans of a funder.
pub trait PortfolioRepository {
    /// A page of the loans, pending or open, in which he has a share on a day, by id.
    fn portfolio(
        &mut self,
        funder: FunderId,
        filter: &PortfolioFilter,
        page: &PageRequest,
        on: NaiveDate,
    ) -> Result<Page<PortfolioLoan>, StorageError>;
    /// His shares of what is outstanding on them, together.
    fn exposure(&mut self, funder: FunderId, on: NaiveDate) -> Result<Money, StorageError>;
}

/// Which settlements a list holds; every condition given must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SettlementFilter {
    /// Of this month.
    pub periode: Option<Period>,
    /// With this status.
    pub status: Option<SettlementStatus>,
}

/// The next loans of a settlement.
#[derive(Debug, Clone, Copy)]
pub struct SettlementWindow<'a> {
    /// The settlement, as far as it is.
    pub settlement: &'a Settlement,
    /// How many loans.
    pub limit: u32,
}

/// Settlements. Who makes or changes one has locked its funder.
pub trait SettlementRepository {
    /// One of a funder's.
    fn settlement(
        &mut self,
        funder: FunderId,
        id: FunderSettlementId,
    ) -> Result<Settlement, StorageError>;
    /// One, whoever's it is.
    fn any_settlement(&mut self, id: FunderSettlementId) -> Result<Settlement, StorageError>;
    /// The same, locked until the transaction ends.
    fn lock_settlement(&mut self, id: FunderSettlementId) -> Result<Settlement, StorageError>;
    /// The one of a month, locked until the transaction ends, since its lines may be in the making.
    fn settlement_of(
        &mut self,
        funder: FunderId,
        periode: Period,
    ) -> Result<Option<Settlement>, StorageError>;
    /// The final or paid one of the latest month.
    fn last_final_settlement(
        &mut self,
        funder: FunderId,
    ) -> Result<Option<Settlement>, StorageError>;
    /// The earliest month whose settlement is not final.
    fn earliest_unsettled(&mut self, funder: FunderId) -> Result<Option<Period>, StorageError>;
    /// Funders who have or had a share of a loan.
    fn funders_with_loans(&mut self) -> Result<Vec<FunderId>, StorageError>;
    /// Those whose lines are still being made.
    fn unfinished_settlements(&mut self) -> Result<Vec<FunderSettlementId>, StorageError>;
    /// A page of a funder's, latest month first.
    fn settlements(
        &mut self,
        funder: FunderId,
        filter: &SettlementFilter,
        page: &PageRequest,
    ) -> Result<Page<Settlement>, StorageError>;
    /// Every funder's of a month.
    fn settlements_of_month(&mut self, periode: Period) -> Result<Vec<Settlement>, StorageError>;
    /// Inserts one without lines, `generating`.
    fn add_settlement(
        &mut self,
        coverage: &Coverage,
        by: Option<UserId>,
        at: Moment,
    ) -> Result<Settlement, StorageError>;
    /// Takes its lines away, so that they can be made again.
    fn clear_settlement(&mut self, id: FunderSettlementId) -> Result<(), StorageError>;
    /// Saves over the version read; gives the new version.
    fn save_settlement(&mut self, settlement: &Settlement) -> Result<Version, StorageError>;
    /// The loans of a window, by id: with their transactions that may not be settled as they stand now,
    /// and what final settlements hold of these.
    fn settled_loans(
        &mut self,
        window: &SettlementWindow<'_>,
    ) -> Result<Vec<SettledLoan>, StorageError>;
    /// Adds lines.
    fn add_settlement_lines(
        &mut self,
        id: FunderSettlementId,
        lines: &[SettlementLine],
    ) -> Result<(), StorageError>;
    /// What a settlement holds by contract so far.
    fn contract_totals(
        &mut self,
        id: FunderSettlementId,
    ) -> Result<Vec<ContractTotals>, StorageError>;
    /// Saves what it holds by contract.
    fn save_contract_totals(
        &mut self,
        id: FunderSettlementId,
        totals: &[ContractTotals],
    ) -> Result<(), StorageError>;
    /// The contracts under which loans were open on some day of the months covered.
    fn served_contracts(&mut self, coverage: &Coverage) -> Result<Vec<ContractId>, StorageError>;
    /// A settlement's lines by kind.
    fn kind_totals(&mut self, id: FunderSettlementId) -> Result<Vec<KindTotals>, StorageError>;
    /// The lines after a number.
    fn settlement_lines(
        &mut self,
        id: FunderSettlementId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StorageError>;
}
