//! `pensipro migrate`.

use pensipro_persistence::Migrate;

use crate::{
    Config,
    app::{StartError, open_store},
};

pub(super) fn run(config: &Config) -> Result<(), StartError> {
    open_store(config, Migrate::Run)?;
    println!("{} has this program's schema", config.database_url);
    Ok(())
}
