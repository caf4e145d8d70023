//! How fast postings are stored: lines of a realisation file in chunks, and payments one by one.
//!
//! `DURABLE=1 scripts/with-postgres cargo run --release -p pensipro-persistence --example postings`

#[path = "postings/house.rs"]
mod house;
#[path = "postings/work.rs"]
mod work;

use std::time::{Duration, Instant};

use pensipro_persistence::Backend;
use pensipro_persistence::testing::{TestDatabase, backends};

/// Loans, each with an export line and a line of the file.
const LOANS: usize = 10_000;
/// Lines of a chunk: few on SQLite, where one writer holds everything; enough for COPY on PostgreSQL.
const fn chunk_of(backend: Backend) -> usize {
    match backend {
        Backend::Sqlite => 250,
        Backend::Postgres => 1_000,
    }
}
/// Payments one by one, and reads.
const SINGLES: usize = 2_000;

fn main() {
    for backend in backends() {
        let database = TestDatabase::new(backend);
        let (made, house) = timed(|| house::build(&database, LOANS));
        println!("{backend:?}: {LOANS} loans of {} rows made in {made:.1?}", house::TENOR);
        import(&database, &house);
        let (took, ()) = timed(|| work::pay_singly(&database, &house, SINGLES));
        println!("  payments one by one: {:.0}/s", rate(SINGLES, took));
        let (took, ()) = timed(|| work::read_singly(&database, &house, SINGLES));
        println!("  loans read one by one: {:.0}/s", rate(SINGLES, took));
    }
}

fn import(database: &TestDatabase, house: &house::House) {
    let size = chunk_of(database.store().backend());
    let import = work::open_import(database, LOANS);
    let mut parts = [Duration::ZERO; work::PARTS.len()];
    let mut chunks = Vec::new();
    let before = processor_time();
    let (took, ()) = timed(|| {
        for (place, loans) in house.loans.chunks(size).enumerate() {
            let first = u32::try_from(place * size + 2).expect("a line number");
            let (chunk, took) = timed(|| work::import_chunk(database, import, loans, first));
            chunks.push(chunk);
            parts.iter_mut().zip(took).for_each(|(sum, part)| *sum += part);
        }
    });
    chunks.sort_unstable();
    println!(
        "  import: {:.0} lines/s, 100,000 lines in {:.1} s; chunks of {size}: median {:.1?}, \
         longest {:.1?}",
        rate(LOANS, took),
        100_000.0 / rate(LOANS, took),
        chunks[chunks.len() / 2],
        chunks[chunks.len() - 1],
    );
    let own = (processor_time() - before).as_secs_f64() * 1e6 / LOANS as f64;
    println!("    processor time of this process: {own:.1} µs a line");
    for (name, part) in work::PARTS.iter().zip(parts) {
        println!("    {name}: {:.1} µs a line", part.as_secs_f64() * 1e6 / LOANS as f64);
    }
}

pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed(), result)
}

/// User and system time of this process so far, as Linux tells it in hundredths of a second; other
/// work on the machine does not count.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
