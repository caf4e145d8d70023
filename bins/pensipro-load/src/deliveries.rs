//! Messages go out to a gateway on this machine.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::client::{ClientError, Connection, Server};

/// Members who are written to.
const MEMBERS: usize = 200;

/// How long the last message may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// The keys of messages that came, and how many messages in all.
#[derive(Default)]
struct Came {
    keys: Mutex<(HashSet<String>, usize)>,
    more: Condvar,
}

/// Writes so many text messages to members by lists, and listens at the port as the gateway that the
/// server sends them to, until the last one came.
pub(crate) fn deliver(server: &Server, port: u16, count: usize) -> Result<String, ClientError> {
    let came = Arc::new(Came::default());
    listen(port, &came)?;
    let mut connection = server.connect()?;
    configure(&mut connection, "QUIET_HOURS", "off")?;
    configure(&mut connection, "SMS_PER_MINUTE", "1000000")?;
    let members = reachable(&mut connection)?;
    let started = Instant::now();
    for first in (0..count).step_by(members.len()) {
        let some = &members[..members.len().min(count - first)];
        let notice = json!({ "broadcast": { "member_ids": some }, "channel": "sms",
            "title": "Rapat anggota", "body": "Rapat anggota diadakan pada hari Senin." });
        connection.json("POST", "/notifications", Some(&notice))?;
    }
    let written = started.elapsed();
    let (keys, posts) = wait(&came, count)?;
    let took = started.elapsed();
    Ok(format!(
        "deliver messages={keys} posts={posts} written in {:.2} s, the last came after {:.2} s: {:.0}/s",
        written.as_secs_f64(),
        took.as_secs_f64(),
        keys as f64 / took.as_secs_f64()
    ))
}

fn configure(connection: &mut Connection, key: &str, value: &str) -> Result<(), ClientError> {
    let list = connection.json("GET", "/configurations?limit=200", None)?;
    let rows = list["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let row = rows.iter().find(|row| row["config_key"] == key);
    let row = row.ok_or_else(|| ClientError::Unreadable(format!("there is no {key}")))?;
    let path = format!("/configurations/{}", row["id"]);
    connection.json("PUT", &path, Some(&json!({ "config_value": value }))).map(drop)
}

/// Members with a telephone number.
fn reachable(connection: &mut Connection) -> Result<Vec<i64>, ClientError> {
    let list = connection.json("GET", &format!("/members?limit={MEMBERS}"), None)?;
    let rows = list["data"].as_array().map(Vec::as_slice).unwrap_or_default();
    let ids: Vec<i64> = rows.iter().filter_map(|row| row["id"].as_i64()).collect();
    for (number, id) in ids.iter().enumerate() {
        let contact = json!({ "kind": "phone", "value": format!("0812{number:08}") });
        connection.json("POST", &format!("/members/{id}/contacts"), Some(&contact))?;
    }
    match ids.is_empty() {
        true => Err(ClientError::Unreadable("there is no member".into())),
        false => Ok(ids),
    }
}

fn wait(came: &Came, count: usize) -> Result<(usize, usize), ClientError> {
    let keys = came.keys.lock().unwrap_or_else(PoisonError::into_inner);
    let few = |(keys, _): &mut (HashSet<String>, usize)| keys.len() < count;
    let waited = came.more.wait_timeout_while(keys, PATIENCE, few);
    let (keys, waited) = waited.unwrap_or_else(PoisonError::into_inner);
    match waited.timed_out() {
        true => Err(ClientError::Unreadable(format!("{} of {count} messages came", keys.0.len()))),
        false => Ok((keys.0.len(), keys.1)),
    }
}

/// Listens on threads of its own until the program ends.
fn listen(port: u16, came: &Arc<Came>) -> Result<(), ClientError> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let came = Arc::clone(came);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let came = Arc::clone(&came);
            // A connection that breaks ends alone.
            thread::spawn(move || serve(&stream, &came));
        }
    });
    Ok(())
}

fn serve(stream: &TcpStream, came: &Came) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut length = 0;
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        while line.trim_end() != "" {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or_default();
            }
            line.clear();
            reader.read_line(&mut line)?;
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let message: Value = serde_json::from_slice(&body).unwrap_or_default();
        let mut keys = came.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.0.insert(message["key"].as_str().unwrap_or_default().to_owned());
        keys.1 += 1;
        came.more.notify_all();
        drop(keys);
        (&*stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
}
