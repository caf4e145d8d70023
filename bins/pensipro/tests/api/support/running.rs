//! The program itself beside a test, to be killed or stopped in the middle of its work.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use pensipro_persistence::testing::{TEST_MASTER_KEY, TestDatabase};
use pensipro_server::clock::hex;
use serde_json::json;

use super::{Client, JWT_SECRET, PASSWORD};

/// How long a test waits for what must come.
const DEADLINE: Duration = Duration::from_secs(120);

/// Asks until there is an answer.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(begun.elapsed() < DEADLINE, "{what} did not come");
        std::thread::yield_now();
    }
}

/// The program with a test's settings, to be told what to do.
pub(crate) fn program(database: &TestDatabase, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pensipro"));
    command
        .env_clear()
        .env("PENSIPRO_BIND", "127.0.0.1:0")
        .env("PENSIPRO_DATABASE_URL", database.url())
        .env("PENSIPRO_DATA_DIR", folder)
        .env("PENSIPRO_MASTER_KEY", hex(&TEST_MASTER_KEY))
        .env("PENSIPRO_JWT_SECRET", JWT_SECRET)
        .env("PENSIPRO_ADMIN_PASSWORD", PASSWORD)
        .env("PENSIPRO_BCRYPT_COST", "4")
        .env("PENSIPRO_BUSINESS_DATE", "2026-07-02")
        .env("PENSIPRO_SHUTDOWN_TIMEOUT_SECONDS", "5");
    command
}

/// The program, until it is killed.
pub(crate) struct Running {
    child: Child,
    /// The administrator.
    pub(crate) client: Client,
}

impl Running {
    /// By a database, with a folder for its files.
    pub(crate) fn start(database: &TestDatabase, folder: &Path) -> Self {
        Self::started(program(database, folder).stderr(Stdio::null()))
    }

    /// As this command says.
    pub(crate) fn started(command: &mut Command) -> Self {
        let mut child =
            command.arg("serve").stdout(Stdio::piped()).spawn().expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        let address = output.lines().find_map(|line| {
            let line = line.expect("a line");
            let rest = line.strip_prefix("PensiPro listens on ")?.to_owned();
            rest.split(' ').next().map(str::to_owned)
        });
        let stranger = Client::new(address.expect("it listens"));
        let body = json!({"username": "admin", "password": PASSWORD});
        let tokens = stranger.post("/auth/login", &body).expect(200);
        Self {
            child,
            client: stranger.with_token(tokens["access_token"].as_str().expect("a token")),
        }
    }

    /// SIGTERM: it ends well, between two chunks.
    pub(crate) fn terminate(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        assert!(asked.success());
        assert_eq!(self.child.wait().expect("it ends").code(), Some(0));
    }
}

impl Drop for Running {
    /// SIGKILL: nothing is finished, nothing is said.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
