//! What every start makes sure of: permissions, roles, modules, configuration keys and, with no user
//! yet, the administrator.

use std::collections::{HashMap, HashSet};

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Permission, PermissionId, RoleId, Scope, StorageError, UserId,
};

use crate::{
    ADMIN, CONFIGURATION, ConfigurationRepository, ModuleCode, ModuleRepository, NewConfiguration,
    NewModule, NewPermission, NewRole, NewUser, PasswordHash, RoleRepository, SEED_ROLES, SeedRole,
    UserDetails, UserRepository, Username,
};

/// The administrator of the first start.
#[derive(Debug, Clone)]
pub struct FirstAdmin {
    /// The hash of the password that he signs in with at first.
    pub password_hash: PasswordHash,
}

/// Adds what is missing and changes nothing that is there, but that [`ADMIN`] holds every
/// permission. The administrator is added only while there is no user at all; gives his id if he
/// was.
pub fn bootstrap<Tx>(tx: &mut Tx, admin: Option<FirstAdmin>) -> Result<Option<UserId>, StorageError>
where
    Tx: UserRepository + RoleRepository + ModuleRepository + ConfigurationRepository + AuditLog,
{
    let permissions = seed_permissions(tx)?;
    let mut admin_role = None;
    for seed in SEED_ROLES {
        let role = seed_role(tx, seed, &permissions)?;
        if seed.name == ADMIN {
            let every: Vec<PermissionId> = permissions.values().copied().collect();
            tx.grant(role, &every)?;
            admin_role = Some(role);
        }
    }
    seed_modules(tx)?;
    seed_configuration(tx)?;
    match (admin, admin_role) {
        (Some(admin), Some(role)) if !tx.users_exist()? => add_admin(tx, admin, role).map(Some),
        _ => Ok(None),
    }
}

fn seed_permissions<Tx: RoleRepository>(
    tx: &mut Tx,
) -> Result<HashMap<String, PermissionId>, StorageError> {
    let mut known: HashMap<String, PermissionId> =
        tx.permissions()?.into_iter().map(|stored| (stored.code, stored.id)).collect();
    for permission in Permission::ALL {
        if !known.contains_key(permission.code()) {
            let stored = tx.add_permission(&NewPermission::from(*permission))?;
            known.insert(stored.code, stored.id);
        }
    }
    Ok(known)
}

fn seed_role<Tx: RoleRepository>(
    tx: &mut Tx,
    seed: &SeedRole,
    permissions: &HashMap<String, PermissionId>,
) -> Result<RoleId, StorageError> {
    if let Some(role) = tx.role_named(seed.name)? {
        return Ok(role.id);
    }
    let new = NewRole { name: seed.name.into(), description: Some(seed.description.into()) };
    let role = tx.add_role(&new, None)?.id;
    let held: Vec<PermissionId> = seed
        .permissions
        .iter()
        .filter_map(|permission| permissions.get(permission.code()).copied())
        .collect();
    tx.grant(role, &held)?;
    Ok(role)
}

fn seed_modules<Tx: ModuleRepository>(tx: &mut Tx) -> Result<(), StorageError> {
    let known: HashSet<String> = tx.modules()?.into_iter().map(|module| module.code).collect();
    for module in ModuleCode::ALL {
        if !known.contains(module.code()) {
            tx.add_module(&NewModule::from(*module))?;
        }
    }
    Ok(())
}

fn seed_configuration<Tx: ConfigurationRepository>(tx: &mut Tx) -> Result<(), StorageError> {
    let known: HashSet<String> = tx.configurations()?.into_iter().map(|row| row.key).collect();
    for declared in CONFIGURATION {
        if !known.contains(declared.key) {
            tx.add_configuration(&NewConfiguration::from(declared), None)?;
        }
    }
    Ok(())
}

fn add_admin<Tx>(tx: &mut Tx, admin: FirstAdmin, role: RoleId) -> Result<UserId, StorageError>
where
    Tx: UserRepository + RoleRepository + AuditLog,
{
    let details = UserDetails {
        username: Username::from_stored("admin".to_owned()),
        email: "admin@localhost".to_owned(),
        full_name: "Administrator".to_owned(),
        phone: None,
        scope: Scope::WholeHouse,
    };
    let new = NewUser { details, password_hash: admin.password_hash };
    let user = tx.add_user(&new, None)?;
    tx.add_user_role(user.id, role, None)?;
    let entry = AuditEntry::new("user.create", "sys_users", user.id.get());
    tx.audit(&Actor::system(), entry.is(user.audit_view().with("roles", vec![ADMIN])))?;
    Ok(user.id)
}
