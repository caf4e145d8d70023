//! Modules and configuration values.

use diesel::prelude::*;
use pensipro_auth::{
    Configuration, ConfigurationRepository, Declared, Module, ModuleCode, ModuleRepository,
    ValueType,
};
use pensipro_kernel::{ConfigurationId, ModuleId, StorageError, Version};

use crate::{
    Tx,
    convert::unreadable,
    schema::{sys_configurations, sys_modules},
};

impl ModuleRepository for Tx<'_> {
    fn modules(&mut self) -> Result<Vec<Module>, StorageError> {
        let rows: Vec<(i64, String, String, bool)> = self.run(|conn| {
            sys_modules::table
                .select((
                    sys_modules::id,
                    sys_modules::module_code,
                    sys_modules::name,
                    sys_modules::is_active,
                ))
                .order(sys_modules::module_code)
                .load(conn)
        })?;
        let module = |(id, module_code, name, is_active)| Module {
            id: ModuleId::new(id),
            module_code,
            name,
            is_active,
        };
        Ok(rows.into_iter().map(module).collect())
    }

    fn add_module(&mut self, module: ModuleCode) -> Result<(), StorageError> {
        let now = self.now();
        self.run(|conn| {
            diesel::insert_into(sys_modules::table)
                .values((
                    sys_modules::module_code.eq(module.code()),
                    sys_modules::name.eq(module.title()),
                    sys_modules::is_active.eq(true),
                    sys_modules::version.eq(Version::FIRST.get()),
                    sys_modules::created_at.eq(now),
                    sys_modules::updated_at.eq(now),
                ))
                .execute(conn)
                .map(drop)
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sys_configurations)]
struct ConfigurationRow {
    id: i64,
    config_key: String,
    config_value: String,
    value_type: String,
    description: Option<String>,
    version: i64,
}

impl TryFrom<ConfigurationRow> for Configuration {
    type Error = StorageError;

    fn try_from(row: ConfigurationRow) -> Result<Self, StorageError> {
        let ConfigurationRow { id, config_key, config_value, value_type, description, version } =
            row;
        Ok(Self {
            id: ConfigurationId::new(id),
            config_key,
            config_value,
            value_type: ValueType::from_code(&value_type)
                .ok_or_else(|| unreadable("sys_configurations.value_type"))?,
            description,
            version: Version::new(version),
        })
    }
}

impl ConfigurationRepository for Tx<'_> {
    fn configurations(&mut self) -> Result<Vec<Configuration>, StorageError> {
        let rows: Vec<ConfigurationRow> = self.run(|conn| {
            sys_configurations::table
                .select(ConfigurationRow::as_select())
                .order(sys_configurations::config_key)
                .load(conn)
        })?;
        rows.into_iter().map(Configuration::try_from).collect()
    }

    fn add_configuration(&mut self, declared: &Declared) -> Result<(), StorageError> {
        let now = self.now();
        self.run(|conn| {
            diesel::insert_into(sys_configurations::table)
                .values((
                    sys_configurations::config_key.eq(declared.key),
                    sys_configurations::config_value.eq(declared.default),
                    sys_configurations::value_type.eq(declared.value_type.code()),
                    sys_configurations::description.eq(declared.effect),
                    sys_configurations::version.eq(Version::FIRST.get()),
                    sys_configurations::created_at.eq(now),
                    sys_configurations::updated_at.eq(now),
                ))
                .execute(conn)
                .map(drop)
        })
    }
}
