//! Running a use case: on the blocking pool, behind a guard of the pool's size, within a time.

use std::{sync::Arc, time::Duration};

use pensipro_kernel::{Moment, StorageError};
use pensipro_persistence::{Backend, Exclusive, RequestKey, Store, StoredAnswer, Tx};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::{App, request_id};
use crate::{
    Config,
    http::{
        Answer, Answered, Once, Problem, Reply,
        answer::{Parts, key_in_progress, key_reused},
        codes,
    },
};

/// Writers that may wait in threads for SQLite's one writer; the rest wait without a thread.
const SQLITE_WRITERS: usize = 32;

/// What stands before the store: as many may enter as there are connections, others wait a little
/// and are then told to come back.
#[derive(Debug)]
pub(super) struct Gates {
    readers: Arc<Semaphore>,
    writers: Arc<Semaphore>,
    wait: Duration,
    within: Duration,
}

impl Gates {
    pub(super) fn new(config: &Config, store: &Store) -> Self {
        let connections = usize::try_from(config.connections).unwrap_or(1);
        let readers = Arc::new(Semaphore::new(connections));
        let writers = match store.backend() {
            Backend::Sqlite => Arc::new(Semaphore::new(SQLITE_WRITERS)),
            Backend::Postgres => Arc::clone(&readers),
        };
        Self { readers, writers, wait: config.queue_timeout, within: config.request_timeout }
    }

    pub(super) fn free_readers(&self) -> usize {
        self.readers.available_permits()
    }

    /// Runs blocking work behind a gate. Work whose time is over goes on (it cannot be stopped) and
    /// keeps its place until it ends.
    async fn run<T, F>(&self, gate: &Arc<Semaphore>, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Problem> + Send + 'static,
    {
        self.run_within(self.within, gate, work).await
    }

    /// The same for work that has its own time.
    async fn run_within<T, F>(
        &self,
        within: Duration,
        gate: &Arc<Semaphore>,
        work: F,
    ) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Problem> + Send + 'static,
    {
        let Ok(Ok(place)) = timeout(self.wait, Arc::clone(gate).acquire_owned()).await else {
            return Err(Problem::new(codes::OVERLOADED, "too many requests at once; try again"));
        };
        let request = request_id::current();
        let task = spawn_blocking(move || {
            let _place = place;
            request_id::within(request, work)
        });
        match timeout(within, task).await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => Err(Problem::internal(format!("a use case panicked: {panic}"))),
            Err(_) => Err(Problem::new(
                codes::TIMED_OUT,
                "the database did not answer in time; a change may still be made, so repeat it with \
                 its Idempotency-Key",
            )),
        }
    }
}

/// What one reading of a job may take.
const JOB_READS: Duration = Duration::from_secs(900);

/// What a transaction that is committed either way comes to.
#[derive(Debug)]
pub enum Settled<A> {
    /// The answer.
    Answered(A),
    /// A refusal whose grounds are stored; it leaves an idempotency key unused.
    Refused(Problem),
}

impl App {
    /// Reads without a transaction and gives whatever the closure does.
    pub async fn load<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, Moment) -> Result<T, Problem> + Send + 'static,
    {
        let store = self.store.clone();
        let read = move || {
            store.read(|tx| {
                let at = tx.moment();
                work(tx, at)
            })
        };
        self.gates.run(&self.gates.readers, read).await
    }

    /// Reads from one state of the data for a job: what goes through a whole portfolio takes longer than a
    /// request may.
    pub async fn load_for_job<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>, Moment) -> Result<T, Problem> + Send + 'static,
    {
        let store = self.store.clone();
        let read = move || {
            store.read_snapshot(|tx| {
                tx.allow_time(JOB_READS)?;
                let at = tx.moment();
                work(tx, at)
            })
        };
        self.gates.run_within(JOB_READS, &self.gates.readers, read).await
    }

    /// Reads without a transaction and answers.
    pub async fn read<A, F>(&self, work: F) -> Reply<A>
    where
        A: Answer + 'static,
        F: FnOnce(&mut Tx<'_>, Moment) -> Result<A, Problem> + Send + 'static,
    {
        let parts = self.load(move |tx, at| work(tx, at)?.into_parts()).await?;
        Ok(Answered::of(parts, false))
    }

    /// Reads several statements from one state of the data and answers.
    pub async fn read_snapshot<A, F>(&self, work: F) -> Reply<A>
    where
        A: Answer + 'static,
        F: FnOnce(&mut Tx<'_>, Moment) -> Result<A, Problem> + Send + 'static,
    {
        let store = self.store.clone();
        let read = move || {
            store.read_snapshot(|tx| {
                let at = tx.moment();
                work(tx, at)?.into_parts()
            })
        };
        Ok(Answered::of(self.gates.run(&self.gates.readers, read).await?, false))
    }

    /// One transaction that gives whatever the closure does. After a lost race the closure runs
    /// again: it must have no effect but through `tx`.
    pub async fn change<T, F>(&self, name: &'static str, mut work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<T, Problem> + Send + 'static,
    {
        let store = self.store.clone();
        let write = move || {
            store.write(name, |tx| {
                let at = tx.moment();
                work(tx, at)
            })
        };
        self.gates.run(&self.gates.writers, write).await
    }

    /// One transaction, and its answer.
    pub async fn write<A, F>(&self, name: &'static str, mut work: F) -> Reply<A>
    where
        A: Answer + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<A, Problem> + Send + 'static,
    {
        let parts = self.change(name, move |tx, at| work(tx, at)?.into_parts()).await?;
        Ok(Answered::of(parts, false))
    }

    /// One transaction for a `POST`, and its answer, which is stored in it if the request has an
    /// `Idempotency-Key`: the same request again gets that answer and changes nothing.
    pub async fn post<A, F>(&self, name: &'static str, once: Once, mut work: F) -> Reply<A>
    where
        A: Answer + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<A, Problem> + Send + 'static,
    {
        self.post_settled(name, once, move |tx, at| work(tx, at).map(Settled::Answered)).await
    }

    /// The same for a use case that may also refuse and yet have something to store.
    pub async fn post_settled<A, F>(&self, name: &'static str, once: Once, mut work: F) -> Reply<A>
    where
        A: Answer + 'static,
        F: FnMut(&mut Tx<'_>, Moment) -> Result<Settled<A>, Problem> + Send + 'static,
    {
        let store = self.store.clone();
        let write = move || match once.into_request() {
            None => store.write(name, |tx| settle(tx, &mut work)).map(Exclusive::Done),
            Some(request) => {
                store.write_once(name, &request, |tx| settle_once(tx, &request, &mut work))
            }
        };
        match self.gates.run(&self.gates.writers, write).await? {
            Exclusive::Done(Settled::Answered((parts, replayed))) => {
                Ok(Answered::of(parts, replayed))
            }
            Exclusive::Done(Settled::Refused(problem)) => Err(problem),
            Exclusive::InProgress => Err(key_in_progress()),
        }
    }
}

/// The parts of an answer, and whether it is given again.
type Given = (Parts, bool);

fn settle<A: Answer>(
    tx: &mut Tx<'_>,
    work: &mut impl FnMut(&mut Tx<'_>, Moment) -> Result<Settled<A>, Problem>,
) -> Result<Settled<Given>, Problem> {
    let at = tx.moment();
    Ok(match work(tx, at)? {
        Settled::Answered(answer) => Settled::Answered((answer.into_parts()?, false)),
        Settled::Refused(problem) => Settled::Refused(problem),
    })
}

fn settle_once<A: Answer>(
    tx: &mut Tx<'_>,
    request: &RequestKey,
    work: &mut impl FnMut(&mut Tx<'_>, Moment) -> Result<Settled<A>, Problem>,
) -> Result<Settled<Given>, Problem> {
    match tx.stored_answer(request)? {
        StoredAnswer::Answer(bytes) => Ok(Settled::Answered((Parts::from_stored(&bytes)?, true))),
        StoredAnswer::OtherRequest => Err(key_reused()),
        StoredAnswer::None => {
            let settled = settle(tx, work)?;
            if let Settled::Answered((parts, _)) = &settled {
                tx.store_answer(request, &parts.to_stored()?)?;
            }
            Ok(settled)
        }
    }
}

/// A use case that a handler of no route runs: the cache, the health check.
pub(super) async fn aside<T, F>(store: Store, within: Duration, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&Store) -> Result<T, StorageError> + Send + 'static,
{
    match timeout(within, spawn_blocking(move || work(&store))).await {
        Ok(Ok(result)) => Ok(result?),
        Ok(Err(panic)) => Err(Problem::internal(format!("a task panicked: {panic}"))),
        Err(_) => Err(Problem::new(codes::TIMED_OUT, "the database did not answer in time")),
    }
}
