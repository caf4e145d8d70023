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

/// POST /applications/{id}/submit: the pre-check, which passes, and the step to the analyst. The drafts
/// are entered before and withdrawn after, which is not measured.
pub(crate) fn submit(server: &Server, load: Load) -> Result<String, ClientError> {
    let goods = Goods::passing(server)?;
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
    let latencies = all.into_iter().flatten().collect();
    Ok(format!("submit {}", Seen::new(latencies, started.elapsed())))
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
    /// Small enough for who has a loan already, or the usual.
    plafon: &'static str,
}

impl Goods {
    fn of(server: &Server) -> Result<Self, ClientError> {
        let mut connection = server.connect()?;
        let products = connection.json("GET", "/loan-products?limit=1", None)?;
        let product = numbers(&products, "id").first().copied();
        let product = product.ok_or_else(|| missing("no product"))?;
        let members = applicants(&mut connection, "/members?status=aktif", "id")?;
        Ok(Self { members, product, plafon: "10000000.00" })
    }

    /// Members with papers, all of whom have a loan, and a product for which that is no obstacle.
    fn passing(server: &Server) -> Result<Self, ClientError> {
        let mut connection = server.connect()?;
        let body = json!({ "code": "LOAD", "name": "Ukur", "plafon_min": "1000000",
            "plafon_max": "10000000", "tenor_min": 6, "tenor_max": 60, "interest_rate": "6",
            "method": "anuitas", "dsr_limit": "100", "umur_maksimal": 120, "due_day": 1,
            "max_active_loans": 10 });
        let made = connection.json("POST", "/loan-products", Some(&body))?;
        let product = made["id"].as_i64().ok_or_else(|| missing("a product without an id"))?;
        let members = applicants(&mut connection, "/loans?status=active", "member_id")?;
        Ok(Self { members, product, plafon: "1000000.00" })
    }
}

/// The first members that a list names.
fn applicants(
    connection: &mut Connection,
    list: &str,
    field: &str,
) -> Result<Vec<i64>, ClientError> {
    let (mut members, mut after) = (Vec::new(), String::new());
    while members.len() < APPLICANTS {
        let page = connection.json("GET", &format!("{list}&limit=200{after}"), None)?;
        members.extend(numbers(&page, field));
        match page["next_cursor"].as_str() {
            Some(cursor) => after = format!("&cursor={cursor}"),
            None => break,
        }
    }
    if members.is_empty() { Err(missing("no member")) } else { Ok(members) }
}

fn numbers(page: &Value, field: &str) -> Vec<i64> {
    let rows = page["data"].as_array();
    rows.map(|rows| rows.iter().filter_map(|row| row[field].as_i64()).collect()).unwrap_or_default()
}

fn missing(what: &str) -> ClientError {
    ClientError::Unreadable(format!("the house holds {what}"))
}

/// Enters the draft of the member whose turn it is.
fn enter(connection: &mut Connection, goods: &Goods, turn: usize) -> Result<i64, ClientError> {
    let member = goods.members[turn % goods.members.len()];
    let body = json!({ "member_id": member, "product_id": goods.product, "plafon": goods.plafon,
        "tenor": 24, "purpose": "Renovasi rumah" });
    let made = connection.json("POST", "/applications", Some(&body))?;
    made["id"].as_i64().ok_or_else(|| missing("an application without an id"))
}

/// How long each took that was handed in.
fn hand_in(
    server: &Server,
    goods: &Goods,
    load: Load,
    client: usize,
    started: Instant,
) -> Result<Vec<Duration>, ClientError> {
    let mut connection = server.connect()?;
    let mut latencies = Vec::new();
    while started.elapsed() < load.period {
        let turn = latencies.len() * load.clients + client;
        let application = format!("/applications/{}", enter(&mut connection, goods, turn)?);
        let path = format!("{application}/submit");
        let sent = Instant::now();
        let answer = connection.send("POST", &path, "application/json", b"{}")?;
        latencies.push(sent.elapsed());
        answer.accept(&path)?;
        let reason = json!({ "reason": "diukur" }).to_string();
        let path = format!("{application}/cancel");
        connection.send("POST", &path, "application/json", reason.as_bytes())?.accept(&path)?;
    }
    Ok(latencies)
}
