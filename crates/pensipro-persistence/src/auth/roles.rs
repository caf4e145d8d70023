//! Roles and permissions.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_auth::{
    ADMIN, NewPermission, NewRole, Role, RoleFilter, RoleRef, RoleRepository, RoleSort,
    StoredPermission,
};
use pensipro_kernel::{
    Page, PageRequest, PermissionId, Position, RoleId, StorageError, UserId, Version,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::from_time,
    schema::{sys_permissions, sys_role_permissions, sys_roles, sys_user_roles},
    sql::{Locked, Raw, RowLock, after, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sys_roles)]
struct RoleRow {
    id: i64,
    role_name: String,
    description: Option<String>,
    is_active: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl From<RoleRow> for Role {
    fn from(row: RoleRow) -> Self {
        let RoleRow { id, role_name, description, is_active, version, created_at, updated_at } =
            row;
        Self {
            id: RoleId::new(id),
            name: role_name,
            description,
            is_active,
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
            version: Version::new(version),
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sys_permissions)]
struct PermissionRow {
    id: i64,
    permission_code: String,
    description: Option<String>,
}

impl From<PermissionRow> for StoredPermission {
    fn from(PermissionRow { id, permission_code, description }: PermissionRow) -> Self {
        Self { id: PermissionId::new(id), code: permission_code, description }
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// Lower case, of ASCII letters on both databases.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

type RoleQuery<'a> = diesel::helper_types::IntoBoxed<'a, sys_roles::table, MultiBackend>;

fn filtered(filter: &RoleFilter) -> RoleQuery<'static> {
    let RoleFilter { is_active, sort: _ } = filter;
    let query = sys_roles::table.into_boxed();
    match is_active {
        Some(is_active) => query.filter(sys_roles::is_active.eq(*is_active)),
        None => query,
    }
}

fn paged<'a>(query: RoleQuery<'a>, sort: RoleSort, page: &PageRequest) -> RoleQuery<'a> {
    let query = match (sort, page.after.clone()) {
        (_, None) => query,
        (RoleSort::Id, Some(last)) => query.filter(sys_roles::id.gt(last.id)),
        (RoleSort::Name, Some(last)) => {
            after!(query, rising, sys_roles::role_name, sys_roles::id, last.key, last.id)
        }
    };
    let query = match sort {
        RoleSort::Id => query.order(sys_roles::id.asc()),
        RoleSort::Name => query.order((sys_roles::role_name.asc(), sys_roles::id.asc())),
    };
    query.limit(i64::from(page.limit) + 1)
}

fn position(sort: RoleSort, role: &Role) -> Position {
    let key = match sort {
        RoleSort::Id => String::new(),
        RoleSort::Name => role.name.clone(),
    };
    Position { key, id: role.id.get() }
}

impl RoleRepository for Tx<'_> {
    fn lock_administration(&mut self) -> Result<(), StorageError> {
        let query = sys_roles::table.filter(sys_roles::role_name.eq(ADMIN)).select(sys_roles::id);
        self.run(|conn| {
            let locked = Locked::new(query, RowLock::ForUpdate, "sys_roles");
            let _: Option<i64> = locked.get_result(conn).optional()?;
            Ok(())
        })
    }

    fn permissions(&mut self) -> Result<Vec<StoredPermission>, StorageError> {
        let rows: Vec<PermissionRow> = self.run(|conn| {
            sys_permissions::table
                .select(PermissionRow::as_select())
                .order(sys_permissions::permission_code)
                .load(conn)
        })?;
        Ok(rows.into_iter().map(StoredPermission::from).collect())
    }

    fn permission(&mut self, id: PermissionId) -> Result<StoredPermission, StorageError> {
        let row: Option<PermissionRow> = self.run(|conn| {
            sys_permissions::table
                .find(id.get())
                .select(PermissionRow::as_select())
                .first(conn)
                .optional()
        })?;
        row.map(StoredPermission::from).ok_or(StorageError::not_found("permission", id.get()))
    }

    fn add_permission(&mut self, new: &NewPermission) -> Result<StoredPermission, StorageError> {
        let NewPermission { code, description } = new;
        let now = self.now();
        let row: PermissionRow = self.run(|conn| {
            diesel::insert_into(sys_permissions::table)
                .values((
                    sys_permissions::permission_code.eq(code),
                    sys_permissions::description.eq(description),
                    sys_permissions::created_at.eq(now),
                ))
                .returning(columns::<PermissionRow>())
                .get_result(conn)
        })?;
        Ok(row.into())
    }

    fn roles(
        &mut self,
        filter: &RoleFilter,
        page: &PageRequest,
    ) -> Result<Page<Role>, StorageError> {
        let query = paged(filtered(filter), filter.sort, page).select(RoleRow::as_select());
        let rows: Vec<RoleRow> = self.run(|conn| query.load(conn))?;
        let roles: Vec<Role> = rows.into_iter().map(Role::from).collect();
        let mut roles = Page::from_rows(roles, page.limit, |role| position(filter.sort, role));
        if page.count {
            roles.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(roles)
    }

    fn role(&mut self, id: RoleId) -> Result<Role, StorageError> {
        let row: Option<RoleRow> = self.run(|conn| {
            sys_roles::table.find(id.get()).select(RoleRow::as_select()).first(conn).optional()
        })?;
        row.map(Role::from).ok_or(StorageError::not_found("role", id.get()))
    }

    fn role_named(&mut self, name: &str) -> Result<Option<Role>, StorageError> {
        let row: Option<RoleRow> = self.run(|conn| {
            sys_roles::table
                .filter(lower(sys_roles::role_name).eq(name.to_ascii_lowercase()))
                .select(RoleRow::as_select())
                .first(conn)
                .optional()
        })?;
        Ok(row.map(Role::from))
    }

    fn add_role(&mut self, new: &NewRole, by: Option<UserId>) -> Result<Role, StorageError> {
        let NewRole { name, description } = new;
        let now = self.now();
        let row: RoleRow = self.run(|conn| {
            diesel::insert_into(sys_roles::table)
                .values((
                    sys_roles::role_name.eq(name),
                    sys_roles::description.eq(description),
                    sys_roles::is_active.eq(true),
                    sys_roles::version.eq(Version::FIRST.get()),
                    sys_roles::created_at.eq(now),
                    sys_roles::updated_at.eq(now),
                    sys_roles::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<RoleRow>())
                .get_result(conn)
        })?;
        Ok(row.into())
    }

    fn save_role(&mut self, role: &Role) -> Result<(), StorageError> {
        let Role { id, name, description, is_active, version, .. } = role;
        let now = self.now();
        self.run(|conn| {
            diesel::update(sys_roles::table.find(id.get()))
                .set((
                    sys_roles::role_name.eq(name),
                    sys_roles::description.eq(description),
                    sys_roles::is_active.eq(is_active),
                    sys_roles::version.eq(version.next().get()),
                    sys_roles::updated_at.eq(now),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn grant(&mut self, role: RoleId, permissions: &[PermissionId]) -> Result<(), StorageError> {
        let now = self.now();
        for permission in permissions {
            self.run(|conn| {
                Raw::new(
                    "INSERT INTO sys_role_permissions (role_id, permission_id, created_at) \
                     VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                )?
                .bind(role.get())
                .bind(permission.get())
                .bind(now)
                .execute(conn)
            })?;
        }
        Ok(())
    }

    fn revoke(&mut self, role: RoleId, permission: PermissionId) -> Result<bool, StorageError> {
        let removed = self.run(|conn| {
            let held = sys_role_permissions::table.find((role.get(), permission.get()));
            diesel::delete(held).execute(conn)
        })?;
        Ok(removed > 0)
    }

    fn permissions_in(&mut self, roles: &[RoleId]) -> Result<Vec<StoredPermission>, StorageError> {
        let roles: Vec<i64> = roles.iter().map(|id| id.get()).collect();
        let held = sys_role_permissions::table
            .filter(sys_role_permissions::role_id.eq_any(roles))
            .select(sys_role_permissions::permission_id);
        let rows: Vec<PermissionRow> = self.run(|conn| {
            sys_permissions::table
                .filter(sys_permissions::id.eq_any(held))
                .select(PermissionRow::as_select())
                .order(sys_permissions::permission_code)
                .load(conn)
        })?;
        Ok(rows.into_iter().map(StoredPermission::from).collect())
    }

    fn add_user_role(
        &mut self,
        user: UserId,
        role: RoleId,
        by: Option<UserId>,
    ) -> Result<bool, StorageError> {
        let now = self.now();
        let added = self.run(|conn| {
            Raw::new(
                "INSERT INTO sys_user_roles (user_id, role_id, created_at, created_by) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            )?
            .bind(user.get())
            .bind(role.get())
            .bind(now)
            .bind(by.map(UserId::get))
            .execute(conn)
        })?;
        Ok(added > 0)
    }

    fn remove_user_role(&mut self, user: UserId, role: RoleId) -> Result<bool, StorageError> {
        let removed = self.run(|conn| {
            diesel::delete(sys_user_roles::table.find((user.get(), role.get()))).execute(conn)
        })?;
        Ok(removed > 0)
    }

    fn roles_of(&mut self, users: &[UserId]) -> Result<Vec<(UserId, RoleRef)>, StorageError> {
        let users: Vec<i64> = users.iter().map(|id| id.get()).collect();
        let rows: Vec<(i64, i64, String)> = self.run(|conn| {
            sys_user_roles::table
                .inner_join(sys_roles::table)
                .filter(sys_user_roles::user_id.eq_any(users))
                .filter(sys_roles::is_active)
                .select((sys_user_roles::user_id, sys_roles::id, sys_roles::role_name))
                .order((sys_user_roles::user_id, sys_roles::role_name))
                .load(conn)
        })?;
        let role = |(user, id, name)| (UserId::new(user), RoleRef { id: RoleId::new(id), name });
        Ok(rows.into_iter().map(role).collect())
    }

    fn permissions_of(&mut self, users: &[UserId]) -> Result<Vec<(UserId, String)>, StorageError> {
        let users: Vec<i64> = users.iter().map(|id| id.get()).collect();
        let rows: Vec<(i64, String)> = self.run(|conn| {
            sys_user_roles::table
                .inner_join(
                    sys_roles::table
                        .inner_join(sys_role_permissions::table.inner_join(sys_permissions::table)),
                )
                .filter(sys_user_roles::user_id.eq_any(users))
                .filter(sys_roles::is_active)
                .select((sys_user_roles::user_id, sys_permissions::permission_code))
                .distinct()
                .order((sys_user_roles::user_id, sys_permissions::permission_code))
                .load(conn)
        })?;
        Ok(rows.into_iter().map(|(user, code)| (UserId::new(user), code)).collect())
    }
}
