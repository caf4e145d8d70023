//! The program is killed, or told to stop, in the middle of an import, and goes on where it was.

use std::{fmt::Write, path::Path};

use pensipro_persistence::testing::{TestDatabase, backends};
use serde_json::{Value, json};

use super::{
    desk::{Billed, assert_balanced, billed, plain, until},
    seed::lend,
};
use crate::support::{Client, running::Running};

const LOANS: u32 = 60;
const LINES: usize = 60_000;

#[test]
fn a_server_that_is_killed_or_stopped_leaves_whole_chunks_and_a_restart_pays_each_line_once() {
    for backend in backends() {
        eprintln!("on {backend:?}");
        let database = TestDatabase::new(backend);
        let folder = tempfile::tempdir().unwrap();
        lend(database.store(), "TASPEN", 1, LOANS);
        let running = Running::start(&database, folder.path());
        let lines = bill(&running.client);
        let fields = [("payer", "TASPEN"), ("periode", "2026-07")];
        let headers = [("Prefer", "respond-async")];
        let file = file(&lines);
        let uploaded =
            running.client.upload("/billing/import", &headers, &fields, ("r.csv", file.as_bytes()));
        let id = uploaded.expect(202)["id"].clone();

        let first = progress(&running, &id, 0);
        drop(running);
        assert_whole_chunks(&database, first);
        assert_sealed(folder.path(), &lines);
        let running = Running::start(&database, folder.path());
        let second = progress(&running, &id, first);
        running.terminate();
        assert_whole_chunks(&database, second);
        let running = Running::start(&database, folder.path());
        let done = until("the import's end", || {
            let import = import_of(&running, &id);
            (import["status"] == "done").then_some(import)
        });
        assert_paid_once(&database, &done);
        until("the spool's end", || spooled(folder.path()).is_empty().then_some(()));
    }
}

fn bill(client: &Client) -> Vec<Billed> {
    let body = json!({"periode": "2026-07", "payer": "TASPEN"});
    let export = client.post("/billing/export", &body).expect(201);
    let lines = billed(&client.get(&format!("/billing/export/{}/file", export["id"])).text());
    assert_eq!(lines.len(), usize::try_from(LOANS).unwrap());
    lines
}

/// The loans' lines spread over the whole file, between lines of nobody's.
fn file(lines: &[Billed]) -> String {
    let step = LINES / lines.len();
    let mut file = String::from("reference;no_pensiun;amount\n");
    for at in 0..LINES {
        let written = match lines.get(at / step) {
            Some(line) if at % step == 0 => {
                writeln!(file, "{};;{}", line.reference, plain(line.sen))
            }
            _ => writeln!(file, ";99{at:013};1000.00"),
        };
        written.expect("a String takes it");
    }
    file
}

fn import_of(running: &Running, id: &Value) -> Value {
    running.client.get(&format!("/billing/import/{id}")).expect(200)
}

/// Waits until the import came farther than this, and is not done; gives how far.
fn progress(running: &Running, id: &Value, so_far: u64) -> u64 {
    until("progress", || {
        let import = import_of(running, id);
        assert_eq!(import["status"], "processing", "it was done before it could be stopped");
        import["lines_done"].as_u64().filter(|done| *done > so_far)
    })
}

/// The bytes of the files in the spool.
fn spooled(folder: &Path) -> Vec<Vec<u8>> {
    let entries = |folder: &Path| -> Vec<_> {
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let shelves = entries(&folder.join("files/spool"));
    shelves
        .iter()
        .flat_map(|shelf| entries(shelf))
        .map(|file| std::fs::read(file).unwrap())
        .collect()
}

/// What waits is encrypted.
fn assert_sealed(folder: &Path, lines: &[Billed]) {
    let files = spooled(folder);
    assert_eq!(files.len(), 1);
    let reference = lines[0].reference.as_bytes();
    assert!(!files[0].windows(reference.len()).any(|bytes| bytes == reference));
}

/// What is stored is what the checkpoint says, to the line, and no less than was seen.
fn assert_whole_chunks(database: &TestDatabase, seen: u64) {
    let one = |sql: &str| -> u64 { database.texts(sql)[0].parse().expect("a number") };
    let done = one("SELECT CAST(lines_done AS TEXT) AS text FROM pension_cut_imports");
    assert!(done >= seen && done < LINES as u64, "{done} of {LINES}");
    assert_eq!(one("SELECT CAST(COUNT(*) AS TEXT) AS text FROM pension_cut_import_lines"), done);
    let last = one("SELECT CAST(MAX(line_no) AS TEXT) AS text FROM pension_cut_import_lines");
    assert_eq!(last, done + 1, "the header is the first line");
    let paid = one("SELECT CAST(COUNT(*) AS TEXT) AS text FROM loan_payments");
    let step = (LINES / LOANS as usize) as u64;
    assert_eq!(paid, done.div_ceil(step), "a payment for each line that pays");
}

fn assert_paid_once(database: &TestDatabase, done: &Value) {
    assert_balanced(done);
    assert_eq!(done["lines_done"], LINES);
    assert_eq!(done["summary"]["matched"]["count"], LOANS);
    assert_eq!(done["summary"]["unmatched"]["count"], LINES as u64 - u64::from(LOANS));
    let payments = database.texts(
        "SELECT CAST(loan_id AS TEXT) || ' ' || CAST(COUNT(*) AS TEXT) AS text FROM loan_payments \
         GROUP BY loan_id",
    );
    assert_eq!(payments.len(), LOANS as usize);
    assert!(payments.iter().all(|loan| loan.ends_with(" 1")), "{payments:?}");
}
