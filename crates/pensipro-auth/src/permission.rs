//! Permissions as they are stored: those that the code checks, and an installation's own.

use pensipro_kernel::{Faults, Permission, PermissionId, Position, optional_text};

use crate::code::new_code;

/// A permission as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPermission {
    /// Id.
    pub id: PermissionId,
    /// Unique.
    pub code: String,
    /// What it allows.
    pub description: Option<String>,
}

/// A permission to be added. One that the code does not know can be given to roles and stands in
/// tokens, for programs beside this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPermission {
    /// Unique.
    pub code: String,
    /// What it allows.
    pub description: Option<String>,
}

impl NewPermission {
    /// Reads a permission, with all faults at once.
    pub fn check(code: &str, description: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let code = faults.take(new_code("permission_code", code));
        let description = faults.take(optional_text("description", description, 200));
        let new = code.zip(description).map(|(code, description)| Self { code, description });
        faults.finish(new)
    }
}

impl From<Permission> for NewPermission {
    fn from(permission: Permission) -> Self {
        Self { code: permission.code().to_owned(), description: None }
    }
}

impl StoredPermission {
    /// Where it stands in a list by code.
    pub(crate) fn position(&self) -> Position {
        Position { key: self.code.clone(), id: self.id.get() }
    }
}
