//! Configuration values.

use diesel::prelude::*;
use pensipro_auth::{Configuration, ConfigurationRepository, NewConfiguration};
use pensipro_kernel::{ConfigurationId, StorageError, UserId, Version};

use crate::{
    Tx,
    convert::code,
    schema::sys_configurations,
    sql::{Locked, RowLock, columns},
};

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
            key: config_key,
            value: config_value,
            value_type: code("sys_configurations.value_type", &value_type)?,
            description,
            version: Version::new(version),
        })
    }
}

fn found(
    id: ConfigurationId,
    row: Option<ConfigurationRow>,
) -> Result<Configuration, StorageError> {
    row.ok_or(StorageError::not_found("configuration", id.get()))?.try_into()
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

    fn configuration(&mut self, id: ConfigurationId) -> Result<Configuration, StorageError> {
        let query = sys_configurations::table.find(id.get()).select(ConfigurationRow::as_select());
        found(id, self.run(|conn| query.first(conn).optional())?)
    }

    fn lock_configuration(&mut self, id: ConfigurationId) -> Result<Configuration, StorageError> {
        let query = sys_configurations::table.find(id.get()).select(ConfigurationRow::as_select());
        found(
            id,
            self.run(|conn| {
                let locked = Locked::new(query, RowLock::ForUpdate, "sys_configurations");
                locked.get_result(conn).optional()
            })?,
        )
    }

    fn add_configuration(
        &mut self,
        new: &NewConfiguration,
        by: Option<UserId>,
    ) -> Result<Configuration, StorageError> {
        let NewConfiguration { key, value, value_type, description } = new;
        let now = self.now();
        let row: ConfigurationRow = self.run(|conn| {
            diesel::insert_into(sys_configurations::table)
                .values((
                    sys_configurations::config_key.eq(key),
                    sys_configurations::config_value.eq(value),
                    sys_configurations::value_type.eq(value_type.code()),
                    sys_configurations::description.eq(description),
                    sys_configurations::version.eq(Version::FIRST.get()),
                    sys_configurations::created_at.eq(now),
                    sys_configurations::updated_at.eq(now),
                    sys_configurations::updated_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<ConfigurationRow>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_configuration(
        &mut self,
        configuration: &Configuration,
        by: Option<UserId>,
    ) -> Result<Configuration, StorageError> {
        let Configuration { id, value, version, .. } = configuration;
        let now = self.now();
        let row: ConfigurationRow = self.run(|conn| {
            diesel::update(sys_configurations::table.find(id.get()))
                .set((
                    sys_configurations::config_value.eq(value),
                    sys_configurations::version.eq(version.next().get()),
                    sys_configurations::updated_at.eq(now),
                    sys_configurations::updated_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<ConfigurationRow>())
                .get_result(conn)
        })?;
        row.try_into()
    }
}
