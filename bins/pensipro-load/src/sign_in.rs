//! Sign-ins: what a storm of wrong ones does to everybody else, and whether time tells who exists.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{ClientError, Connection, Server},
    measure::Seen,
};

/// Threads that hold nothing but a connection.
const SMALL_STACK: usize = 128 * 1024;

/// Sends so many wrong sign-ins at once, and asks two other routes meanwhile: one that needs no
/// database and one that does.
pub(crate) fn storm(server: &Server, tries: usize) -> Result<String, ClientError> {
    let (mut plain, mut stored) = (server.connect()?, server.connect()?);
    let connections: Vec<Connection> =
        (0..tries).map(|_| server.connect()).collect::<Result<_, _>>()?;
    let (is_over, started) = (AtomicBool::new(false), Instant::now());
    thread::scope(|scope| {
        let plain = scope.spawn(|| meanwhile(&mut plain, "/auth/me", &is_over));
        let stored = scope.spawn(|| meanwhile(&mut stored, "/roles?limit=20", &is_over));
        let statuses = all_at_once(connections);
        let took = started.elapsed().as_secs_f64();
        is_over.store(true, Ordering::Relaxed);
        let (plain, stored) = (plain.join().expect("no panic")?, stored.join().expect("no panic")?);
        let statuses = statuses?;
        let count = |status: u16| statuses.iter().filter(|answer| **answer == status).count();
        Ok(format!(
            "login-storm tries={tries} seconds={took:.2} wrong={} too_many={} overloaded={}\n  \
             meanwhile /auth/me {plain}\n  meanwhile /roles {stored}",
            count(401),
            count(429),
            count(503),
        ))
    })
}

/// A wrong sign-in on each connection, and what each was answered.
fn all_at_once(connections: Vec<Connection>) -> Result<Vec<u16>, ClientError> {
    thread::scope(|scope| {
        let tries = connections.into_iter().enumerate().map(|(number, mut connection)| {
            let login = move || wrong(&mut connection, &format!("nobody{number}"));
            thread::Builder::new().stack_size(SMALL_STACK).spawn_scoped(scope, login)
        });
        let tries: Vec<_> = tries.collect::<Result<_, _>>()?;
        tries.into_iter().map(|login| login.join().expect("no panic")).collect()
    })
}

/// Asks a route again and again until the others are done.
fn meanwhile(
    connection: &mut Connection,
    path: &str,
    is_over: &AtomicBool,
) -> Result<Seen, ClientError> {
    let (started, mut latencies) = (Instant::now(), Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let sent = Instant::now();
        connection.send("GET", path, "application/json", b"")?.accept(path)?;
        latencies.push(sent.elapsed());
        thread::sleep(Duration::from_millis(5));
    }
    Ok(Seen::new(latencies, started.elapsed()))
}

/// Tries to sign in as somebody who is not there, with a wrong password, and at a locked account, in
/// turn, so many times each, and prints the median time of each kind.
pub(crate) fn times(server: &Server, tries: usize) -> Result<String, ClientError> {
    let mut connection = server.connect()?;
    // Four wrong passwords in a row lock nobody.
    let usual = (0..tries.div_ceil(4))
        .map(|number| new_user(&mut connection, &format!("usual{number}")))
        .collect::<Result<Vec<_>, _>>()?;
    let locked = new_user(&mut connection, "locked")?;
    for _ in 0..5 {
        wrong(&mut connection, &locked)?;
    }
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for number in 0..tries {
        let names = [&format!("nobody{number}"), &usual[number / 4], &locked];
        for (times, name) in times.iter_mut().zip(names) {
            let sent = Instant::now();
            let status = wrong(&mut connection, name)?;
            if status != 401 {
                return Err(ClientError::Unreadable(format!("{name} was answered with {status}")));
            }
            times.push(sent.elapsed());
        }
    }
    let medians = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e3
    });
    let [unknown, wrong, locked] = medians;
    let spread = medians.iter().copied().fold(f64::MIN, f64::max)
        - medians.iter().copied().fold(f64::MAX, f64::min);
    Ok(format!(
        "login-times tries={tries} unknown={unknown:.1}ms wrong={wrong:.1}ms locked={locked:.1}ms \
         difference={spread:.1}ms"
    ))
}

/// A wrong sign-in, and the status that it is answered with.
fn wrong(connection: &mut Connection, username: &str) -> Result<u16, ClientError> {
    let body = json!({ "username": username, "password": "not-the-password" }).to_string();
    let answer = connection.send("POST", "/auth/login", "application/json", body.as_bytes())?;
    Ok(answer.status)
}

fn new_user(connection: &mut Connection, name: &str) -> Result<String, ClientError> {
    let stamp = std::process::id();
    let username = format!("{name}-{stamp}");
    let body: Value = json!({ "username": username, "email": format!("{username}@example.com"),
        "full_name": name, "password": format!("kata-sandi-{stamp}") });
    connection.json("POST", "/users", Some(&body))?;
    Ok(username)
}
