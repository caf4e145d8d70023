//! Several clients in a closed loop, and what they saw.

use std::{
    fmt, thread,
    time::{Duration, Instant},
};

use crate::client::{ClientError, Connection, Server};

/// How hard to drive.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) clients: usize,
    pub(crate) period: Duration,
}

/// What the clients saw.
pub(crate) struct Seen {
    latencies: Vec<Duration>,
    took: Duration,
}

impl Load {
    /// Lets every client repeat `request(connection, client, round)` until the period is over.
    pub(crate) fn drive<F>(self, server: &Server, request: F) -> Result<Seen, ClientError>
    where
        F: Fn(&mut Connection, usize, usize) -> Result<(), ClientError> + Sync,
    {
        let started = Instant::now();
        let all = thread::scope(|scope| {
            let clients: Vec<_> = (0..self.clients)
                .map(|client| {
                    let request = &request;
                    scope.spawn(move || self.repeat(server, client, started, request))
                })
                .collect();
            clients
                .into_iter()
                .map(|client| client.join().expect("a client thread does not panic"))
                .collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Seen::new(all.into_iter().flatten().collect(), started.elapsed()))
    }

    /// Sends `request(connection, thing)` once for each of the things, whatever the period.
    pub(crate) fn drive_through<F>(
        self,
        server: &Server,
        things: &[i64],
        request: F,
    ) -> Result<Seen, ClientError>
    where
        F: Fn(&mut Connection, i64) -> Result<(), ClientError> + Sync,
    {
        let started = Instant::now();
        let send = |things: &[i64]| -> Result<Vec<Duration>, ClientError> {
            let mut connection = server.connect()?;
            let mut latencies = Vec::with_capacity(things.len());
            for thing in things {
                let sent = Instant::now();
                request(&mut connection, *thing)?;
                latencies.push(sent.elapsed());
            }
            Ok(latencies)
        };
        let share = things.len().div_ceil(self.clients).max(1);
        let all = thread::scope(|scope| {
            let send = &send;
            let clients: Vec<_> =
                things.chunks(share).map(|things| scope.spawn(move || send(things))).collect();
            clients
                .into_iter()
                .map(|client| client.join().expect("a client thread does not panic"))
                .collect::<Result<Vec<_>, _>>()
        })?;
        Ok(Seen::new(all.into_iter().flatten().collect(), started.elapsed()))
    }

    fn repeat<F>(
        self,
        server: &Server,
        client: usize,
        started: Instant,
        request: &F,
    ) -> Result<Vec<Duration>, ClientError>
    where
        F: Fn(&mut Connection, usize, usize) -> Result<(), ClientError>,
    {
        let mut connection = server.connect()?;
        let mut latencies = Vec::new();
        while started.elapsed() < self.period {
            let sent = Instant::now();
            request(&mut connection, client, latencies.len())?;
            latencies.push(sent.elapsed());
        }
        Ok(latencies)
    }
}

impl Seen {
    pub(crate) fn new(mut latencies: Vec<Duration>, took: Duration) -> Self {
        latencies.sort_unstable();
        Self { latencies, took }
    }

    fn quantile(&self, per_mille: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * per_mille / 1000).copied().unwrap_or_default()
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rate = self.latencies.len() as f64 / self.took.as_secs_f64();
        write!(
            f,
            "requests={} rate={rate:.0}/s p50={:.2}ms p99={:.2}ms max={:.2}ms",
            self.latencies.len(),
            self.quantile(500).as_secs_f64() * 1e3,
            self.quantile(990).as_secs_f64() * 1e3,
            self.quantile(1000).as_secs_f64() * 1e3,
        )
    }
}
