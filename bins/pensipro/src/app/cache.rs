//! What every request needs and none should ask the database for: revocations, modules, settings.
//! Reloaded twice a second, and at once after a change made here.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use chrono::TimeDelta;
use pensipro_auth::{
    Claims, Configuration, ConfigurationRepository, Module, ModuleRepository, Revocations,
    SessionRepository, Settings,
};
use pensipro_kernel::{Moment, SessionId, StorageError, UserId};
use pensipro_persistence::Tx;
use tokio::sync::Mutex;

use super::{App, run::aside};
use crate::{
    http::{Answer, Problem, Reply},
    policy::Policies,
};

/// The longest life of an access token: what was revoked before it matters to none.
const LONGEST_TOKEN: TimeDelta = TimeDelta::minutes(125);

/// How often it is reloaded: what another instance changed counts here within two seconds, with time
/// to spare for a busy machine.
const EVERY: Duration = Duration::from_millis(500);

/// How long a reload may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(5);

/// The state of the last reload.
#[derive(Debug, Default)]
pub(super) struct Cache {
    state: RwLock<Arc<State>>,
    /// Reloads follow one another, so that an older state never replaces a newer one.
    reloading: Mutex<()>,
}

/// What one reload found.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) settings: Arc<Settings>,
    pub(crate) policies: Arc<Policies>,
    ended: HashSet<SessionId>,
    least_version: HashMap<UserId, i64>,
    disabled: HashSet<String>,
}

type Loaded = (Revocations, Vec<Module>, Vec<Configuration>);

impl Cache {
    pub(super) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn replace(&self, (revocations, modules, configurations): Loaded) {
        let before = self.state();
        let (settings, policies) = read(&configurations).unwrap_or_else(|fault| {
            log::error!("configuration: {fault}; the last good settings stand");
            (Arc::clone(&before.settings), Arc::clone(&before.policies))
        });
        let off = modules.into_iter().filter(|module| !module.is_active);
        let state = State {
            settings,
            policies,
            ended: revocations.sessions.into_iter().collect(),
            least_version: revocations.users.into_iter().collect(),
            disabled: off.map(|module| module.code).collect(),
        };
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(state);
    }
}

/// The settings, and the policies that they state: both or neither.
fn read(configurations: &[Configuration]) -> Result<(Arc<Settings>, Arc<Policies>), String> {
    let settings = Settings::read(configurations)?;
    let policies = Policies::of(&settings).map_err(|error| error.to_string())?;
    Ok((Arc::new(settings), Arc::new(policies)))
}

impl State {
    /// True if the token's session ended or its holder's rights were narrowed since.
    pub(crate) fn is_revoked(&self, claims: &Claims, user: UserId) -> bool {
        let least = self.least_version.get(&user).copied().unwrap_or(i64::MIN);
        self.ended.contains(&claims.sid) || claims.authz_version < least
    }

    /// True if the module is switched off.
    pub(crate) fn is_disabled(&self, module: &str) -> bool {
        self.disabled.contains(module)
    }
}

impl App {
    pub(crate) fn state(&self) -> Arc<State> {
        self.cache.state()
    }

    /// One transaction whose effect on who may do what counts here as soon as it is answered; other
    /// instances follow within two seconds.
    pub async fn write_at_once<A, F>(&self, name: &'static str, work: F) -> Reply<A>
    where
        A: Answer + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<A, Problem> + Send + 'static,
    {
        let written = self.write(name, work).await?;
        self.reload().await?;
        Ok(written)
    }

    /// Reads revocations, modules and settings anew, and forgets keys that were destroyed.
    pub async fn reload(&self) -> Result<(), Problem> {
        let _turn = self.cache.reloading.lock().await;
        let since = self.clock.now() - LONGEST_TOKEN;
        let load = move |store: &pensipro_persistence::Store| -> Result<Loaded, StorageError> {
            store.read(|tx| {
                tx.refresh_keys(since)?;
                Ok((tx.revoked_since(since)?, tx.modules()?, tx.configurations()?))
            })
        };
        self.cache.replace(aside(self.store.clone(), PATIENCE, load).await?);
        Ok(())
    }

    /// Reloads again and again until it is dropped.
    pub async fn keep_fresh(self) {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.chore_ended("house.reload", &self.reload().await);
        }
    }

    /// True if the database answers within a second.
    pub async fn is_ready(&self) -> bool {
        aside(self.store.clone(), Duration::from_secs(1), |store| store.ping()).await.is_ok()
    }
}
