//! Why the funding module refuses.

use chrono::NaiveDate;
use pensipro_kernel::{
    AuthorityError, Class, ContractId, DomainError, ErrorKind, Faults, FieldFault, FunderId, Money,
    Rate, StorageError,
};
use serde_json::{Map, Value};

/// A refusal of the funding module.
#[derive(Debug, thiserror::Error)]
pub enum FundingError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// Another funder has this code.
    #[error("another funder has this code")]
    DuplicateFunder {
        /// That funder, unless it came at this very moment.
        existing: Option<FunderId>,
    },
    /// The funder has a contract of this number.
    #[error("the funder has a contract of this number")]
    DuplicateContract {
        /// That contract, unless it came at this very moment.
        existing: Option<ContractId>,
    },
    /// Another contract of the funder's has the scheme on some of the days.
    #[error("another contract of the funder's has this scheme on some of these days")]
    ContractsOverlap {
        /// That contract.
        existing: ContractId,
    },
    /// The product is another funder's.
    #[error("the product is for funder {locked_to} alone")]
    ProductLocked {
        /// Whose it is.
        locked_to: FunderId,
    },
    /// The contract takes no loans on that day.
    #[error("contract {contract} takes no loans on that day")]
    ContractNotValid {
        /// Which.
        contract: ContractId,
    },
    /// No contract takes loans on that day.
    #[error("no contract of the funder's takes loans on {on}")]
    NoContract {
        /// The day.
        on: NaiveDate,
    },
    /// A share begins later; shares change in order of days.
    #[error("a share begins on {from}; shares change in order of days")]
    LaterAllocation {
        /// When it begins.
        from: NaiveDate,
    },
    /// All shares together would pass the whole.
    #[error("only {left} % of the loan is left")]
    SharesExceeded {
        /// What other funders leave, percent.
        left: Rate,
    },
    /// The contract's limit would be passed.
    #[error("only {room} is left under the contract's limit")]
    LimitExceeded {
        /// What may still be outstanding.
        room: Money,
    },
    /// Nothing is to be bought back.
    #[error("no funder holds a share on that day")]
    NothingAllocated,
    /// The funder is switched off.
    #[error("the funder is switched off")]
    FunderNotActive,
    /// The caller may not do this.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed, or the thing is not there.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const DUPLICATE_CODE: ErrorKind =
    ErrorKind::new("duplicate_code", Class::Conflict, "The code is taken");
const DUPLICATE_NUMBER: ErrorKind =
    ErrorKind::new("duplicate_number", Class::Conflict, "The number is taken");
const CONTRACTS_OVERLAP: ErrorKind =
    ErrorKind::new("contracts_overlap", Class::Conflict, "Two contracts for one scheme and day");
const PRODUCT_LOCKED: ErrorKind =
    ErrorKind::new("product_locked", Class::Refused, "The product is another funder's");
const CONTRACT_NOT_VALID: ErrorKind =
    ErrorKind::new("contract_not_valid", Class::Refused, "No contract takes loans on that day");
const LATER_ALLOCATION: ErrorKind =
    ErrorKind::new("later_allocation", Class::Conflict, "A share begins later");
const SHARES_EXCEEDED: ErrorKind =
    ErrorKind::new("shares_exceeded", Class::Refused, "The shares pass the whole");
const LIMIT_EXCEEDED: ErrorKind =
    ErrorKind::new("limit_exceeded", Class::Refused, "The contract's limit would be passed");
const NOTHING_ALLOCATED: ErrorKind =
    ErrorKind::new("nothing_allocated", Class::Conflict, "No funder holds a share");
const FUNDER_NOT_ACTIVE: ErrorKind =
    ErrorKind::new("funder_not_active", Class::Refused, "The funder is switched off");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] = &[
    DUPLICATE_CODE,
    DUPLICATE_NUMBER,
    CONTRACTS_OVERLAP,
    PRODUCT_LOCKED,
    CONTRACT_NOT_VALID,
    LATER_ALLOCATION,
    SHARES_EXCEEDED,
    LIMIT_EXCEEDED,
    NOTHING_ALLOCATED,
    FUNDER_NOT_ACTIVE,
];

impl FundingError {
    /// The refusal behind a unique rule of the database: two at one time pass the look-up together,
    /// and the second meets the constraint.
    pub(crate) fn from_save(error: StorageError) -> Self {
        let StorageError::Duplicate { constraint } = &error else { return Self::Storage(error) };
        match constraint.as_str() {
            "funders_code_key" => Self::DuplicateFunder { existing: None },
            "funder_contracts_funder_id_number_key" => Self::DuplicateContract { existing: None },
            _ => Self::Storage(error),
        }
    }
}

impl DomainError for FundingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::DuplicateFunder { .. } => DUPLICATE_CODE,
            Self::DuplicateContract { .. } => DUPLICATE_NUMBER,
            Self::ContractsOverlap { .. } => CONTRACTS_OVERLAP,
            Self::ProductLocked { .. } => PRODUCT_LOCKED,
            Self::ContractNotValid { .. } | Self::NoContract { .. } => CONTRACT_NOT_VALID,
            Self::LaterAllocation { .. } => LATER_ALLOCATION,
            Self::SharesExceeded { .. } => SHARES_EXCEEDED,
            Self::LimitExceeded { .. } => LIMIT_EXCEEDED,
            Self::NothingAllocated => NOTHING_ALLOCATED,
            Self::FunderNotActive => FUNDER_NOT_ACTIVE,
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        match self {
            Self::Invalid(faults) => faults.list(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Map<String, Value> {
        let existing = |id: i64| Map::from_iter([("existing_id".to_owned(), id.into())]);
        match self {
            Self::DuplicateFunder { existing: Some(id) } => existing(id.get()),
            Self::DuplicateContract { existing: Some(id) }
            | Self::ContractsOverlap { existing: id } => existing(id.get()),
            Self::SharesExceeded { left } => {
                Map::from_iter([("left_pct".to_owned(), left.to_string().into())])
            }
            Self::LimitExceeded { room } => {
                Map::from_iter([("room".to_owned(), room.to_string().into())])
            }
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}
