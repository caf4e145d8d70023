//! Counts and times for Prometheus.

use std::time::Duration;

use pensipro_notifications::DeliveryChannel;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry,
    TextEncoder,
};

use super::App;
use crate::http::Problem;

/// What `/metrics` shows.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    running: IntGauge,
    writes: IntGaugeVec,
    statements: IntGauge,
    password_rounds: IntGauge,
    deliveries: IntCounterVec,
    free_places: IntGauge,
    writers_waiting: IntGauge,
    sealed: IntCounter,
}

/// How the try of a message ends.
const ENDS: [&str; 5] = ["sent", "refused", "failed", "nobody", "held"];

impl Metrics {
    pub(super) fn new() -> Result<Self, prometheus::Error> {
        let buckets = vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
        let times = HistogramOpts::new("pensipro_request_seconds", "Time to answer, by route")
            .buckets(buckets);
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("pensipro_requests_total", "Requests answered, by route and status"),
                &["method", "route", "status"],
            )?,
            seconds: HistogramVec::new(times, &["method", "route"])?,
            running: IntGauge::new("pensipro_requests_running", "Requests being answered")?,
            writes: IntGaugeVec::new(
                Opts::new("pensipro_transactions", "Transactions since the start, by name and end"),
                &["name", "end"],
            )?,
            statements: IntGauge::new(
                "pensipro_statements",
                "Statements sent to the database since the start",
            )?,
            password_rounds: IntGauge::new(
                "pensipro_password_rounds",
                "Rounds of the passwords' hash since the start: 2 to the power of its cost each time",
            )?,
            deliveries: IntCounterVec::new(
                Opts::new("pensipro_deliveries_total", "Messages tried, by channel and end"),
                &["channel", "end"],
            )?,
            free_places: IntGauge::new(
                "pensipro_database_free",
                "Free places before the database",
            )?,
            writers_waiting: IntGauge::new("pensipro_writers_waiting", "Writers in the queue")?,
            sealed: IntCounter::new(
                "pensipro_audit_rows_sealed_total",
                "Rows of the audit trail that this instance sealed",
            )?,
        };
        metrics.register()?;
        // So that each is there before the first message.
        for channel in DeliveryChannel::ALL {
            for end in ENDS {
                metrics.deliveries.with_label_values(&[channel.code(), end]);
            }
        }
        Ok(metrics)
    }

    fn register(&self) -> Result<(), prometheus::Error> {
        self.registry.register(Box::new(self.requests.clone()))?;
        self.registry.register(Box::new(self.seconds.clone()))?;
        self.registry.register(Box::new(self.running.clone()))?;
        self.registry.register(Box::new(self.writes.clone()))?;
        self.registry.register(Box::new(self.statements.clone()))?;
        self.registry.register(Box::new(self.password_rounds.clone()))?;
        self.registry.register(Box::new(self.deliveries.clone()))?;
        self.registry.register(Box::new(self.free_places.clone()))?;
        self.registry.register(Box::new(self.sealed.clone()))?;
        self.registry.register(Box::new(self.writers_waiting.clone()))
    }

    /// So many rows of the audit trail were sealed.
    pub(crate) fn sealed(&self, rows: usize) {
        self.sealed.inc_by(u64::try_from(rows).unwrap_or(u64::MAX));
    }

    /// A request began.
    pub fn began(&self) {
        self.running.inc();
    }

    /// A message was tried.
    pub fn tried(&self, channel: &str, end: &str) {
        self.deliveries.with_label_values(&[channel, end]).inc();
    }

    /// A request ended.
    pub fn ended(&self, method: &str, route: &str, status: u16, took: Duration) {
        self.running.dec();
        self.requests.with_label_values(&[method, route, &status.to_string()]).inc();
        self.seconds.with_label_values(&[method, route]).observe(took.as_secs_f64());
    }
}

impl App {
    /// The page of metrics.
    pub async fn metrics_page(&self) -> Result<String, Problem> {
        let shown = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (name, counts) in self.store.write_counts() {
            let ends = [
                ("committed", counts.committed),
                ("rolled_back", counts.rolled_back),
                ("retried", counts.retried),
                ("starved", counts.starved),
            ];
            for (end, count) in ends {
                self.metrics.writes.with_label_values(&[name, end]).set(shown(count));
            }
        }
        self.metrics.statements.set(shown(self.store.statements()));
        self.metrics.password_rounds.set(shown(self.hashing.rounds()));
        let places = i64::try_from(self.gates.free_readers()).unwrap_or(i64::MAX);
        self.metrics.free_places.set(places);
        let waiting = i64::try_from(self.store.writers_waiting()).unwrap_or(i64::MAX);
        self.metrics.writers_waiting.set(waiting);
        let text = TextEncoder::new()
            .encode_to_string(&self.metrics.registry.gather())
            .map_err(|error| Problem::internal(format!("metrics cannot be written: {error}")))?;
        Ok(self.figures_page().await.behind(text))
    }
}
