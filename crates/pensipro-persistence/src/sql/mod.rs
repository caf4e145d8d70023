//! Where the two databases differ, each difference once: raw statements, row locks, batches, ids.

mod batch;
mod bulk_update;
mod each;
mod ids;
mod list;
mod lock;
mod page;
mod raw;
#[cfg(test)]
mod tests;

pub(crate) use batch::{BatchRow, batch_row};
pub(crate) use bulk_update::BulkUpdate;
pub(crate) use each::{First, ForEach, Probe, Second, hex};
pub(crate) use list::{List, one_of};
pub(crate) use lock::{Locked, RowLock};
pub(crate) use page::{after, like_pattern};
pub(crate) use raw::{Raw, Value};

/// The columns of a row type, for `RETURNING`.
pub(crate) fn columns<R: diesel::Selectable<crate::connection::MultiBackend>>()
-> R::SelectExpression {
    R::construct_selection()
}
