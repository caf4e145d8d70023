//! Extractors: what a handler's arguments are, checked before it runs.

mod body;
mod caller;
mod context;
mod etag;
mod faults;
mod listing;
mod maybe_file;
mod once;
mod path;
mod prefer;
mod query;
mod sender;
mod upload;

pub use body::{NoBody, Valid};
pub use caller::{Allowed, Caller, Either, Right, Signed, right};
pub use context::RequestInfo;
pub use etag::IfMatch;
pub use listing::{Listing, NoFilter, Pager};
pub use maybe_file::{MaybeFile, Sent};
pub use once::{FingerprintKey, Once};
pub use path::Id;
pub use prefer::Prefer;
pub use query::Query;
pub use sender::Sender;
pub use upload::{FileSink, Form, Upload, UploadLimits};

pub(crate) use caller::{admit, identify};
pub(crate) use faults::plain_fault;

use std::{future::Future, pin::Pin};

use super::Problem;

/// What an extractor that has to wait gives.
pub(crate) type Waiting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;
