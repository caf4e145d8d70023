//! Servers of the outside world, each on a port of its own, for tests.

mod receiver;
mod s3;
mod smtp;

pub use receiver::{Answering, HttpReceiver, Posted};
pub use s3::S3Server;
pub use smtp::{Letter, Over, SmtpServer, Tls};
