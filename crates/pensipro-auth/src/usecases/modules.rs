//! Modules. They are the whole house's.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Expected, ModuleId, Page, PageRequest, Permission,
};

use crate::{AuthError, Module, ModuleRepository, NewModule};

/// Adds a module, switched on.
pub fn add_module<Tx>(tx: &mut Tx, by: &Actor, new: NewModule) -> Result<Module, AuthError>
where
    Tx: ModuleRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    if let Some(taken) = tx.modules()?.into_iter().find(|known| known.code == new.code) {
        return Err(AuthError::ModuleTaken(taken.id));
    }
    let module = tx.add_module(&new)?;
    let entry = AuditEntry::new("module.create", "sys_modules", module.id.get());
    tx.audit(by, entry.is(module.audit_view()))?;
    Ok(module)
}

/// A module.
pub fn get_module<Tx: ModuleRepository>(tx: &mut Tx, id: ModuleId) -> Result<Module, AuthError> {
    Ok(tx.module(id)?)
}

/// Modules by code.
pub fn list_modules<Tx: ModuleRepository>(
    tx: &mut Tx,
    page: &PageRequest,
) -> Result<Page<Module>, AuthError> {
    Ok(Page::of_whole(tx.modules()?, page, Module::position))
}

/// Switches a module on or off; as it stands already, nothing is done.
pub fn switch_module<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ModuleId,
    is_active: bool,
    expected: Expected,
) -> Result<Module, AuthError>
where
    Tx: ModuleRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    let before = tx.lock_module(id)?;
    expected.check("module", before.version)?;
    if before.is_required() && !is_active {
        return Err(AuthError::ModuleRequired(before.code));
    }
    if before.is_active == is_active {
        return Ok(before);
    }
    let after = tx.save_module(&Module { is_active, ..before.clone() })?;
    let entry = AuditEntry::new("module.switch", "sys_modules", id.get());
    tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?;
    Ok(after)
}

fn begin<Tx: Authority>(tx: &mut Tx, by: &Actor) -> Result<(), AuthError> {
    by.whole_house()?;
    Ok(tx.recheck(by, Permission::ManageModule)?)
}
