//! What a flow refuses: whatever the modules that it joins refuse, and what only the whole can see.

use pensipro_billing::BillingError;
use pensipro_funding::FundingError;
use pensipro_kernel::{
    AuthorityError, Class, DomainError, ErrorKind, Faults, FieldFault, Money, StorageError,
};
use pensipro_members::MemberError;
use pensipro_notifications::NotificationError;
use pensipro_origination::OriginationError;
use pensipro_pricing::{PricingError, RuleResult, ScheduleError};
use pensipro_sales::SalesError;
use pensipro_servicing::ServicingError;
use serde_json::{Map, Value};

/// Why a use case that crosses modules is refused.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    /// Storage refused or failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The caller may not.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Some fields cannot be taken.
    #[error(transparent)]
    Faults(#[from] Faults),
    /// A rule of members.
    #[error(transparent)]
    Member(#[from] MemberError),
    /// A rule of sales.
    #[error(transparent)]
    Sales(#[from] SalesError),
    /// A rule of pricing.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// A rule of origination.
    #[error(transparent)]
    Origination(#[from] OriginationError),
    /// A rule of servicing.
    #[error(transparent)]
    Servicing(#[from] ServicingError),
    /// A rule of billing.
    #[error(transparent)]
    Billing(#[from] BillingError),
    /// A rule of funding.
    #[error(transparent)]
    Funding(#[from] FundingError),
    /// A rule of notices.
    #[error(transparent)]
    Notification(#[from] NotificationError),
    /// The sources are not those that the loan is allocated to.
    #[error("the sources are not the shares that the loan is allocated in")]
    SourcesNotAllocated,
    /// There is no account to pay out to.
    #[error("the member has no bank account")]
    NoBankAccount,
    /// Conditions of the committee are open.
    #[error("{open} conditions of the committee are not met")]
    ConditionsOpen {
        /// How many.
        open: usize,
    },
    /// Rules that depend on the dates no longer hold on the day of disbursement.
    #[error("on the dates of the disbursement {} rules fail", .0.len())]
    NoLongerEligible(Vec<RuleResult>),
    /// What was never lent has no agreement.
    #[error("the loan was cancelled; it has no agreement")]
    LoanCancelled,
    /// What is left after the fees does not pay the loans off that are taken over or topped up.
    #[error("{0} is left after the fees, which does not pay off the loans that are to be paid off")]
    PayoffsExceedNet(Money),
    /// The offer was not taken up in time.
    #[error("the offer is no longer valid")]
    OfferExpired,
}

macro_rules! kinds {
    ($($name:ident = $code:literal, $title:literal;)*) => {
        impl FlowError {
            $(const $name: ErrorKind = ErrorKind::new($code, Class::Refused, $title);)*

            /// Every code that is a flow's own.
            pub const ERRORS: &[ErrorKind] = &[$(Self::$name),*];
        }
    };
}

kinds! {
    SOURCES_MISMATCH = "sources_mismatch", "The sources do not fit";
    OFFER_EXPIRED = "offer_expired", "The offer is no longer valid";
    PAYOFFS_EXCEED_NET = "payoffs_exceed_net", "The loans to be paid off cost more than is paid out";
    LOAN_CANCELLED = "loan_cancelled", "The loan was cancelled";
    NO_BANK_ACCOUNT = "no_bank_account", "There is no account to pay out to";
    CONDITIONS_OPEN = "conditions_not_met", "Conditions of the committee are open";
    NO_LONGER_ELIGIBLE = "no_longer_eligible", "The rules fail on the dates of the disbursement";
}

impl From<ScheduleError> for FlowError {
    /// A schedule that cannot be made is a fault of the fields it is made from.
    fn from(error: ScheduleError) -> Self {
        Self::Faults(error.into())
    }
}

impl FlowError {
    fn inner(&self) -> Option<&dyn DomainError> {
        Some(match self {
            Self::Storage(error) => error,
            Self::Authority(error) => error,
            Self::Faults(error) => error,
            Self::Member(error) => error,
            Self::Sales(error) => error,
            Self::Pricing(error) => error,
            Self::Origination(error) => error,
            Self::Servicing(error) => error,
            Self::Billing(error) => error,
            Self::Funding(error) => error,
            Self::Notification(error) => error,
            Self::NoBankAccount
            | Self::SourcesNotAllocated
            | Self::OfferExpired
            | Self::LoanCancelled
            | Self::PayoffsExceedNet(_)
            | Self::ConditionsOpen { .. }
            | Self::NoLongerEligible(_) => return None,
        })
    }
}

impl DomainError for FlowError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::SourcesNotAllocated => Self::SOURCES_MISMATCH,
            Self::OfferExpired => Self::OFFER_EXPIRED,
            Self::LoanCancelled => Self::LOAN_CANCELLED,
            Self::PayoffsExceedNet(_) => Self::PAYOFFS_EXCEED_NET,
            Self::NoBankAccount => Self::NO_BANK_ACCOUNT,
            Self::ConditionsOpen { .. } => Self::CONDITIONS_OPEN,
            Self::NoLongerEligible(_) => Self::NO_LONGER_ELIGIBLE,
            Self::Storage(error) => error.kind(),
            Self::Authority(error) => error.kind(),
            Self::Faults(error) => error.kind(),
            Self::Member(error) => error.kind(),
            Self::Sales(error) => error.kind(),
            Self::Pricing(error) => error.kind(),
            Self::Origination(error) => error.kind(),
            Self::Servicing(error) => error.kind(),
            Self::Billing(error) => error.kind(),
            Self::Funding(error) => error.kind(),
            Self::Notification(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        self.inner().map_or(&[], DomainError::fields)
    }

    fn extensions(&self) -> Map<String, Value> {
        match self {
            Self::NoLongerEligible(rules) => {
                Map::from_iter([("rules".to_owned(), serde_json::json!(rules))])
            }
            _ => self.inner().map(DomainError::extensions).unwrap_or_default(),
        }
    }
}
