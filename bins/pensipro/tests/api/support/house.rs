//! A running application.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread::{self, JoinHandle},
};

use actix_web::dev::ServerHandle;
use chrono::{NaiveDate, TimeDelta};
use pensipro_persistence::{
    Backend,
    testing::{TEST_MASTER_KEY, TestDatabase, backends},
};
use pensipro_server::{
    App, Config, Source,
    app::Started,
    clock::hex,
    http::Routes,
    routes,
    server::{Signals, listen},
};
use serde_json::{Value, json};

use super::{
    Client,
    client::{Book, Sent},
    clock::HouseClock,
};

/// The password of everybody in tests.
pub(crate) const PASSWORD: &str = "rahasia-123";

/// The secret that signs tests' tokens.
pub(crate) const JWT_SECRET: &str = "a secret of tests that has more than 32 bytes";

/// Runs a test on each backend, in a fresh house each.
pub(crate) fn on_each_backend(test: impl Fn(&House)) {
    for backend in backends() {
        eprintln!("on {backend:?}");
        test(&House::new(backend));
    }
}

/// How a house differs from the usual.
#[derive(Default)]
pub(crate) struct HouseOptions<'a> {
    pub(crate) settings: &'a [(&'a str, &'a str)],
    pub(crate) more_routes: Option<Routes>,
    /// Nothing is done beside requests: caches are fresh after changes made here, no job runs.
    pub(crate) is_quiet: bool,
}

/// An application that listens on a port of its own, until it is dropped.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) database: Arc<TestDatabase>,
    address: SocketAddr,
    clock: Arc<HouseClock>,
    server: ServerHandle,
    thread: Option<JoinHandle<()>>,
    users: AtomicU32,
    folder: Arc<tempfile::TempDir>,
    sent: Book,
}

impl House {
    pub(crate) fn new(backend: Backend) -> Self {
        Self::with(backend, HouseOptions::default())
    }

    pub(crate) fn with(backend: Backend, options: HouseOptions<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::on(Arc::new(TestDatabase::new(backend)), Arc::new(folder), options)
    }

    /// Another instance of the same house: on its database, with its folder, and these settings.
    pub(crate) fn beside(&self, settings: &[(&str, &str)]) -> Self {
        let options = HouseOptions { settings, ..HouseOptions::default() };
        Self::on(Arc::clone(&self.database), Arc::clone(&self.folder), options)
    }

    fn on(
        database: Arc<TestDatabase>,
        folder: Arc<tempfile::TempDir>,
        options: HouseOptions<'_>,
    ) -> Self {
        let today = NaiveDate::from_ymd_opt(2026, 6, 15).expect("a date");
        let clock = Arc::new(HouseClock::new(today));
        let key = hex(&TEST_MASTER_KEY);
        let data = folder.path().display().to_string();
        let usual = [
            ("database_url", database.url()),
            ("data_dir", &data),
            ("master_key", &key),
            ("jwt_secret", JWT_SECRET),
            ("admin_password", PASSWORD),
            ("bcrypt_cost", "4"),
            ("connections", "4"),
            ("queue_timeout_ms", "2000"),
            ("end_of_day_at", "off"),
            ("login_failures_per_minute", "1000000"),
        ];
        let source = Source::of(usual.into_iter().chain(options.settings.iter().copied()));
        let config = Config::read(&source).expect("the settings are good");
        let Started { app, .. } = App::open_with(config, clock.clone()).expect("the house opens");
        let routes = match options.more_routes {
            Some(more) => routes::all().and(more),
            None => routes::all(),
        };
        let (address, server, thread) = open_doors(&app, routes, options.is_quiet);
        Self {
            app,
            database,
            address,
            clock,
            server,
            thread: Some(thread),
            users: AtomicU32::new(0),
            folder,
            sent: Book::default(),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Moves the business day.
    pub(crate) fn set_today(&self, today: &str) {
        self.clock.set(today.parse().expect("a date"));
    }

    /// Lets so much time pass, for all that is done from here on.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
    }

    /// Sets a configuration value, known to the application at once.
    pub(crate) fn configure(&self, key: &str, value: &str) {
        let sql = format!(
            "UPDATE sys_configurations SET config_value = '{value}' WHERE config_key = '{key}'"
        );
        self.database.execute(&sql).expect("the value is stored");
        actix_web::rt::System::new().block_on(self.app.reload()).expect("the caches fill");
    }

    /// Somebody without a token.
    pub(crate) fn stranger(&self) -> Client {
        Client::new(format!("http://{}", self.address)).noting(self.sent.clone())
    }

    /// Everything that its clients sent.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.all()
    }

    /// The administrator of the first start.
    pub(crate) fn admin(&self) -> Client {
        self.sign_in("admin")
    }

    /// A session of this user.
    #[track_caller]
    pub(crate) fn sign_in(&self, username: &str) -> Client {
        let tokens = self.login(username).expect(200);
        let token = tokens["access_token"].as_str().expect("a token");
        self.stranger().with_token(token)
    }

    /// A try to sign in with everybody's password.
    pub(crate) fn login(&self, username: &str) -> super::Response {
        let body = json!({"username": username, "password": PASSWORD});
        self.stranger().post("/auth/login", &body)
    }

    /// A new user with these roles, signed in.
    #[track_caller]
    pub(crate) fn user(&self, roles: &[&str]) -> Client {
        let admin = self.admin();
        let user = self.new_user(&admin, roles);
        self.sign_in(user["username"].as_str().expect("a name"))
    }

    /// A new user with these roles.
    #[track_caller]
    pub(crate) fn new_user(&self, admin: &Client, roles: &[&str]) -> Value {
        let number = self.users.fetch_add(1, Ordering::Relaxed) + 1;
        let ids: Vec<i64> = roles.iter().map(|role| self.role_id(admin, role)).collect();
        let body = json!({
            "username": format!("user{number}"),
            "email": format!("user{number}@example.com"),
            "full_name": format!("User {number}"),
            "password": PASSWORD,
            "role_ids": ids,
        });
        admin.post("/users", &body).expect(201)
    }

    /// The id of a role.
    #[track_caller]
    pub(crate) fn role_id(&self, admin: &Client, role: &str) -> i64 {
        let roles = admin.get("/roles?limit=200").expect(200);
        let mut rows = roles["data"].as_array().expect("a list").iter();
        let row = rows.find(|row| row["role_name"] == role).expect("the role is there");
        row["id"].as_i64().expect("an id")
    }
}

impl Drop for House {
    fn drop(&mut self) {
        // Not gracefully: idle clients' connections would be waited for.
        drop(self.server.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Serves on a thread of its own.
fn open_doors(
    app: &App,
    routes: Routes,
    is_quiet: bool,
) -> (SocketAddr, ServerHandle, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    let (opened, handle) = mpsc::channel();
    let app = app.clone();
    let thread = thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            app.reload().await.expect("the caches fill");
            if !is_quiet {
                app.start_chores();
            }
            let server = listen(app.clone(), Arc::new(routes), listener, Signals::Ignore);
            let server = server.expect("the server starts");
            opened.send(server.handle()).expect("the test waits");
            server.await.expect("the server ends well");
            app.stop().await;
        });
    });
    (address, handle.recv().expect("the server starts"), thread)
}
