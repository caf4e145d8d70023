//! An export gets its lines.

use pensipro_billing::{ExportRepository, ProfileRepository, Profiles, generate_export_chunk};
use pensipro_kernel::ExportId;

use super::{Job, Stretch, chunk::lines_of_a_chunk, on_behalf_of};
use crate::{App, app::Stop, http::Problem};

/// Adds chunks until the export is complete or the worker is told to stop.
pub(super) async fn generate(app: &App, stop: &Stop, id: ExportId) -> Result<Stretch, Problem> {
    let limit = u32::try_from(lines_of_a_chunk(app.store().backend())).unwrap_or(u32::MAX);
    let by = app.load(move |tx, _| Ok(tx.export(id)?.created_by)).await.map(on_behalf_of)?;
    let job = Job::Export(id);
    while !app.is_told_to_stop(stop, job) {
        let by = by.clone();
        let chunk = app.chunk(stop, ("export_chunk", job), move |tx, at| {
            let profiles = Profiles::new(tx.configured_profiles()?);
            Ok(generate_export_chunk(tx, &by, id, limit, &profiles, at.today)?)
        });
        match chunk.await? {
            Some(export) if export.is_complete() => return Ok(Stretch::Done),
            Some(_) => {}
            None => return Ok(Stretch::Left),
        }
    }
    Ok(Stretch::Left)
}
