//! Why the sales module refuses.

use pensipro_kernel::{
    AuthorityError, BranchId, Class, DomainError, ErrorKind, Faults, FieldFault, SalesId,
    StorageError,
};
use serde_json::{Map, Value};

/// A refusal of the sales module.
#[derive(Debug, thiserror::Error)]
pub enum SalesError {
    /// Fields that cannot be taken.
    #[error(transparent)]
    Invalid(#[from] Faults),
    /// Another branch has this code.
    #[error("another branch has this code")]
    DuplicateBranch {
        /// That branch, unless it came at this very moment.
        existing: Option<BranchId>,
    },
    /// Another sales person has this code.
    #[error("another sales person has this code")]
    DuplicateSales {
        /// That sales person, where the caller may see him.
        existing: Option<SalesId>,
    },
    /// Another sales person is tied to this user.
    #[error("another sales person signs in as this user")]
    UserTaken {
        /// That sales person, where the caller may see him.
        existing: Option<SalesId>,
    },
    /// The sales person is switched off.
    #[error("the sales person is switched off")]
    SalesNotActive,
    /// Four eyes: somebody else has to do this.
    #[error("another person has to do this")]
    SamePerson,
    /// The present status does not allow it.
    #[error("a {thing} that is {from} cannot become {to}")]
    InvalidTransition {
        /// `target` or `commission`.
        thing: &'static str,
        /// The present status.
        from: &'static str,
        /// The one asked for.
        to: &'static str,
    },
    /// The caller may not do this.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Storage failed, or the thing is not there.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

const DUPLICATE_CODE: ErrorKind =
    ErrorKind::new("duplicate_code", Class::Conflict, "The code is taken");
const USER_TAKEN: ErrorKind =
    ErrorKind::new("user_taken", Class::Conflict, "Another sales person signs in as this user");
const SALES_NOT_ACTIVE: ErrorKind =
    ErrorKind::new("sales_not_active", Class::Refused, "The sales person is switched off");

/// Every code of this module's own.
pub const ERRORS: &[ErrorKind] = &[
    DUPLICATE_CODE,
    USER_TAKEN,
    SALES_NOT_ACTIVE,
    ErrorKind::SAME_PERSON,
    ErrorKind::INVALID_TRANSITION,
];

impl SalesError {
    /// The refusal behind a unique rule of the database: two at one time pass the look-up together,
    /// and the second meets the constraint.
    pub(crate) fn from_save(error: StorageError) -> Self {
        let StorageError::Duplicate { constraint } = &error else { return Self::Storage(error) };
        match constraint.as_str() {
            "sales_branches_code_key" => Self::DuplicateBranch { existing: None },
            "sales_code_key" => Self::DuplicateSales { existing: None },
            "sales_user_id_key" => Self::UserTaken { existing: None },
            _ => Self::Storage(error),
        }
    }
}

impl DomainError for SalesError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid(faults) => faults.kind(),
            Self::DuplicateBranch { .. } | Self::DuplicateSales { .. } => DUPLICATE_CODE,
            Self::UserTaken { .. } => USER_TAKEN,
            Self::SalesNotActive => SALES_NOT_ACTIVE,
            Self::SamePerson => ErrorKind::SAME_PERSON,
            Self::InvalidTransition { .. } => ErrorKind::INVALID_TRANSITION,
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
            Self::DuplicateBranch { existing: Some(id) } => existing(id.get()),
            Self::DuplicateSales { existing: Some(id) }
            | Self::UserTaken { existing: Some(id) } => existing(id.get()),
            Self::InvalidTransition { from, to, .. } => Map::from_iter([
                ("from".to_owned(), (*from).into()),
                ("to".to_owned(), (*to).into()),
            ]),
            Self::Authority(error) => error.extensions(),
            _ => Map::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unique_rule_of_the_database_names_what_is_taken() {
        let code = |constraint: &str| {
            let error = StorageError::Duplicate { constraint: constraint.to_owned() };
            SalesError::from_save(error).kind().code
        };
        assert_eq!(code("sales_branches_code_key"), "duplicate_code");
        assert_eq!(code("sales_code_key"), "duplicate_code");
        assert_eq!(code("sales_user_id_key"), "user_taken");
        assert_eq!(code("other_key"), "duplicate");
    }
}
