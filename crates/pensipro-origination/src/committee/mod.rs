//! The committee: which levels an application passes, and who sits on them.

mod desk;
mod policy;
mod recusal;
mod seat;
#[cfg(test)]
mod tests;

pub use desk::{Bench, CommitteeDesk, Desk, DeskName};
pub(crate) use policy::MAX_LEVELS;
pub use policy::{CommitteePolicy, Level, RawBand, Subject};
pub use recusal::Recusal;
pub(crate) use seat::seat;
pub use seat::{CommitteeFile, Position, Relaxation, Seat};
