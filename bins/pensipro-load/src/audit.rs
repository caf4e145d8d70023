//! The audit trail: how fast it is sealed, and how fast it is looked through.

use std::{
    fmt::Write as _,
    thread,
    time::{Duration, Instant},
};

use crate::{
    client::{ClientError, Server},
    measure::Load,
};

/// How often the figures are looked at.
const LOOK: Duration = Duration::from_millis(200);

const SEALED: &str = "pensipro_audit_rows_sealed_total ";

/// Waits until the server has sealed so many rows since it started.
pub(crate) fn sealed(server: &Server, rows: u64) -> Result<String, ClientError> {
    let mut connection = server.connect()?;
    let started = Instant::now();
    let (mut first, mut last) = (None, 0);
    while last < rows {
        let page = connection.send("GET", "/metrics", "text/plain", b"")?.text();
        let count = page.lines().find_map(|line| line.strip_prefix(SEALED)?.trim().parse().ok());
        last = count.ok_or_else(|| ClientError::Unreadable(format!("no {SEALED}")))?;
        first.get_or_insert((last, started.elapsed()));
        thread::sleep(LOOK);
    }
    // The first look came after the sealer had begun: what it saw is not counted.
    let (seen, at) = first.unwrap_or_default();
    let seconds = (started.elapsed() - at).as_secs_f64();
    let rate = last.saturating_sub(seen) as f64 / seconds.max(0.001);
    Ok(format!("audit-seal rows={} seconds={seconds:.2} rate={rate:.0}/s", last - seen))
}

/// GET /logs/audit-trails: of a thing, spread over all things, and by each other filter.
pub(crate) fn list(server: &Server, load: Load, things: u64) -> Result<String, ClientError> {
    let share = Load { period: load.period / 4, ..load };
    let mut report = String::new();
    let seen = share.drive(server, |connection, client, round| {
        let place = (round * load.clients + client) as u64 * 7_919;
        let thing = place % things.max(1) + 1;
        let path = format!("/logs/audit-trails?ref_table=loans&ref_id={thing}");
        connection.send("GET", &path, "application/json", b"")?.accept(&path)
    })?;
    let _ = writeln!(report, "audit-list of a thing {seen}");
    for path in ["?limit=50", "?action=loan.pay&limit=50", "?actor_id=1&limit=50"] {
        let path = format!("/logs/audit-trails{path}");
        let seen = share.drive(server, |connection, _, _| {
            connection.send("GET", &path, "application/json", b"")?.accept(&path)
        })?;
        let _ = writeln!(report, "audit-list {path} {seen}");
    }
    Ok(report.trim_end().to_owned())
}
