//! Modules.

use diesel::prelude::*;
use pensipro_auth::{Module, ModuleRepository, NewModule};
use pensipro_kernel::{ModuleId, StorageError, Version};

use crate::{
    Tx,
    schema::sys_modules,
    sql::{Locked, RowLock, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sys_modules)]
struct ModuleRow {
    id: i64,
    module_code: String,
    name: String,
    is_active: bool,
    version: i64,
}

impl From<ModuleRow> for Module {
    fn from(ModuleRow { id, module_code, name, is_active, version }: ModuleRow) -> Self {
        let (id, version) = (ModuleId::new(id), Version::new(version));
        Self { id, code: module_code, name, is_active, version }
    }
}

impl ModuleRepository for Tx<'_> {
    fn modules(&mut self) -> Result<Vec<Module>, StorageError> {
        let rows: Vec<ModuleRow> = self.run(|conn| {
            sys_modules::table
                .select(ModuleRow::as_select())
                .order(sys_modules::module_code)
                .load(conn)
        })?;
        Ok(rows.into_iter().map(Module::from).collect())
    }

    fn module(&mut self, id: ModuleId) -> Result<Module, StorageError> {
        let query = sys_modules::table.find(id.get()).select(ModuleRow::as_select());
        let row: Option<ModuleRow> = self.run(|conn| query.first(conn).optional())?;
        row.map(Module::from).ok_or(StorageError::not_found("module", id.get()))
    }

    fn lock_module(&mut self, id: ModuleId) -> Result<Module, StorageError> {
        let query = sys_modules::table.find(id.get()).select(ModuleRow::as_select());
        let row: Option<ModuleRow> = self.run(|conn| {
            Locked::new(query, RowLock::ForUpdate, "sys_modules").get_result(conn).optional()
        })?;
        row.map(Module::from).ok_or(StorageError::not_found("module", id.get()))
    }

    fn add_module(&mut self, new: &NewModule) -> Result<Module, StorageError> {
        let NewModule { code, name } = new;
        let now = self.now();
        let row: ModuleRow = self.run(|conn| {
            diesel::insert_into(sys_modules::table)
                .values((
                    sys_modules::module_code.eq(code),
                    sys_modules::name.eq(name),
                    sys_modules::is_active.eq(true),
                    sys_modules::version.eq(Version::FIRST.get()),
                    sys_modules::created_at.eq(now),
                    sys_modules::updated_at.eq(now),
                ))
                .returning(columns::<ModuleRow>())
                .get_result(conn)
        })?;
        Ok(row.into())
    }

    fn save_module(&mut self, module: &Module) -> Result<Module, StorageError> {
        let Module { id, is_active, version, .. } = module;
        let now = self.now();
        let row: ModuleRow = self.run(|conn| {
            diesel::update(sys_modules::table.find(id.get()))
                .set((
                    sys_modules::is_active.eq(is_active),
                    sys_modules::version.eq(version.next().get()),
                    sys_modules::updated_at.eq(now),
                ))
                .returning(columns::<ModuleRow>())
                .get_result(conn)
        })?;
        Ok(row.into())
    }
}
