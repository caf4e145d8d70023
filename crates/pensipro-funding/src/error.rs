//! Why the funding module refuses.

use chrono::NaiveDate;
use pensipro_kernel::{
    AuthorityError, Class, ContractId, DomainError, ErrorKind, Faults, FieldFault, FunderId,
    FunderSettlementId, Money, Period, Rate, StorageError,
};
use serde_json::{Map, Value};

use crate::SettlementStatus;

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
    /// The month is still open, and nobody said that it may be.
    #[error("{periode} is not closed; a settlement of it leaves out what is booked later in it")]
    PeriodOpen {
        /// The month.
        periode: Period,
    },
    /// The month's settlement stands already.
    #[error("the settlement of the month is final; what came later falls into the next one")]
    SettlementFinal {
        /// That settlement.
        existing: FunderSettlementId,
    },
    /// A later month's settlement stands already.
    #[error("the settlement of {periode} is final, and holds what was booked before it")]
    LaterSettlement {
        /// The later month.
        periode: Period,
    },
    /// An earlier month's settlement is not final yet.
    #[error("the settlement of {periode} has to be made final first")]
    EarlierSettlementOpen {
        /// The earlier month.
        periode: Period,
    },
    /// Another settlement was made final since this one was generated.
    #[error("another settlement was made final since; generate this one again")]
    SettlementOutdated,
    /// The settlement has not all its lines yet.
    #[error("the settlement is still being generated")]
    SettlementGenerating,
    /// The settlement's status does not lead there.
    #[error("a settlement that is {from} does not become {to}")]
    InvalidTransition {
        /// Its status.
        from: SettlementStatus,
        /// The one asked for.
        to: SettlementStatus,
    },
    /// Who made a settlement final does not pay it.
    #[error("another person than the one who made it final has to do this")]
    SamePerson,
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
const PERIOD_OPEN: ErrorKind =
    ErrorKind::new("period_open", Class::Refused, "The month is not closed");
const SETTLEMENT_FINAL: ErrorKind =
    ErrorKind::new("settlement_final", Class::Conflict, "The settlement is final");
const LATER_SETTLEMENT: ErrorKind =
    ErrorKind::new("later_settlement", Class::Conflict, "A later month is settled");
const EARLIER_SETTLEMENT_OPEN: ErrorKind =
    ErrorKind::new("earlier_settlement_open", Class::Conflict, "An earlier month is not settled");
const SETTLEMENT_OUTDATED: ErrorKind =
    ErrorKind::new("settlement_outdated", Class::Conflict, "To be generated again");
const SETTLEMENT_GENERATING: ErrorKind =
    ErrorKind::new("settlement_generating", Class::Conflict, "Not complete yet");

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
    PERIOD_OPEN,
    SETTLEMENT_FINAL,
    LATER_SETTLEMENT,
    EARLIER_SETTLEMENT_OPEN,
    SETTLEMENT_OUTDATED,
    SETTLEMENT_GENERATING,
    ErrorKind::INVALID_TRANSITION,
    ErrorKind::SAME_PERSON,
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
            Self::PeriodOpen { .. } => PERIOD_OPEN,
            Self::SettlementFinal { .. } => SETTLEMENT_FINAL,
            Self::LaterSettlement { .. } => LATER_SETTLEMENT,
            Self::EarlierSettlementOpen { .. } => EARLIER_SETTLEMENT_OPEN,
            Self::SettlementOutdated => SETTLEMENT_OUTDATED,
            Self::SettlementGenerating => SETTLEMENT_GENERATING,
            Self::InvalidTransition { .. } => ErrorKind::INVALID_TRANSITION,
            Self::SamePerson => ErrorKind::SAME_PERSON,
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
        let existing_id = |id: i64| Map::from_iter([("existing_id".to_owned(), id.into())]);
        match self {
            Self::DuplicateFunder { existing: Some(id) } => existing_id(id.get()),
            Self::DuplicateContract { existing: Some(id) }
            | Self::ContractsOverlap { existing: id } => existing_id(id.get()),
            Self::SharesExceeded { left } => {
                Map::from_iter([("left_pct".to_owned(), left.to_string().into())])
            }
            Self::LimitExceeded { room } => {
                Map::from_iter([("room".to_owned(), room.to_string().into())])
            }
            Self::SettlementFinal { existing } => existing_id(existing.get()),
            Self::InvalidTransition { from, to } => Map::from_iter([
                ("from".to_owned(), from.code().into()),
                ("to".to_owned(), to.code().into()),
            ]),
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}
