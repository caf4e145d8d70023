//! The configuration. It is the whole house's.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, ConfigurationId, Expected, Faults, Page,
    PageRequest, Permission,
};

use crate::{
    AuthError, Configuration, ConfigurationRepository, Declared, NewConfiguration, Settings,
};

/// Adds a key of the installation's own. Those that rules read are there from the first start.
pub fn add_configuration<Tx>(
    tx: &mut Tx,
    by: &Actor,
    new: NewConfiguration,
) -> Result<Configuration, AuthError>
where
    Tx: ConfigurationRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    if let Some(taken) = tx.configurations()?.into_iter().find(|known| known.key == new.key) {
        return Err(AuthError::ConfigurationTaken(taken.id));
    }
    let added = tx.add_configuration(&new, by.user_id)?;
    let entry = AuditEntry::new("configuration.create", "sys_configurations", added.id.get());
    tx.audit(by, entry.is(view(&added)))?;
    Ok(added)
}

/// A key with its value.
pub fn get_configuration<Tx: ConfigurationRepository>(
    tx: &mut Tx,
    id: ConfigurationId,
) -> Result<Configuration, AuthError> {
    Ok(tx.configuration(id)?)
}

/// Keys with their values, by key.
pub fn list_configurations<Tx: ConfigurationRepository>(
    tx: &mut Tx,
    page: &PageRequest,
) -> Result<Page<Configuration>, AuthError> {
    Ok(Page::of_whole(tx.configurations()?, page, Configuration::position))
}

/// Gives a key another value. One that rules read must be a value that they can follow: `can_follow`
/// judges the settings that state it, beside all others' defaults.
pub fn set_configuration<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ConfigurationId,
    value: &str,
    expected: Expected,
    can_follow: impl FnOnce(&Settings) -> Result<(), String>,
) -> Result<Configuration, AuthError>
where
    Tx: ConfigurationRepository + AuditLog + Authority,
{
    begin(tx, by)?;
    let before = tx.lock_configuration(id)?;
    expected.check("configuration", before.version)?;
    let mut faults = Faults::new();
    let value = faults.take(before.value_type.check("config_value", value));
    let value = faults.finish(value)?;
    if let Some(declared) = Declared::of(&before.key) {
        let judged = declared.stated(&value).and_then(|settings| can_follow(&settings));
        if let Err(why) = judged {
            faults = Faults::new();
            faults.add("config_value", "invalid_value", why);
            return Err(faults.into());
        }
    }
    let changed = Configuration { value, ..before.clone() };
    let after = tx.save_configuration(&changed, by.user_id)?;
    let entry = AuditEntry::new("configuration.update", "sys_configurations", id.get());
    tx.audit(by, entry.was(view(&before)).is(view(&after)))?;
    Ok(after)
}

fn begin<Tx: Authority>(tx: &mut Tx, by: &Actor) -> Result<(), AuthError> {
    by.whole_house()?;
    Ok(tx.recheck(by, Permission::ManageConfiguration)?)
}

fn view(configuration: &Configuration) -> AuditValue {
    AuditValue::new()
        .with("config_key", configuration.key.as_str())
        .with("config_value", configuration.value.as_str())
}
