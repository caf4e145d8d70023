//! Why the notifications module refuses.

use pensipro_kernel::{
    AuthorityError, Class, DomainError, ErrorKind, Faults, FieldFault, NotificationChannel,
    StorageError, TemplateId,
};
use serde_json::{Map, Value};

use crate::DeliveryStatus;

/// A refusal of the notifications module.
#[derive(Debug, thiserror::Error)]
pub enum NotificationError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// Another template has this code.
    #[error("another template has this code")]
    DuplicateCode {
        /// That template, unless it came at this very moment.
        existing: Option<TemplateId>,
    },
    /// Another active template tells of this event by this channel.
    #[error("another active template tells of this event by this channel")]
    DuplicateTemplate {
        /// That template, unless it came at this very moment.
        existing: Option<TemplateId>,
    },
    /// The channel is not set up.
    #[error("nothing goes out by {0} here: the channel is not set up")]
    ChannelClosed(NotificationChannel),
    /// Only what was given up is sent again.
    #[error("the message is {0}; only one that was given up is sent again")]
    NotDead(DeliveryStatus),
    /// As many secrets sign already as may at once.
    #[error("so many secrets were renewed within a day that no more can sign; drop those before")]
    TooManySecrets,
    /// The caller may not do this.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed, or the thing is not there.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const DUPLICATE_CODE: ErrorKind =
    ErrorKind::new("duplicate_code", Class::Conflict, "The code is taken");
const DUPLICATE_TEMPLATE: ErrorKind =
    ErrorKind::new("duplicate_template", Class::Conflict, "The event has a template");
const CHANNEL_CLOSED: ErrorKind =
    ErrorKind::new("channel_not_available", Class::Refused, "The channel is not set up");

const TOO_MANY_SECRETS: ErrorKind =
    ErrorKind::new("too_many_secrets", Class::Conflict, "Too many secrets sign at once");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] =
    &[DUPLICATE_CODE, DUPLICATE_TEMPLATE, CHANNEL_CLOSED, TOO_MANY_SECRETS];

impl NotificationError {
    /// The refusal behind a unique rule of the database.
    pub(crate) fn from_save(error: StorageError) -> Self {
        let StorageError::Duplicate { constraint } = &error else { return Self::Storage(error) };
        match constraint.as_str() {
            "notification_templates_template_code_key" => Self::DuplicateCode { existing: None },
            "notification_templates_event_channel_key" => {
                Self::DuplicateTemplate { existing: None }
            }
            _ => Self::Storage(error),
        }
    }
}

impl DomainError for NotificationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::DuplicateCode { .. } => DUPLICATE_CODE,
            Self::DuplicateTemplate { .. } => DUPLICATE_TEMPLATE,
            Self::ChannelClosed(_) => CHANNEL_CLOSED,
            Self::TooManySecrets => TOO_MANY_SECRETS,
            Self::NotDead(_) => ErrorKind::INVALID_TRANSITION,
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
        match self {
            Self::DuplicateCode { existing: Some(id) }
            | Self::DuplicateTemplate { existing: Some(id) } => {
                Map::from_iter([("existing_id".to_owned(), id.get().into())])
            }
            Self::NotDead(status) => Map::from_iter([
                ("from".to_owned(), status.code().into()),
                ("to".to_owned(), DeliveryStatus::Pending.code().into()),
            ]),
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}
