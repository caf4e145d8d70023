//! What is measured.

use serde_json::{Value, json};

use crate::{
    client::{ClientError, Connection, Server},
    measure::Load,
};

/// How many loans a scenario cycles through at the most.
const LOANS: usize = 20_000;

/// GET /auth/me: the cost of the server itself.
pub(crate) fn empty(server: &Server, load: Load) -> Result<String, ClientError> {
    let seen = load.drive(server, |connection, _, _| {
        connection.send("GET", "/auth/me", "application/json", b"")?.accept("GET /auth/me")
    })?;
    Ok(format!("empty {seen}"))
}

/// GET /loans/{id}, spread over all active loans.
pub(crate) fn loan(server: &Server, load: Load) -> Result<String, ClientError> {
    let loans = active_loans(server)?;
    let seen = load.drive(server, |connection, client, round| {
        let path = format!("/loans/{}", spread(&loans, client, round, load.clients));
        connection.send("GET", &path, "application/json", b"")?.accept(&path)
    })?;
    Ok(format!("loan {seen}"))
}

/// How old the payments are that come late, and the loans they are made on at least.
const YEARS_LATE: i32 = 10;

/// GET /loans/{id} of the loans with the longest history.
pub(crate) fn old_loan(server: &Server, load: Load) -> Result<String, ClientError> {
    let (loans, _) = old_loans(server)?;
    let seen = load.drive(server, |connection, client, round| {
        let path = format!("/loans/{}", spread(&loans, client, round, load.clients));
        connection.send("GET", &path, "application/json", b"")?.accept(&path)
    })?;
    Ok(format!("old-loan loans={} {seen}", loans.len()))
}

/// POST /loans/{id}/payments of one rupiah in cash, dated ten years back, on loans that were owed then
/// and are now. Their histories grow with it: measure for a short time.
pub(crate) fn backdated(server: &Server, load: Load) -> Result<String, ClientError> {
    let (loans, paid_on) = old_loans(server)?;
    let seen = load.drive(server, |connection, client, round| {
        pay(connection, spread(&loans, client, round, load.clients), &paid_on)
    })?;
    Ok(format!("backdated loans={} paid_on={paid_on} {seen}", loans.len()))
}

/// Active loans that were paid out ten years ago or earlier, and that day.
fn old_loans(server: &Server) -> Result<(Vec<i64>, String), ClientError> {
    let today = today(server)?;
    let (year, day) = today.split_at(4);
    let year: i32 = year.parse().unwrap_or_default();
    // The 29th of February is in few years.
    let then = format!("{}{}", year - YEARS_LATE, day.replace("-02-29", "-02-28"));
    let path = "/loans?status=active&limit=200";
    let page = server.connect()?.json("GET", path, None)?;
    let is_old = |row: &&Value| row["disbursed_on"].as_str().is_some_and(|on| on < then.as_str());
    let rows = page["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<i64> = rows.iter().filter(is_old).filter_map(|row| row["id"].as_i64()).collect();
    match ids.is_empty() {
        true => Err(ClientError::Unreadable(format!("no active loan was paid out by {then}"))),
        false => Ok((ids, then)),
    }
}

/// POST /loans/{id}/payments, each of one rupiah in cash.
pub(crate) fn payment(server: &Server, load: Load) -> Result<String, ClientError> {
    let loans = active_loans(server)?;
    let today = today(server)?;
    let seen = load.drive(server, |connection, client, round| {
        pay(connection, spread(&loans, client, round, load.clients), &today)
    })?;
    Ok(format!("payment {seen}"))
}

fn spread(loans: &[i64], client: usize, round: usize, clients: usize) -> i64 {
    loans[(round * clients + client) % loans.len()]
}

/// A payment of one rupiah in cash.
pub(crate) fn pay(connection: &mut Connection, loan: i64, today: &str) -> Result<(), ClientError> {
    let path = format!("/loans/{loan}/payments");
    let body = json!({ "paid_on": today, "amount": "1.00", "channel": "tunai" }).to_string();
    connection.send("POST", &path, "application/json", body.as_bytes())?.accept(&path)
}

/// The server's business day, from the settled fields of any loan.
pub(crate) fn today(server: &Server) -> Result<String, ClientError> {
    let path = format!("/loans/{}/outstanding", active_loans_page(server, None)?.0[0]);
    let outstanding = server.connect()?.json("GET", &path, None)?;
    Ok(outstanding["date"].as_str().unwrap_or_default().to_owned())
}

/// As many as a scenario cycles through.
pub(crate) fn active_loans(server: &Server) -> Result<Vec<i64>, ClientError> {
    some_active_loans(server, LOANS)
}

/// However many there are.
pub(crate) fn all_active_loans(server: &Server) -> Result<Vec<i64>, ClientError> {
    some_active_loans(server, usize::MAX)
}

fn some_active_loans(server: &Server, most: usize) -> Result<Vec<i64>, ClientError> {
    let (mut loans, mut cursor) = active_loans_page(server, None)?;
    while let Some(next) = cursor
        && loans.len() < most
    {
        let (more, after) = active_loans_page(server, Some(&next))?;
        loans.extend(more);
        cursor = after;
    }
    Ok(loans)
}

fn active_loans_page(
    server: &Server,
    cursor: Option<&str>,
) -> Result<(Vec<i64>, Option<String>), ClientError> {
    let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    let path = format!("/loans?status=active&limit=200{after}");
    let page = server.connect()?.json("GET", &path, None)?;
    let ids: Vec<i64> = page["data"]
        .as_array()
        .map(|rows| rows.iter().filter_map(|row| row["id"].as_i64()).collect())
        .unwrap_or_default();
    if ids.is_empty() && cursor.is_none() {
        return Err(ClientError::Unreadable("the portfolio holds no active loan".into()));
    }
    Ok((ids, page["next_cursor"].as_str().map(str::to_owned)))
}
