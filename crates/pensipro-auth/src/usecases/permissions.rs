//! Permissions. They are the whole house's.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Page, PageRequest, Permission, PermissionId,
};

use super::administrate;
use crate::{ADMIN, AuthError, NewPermission, RoleRepository, StoredPermission};

/// Adds a permission of the installation's own; [`ADMIN`] holds it at once.
pub fn add_permission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    new: NewPermission,
) -> Result<StoredPermission, AuthError>
where
    Tx: RoleRepository + AuditLog + Authority,
{
    by.whole_house()?;
    administrate(tx, by, Permission::ManageRole)?;
    if let Some(taken) = tx.permissions()?.into_iter().find(|stored| stored.code == new.code) {
        return Err(AuthError::PermissionTaken(taken.id));
    }
    let permission = tx.add_permission(&new)?;
    if let Some(admin) = tx.role_named(ADMIN)? {
        tx.grant(admin.id, &[permission.id])?;
    }
    let entry = AuditEntry::new("permission.create", "sys_permissions", permission.id.get());
    let value = AuditValue::new().with("permission_code", permission.code.as_str());
    tx.audit(by, entry.is(value.with("description", permission.description.clone())))?;
    Ok(permission)
}

/// A permission.
pub fn get_permission<Tx: RoleRepository>(
    tx: &mut Tx,
    id: PermissionId,
) -> Result<StoredPermission, AuthError> {
    Ok(tx.permission(id)?)
}

/// Permissions by code.
pub fn list_permissions<Tx: RoleRepository>(
    tx: &mut Tx,
    page: &PageRequest,
) -> Result<Page<StoredPermission>, AuthError> {
    Ok(Page::of_whole(tx.permissions()?, page, StoredPermission::position))
}
