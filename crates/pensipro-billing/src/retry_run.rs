//! A month's unmatched lines tried again, however many they are: a run that goes on chunk by chunk.

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditEntry, AuditValue, ImportLineId, RetryId, StorageError, UserId, codes};

use crate::{Retry, RetryTally};

codes! {
    /// How far a run is.
    pub enum RetryStatus {
        /// Lines are left to be tried.
        Running = "running",
        /// None is.
        Done = "done",
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryRun {
    /// Its id.
    pub id: RetryId,
    /// Which lines.
    pub of: Retry,
    /// How far it is.
    pub status: RetryStatus,
    /// The last line that was tried.
    pub through: Option<ImportLineId>,
    /// What it came to so far.
    pub tally: RetryTally,
    /// Who asked for it; nobody, if it began by itself.
    pub created_by: Option<UserId>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl RetryRun {
    /// After a chunk that came so far; with none, nothing is left.
    #[must_use]
    pub fn after_chunk(
        mut self,
        tally: RetryTally,
        through: Option<ImportLineId>,
        now: DateTime<Utc>,
    ) -> Self {
        self.tally = self.tally.plus(tally);
        match through {
            Some(line) => self.through = Some(line),
            None => {
                self.status = RetryStatus::Done;
                self.finished_at = Some(now);
            }
        }
        self
    }

    /// The audit row of its beginning or its end.
    pub fn audit(&self, action: &'static str) -> AuditEntry {
        let Retry { from_periode, payer } = self.of;
        let RetryTally { retried, matched, duplicate } = self.tally;
        let view = AuditValue::new()
            .text("from_periode", from_periode)
            .with("payer", payer.map(|payer| payer.code()))
            .text("status", self.status)
            .with("retried", retried)
            .with("matched", matched)
            .with("duplicate", duplicate);
        AuditEntry::new(action, "billing_retries", self.id.get()).is(view)
    }
}

/// Runs (`billing_retries`).
pub trait RetryRepository {
    /// Begins a run. There is one unfinished run of the same lines: `None` where another began at the
    /// same moment, which is there by now.
    fn begin_retry(
        &mut self,
        of: Retry,
        by: Option<UserId>,
    ) -> Result<Option<RetryRun>, StorageError>;
    /// A run.
    fn retry(&mut self, id: RetryId) -> Result<RetryRun, StorageError>;
    /// The run of these lines that is not done.
    fn running_retry(&mut self, of: Retry) -> Result<Option<RetryRun>, StorageError>;
    /// The runs that are not done, in the order in which they began.
    fn unfinished_retries(&mut self) -> Result<Vec<RetryRun>, StorageError>;
    /// Saves how far a run is and what it came to.
    fn save_retry(&mut self, run: &RetryRun) -> Result<(), StorageError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_done_when_no_line_is_left() {
        let run = RetryRun {
            id: RetryId::new(1),
            of: Retry { from_periode: "2026-07".parse().unwrap(), payer: None },
            status: RetryStatus::Running,
            through: None,
            tally: RetryTally::default(),
            created_by: None,
            created_at: DateTime::UNIX_EPOCH,
            finished_at: None,
        };
        let tally = RetryTally { retried: 3, matched: 2, duplicate: 1 };
        let run = run.after_chunk(tally, Some(ImportLineId::new(7)), DateTime::UNIX_EPOCH);
        assert_eq!((run.status, run.through), (RetryStatus::Running, Some(ImportLineId::new(7))));
        let run = run.after_chunk(RetryTally::default(), None, DateTime::UNIX_EPOCH);
        assert_eq!((run.status, run.tally), (RetryStatus::Done, tally));
        assert!(run.finished_at.is_some() && run.through == Some(ImportLineId::new(7)));
    }
}
