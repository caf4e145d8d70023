//! What a handler works with: the store behind its guard, files, keys, cached settings.

mod cache;
mod failures;
mod faults;
mod figures;
mod hashing;
mod lanes;
mod messages;
mod metrics;
mod page;
mod readings;
mod removals;
pub(crate) mod request_id;
mod run;
mod start;
mod workers;

use std::{fmt, ops::Deref, sync::Arc};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use pensipro_adapters::Messenger;
use pensipro_auth::Settings;
use pensipro_kernel::{Clock, Entropy};
use pensipro_members::FileStore;
use pensipro_persistence::Store;

pub(crate) use figures::JobEnd;
pub(crate) use hashing::Bcrypt;
pub use run::Settled;
pub use start::{
    FirstPassword, Keeping, StartError, Started, open_files, open_store, open_store_at,
};
pub(crate) use start::{clock, first_data};
pub use workers::Stop;

use self::{
    cache::Cache, failures::Failures, faults::Faults, figures::Figures, hashing::Hashing,
    lanes::Lanes, metrics::Metrics, readings::Readings, run::Gates, workers::Workers,
};
use crate::{
    Config,
    http::{Problem, cursor::CursorKey, extract::FingerprintKey, tokens::Tokens},
    jobs::Jobs,
    policy::Policies,
};

/// The application's shared state. Clones are the same application.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] holds.
pub struct Shared {
    /// The settings of the process.
    pub config: Config,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// Uploaded files, sealed.
    pub files: Box<dyn FileStore>,
    /// Signs and checks access tokens.
    pub tokens: Tokens,
    /// Counts for `/metrics`.
    pub metrics: Metrics,
    /// Failed sign-ins by address.
    pub failures: Failures,
    /// What is worked off beside requests.
    pub(crate) jobs: Jobs,
    pub(crate) cursors: CursorKey,
    pub(crate) fingerprints: FingerprintKey,
    store: Store,
    gates: Gates,
    hashing: Hashing,
    cache: Cache,
    readings: Readings,
    messenger: Messenger,
    lanes: Lanes,
    faults: Faults,
    figures: Figures,
    workers: Workers,
}

impl App {
    /// The configuration as rules read it, fresh within two seconds.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.cache.state().settings)
    }

    /// The same as the policies that rules take.
    pub fn policies(&self) -> Arc<Policies> {
        Arc::clone(&self.cache.state().policies)
    }

    /// The store itself, for jobs that run beside requests. Handlers go through [`App::read`],
    /// [`App::write`] and [`App::post`].
    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("App").field(&self.store).finish()
    }
}

impl FromRequest for App {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let app = request.app_data::<Data<Self>>().map(|app| app.get_ref().clone());
        std::future::ready(app.ok_or_else(|| Problem::internal("the application is not there")))
    }
}
