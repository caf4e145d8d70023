//! The audit trail is sealed, about every second, by one instance at a time.
//!
//! Rows are read and hashed outside of any transaction (nothing changes them); a chunk's entries and
//! its seal are one, which renews the lease. Whoever is killed leaves whole seals behind, and the next
//! one goes on behind them.

use std::time::{Duration, Instant};

use pensipro_audit::seal::{
    RawRow, SealEntry, SealRepository, WINDOW, add_seal, entries_of_rows, unsealed_behind,
};
use pensipro_kernel::AuditId;
use pensipro_persistence::{Backend, sha256};
use tokio::time::{MissedTickBehavior, interval};

use super::{SEALING, chunk::told};
use crate::{App, app::Stop, http::Problem};

/// How often the newest rows are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// How often the window behind them is looked through, for rows that came to be seen late.
const WINDOW_EVERY: Duration = Duration::from_secs(30);

/// Rows whose ids are compared at once in the window.
const IDS_AT_ONCE: u32 = 10_000;

/// Rows of a seal: on SQLite a seal holds the one writer for at most some 50 ms.
const fn rows_of_a_seal(backend: Backend) -> u32 {
    match backend {
        Backend::Sqlite => 10_000,
        Backend::Postgres => 20_000,
    }
}

/// Seals until it is told to stop, between two seals.
pub(crate) async fn run(app: App, mut stop: Stop) {
    let mut sealer = Sealer { app, stop: stop.clone(), windowed: None };
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => sealer.look().await,
            () = stop.asked() => break,
        }
    }
    sealer.leave().await;
}

struct Sealer {
    app: App,
    stop: Stop,
    /// When the window was looked through.
    windowed: Option<Instant>,
}

impl Sealer {
    async fn look(&mut self) {
        let sealed = self.seal_all().await;
        self.app.chore_ended("audit.seal", &sealed);
    }

    async fn seal_all(&mut self) -> Result<(), Problem> {
        let goes_on = self.newest().await?;
        let is_due = self.windowed.is_none_or(|at| at.elapsed() >= WINDOW_EVERY);
        if goes_on && is_due {
            self.window().await?;
            self.windowed = Some(Instant::now());
        }
        Ok(())
    }

    /// Rows beyond the highest that was sealed; false if another instance seals them.
    async fn newest(&self) -> Result<bool, Problem> {
        let limit = rows_of_a_seal(self.app.store().backend());
        let mut after = self.app.load(|tx, _| Ok(tx.highest_sealed()?)).await?;
        while !self.stop.is_asked() {
            let from = after.unwrap_or(AuditId::new(0));
            let (entries, last) =
                self.app.load(move |tx, _| Ok(hashed(&tx.raw_rows_after(from, limit)?))).await?;
            let Some(last) = last else { return Ok(true) };
            if !self.seal(entries).await? {
                return Ok(false);
            }
            after = Some(last);
        }
        Ok(false)
    }

    /// Rows that came to be seen behind others.
    async fn window(&self) -> Result<(), Problem> {
        let first = self.app.load(|tx, _| Ok(tx.trail_id_before(WINDOW)?)).await?;
        let mut place = Some(first.unwrap_or(AuditId::new(0)));
        while let Some(after) = place.filter(|_| !self.stop.is_asked()) {
            let found = self.app.load(move |tx, _| {
                let (ids, through) = unsealed_behind(tx, after, IDS_AT_ONCE)?;
                Ok((hashed(&tx.raw_rows(&ids)?).0, through))
            });
            let (entries, through) = found.await?;
            if !entries.is_empty() && !self.seal(entries).await? {
                return Ok(());
            }
            place = through;
        }
        Ok(())
    }

    /// Seals rows while this instance is the one that does; false if another is.
    async fn seal(&self, entries: Vec<SealEntry>) -> Result<bool, Problem> {
        let (holder, sealed) = (self.app.jobs.holder.clone(), entries.len());
        let seal = move |tx: &mut pensipro_persistence::Tx<'_>, at: pensipro_kernel::Moment| {
            let holds =
                tx.keep_lease(SEALING, &holder)? || tx.take_lease(SEALING, &holder)?.is_some();
            if holds {
                add_seal(tx, entries.clone(), at.now, sha256)?;
            }
            Ok(holds)
        };
        let holds = self.app.change("seal_audit_trail", seal).await?;
        if holds {
            self.app.metrics.sealed(sealed);
        }
        Ok(holds)
    }

    /// Frees the lease, so that another instance need not wait.
    async fn leave(&self) {
        let holder = self.app.jobs.holder.clone();
        let freed =
            self.app.change("leave_lease", move |tx, _| Ok(tx.free_lease(SEALING, &holder)?)).await;
        if let Err(problem) = freed {
            log::warn!("the lease of the sealing could not be given back: {}", told(&problem));
        }
    }
}

fn hashed(rows: &[RawRow]) -> (Vec<SealEntry>, Option<AuditId>) {
    (entries_of_rows(rows, sha256), rows.last().map(|row| row.id))
}
