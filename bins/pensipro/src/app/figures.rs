//! Figures of the metrics page that are kept elsewhere: by the store, by the jobs, and what waits in the
//! database, which is asked at most every few seconds however often somebody looks.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use pensipro_persistence::{Waiting, Waits, WriteTimes};

use super::{
    App,
    page::{Kind, Page},
    run::aside,
};

/// How old what waits may be when it is shown.
const FRESH: Duration = Duration::from_secs(5);

/// How long the database may take to tell.
const PATIENCE: Duration = Duration::from_secs(2);

/// How a stretch of a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum JobEnd {
    /// Nothing is left of it.
    Done,
    /// It goes on later, or elsewhere.
    Left,
    /// It could not go on.
    Failed,
}

/// What jobs of a kind did in this process.
#[derive(Debug, Clone, Copy, Default)]
struct JobFigures {
    done: u64,
    left: u64,
    failed: u64,
    took: Duration,
    done_at: Option<DateTime<Utc>>,
}

/// Figures that are neither the store's nor Prometheus's own.
#[derive(Debug, Default)]
pub(super) struct Figures {
    jobs: Mutex<BTreeMap<&'static str, JobFigures>>,
    waiting: Mutex<Option<(Instant, Waiting)>>,
}

impl Figures {
    fn jobs(&self) -> MutexGuard<'_, BTreeMap<&'static str, JobFigures>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn waiting(&self) -> MutexGuard<'_, Option<(Instant, Waiting)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// A stretch of a job of this kind ended.
    pub(crate) fn job_ended(&self, kind: &'static str, end: JobEnd, took: Duration) {
        let now = self.clock.now();
        let mut jobs = self.figures.jobs();
        let figures = jobs.entry(kind).or_default();
        figures.took = figures.took.saturating_add(took);
        match end {
            JobEnd::Done => {
                figures.done += 1;
                figures.done_at = Some(now);
            }
            JobEnd::Left => figures.left += 1,
            JobEnd::Failed => figures.failed += 1,
        }
    }

    /// What waits, as it was a few seconds ago at most; as it last was where the database does not tell.
    async fn waiting(&self) -> Waiting {
        let known = self.figures.waiting().clone();
        if let Some((_, waiting)) = known.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return waiting.clone();
        }
        let asked = aside(self.store.clone(), PATIENCE, |store| store.read(|tx| tx.waiting()));
        match asked.await {
            Ok(waiting) => {
                *self.figures.waiting() = Some((Instant::now(), waiting.clone()));
                waiting
            }
            Err(problem) => {
                let told = problem.log_text().unwrap_or(problem.code());
                log::warn!("what waits could not be counted: {told}");
                known.map(|(_, waiting)| waiting).unwrap_or_default()
            }
        }
    }

    /// The part of the metrics page that is told here.
    pub(super) async fn figures_page(&self) -> Page {
        let (waiting, now) = (self.waiting().await, self.clock.now());
        let mut page = Page::default();
        self.store_figures(&mut page);
        self.job_figures(&mut page, &waiting);
        self.waiting_figures(&mut page, &waiting, now);
        page
    }

    fn store_figures(&self, page: &mut Page) {
        let name = "pensipro_transaction_seconds";
        page.family(name, Kind::Histogram, "Time of transactions with all their runs, by name");
        for (transaction, times) in self.store.write_times() {
            histogram(page, name, transaction, &times);
        }
        let help = "Statements that took longer than PENSIPRO_SLOW_QUERY_MS";
        page.one(
            "pensipro_slow_statements_total",
            Kind::Counter,
            help,
            self.store.slow_statements(),
        );
        let state = self.store.pool_state();
        let name = "pensipro_pool_connections";
        page.family(name, Kind::Gauge, "Connections of the pool, by what they do");
        page.sample(name, &[("state", "idle")], state.idle);
        page.sample(name, &[("state", "in_use")], state.open.saturating_sub(state.idle));
        waits(page, [("pool", state.waits), ("writer", self.store.writer_waits())]);
    }

    fn job_figures(&self, page: &mut Page, waiting: &Waiting) {
        let jobs = self.figures.jobs().clone();
        let (runs, seconds) = ("pensipro_job_stretches_total", "pensipro_job_seconds_total");
        page.family(runs, Kind::Counter, "Stretches of work on jobs, by kind and end");
        for (kind, JobFigures { done, left, failed, .. }) in &jobs {
            for (end, count) in [("done", done), ("left", left), ("failed", failed)] {
                page.sample(runs, &[("job", *kind), ("end", end)], count);
            }
        }
        page.family(seconds, Kind::Counter, "Time of these stretches");
        for (kind, figures) in &jobs {
            page.sample(seconds, &[("job", *kind)], figures.took.as_secs_f64());
        }
        let ended =
            jobs.iter().filter_map(|(kind, of)| of.done_at.map(|at| ((*kind).to_owned(), at)));
        let mut ended: BTreeMap<String, DateTime<Utc>> = ended.collect();
        // Of days and months the database knows, whichever instance ended them.
        ended.extend(waiting.jobs.iter().cloned());
        let name = "pensipro_job_last_success_timestamp_seconds";
        page.family(name, Kind::Gauge, "When a job of this kind last ended well, since 1970");
        for (kind, at) in &ended {
            page.sample(name, &[("job", kind.as_str())], at.timestamp());
        }
    }

    fn waiting_figures(&self, page: &mut Page, waiting: &Waiting, now: DateTime<Utc>) {
        let Waiting { outbox, outbox_since, exceptions, unsealed_since, .. } = waiting;
        let age = |since: &Option<DateTime<Utc>>| age(*since, now);
        let help = "Events that nobody was told of yet";
        page.one("pensipro_outbox_waiting", Kind::Gauge, help, outbox);
        let help = "Age of the oldest event that nobody was told of yet";
        page.one("pensipro_outbox_oldest_seconds", Kind::Gauge, help, age(outbox_since));
        message_figures(page, waiting, now);
        let help = "Age of the oldest row of the audit trail that waits to be sealed";
        page.one("pensipro_audit_unsealed_seconds", Kind::Gauge, help, age(unsealed_since));
        let name = "pensipro_exceptions_open";
        page.family(name, Kind::Gauge, "Exceptions that nobody settled, by severity and source");
        for (severity, source, count) in exceptions {
            let labels = [("severity", severity.as_str()), ("source", source.as_str())];
            page.sample(name, &labels, count);
        }
        let name = "pensipro_exceptions_total";
        page.family(name, Kind::Counter, "Exceptions noted here, by severity and source");
        for ((severity, source), count) in self.store.noted_exceptions() {
            page.sample(name, &[("severity", severity), ("source", source)], count);
        }
    }
}

fn age(since: Option<DateTime<Utc>>, now: DateTime<Utc>) -> i64 {
    since.map_or(0, |since| (now - since).num_seconds().max(0))
}

fn message_figures(page: &mut Page, waiting: &Waiting, now: DateTime<Utc>) {
    let name = "pensipro_messages_waiting";
    page.family(name, Kind::Gauge, "Messages that wait to go or to be tried again, by channel");
    for (channel, count, _) in &waiting.messages {
        page.sample(name, &[("channel", channel.as_str())], count);
    }
    let name = "pensipro_messages_oldest_seconds";
    page.family(name, Kind::Gauge, "How long ago the oldest of them might have gone, by channel");
    for (channel, _, since) in &waiting.messages {
        page.sample(name, &[("channel", channel.as_str())], age(*since, now));
    }
    let name = "pensipro_messages_given_up";
    page.family(name, Kind::Gauge, "Messages that were given up, by channel");
    for (channel, count) in &waiting.given_up {
        page.sample(name, &[("channel", channel.as_str())], count);
    }
}

fn histogram(page: &mut Page, name: &str, transaction: &str, times: &WriteTimes) {
    let (bucket, sum, count) =
        (format!("{name}_bucket"), format!("{name}_sum"), format!("{name}_count"));
    for (bound, within) in WriteTimes::BOUNDS.iter().zip(times.within) {
        let bound = bound.as_secs_f64().to_string();
        page.sample(&bucket, &[("name", transaction), ("le", &bound)], within);
    }
    page.sample(&bucket, &[("name", transaction), ("le", "+Inf")], times.count);
    page.sample(&sum, &[("name", transaction)], times.total.as_secs_f64());
    page.sample(&count, &[("name", transaction)], times.count);
}

/// A name, what it means, and how it is read.
type Figure = (&'static str, &'static str, fn(&Waits) -> f64);

fn waits(page: &mut Page, of: [(&str, Waits); 2]) {
    let figures: [Figure; 3] = [
        (
            "pensipro_connection_waits_total",
            "Waits for a connection, by what was waited for",
            |waits| waits.count as f64,
        ),
        ("pensipro_connection_wait_seconds_total", "Time of these waits", |waits| {
            waits.total.as_secs_f64()
        }),
        ("pensipro_connection_given_up_total", "Waits that came to nothing in time", |waits| {
            waits.given_up as f64
        }),
    ];
    for (name, help, figure) in figures {
        page.family(name, Kind::Counter, help);
        for (queue, waits) in &of {
            page.sample(name, &[("for", *queue)], figure(waits));
        }
    }
}
