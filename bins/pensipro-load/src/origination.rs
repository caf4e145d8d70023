//! Origination: drafts entered, handed in with their pre-check, and a brochure's table.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{ClientError, Connection, Server},
    measure::{Load, Seen},
};

/// How many members apply in turn.
const APPLICANTS: usize = 2_000;

/// POST /applications: a draft for one member after another.
pub(crate) fn draft(server: &Server, load: Load) -> Result<String, ClientError> {
    let goods = Goods::of(server)?;
    let seen = load.drive(server, |connection, client, round| {
        enter(connection, &goods, round * load.clients + client).map(drop)
    })?;
    Ok(format!("draft {seen}"))
}

/// POST /applications/{id}/submit: the pre-check and, where it passes, the step to the analyst. The
/// drafts are entered in between and not measured.
pub(crate) fn submit(server: &Server, load: Load) -> Result<String, ClientError> {
    let goods = Goods::of(server)?;
    let started = Instant::now();
    let all = thread::scope(|scope| {
        let clients: Vec<_> = (0..load.clients)
            .map(|client| {
                let goods = &goods;
                scope.spawn(move || hand_in(server, goods, load, client, started))
            })
            .collect();
        let joined = clients.into_iter().map(|client| client.join().expect("no panic"));
        joined.collect::<Result<Vec<_>, _>>()
    })?;
    let passed: usize = all.iter().map(|(passed, _)| passed).sum();
    let latencies = all.into_iter().flat_map(|(_, latencies)| latencies).collect();
    Ok(format!("submit passed={passed} {}", Seen::new(latencies, started.elapsed())))
}

/// GET /loan-products/{id}/brochure of 20 plafons and 15 tenors.
pub(crate) fn brochure(server: &Server, load: Load) -> Result<String, ClientError> {
    let product = Goods::of(server)?.product;
    let plafons: Vec<String> = (1..=20).map(|step| (step * 5_000_000).to_string()).collect();
    let tenors: Vec<String> = (1..=15).map(|step| (6 + step * 6).to_string()).collect();
    let (plafons, tenors) = (plafons.join(","), tenors.join(","));
    let path = format!(
        "/loan-products/{product}/brochure?plafons={plafons}&tenors={tenors}&birth_date=1961-08-17"
    );
    let seen = load.drive(server, |connection, _, _| {
        connection.send("GET", &path, "application/json", b"")?.accept("GET the brochure")
    })?;
    Ok(format!("brochure 20x15 {seen}"))
}

/// Who may apply for what.
struct Goods {
    members: Vec<i64>,
    product: i64,
}

impl Goods {
    fn of(server: &Server) -> Result<Self, ClientError> {
        let mut connection = server.connect()?;
        let products = connection.json("GET", "/loan-products?limit=1", None)?;
        let product = ids(&products).first().copied();
        let product = product.ok_or_else(|| missing("no product"))?;
        let (mut members, mut after) = (Vec::new(), String::new());
        while members.len() < APPLICANTS {
            let path = format!("/members?status=aktif&limit=200{after}");
            let page = connection.json("GET", &path, None)?;
            members.extend(ids(&page));
            match page["next_cursor"].as_str() {
                Some(cursor) => after = format!("&cursor={cursor}"),
                None => break,
            }
        }
        if members.is_empty() { Err(missing("no member")) } else { Ok(Self { members, product }) }
    }
}

fn ids(page: &Value) -> Vec<i64> {
    let rows = page["data"].as_array();
    rows.map(|rows| rows.iter().filter_map(|row| row["id"].as_i64()).collect()).unwrap_or_default()
}

fn missing(what: &str) -> ClientError {
    ClientError::Unreadable(format!("the house holds {what}"))
}

/// Enters the draft of the member whose turn it is.
fn enter(connection: &mut Connection, goods: &Goods, turn: usize) -> Result<i64, ClientError> {
    let member = goods.members[turn % goods.members.len()];
    let body = json!({ "member_id": member, "product_id": goods.product, "plafon": "10000000.00",
        "tenor": 24, "purpose": "Renovasi rumah" });
    let made = connection.json("POST", "/applications", Some(&body))?;
    made["id"].as_i64().ok_or_else(|| missing("an application without an id"))
}

/// How many passed, and how long each took that was handed in.
fn hand_in(
    server: &Server,
    goods: &Goods,
    load: Load,
    client: usize,
    started: Instant,
) -> Result<(usize, Vec<Duration>), ClientError> {
    let mut connection = server.connect()?;
    let (mut passed, mut latencies) = (0, Vec::new());
    while started.elapsed() < load.period {
        let turn = latencies.len() * load.clients + client;
        let path = format!("/applications/{}/submit", enter(&mut connection, goods, turn)?);
        let sent = Instant::now();
        let answer = connection.send("POST", &path, "application/json", b"{}")?;
        latencies.push(sent.elapsed());
        match answer.status {
            200 => passed += 1,
            422 => {}
            _ => answer.accept(&path)?,
        }
    }
    Ok((passed, latencies))
}
