//! Roles and what they hold. They are the whole house's.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, Expected, Page, PageRequest, Permission,
    PermissionId, RoleId,
};

use super::{administrate, refuse_beyond, unknown};
use crate::{
    ADMIN, AuthError, NewRole, Role, RoleChange, RoleFilter, RoleRepository, StoredPermission,
    UserRepository,
};

/// A role with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleView {
    /// The role.
    pub role: Role,
    /// What it holds, by code.
    pub permissions: Vec<StoredPermission>,
}

/// Adds a role, which holds nothing yet.
pub fn create_role<Tx>(tx: &mut Tx, by: &Actor, new: NewRole) -> Result<RoleView, AuthError>
where
    Tx: RoleRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    refuse_taken(tx, &new.name, None)?;
    let role = tx.add_role(&new, by.user_id)?;
    let entry = AuditEntry::new("role.create", "sys_roles", role.id.get());
    tx.audit(by, entry.is(role.audit_view()))?;
    Ok(RoleView { role, permissions: Vec::new() })
}

/// A role with what it holds.
pub fn get_role<Tx: RoleRepository>(tx: &mut Tx, id: RoleId) -> Result<RoleView, AuthError> {
    let role = tx.role(id)?;
    Ok(RoleView { permissions: tx.permissions_in(&[id])?, role })
}

/// Roles by filter.
pub fn list_roles<Tx: RoleRepository>(
    tx: &mut Tx,
    filter: &RoleFilter,
    page: &PageRequest,
) -> Result<Page<Role>, AuthError> {
    Ok(tx.roles(filter, page)?)
}

/// Renames a role, describes it anew, or switches it on or off. Its holders' present tokens are void
/// when it is switched off or loses the name that they know it by.
pub fn update_role<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: RoleId,
    change: RoleChange,
    expected: Expected,
) -> Result<RoleView, AuthError>
where
    Tx: UserRepository + RoleRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    let RoleView { role: before, permissions } = get_role(tx, id)?;
    expected.check("role", before.version)?;
    let role = before.changed(change)?;
    let is_renamed = role.name != before.name;
    if before.is_seeded() && (is_renamed || !role.is_active) {
        return Err(AuthError::RoleSeeded(before.name));
    }
    if is_renamed {
        refuse_taken(tx, &role.name, Some(id))?;
    }
    if role.is_active && !before.is_active {
        refuse_beyond(tx, by, permissions.into_iter().map(|held| held.code).collect())?;
    }
    tx.save_role(&role)?;
    if before.is_active && (is_renamed || !role.is_active) {
        tx.raise_authz_version_of_holders(id)?;
    }
    let entry = AuditEntry::new("role.update", "sys_roles", id.get());
    tx.audit(by, entry.was(before.audit_view()).is(role.audit_view()))?;
    get_role(tx, id)
}

/// Switches a role off; its holders have nothing from it from here on.
pub fn switch_off_role<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: RoleId,
    expected: Expected,
) -> Result<(), AuthError>
where
    Tx: UserRepository + RoleRepository + AuditLog + Authority,
{
    let off = RoleChange { is_active: Some(false), ..RoleChange::default() };
    update_role(tx, by, id, off, expected).map(drop)
}

/// Gives a role a permission. It counts from its holders' next tokens on.
pub fn grant_permission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    role: RoleId,
    permission: PermissionId,
) -> Result<RoleView, AuthError>
where
    Tx: RoleRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    let RoleView { role, permissions } = get_role(tx, role)?;
    let permission = tx.permission(permission).map_err(unknown("permission_id"))?;
    if permissions.contains(&permission) {
        return Err(AuthError::PermissionHeld(permission.code));
    }
    refuse_beyond(tx, by, vec![permission.code.clone()])?;
    tx.grant(role.id, &[permission.id])?;
    tx.save_role(&role)?;
    let entry = AuditEntry::new("role.grant_permission", "sys_roles", role.id.get());
    tx.audit(by, entry.is(named(&permission)))?;
    get_role(tx, role.id)
}

/// Takes a permission from a role: its holders' present tokens are void at once.
pub fn revoke_permission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    role: RoleId,
    permission: PermissionId,
) -> Result<(), AuthError>
where
    Tx: UserRepository + RoleRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    let role = tx.role(role)?;
    let permission = tx.permission(permission)?;
    if role.name == ADMIN {
        return Err(AuthError::AdminHoldsAll);
    }
    if !tx.revoke(role.id, permission.id)? {
        return Err(AuthError::PermissionNotHeld(permission.code));
    }
    tx.save_role(&role)?;
    tx.raise_authz_version_of_holders(role.id)?;
    let entry = AuditEntry::new("role.revoke_permission", "sys_roles", role.id.get());
    Ok(tx.audit(by, entry.was(named(&permission)))?)
}

fn begin<Tx: RoleRepository + Authority>(tx: &mut Tx, by: &Actor) -> Result<(), AuthError> {
    by.whole_house()?;
    administrate(tx, by, Permission::ManageRole)
}

fn refuse_taken<Tx: RoleRepository>(
    tx: &mut Tx,
    name: &str,
    whose: Option<RoleId>,
) -> Result<(), AuthError> {
    match tx.role_named(name)?.filter(|role| Some(role.id) != whose) {
        Some(other) => Err(AuthError::RoleTaken(other.id)),
        None => Ok(()),
    }
}

fn named(permission: &StoredPermission) -> AuditValue {
    AuditValue::new().with("permission", permission.code.as_str())
}
