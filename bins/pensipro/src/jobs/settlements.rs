//! A settlement with a funder gets its lines.

use pensipro_funding::{SettlementRepository, usecases::generate_settlement_chunk};
use pensipro_kernel::FunderSettlementId;

use super::{Job, Stretch, chunk::lines_of_a_chunk, on_behalf_of};
use crate::{App, app::Stop, http::Problem};

/// Adds chunks until the settlement is complete or the worker is told to stop.
pub(super) async fn generate(
    app: &App,
    stop: &Stop,
    id: FunderSettlementId,
) -> Result<Stretch, Problem> {
    let limit = u32::try_from(lines_of_a_chunk(app.store().backend())).unwrap_or(u32::MAX);
    let by = app.load(move |tx, _| Ok(tx.any_settlement(id)?.generated.1));
    let by = by.await.map(on_behalf_of)?;
    let job = Job::Settlement(id);
    while !app.is_told_to_stop(stop, job) {
        let by = by.clone();
        let chunk = app.chunk(stop, ("settlement_chunk", job), move |tx, _| {
            Ok(generate_settlement_chunk(tx, &by, id, limit)?)
        });
        match chunk.await? {
            Some(settlement) if settlement.is_complete() => return Ok(Stretch::Done),
            Some(_) => {}
            None => return Ok(Stretch::Left),
        }
    }
    Ok(Stretch::Left)
}
