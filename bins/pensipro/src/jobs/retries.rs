//! Unmatched lines are tried again.

use pensipro_billing::{RetryRepository, RetryStatus};
use pensipro_flows::retry_chunk;
use pensipro_kernel::RetryId;

use super::{Job, Stretch, chunk::lines_of_a_chunk, on_behalf_of};
use crate::{App, app::Stop, http::Problem};

/// Tries chunks until no line is left or the worker is told to stop.
pub(super) async fn process(app: &App, stop: &Stop, id: RetryId) -> Result<Stretch, Problem> {
    let limit = u32::try_from(lines_of_a_chunk(app.store().backend())).unwrap_or(u32::MAX);
    let by = app.load(move |tx, _| Ok(tx.retry(id)?.created_by)).await.map(on_behalf_of)?;
    let job = Job::Retry(id);
    while !app.is_told_to_stop(stop, job) {
        let (by, policy) = (by.clone(), app.policies().servicing);
        let chunk = app.chunk(stop, ("retry_chunk", job), move |tx, at| {
            Ok(retry_chunk(tx, &by, id, limit, &policy, at)?)
        });
        match chunk.await? {
            Some(run) if run.status == RetryStatus::Done => return Ok(Stretch::Done),
            Some(_) => {}
            None => return Ok(Stretch::Left),
        }
    }
    Ok(Stretch::Left)
}
