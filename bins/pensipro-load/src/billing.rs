//! A month's pension cuts: the export, and the payer's answer.

use std::{
    fmt, fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{ClientError, Connection, Server},
    measure::Seen,
    scenario::{active_loans, pay, today},
};

/// How long who waits for a job rests between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// Uploads a realisation file of every line of an export, and pays at the counter until it is done.
pub(crate) fn import(server: &Server, periode: &str, payer: &str) -> Result<String, ClientError> {
    let mut connection = server.connect()?;
    let export = exported(&mut connection, periode, payer)?;
    let file = file_of(&mut connection, &export)?;
    let loans = active_loans(server)?;
    let today = today(server)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let counter = scope.spawn(|| {
            meanwhile(server, &done, |connection, round| {
                pay(connection, loans[round % loans.len()], &today)
            })
        });
        let uploaded = upload(&mut connection, &file, periode, payer);
        done.store(true, Ordering::Relaxed);
        let meanwhile = counter.join().expect("the counter does not panic")?;
        let (took, import) = uploaded?;
        Ok(format!(
            "import lines={} seconds={:.2} summary={} meanwhile: {meanwhile}",
            import["lines"],
            took.as_secs_f64(),
            import["summary"]
        ))
    })
}

/// A month of both payers, out and back: the export, its file, and the import of the file as the
/// payers' answer that everything was cut, while loans are read beside it. The second answers without our
/// references, by pension numbers alone.
pub(crate) fn cuts(server: &Server, periode: &str) -> Result<String, ClientError> {
    let loans = active_loans(server)?;
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            meanwhile(server, &done, |connection, round| {
                let path = format!("/loans/{}", loans[round % loans.len()]);
                connection.send("GET", &path, "application/json", b"")?.accept(&path)
            })
        });
        let payers = [("TASPEN", Answer::AsBilled), ("ASABRI", Answer::WithoutReferences)];
        let cut = payers.map(|(payer, answer)| cut(server, periode, payer, answer));
        done.store(true, Ordering::Relaxed);
        let read = reader.join().expect("the reader does not panic")?;
        let cut = cut.into_iter().collect::<Result<Vec<Cut>, ClientError>>()?;
        let each: Vec<String> = cut.iter().map(Cut::to_string).collect();
        let whole = cut.into_iter().reduce(Cut::and).map(|cut| cut.to_string());
        let (each, whole) = (each.join("; "), whole.unwrap_or_default());
        Ok(format!("cuts {periode} {whole} ({each}), reads meanwhile: {read}"))
    })
}

/// Exports a month of a payer and saves the file.
pub(crate) fn export(
    server: &Server,
    periode: &str,
    payer: &str,
    path: &str,
) -> Result<String, ClientError> {
    let mut connection = server.connect()?;
    let export = exported(&mut connection, periode, payer)?;
    fs::write(path, file_of(&mut connection, &export)?)?;
    Ok(format!("export {periode} {payer} lines={}", export["lines"]))
}

/// What became of a payer's cuts, and how long it took.
struct Cut {
    lines: u64,
    exported: Duration,
    written: Duration,
    imported: Duration,
}

impl Cut {
    fn and(self, other: Self) -> Self {
        Self {
            lines: self.lines + other.lines,
            exported: self.exported + other.exported,
            written: self.written + other.written,
            imported: self.imported + other.imported,
        }
    }
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lines, exported, written, imported } = self;
        let seconds = [exported, written, imported].map(Duration::as_secs_f64);
        let [exported, written, imported] = seconds;
        write!(f, "lines={lines} export={exported:.2}s file={written:.2}s import={imported:.2}s")
    }
}

/// How a payer answers.
#[derive(Clone, Copy)]
enum Answer {
    /// With the file that it got.
    AsBilled,
    /// With the same lines, less our references.
    WithoutReferences,
}

fn cut(server: &Server, periode: &str, payer: &str, answer: Answer) -> Result<Cut, ClientError> {
    let mut connection = server.connect()?;
    let started = Instant::now();
    let export = exported(&mut connection, periode, payer)?;
    let exported = started.elapsed();
    let file = file_of(&mut connection, &export)?;
    let written = started.elapsed() - exported;
    let file = match answer {
        Answer::AsBilled => file,
        Answer::WithoutReferences => without_references(&file),
    };
    let (imported, import) = upload(&mut connection, &file, periode, payer)?;
    let lines = import["lines"].as_u64().unwrap_or_default();
    Ok(Cut { lines, exported, written, imported })
}

/// The lines less their first column, which holds our reference.
fn without_references(file: &[u8]) -> Vec<u8> {
    let mut left = Vec::with_capacity(file.len());
    for line in file.split_inclusive(|byte| *byte == b'\n') {
        let rest = line.iter().position(|byte| *byte == b';').map_or(0, |at| at + 1);
        left.extend_from_slice(&line[rest..]);
    }
    left
}

/// Sends a request every ten milliseconds until the work beside it is done.
fn meanwhile<F>(server: &Server, done: &AtomicBool, request: F) -> Result<Seen, ClientError>
where
    F: Fn(&mut Connection, usize) -> Result<(), ClientError>,
{
    let mut connection = server.connect()?;
    let started = Instant::now();
    let mut latencies = Vec::new();
    while !done.load(Ordering::Relaxed) {
        let sent = Instant::now();
        request(&mut connection, latencies.len())?;
        latencies.push(sent.elapsed());
        thread::sleep(Duration::from_millis(10));
    }
    Ok(Seen::new(latencies, started.elapsed()))
}

/// An export, once its last chunk is written.
fn exported(connection: &mut Connection, periode: &str, payer: &str) -> Result<Value, ClientError> {
    let request = json!({ "periode": periode, "payer": payer });
    let mut export = connection.json("POST", "/billing/export", Some(&request))?;
    let path = format!("/billing/export/{}", export["id"]);
    while export["status"] == "generating" {
        thread::sleep(LOOK_AGAIN);
        export = connection.json("GET", &path, None)?;
    }
    Ok(export)
}

fn file_of(connection: &mut Connection, export: &Value) -> Result<Vec<u8>, ClientError> {
    let path = format!("/billing/export/{}/file", export["id"]);
    let answer = connection.send("GET", &path, "application/json", b"")?;
    answer.accept(&path)?;
    Ok(answer.body)
}

/// Uploads the file and waits until the import is done; the time runs from the first byte sent.
fn upload(
    connection: &mut Connection,
    export: &[u8],
    periode: &str,
    payer: &str,
) -> Result<(Duration, Value), ClientError> {
    let started = Instant::now();
    let fields = [("payer", payer), ("periode", periode)];
    let mut import = connection.upload("/billing/import", &fields, export)?;
    let path = format!("/billing/import/{}", import["id"]);
    while import["status"] == "processing" {
        thread::sleep(LOOK_AGAIN);
        import = connection.json("GET", &path, None)?;
    }
    Ok((started.elapsed(), import))
}
