//! What can be refused here.

use chrono::NaiveDate;
use pensipro_kernel::{
    AuthorityError, Class, DomainError, ErrorKind, Faults, FieldFault, Money, Permission,
    ProductId, Rate, StorageError,
};
use serde_json::{Map, Value};

/// Why there is no schedule for these figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleError {
    /// The principal is not from one sen to the largest amount.
    #[error("there is no schedule for a principal of {principal}")]
    Principal {
        /// What was asked for.
        principal: Money,
    },
    /// The tenor is not 1 to 600 months.
    #[error("there is no schedule over {tenor} months; the tenor is 1 to 600")]
    Tenor {
        /// What was asked for.
        tenor: u16,
    },
    /// No row is left to repay after the grace.
    #[error("{grace} months of grace leave no row to repay in {tenor} months")]
    Grace {
        /// Months of grace.
        grace: u16,
        /// Months in all.
        tenor: u16,
    },
    /// The first due date is not after the start, or not on its due day.
    #[error("the first due date {first} does not follow {start}")]
    FirstDueDate {
        /// The disbursement.
        start: NaiveDate,
        /// The first due date asked for.
        first: NaiveDate,
    },
    /// Not even instalments in sen leave something to repay in every row.
    #[error(
        "{principal} cannot be repaid in {tenor} rows at {rate} percent: a row would repay nothing"
    )]
    NotRepayable {
        /// The principal.
        principal: Money,
        /// The number of rows.
        tenor: u16,
        /// The yearly rate.
        rate: Rate,
    },
}

impl ScheduleError {
    /// The fault of the field that has to change.
    pub fn fault(self) -> FieldFault {
        let (field, code) = match self {
            Self::Principal { .. } => ("plafon", "out_of_range"),
            Self::Tenor { .. } => ("tenor", "out_of_range"),
            Self::Grace { .. } => ("tenor", "too_short_for_grace"),
            Self::FirstDueDate { .. } => ("first_due_date", "not_after_start"),
            Self::NotRepayable { .. } => ("plafon", "not_repayable"),
        };
        FieldFault::new(field, code, self.to_string())
    }
}

/// Everything this module refuses.
#[derive(Debug, thiserror::Error)]
pub enum PricingError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// The product would cost more than the cap, and nobody with the right to said why.
    #[error("{rate} percent a year at {tenor} months is above the cap of {cap} percent")]
    InterestCap {
        /// The nominal effective yearly rate at the worst tenor.
        rate: Rate,
        /// That tenor.
        tenor: u16,
        /// The cap.
        cap: Rate,
        /// What is missing: the right or the reason.
        missing: CapOverride,
    },
    /// The product is switched off, or not offered on the day.
    #[error("the product is switched off, or not offered on this day")]
    ProductNotActive,
    /// Another product has this code.
    #[error("another product has this code")]
    DuplicateCode {
        /// That product, unless it came at this very moment.
        existing: Option<ProductId>,
    },
    /// The caller may not.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage refused or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// What an interest rate above the cap still needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapOverride {
    /// The permission `OVERRIDE_INTEREST_CAP`.
    Permission,
    /// A reason.
    Reason,
}

/// Every code of this module's errors.
pub const ERRORS: &[ErrorKind] = &[Faults::KIND, INTEREST_CAP, PRODUCT_NOT_ACTIVE, DUPLICATE_CODE];

const INTEREST_CAP: ErrorKind = ErrorKind::new(
    "interest_cap_exceeded",
    Class::Refused,
    "The nominal effective rate is above the cap",
);
const PRODUCT_NOT_ACTIVE: ErrorKind =
    ErrorKind::new("product_not_active", Class::Refused, "The product is switched off");

const DUPLICATE_CODE: ErrorKind =
    ErrorKind::new("duplicate_code", Class::Conflict, "The code is taken");

impl PricingError {
    /// The refusal behind the unique code: two at one time pass the look-up together, and the second
    /// meets the constraint.
    pub(crate) fn from_save(error: StorageError) -> Self {
        match error {
            StorageError::Duplicate { constraint } if constraint == "loan_products_code_key" => {
                Self::DuplicateCode { existing: None }
            }
            other => Self::Storage(other),
        }
    }
}

impl From<ScheduleError> for Faults {
    fn from(error: ScheduleError) -> Self {
        let mut faults = Self::new();
        faults.take::<()>(Err(error.fault()));
        faults
    }
}

impl From<ScheduleError> for PricingError {
    fn from(error: ScheduleError) -> Self {
        Self::Invalid(error.into())
    }
}

impl DomainError for PricingError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::InterestCap { .. } => INTEREST_CAP,
            Self::ProductNotActive => PRODUCT_NOT_ACTIVE,
            Self::DuplicateCode { .. } => DUPLICATE_CODE,
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        match self {
            Self::Invalid(faults) => faults.fields(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Map<String, Value> {
        match self {
            Self::InterestCap { rate, tenor, cap, missing } => Map::from_iter([
                ("rate".into(), rate.to_string().into()),
                ("tenor".into(), (*tenor).into()),
                ("cap".into(), cap.to_string().into()),
                ("needs".into(), missing.name().into()),
            ]),
            Self::DuplicateCode { existing } => {
                existing.map(|id| ("existing_id".into(), id.get().into())).into_iter().collect()
            }
            Self::Authority(error) => error.extensions(),
            Self::Storage(error) => error.extensions(),
            Self::Invalid(_) | Self::ProductNotActive => Map::new(),
        }
    }
}

impl CapOverride {
    fn name(self) -> &'static str {
        match self {
            Self::Permission => Permission::OverrideInterestCap.code(),
            Self::Reason => "interest_cap_reason",
        }
    }
}
