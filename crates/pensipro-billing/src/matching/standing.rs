//! What stands for a billed line, once something of it was taken back or came in beside a file.

use pensipro_kernel::{ImportLineId, Money};

use super::judge::weigh;
use crate::{ExportLineId, FailReason, Outcome};

/// A payment that stands and counts against a billed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutPayment {
    /// Its amount.
    pub amount: Money,
    /// The import line that it came from, with its import's tolerance; `None` for one at the counter.
    pub source: Option<(ImportLineId, Money)>,
}

/// A live billed line, locked, with everything that stands against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The line.
    pub line: ExportLineId,
    /// What it bills.
    pub billed: Money,
    /// Payments that stand, in the order of entry.
    pub payments: Vec<CutPayment>,
    /// The latest import line that told of a failure, if a failed cut stands.
    pub failure: Option<(ImportLineId, FailReason)>,
}

/// The latest answer to a billed line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What it makes of the line.
    pub outcome: Outcome,
    /// The import line that gave it.
    pub by: ImportLineId,
}

/// What a billed line comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// All that was cut for it.
    pub paid: Money,
    /// The latest answer; `None` while nothing of the payer's stands.
    pub answer: Option<Answer>,
}

impl Cut {
    /// What stands: all that is paid against what was billed, as the answer of the import line whose
    /// payment was entered last; without one the failure, if the payer told of one.
    pub fn standing(&self) -> Standing {
        let paid = Money::checked_sum(self.payments.iter().map(|payment| payment.amount));
        let paid = paid.unwrap_or(Money::from_sen(i64::MAX));
        let latest = self.payments.iter().rev().find_map(|payment| payment.source);
        let answer = match latest {
            Some((by, tolerance)) => weigh(paid, self.billed, tolerance)
                .map(|judged| Answer { outcome: judged.outcome, by }),
            None => self.failure.map(|(by, why)| Answer { outcome: Outcome::Failed(why), by }),
        };
        Standing { paid, answer }
    }
}
