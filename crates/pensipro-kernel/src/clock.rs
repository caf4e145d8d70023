//! The two things a program cannot compute, as seams: what time it is, and chance.

use chrono::{DateTime, NaiveDate, Utc};

/// The one clock of the program. Rules never see it: they take the date as an argument.
pub trait Clock: Send + Sync {
    /// The moment, in whole microseconds.
    fn now(&self) -> DateTime<Utc>;
    /// The business day: the date in the configured zone, or the pinned one.
    fn today(&self) -> NaiveDate;
}

/// The one moment of a transaction, which every row it writes carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The time, in whole microseconds.
    pub now: DateTime<Utc>,
    /// The business day.
    pub today: NaiveDate,
}

/// Random bytes fit for keys and tokens.
pub trait Entropy: Send + Sync {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}
