//! Shares of loans are given to a funder, and months settled with him.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{ClientError, Connection, Server},
    measure::Load,
    scenario::{all_active_loans, today},
};

/// POST /loans/{id}/allocate-funder: gives a new funder 70 % of every active loan, from its first day.
pub(crate) fn allocate(server: &Server, load: Load) -> Result<String, ClientError> {
    let loans = all_active_loans(server)?;
    let mut connection = server.connect()?;
    let body = json!({ "code": "FUNDER", "name": "Bank Bina Mitra", "kind": "bank" });
    let funder = connection.json("POST", "/funders", Some(&body))?["id"].clone();
    let body = json!({ "number": "PKS-01", "scheme": "participation", "share_pct": "70",
        "sharing": "funder_rate", "funder_rate": "9", "fee_originator_pct": "1",
        "fee_servicing_pct": "2", "valid_from": "2000-01-01", "valid_to": "2099-12-31" });
    connection.json("POST", &format!("/funders/{funder}/contracts"), Some(&body))?;
    let share = json!({ "funder_id": funder, "kind": "participation", "valid_from": "2000-01-01" })
        .to_string();
    let seen = load.drive_through(server, &loans, |connection, loan| {
        let path = format!("/loans/{loan}/allocate-funder");
        connection.send("POST", &path, "application/json", share.as_bytes())?.accept(&path)
    })?;
    Ok(format!("allocate funder={funder} {seen}"))
}

/// POST /funders/{id}/settlements: of the month before, with all that came before it, and, once that is
/// final, of the present month alone.
pub(crate) fn settle(server: &Server, funder: i64) -> Result<String, ClientError> {
    let today = today(server)?;
    let (present, before) = months(&today)?;
    let mut connection = server.connect()?;
    let (took, first) = settled(&mut connection, funder, &before)?;
    let path = format!("/funders/{funder}/settlements/{}", first["id"]);
    connection.json("PUT", &path, Some(&json!({ "status": "final" })))?;
    let (month, second) = settled(&mut connection, funder, &present)?;
    Ok(format!(
        "settle until {before}: lines={} seconds={:.2}; {present} alone: lines={} seconds={:.2}",
        first["lines_total"],
        took.as_secs_f64(),
        second["lines_total"],
        month.as_secs_f64()
    ))
}

/// The month of a day, and the one before it.
fn months(day: &str) -> Result<(String, String), ClientError> {
    let unreadable = || ClientError::Unreadable(format!("{day} is no day"));
    let year: i32 = day.get(..4).and_then(|year| year.parse().ok()).ok_or_else(unreadable)?;
    let month: u32 = day.get(5..7).and_then(|month| month.parse().ok()).ok_or_else(unreadable)?;
    let before = if month == 1 { (year - 1, 12) } else { (year, month - 1) };
    Ok((format!("{year:04}-{month:02}"), format!("{:04}-{:02}", before.0, before.1)))
}

fn settled(
    connection: &mut Connection,
    funder: i64,
    periode: &str,
) -> Result<(Duration, Value), ClientError> {
    let started = Instant::now();
    let body = json!({ "periode": periode, "include_open_month": true });
    let path = format!("/funders/{funder}/settlements");
    let mut settlement = connection.json("POST", &path, Some(&body))?;
    let path = format!("{path}/{}", settlement["id"]);
    while settlement["status"] == "generating" {
        thread::sleep(Duration::from_millis(50));
        settlement = connection.json("GET", &path, None)?;
    }
    Ok((started.elapsed(), settlement))
}
