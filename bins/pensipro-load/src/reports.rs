//! Reports over the whole portfolio: as it stands now, and of a month that is closed.

use std::{fmt::Write as _, time::Instant};

use crate::{
    client::{ClientError, Connection, Server},
    measure::Seen,
};

/// How often each is asked for.
const LIVE: usize = 5;
const CLOSED: usize = 200;

/// GET /reports/aging and /reports/loan-quality, whole and by every group, live and of the closed month.
pub(crate) fn read(server: &Server, closed: &str) -> Result<String, ClientError> {
    let mut connection = server.connect()?;
    let mut report = String::new();
    let groups = ["branch", "payer", "product", "funder", "sales"];
    let mut live = Vec::new();
    for report in ["/reports/aging", "/reports/loan-quality"] {
        live.push(report.to_owned());
        live.extend(groups.map(|group| format!("{report}?group_by={group}")));
    }
    for path in &live {
        let _ = writeln!(report, "report {path} {}", ask(&mut connection, path, LIVE)?);
    }
    for path in &live {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("{path}{mark}periode={closed}");
        let _ = writeln!(report, "report {path} {}", ask(&mut connection, &path, CLOSED)?);
    }
    Ok(report.trim_end().to_owned())
}

fn ask(connection: &mut Connection, path: &str, times: usize) -> Result<Seen, ClientError> {
    let started = Instant::now();
    let mut latencies = Vec::with_capacity(times);
    for _ in 0..times {
        let sent = Instant::now();
        connection.send("GET", path, "application/json", b"")?.accept(path)?;
        latencies.push(sent.elapsed());
    }
    Ok(Seen::new(latencies, started.elapsed()))
}
