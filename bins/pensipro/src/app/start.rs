//! From settings to a running application: keys, schema, first data.

use std::sync::Arc;

use pensipro_adapters::{Bucket, LocalFiles, Messenger};
use pensipro_auth::{FirstAdmin, Password, PasswordHasher, UserRepository, bootstrap};
use pensipro_kernel::{Clock, Entropy, StorageError};
use pensipro_members::FileStore;
use pensipro_notifications::usecases::seed_templates;
use pensipro_persistence::{Migrate, OpenError, Store, StoreOptions, World};

use super::{
    App, Shared,
    cache::Cache,
    failures::Failures,
    faults::Faults,
    figures::Figures,
    hashing::{Bcrypt, Hashing},
    lanes::Lanes,
    metrics::Metrics,
    readings::Readings,
    run::Gates,
    workers::Workers,
};
use crate::{
    Config,
    clock::{SystemClock, SystemEntropy, random_hex},
    config::{ConfigError, MasterKeys, SigningSecret},
    http::{cursor::CursorKey, extract::FingerprintKey, tokens::Tokens},
    jobs::Jobs,
};

/// Why the application does not start. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The first data.
    #[error("the first data cannot be stored: {0}")]
    Storage(#[from] StorageError),
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

/// An application that was opened.
#[derive(Debug)]
pub struct Started {
    /// The application.
    pub app: App,
    /// The administrator's password, if he was made just now with one nobody chose.
    pub first_password: Option<FirstPassword>,
}

/// A password that is printed once.
#[derive(Debug)]
pub struct FirstPassword(pub String);

/// Whether files in a folder must survive a power cut at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeping {
    /// Every file is synced.
    Durable,
    /// They can be made again.
    Remakeable,
}

/// Opens the store of uploaded files: the bucket that the settings name, else a folder.
pub fn open_files(config: &Config, keeping: Keeping) -> Result<Box<dyn FileStore>, StartError> {
    if let Some(bucket) = &config.bucket {
        let bucket = Bucket::open(bucket).map_err(|error| StartError::Other(error.to_string()))?;
        return Ok(Box::new(bucket));
    }
    let files = LocalFiles::open(&config.data_dir.join("files"))
        .map_err(|error| StartError::Other(format!("the folder of files: {error}")))?;
    Ok(match keeping {
        Keeping::Durable => Box::new(files),
        Keeping::Remakeable => Box::new(files.unsynced()),
    })
}

/// Opens the database with the keys that the settings name.
pub fn open_store(config: &Config, migrate: Migrate) -> Result<Store, StartError> {
    open_store_at(config, migrate, clock(config))
}

/// The same, on another clock than the system's.
pub fn open_store_at(
    config: &Config,
    migrate: Migrate,
    clock: Arc<dyn Clock>,
) -> Result<Store, StartError> {
    let keys = MasterKeys::new(config)?;
    let options = StoreOptions {
        migrate,
        connections: config.connections,
        acquire_timeout: config.queue_timeout,
        slow_after: config.slow_query,
        ..StoreOptions::new(config.database_url.clone())
    };
    let world = World { clock, entropy: Arc::new(SystemEntropy) };
    Ok(Store::open(&options, world, |installation| keys.for_store(installation, &SystemEntropy))?)
}

/// The clock that the settings name.
pub(crate) fn clock(config: &Config) -> Arc<dyn Clock> {
    Arc::new(SystemClock::new(config.timezone, config.business_date))
}

impl App {
    /// Opens everything and makes sure of the first data.
    pub fn open(config: Config) -> Result<Started, StartError> {
        let clock = clock(&config);
        Self::open_with(config, clock)
    }

    /// The same by another clock.
    pub fn open_with(config: Config, clock: Arc<dyn Clock>) -> Result<Started, StartError> {
        let migrate = if config.migrate { Migrate::Run } else { Migrate::Refuse };
        let store = open_store_at(&config, migrate, Arc::clone(&clock))?;
        let secret = SigningSecret::find(&config, &SystemEntropy)?;
        let tokens = Tokens::new(&secret).map_err(StartError::Other)?;
        let files = open_files(&config, Keeping::Durable)?;
        let metrics =
            Metrics::new().map_err(|error| StartError::Other(format!("the metrics: {error}")))?;
        // Last: whoever starts it is told the first password, once.
        let first_password = first_data(&store, &config)?;
        let shared = Shared {
            clock,
            entropy: Arc::new(SystemEntropy),
            files,
            tokens,
            metrics,
            failures: Failures::new(config.login_failures_per_minute),
            cursors: CursorKey::derive(&store.derived_key("cursors")),
            fingerprints: FingerprintKey::derive(&store.derived_key("fingerprints")),
            gates: Gates::new(&config, &store),
            hashing: Hashing::new(config.hash_threads, config.bcrypt_cost),
            cache: Cache::default(),
            readings: Readings::new(config.access_log_buffer),
            messenger: Messenger::new(config.messages.clone()),
            lanes: Lanes::new(&store.derived_key("deliveries")),
            faults: Faults::default(),
            figures: Figures::default(),
            workers: Workers::default(),
            jobs: Jobs::new(&SystemEntropy),
            store,
            config,
        };
        Ok(Started { app: Self(Arc::new(shared)), first_password })
    }
}

/// Roles, permissions, modules, configuration and, with no user yet, the administrator. Two
/// instances that start together may get in each other's way: the second finds all there.
pub(crate) fn first_data(
    store: &Store,
    config: &Config,
) -> Result<Option<FirstPassword>, StartError> {
    let mut chosen = None;
    let admin = if store.read(|tx| tx.users_exist())? {
        None
    } else {
        let password = match &config.admin_password {
            Some(password) => password.reveal().to_owned(),
            None => {
                let made = random_hex::<12>(&SystemEntropy as &dyn Entropy);
                chosen = Some(FirstPassword(made.clone()));
                made
            }
        };
        Some(first_admin(&password, config.bcrypt_cost)?)
    };
    let make = || {
        store.write("bootstrap", |tx| {
            seed_templates(tx)?;
            bootstrap(tx, admin.clone())
        })
    };
    let made = match make() {
        Err(StorageError::Duplicate { .. }) => make()?,
        other => other?,
    };
    Ok(chosen.filter(|_| made.is_some()))
}

fn first_admin(password: &str, cost: u32) -> Result<FirstAdmin, StartError> {
    let password = Password::parse("admin_password", password)
        .map_err(|fault| StartError::Other(format!("PENSIPRO_ADMIN_PASSWORD {}", fault.message)))?;
    let password_hash = Bcrypt::new(cost)
        .hash(&password)
        .map_err(|error| StartError::Other(format!("the first password: {error}")))?;
    Ok(FirstAdmin { password_hash })
}
