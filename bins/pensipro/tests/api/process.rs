//! The program itself: its first start, its secrets, its end.

use std::{
    io::{BufRead, BufReader},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::json;

use crate::support::Client;

struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Program {
    fn start(folder: &Path) -> Self {
        let mut child = command(folder)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let output = BufReader::new(child.stdout.take().expect("its output"));
        Self { child, output }
    }

    /// The next line of its output.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("a line");
        line.trim().to_owned()
    }

    /// Its address, once it listens, and what it said before.
    fn listening(&mut self) -> (Client, Vec<String>) {
        let mut before = Vec::new();
        loop {
            let line = self.line();
            assert!(!line.is_empty(), "it ended after {before:?}");
            if let Some(rest) = line.strip_prefix("PensiPro listens on ") {
                let address = rest.split(' ').next().expect("an address");
                return (Client::new(address.to_owned()), before);
            }
            before.push(line);
        }
    }

    /// Asks it to end, and waits.
    fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().expect("kill is there");
        assert!(asked.success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn command(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pensipro"));
    command
        .env_clear()
        .current_dir(folder)
        .env("PATH", "/usr/bin:/bin")
        .env("PENSIPRO_BIND", "127.0.0.1:0")
        .env("PENSIPRO_BCRYPT_COST", "4");
    command
}

#[test]
fn the_first_start_makes_an_administrator_and_secrets_and_later_ones_keep_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    let (client, before) = program.listening();
    let password = before[0].rsplit(' ').next().unwrap().to_owned();
    let body = json!({"username": "admin", "password": password});
    let tokens = client.post("/auth/login", &body).expect(200);
    for file in ["jwt.secret", "master.key"] {
        let path = folder.path().join("data").join(file);
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert_eq!(program.terminate(), Some(0));

    let mut program = Program::start(folder.path());
    let (client, before) = program.listening();
    assert!(before.is_empty(), "{before:?}");
    let token = tokens["access_token"].as_str().unwrap();
    client.with_token(token).get("/users").expect(200);
    assert_eq!(program.terminate(), Some(0));
}

#[test]
fn a_database_without_its_master_key_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut program = Program::start(folder.path());
    program.listening();
    program.terminate();
    let key = folder.path().join("data/master.key");
    let kept = std::fs::read(&key).unwrap();
    let refused = |reason: &str| {
        let output = command(folder.path()).arg("serve").output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(reason), "{text}");
    };
    std::fs::remove_file(&key).unwrap();
    refused("master key");
    assert!(!key.exists(), "a new key was made");
    std::fs::write(&key, "0".repeat(64)).unwrap();
    refused("master key");
    std::fs::write(&key, kept).unwrap();
    Program::start(folder.path()).listening();
}

#[test]
fn settings_that_cannot_be_taken_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("PENSIPRO_DATABASE_URL", "mysql://localhost/x"),
        ("PENSIPRO_JWT_SECRET", "too short"),
        ("PENSIPRO_MASTER_KEY", "too short"),
        ("PENSIPRO_ADMIN_PASSWORD", "short"),
        ("PENSIPRO_TIMEZONE", "Mars/Olympus"),
        ("PENSIPRO_BIND", "nowhere"),
    ] {
        let output = command(folder.path()).arg("serve").env(name, value).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{name}");
        assert!(text.contains(name) || text.contains(&name.to_lowercase()[9..]), "{name}: {text}");
        assert!(!text.contains("too short\n"), "{text}");
    }
}

#[test]
fn a_file_of_settings_is_read_and_the_environment_comes_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pensipro.toml");
    std::fs::write(&file, "database_url = \"sqlite://from-file.db\"\ndata_dir = \"from-file\"\n")
        .unwrap();
    let output = command(folder.path())
        .args(["--config", "pensipro.toml", "migrate"])
        .env("PENSIPRO_DATA_DIR", "from-environment")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(folder.path().join("from-file.db").exists());
    assert!(folder.path().join("from-environment/master.key").exists());
}

#[test]
fn generated_pages_need_no_database() {
    let folder = tempfile::tempdir().unwrap();
    for (command_name, begin) in
        [("openapi", "{"), ("errors-doc", "# Errors"), ("configuration-doc", "# Configuration")]
    {
        let output = command(folder.path()).arg(command_name).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).starts_with(begin), "{command_name}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
