//! The audit trail, exceptions and the outbox (`pensipro-audit` and the kernel's traits).

mod access;
mod audit_log;
mod audit_rows;
mod exceptions;
mod outbox;
mod readings;
mod rectifications;
mod seals;
mod timeline;

pub use access::Access;
pub use readings::Waiting;
pub use seals::sha256;
