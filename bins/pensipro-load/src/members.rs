//! Members: found, searched for, listed, registered and taken from a spreadsheet.

use std::{
    fmt::Write,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{ClientError, Connection, Server},
    measure::Load,
};

/// How many members are looked up in turn.
const SAMPLE: i64 = 2_000;

/// What is searched for: common first names and families, parts of them, several words, and names
/// that nobody has.
const SOUGHT: &[&str] = &[
    "siti",
    "santoso",
    "siti santoso",
    "budi wibowo",
    "antos",
    "si san",
    "lumban",
    "wah",
    "joko nugroho",
    "ni'mah",
    "ketut tarigan",
    "zxyq",
    "siti zxyq",
    "rahmawati yuliana",
];

/// Pages as desks ask for them.
const PAGES: &[&str] = &[
    "/members",
    "/members?limit=200",
    "/members?sort=name",
    "/members?branch_id=1",
    "/members?payer=ASABRI&sort=-name",
    "/members?sales_id=1&sort=created_at",
    "/members?pay_office=KANTOR%20POS%20MEDAN%2007",
    "/members?status=nonaktif",
];

/// GET /members?nik= and ?no_pensiun=, in turn.
pub(crate) fn lookup(server: &Server, load: Load) -> Result<String, ClientError> {
    let paths = identities(server)?;
    let seen = load.drive(server, |connection, client, round| {
        let path = &paths[(round * load.clients + client) % paths.len()];
        connection.send("GET", path, "application/json", b"")?.accept(path)
    })?;
    Ok(format!("member-lookup {seen}"))
}

/// GET /members?q=, each search by itself: one slow among quick ones would hide.
pub(crate) fn search(server: &Server, load: Load) -> Result<String, ClientError> {
    let mut report = String::new();
    let share = Load { period: load.period / u32::try_from(SOUGHT.len()).unwrap_or(1), ..load };
    for text in SOUGHT {
        let path = format!("/members?q={}", text.replace(' ', "%20"));
        let seen = drive_one(server, share, &path)?;
        let _ = writeln!(report, "member-search {text:?} {seen}");
    }
    Ok(report.trim_end().to_owned())
}

/// First pages of [`PAGES`], and a walk through the whole list.
pub(crate) fn list(server: &Server, load: Load) -> Result<String, ClientError> {
    let mut report = String::new();
    let share = Load { period: load.period / u32::try_from(PAGES.len() + 1).unwrap_or(1), ..load };
    for path in PAGES {
        let _ = writeln!(report, "member-list {path} {}", drive_one(server, share, path)?);
    }
    // Pages far inside, whose cursors are found first.
    let paths = walk(&mut server.connect()?, 500)?;
    let seen = share.drive(server, |connection, client, round| {
        let path = &paths[(round * share.clients + client) % paths.len()];
        connection.send("GET", path, "application/json", b"")?.accept(path)
    })?;
    let _ = write!(report, "member-list page after page {seen}");
    Ok(report)
}

fn drive_one(server: &Server, load: Load, path: &str) -> Result<crate::measure::Seen, ClientError> {
    load.drive(server, |connection, _, _| {
        connection.send("GET", path, "application/json", b"")?.accept(path)
    })
}

/// POST /members, each of somebody new.
pub(crate) fn register(server: &Server, load: Load) -> Result<String, ClientError> {
    let seen = load.drive(server, |connection, client, round| {
        let number = (round * load.clients + client) as u64;
        let body = newcomer(number).to_string();
        let answer = connection.send("POST", "/members", "application/json", body.as_bytes())?;
        answer.accept("POST /members")
    })?;
    Ok(format!("member-register {seen}"))
}

/// POST /members/import of so many new people, from the first byte sent until it is done.
pub(crate) fn import(server: &Server, rows: u64) -> Result<String, ClientError> {
    let sheet = sheet(rows);
    let mut connection = server.connect()?;
    let started = Instant::now();
    let mut intake = connection.upload("/members/import", &[], sheet.as_bytes())?;
    let path = format!("/members/import/{}", intake["id"]);
    while intake["status"] == "processing" {
        thread::sleep(Duration::from_millis(100));
        intake = connection.json("GET", &path, None)?;
    }
    Ok(format!(
        "member-import rows={rows} seconds={:.2} registered={} refused={}",
        started.elapsed().as_secs_f64(),
        intake["registered"],
        intake["refused"]
    ))
}

/// Paths that look up members spread over all of them.
fn identities(server: &Server) -> Result<Vec<String>, ClientError> {
    let mut connection = server.connect()?;
    let newest = connection.json("GET", "/members?limit=1", None)?["data"][0]["id"].as_i64();
    let newest = newest.unwrap_or_default();
    let mut paths = Vec::new();
    for id in (1..=newest).step_by(usize::try_from((newest / SAMPLE).max(1)).unwrap_or(1)) {
        let member = connection.json("GET", &format!("/members/{id}"), None)?;
        for field in ["nik", "no_pensiun"] {
            let value = member[field].as_str().unwrap_or_default();
            paths.push(format!("/members?{field}={value}"));
        }
    }
    if paths.is_empty() {
        return Err(ClientError::Unreadable("there are no members".into()));
    }
    Ok(paths)
}

/// The paths of so many pages, one after the other.
fn walk(connection: &mut Connection, pages: usize) -> Result<Vec<String>, ClientError> {
    let mut paths = vec!["/members?limit=200".to_owned()];
    while paths.len() < pages {
        let path = paths.last().map_or("", String::as_str);
        match connection.json("GET", path, None)?["next_cursor"].as_str() {
            Some(cursor) => paths.push(format!("/members?limit=200&cursor={cursor}")),
            None => break,
        }
    }
    Ok(paths)
}

/// What tells the people of one run from those of another.
fn run() -> u64 {
    u64::from(std::process::id())
}

/// A NIK that no other number of this run has: district, day, month, year, serial.
fn nik(number: u64) -> String {
    let number = run().wrapping_mul(5_000_000) + number;
    let (serial, rest) = (number % 9_999 + 1, number / 9_999);
    let (day, rest) = (rest % 28 + 1, rest / 28);
    let (month, rest) = (rest % 12 + 1, rest / 12);
    let (year, district) = (rest % 9 + 58, rest / 9 % 9_000 + 1_000);
    format!("11{district:04}{day:02}{month:02}{year:02}{serial:04}")
}

/// The day of birth that a NIK states.
fn birth_date(nik: &str) -> String {
    format!("19{}-{}-{}", &nik[10..12], &nik[8..10], &nik[6..8])
}

fn newcomer(number: u64) -> Value {
    let nik = nik(number);
    json!({
        "nik": nik, "no_pensiun": format!("{}{number:012}", run()), "name": format!("Pensiunan {number}"),
        "birth_place": "Bandung", "birth_date": birth_date(&nik), "sex": "L",
        "address": "Jl. Melati 1", "payer": "TASPEN", "pay_office": "KANTOR POS BANDUNG",
        "monthly_benefit": "4500000.00",
    })
}

fn sheet(rows: u64) -> String {
    let mut sheet = String::from(
        "nik;no_pensiun;nama;tempat_lahir;tgl_lahir;jk;alamat;pembayar;gaji_pensiun\n",
    );
    for number in 0..rows {
        // Beyond what a run of single registrations takes.
        let (nik, number) = (nik(number + 2_000_000), number + 2_000_000);
        let _ = writeln!(
            sheet,
            "'{nik};{}{number:012};Pensiunan {number};Bandung;{};L;Jl. Melati 1;TASPEN;4500000",
            run(),
            birth_date(&nik)
        );
    }
    sheet
}
