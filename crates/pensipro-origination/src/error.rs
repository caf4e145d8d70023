//! Why the origination module refuses.

use pensipro_kernel::{
    AuthorityError, Class, DomainError, ErrorKind, Faults, FieldFault, StorageError,
};
use pensipro_members::MemberStatus;
use pensipro_pricing::PricingError;
use serde_json::{Map, Value};

use crate::{ApplicationStatus, IllegalTransition, Level, Precheck};

/// A refusal of the origination module.
#[derive(Debug, thiserror::Error)]
pub enum OriginationError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// The state machine has no such step.
    #[error(transparent)]
    Transition(#[from] IllegalTransition),
    /// The state is reached by another endpoint alone.
    #[error("{} is reached by {endpoint}", .step.to)]
    UseEndpoint {
        /// The step asked for.
        step: IllegalTransition,
        /// The endpoint to use.
        endpoint: &'static str,
    },
    /// Only a draft can be edited.
    #[error("only a draft can be edited; this application is {0}")]
    NotDraft(ApplicationStatus),
    /// Nothing can be added to an application that was turned down or withdrawn.
    #[error("this application is {0}; nothing can be added to it")]
    Closed(ApplicationStatus),
    /// Only active members can borrow.
    #[error("the member is {0}; only active members can borrow")]
    MemberNotActive(MemberStatus),
    /// The pre-check failed; the result is stored and nothing else moved.
    #[error("{} of the pre-check's rules failed", .0.failing())]
    PrecheckFailed(Box<Precheck>),
    /// Four eyes: who entered, analysed or decided it has no further seat.
    #[error("who entered, analysed or decided an application takes no (further) seat on it")]
    SamePerson,
    /// None of the caller's roles may sit on the level that is due.
    #[error("level {} is due, on which {} may sit", .level.get(), .roles.join(", "))]
    WrongLevel {
        /// The level.
        level: Level,
        /// Its roles.
        roles: Vec<String>,
    },
    /// Only what is approved has an offer.
    #[error("this application is {0}; only an approved one has an offer")]
    NotApproved(ApplicationStatus),
    /// The caller stepped back from deciding on it.
    #[error("who stepped back from an application decides on it no more")]
    Recused,
    /// Only what is with the committee can be stepped back from.
    #[error("this application is {0}; the committee does not have it")]
    NotWithCommittee(ApplicationStatus),
    /// The level that the caller sits on, or means, was decided; another one is due.
    #[error("that level was decided; level {} is due", .due.get())]
    LevelDecided {
        /// The level that is due.
        due: Level,
    },
    /// The condition was found met before.
    #[error("the condition was found met before")]
    ConditionMet,
    /// The terms cannot be had.
    #[error(transparent)]
    Pricing(#[from] PricingError),
    /// The caller may not do this.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed, or the thing is not there.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const NOT_DRAFT: ErrorKind =
    ErrorKind::new("application_not_draft", Class::Conflict, "Only a draft can be edited");
const CLOSED: ErrorKind =
    ErrorKind::new("application_closed", Class::Conflict, "The application is closed");
const MEMBER_NOT_ACTIVE: ErrorKind =
    ErrorKind::new("member_not_active", Class::Refused, "The member is not active");
const PRECHECK_FAILED: ErrorKind =
    ErrorKind::new("precheck_failed", Class::Refused, "The pre-check failed");
const WRONG_LEVEL: ErrorKind =
    ErrorKind::new("wrong_level", Class::Refused, "Another level of the committee is due");
const NOT_APPROVED: ErrorKind =
    ErrorKind::new("application_not_approved", Class::Conflict, "The application is not approved");
const RECUSED: ErrorKind =
    ErrorKind::new("recused", Class::Refused, "Who stepped back decides no more");
const NOT_WITH_COMMITTEE: ErrorKind = ErrorKind::new(
    "application_not_with_committee",
    Class::Conflict,
    "The committee does not have the application",
);
const LEVEL_DECIDED: ErrorKind =
    ErrorKind::new("level_decided", Class::Conflict, "The committee's level was decided");
const CONDITION_MET: ErrorKind =
    ErrorKind::new("condition_met", Class::Conflict, "The condition was found met before");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] = &[
    Faults::KIND,
    ErrorKind::INVALID_TRANSITION,
    NOT_DRAFT,
    CLOSED,
    MEMBER_NOT_ACTIVE,
    PRECHECK_FAILED,
    ErrorKind::SAME_PERSON,
    WRONG_LEVEL,
    NOT_APPROVED,
    RECUSED,
    NOT_WITH_COMMITTEE,
    LEVEL_DECIDED,
    CONDITION_MET,
];

impl DomainError for OriginationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::Transition(_) | Self::UseEndpoint { .. } => ErrorKind::INVALID_TRANSITION,
            Self::NotDraft(_) => NOT_DRAFT,
            Self::Closed(_) => CLOSED,
            Self::MemberNotActive(_) => MEMBER_NOT_ACTIVE,
            Self::PrecheckFailed(_) => PRECHECK_FAILED,
            Self::SamePerson => ErrorKind::SAME_PERSON,
            Self::WrongLevel { .. } => WRONG_LEVEL,
            Self::NotApproved(_) => NOT_APPROVED,
            Self::Recused => RECUSED,
            Self::NotWithCommittee(_) => NOT_WITH_COMMITTEE,
            Self::LevelDecided { .. } => LEVEL_DECIDED,
            Self::ConditionMet => CONDITION_MET,
            Self::Pricing(error) => error.kind(),
            Self::Authority(error) => error.kind(),
            Self::Storage(error) => error.kind(),
        }
    }

    fn fields(&self) -> &[FieldFault] {
        match self {
            Self::Invalid(faults) => faults.list(),
            Self::Pricing(error) => error.fields(),
            _ => &[],
        }
    }

    fn extensions(&self) -> Map<String, Value> {
        match self {
            Self::Transition(step) => from_and_to(*step),
            Self::UseEndpoint { step, endpoint } => {
                let mut members = from_and_to(*step);
                members.insert("endpoint".to_owned(), (*endpoint).into());
                members
            }
            Self::PrecheckFailed(precheck) => {
                Map::from_iter([("precheck".to_owned(), precheck.to_json())])
            }
            Self::WrongLevel { level, roles } => Map::from_iter([
                ("level".to_owned(), level.get().into()),
                ("roles".to_owned(), roles.clone().into()),
            ]),
            Self::LevelDecided { due } => Map::from_iter([("level".to_owned(), due.get().into())]),
            Self::Pricing(error) => error.extensions(),
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}

fn from_and_to(step: IllegalTransition) -> Map<String, Value> {
    Map::from_iter([
        ("from".to_owned(), step.from.code().into()),
        ("to".to_owned(), step.to.code().into()),
    ])
}
