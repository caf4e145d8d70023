//! An import's lines get their outcomes.

use std::sync::Arc;

use pensipro_billing::{FileLine, Import, ImportRepository, ImportStatus};
use pensipro_flows::{finish_import, process_import_chunk};
use pensipro_kernel::{Actor, ImportId};
use pensipro_members::FileKey;

use super::{Job, Stretch, chunk::lines_of_a_chunk, lines::Lines, on_behalf_of};
use crate::{App, app::Stop, http::Problem};

/// Works off chunks from the checkpoint on, until the file's last line or until the worker is told
/// to stop.
pub(super) async fn process(app: &App, stop: &Stop, id: ImportId) -> Result<Stretch, Problem> {
    let import = app.load(move |tx, _| Ok(tx.import(id)?)).await?;
    if import.status != ImportStatus::Processing {
        return Ok(Stretch::Done);
    }
    let by = on_behalf_of(import.created_by);
    let key = spool_key(&import)?;
    let mut lines = Lines::open(app, &import, &key).await?;
    let limit = lines_of_a_chunk(app.store().backend());
    while !app.is_told_to_stop(stop, Job::Import(id)) {
        let (chunk, rest) = lines.next(limit).await?;
        lines = rest;
        if chunk.is_empty() {
            return finish(app, stop, &by, (id, key)).await;
        }
        match store(app, stop, &by, (id, chunk)).await? {
            Some(ImportStatus::Processing) => {}
            // It was taken back meanwhile.
            Some(_) => return Ok(Stretch::Done),
            None => return Ok(Stretch::Left),
        }
    }
    Ok(Stretch::Left)
}

/// The import's status after a chunk; `None` if the job is another instance's by now.
async fn store(
    app: &App,
    stop: &Stop,
    by: &Actor,
    (id, lines): (ImportId, Vec<FileLine>),
) -> Result<Option<ImportStatus>, Problem> {
    let (by, lines) = (by.clone(), Arc::new(lines));
    let policy = app.policies().servicing;
    let chunk = app.chunk(stop, ("import_chunk", Job::Import(id)), move |tx, at| {
        Ok(process_import_chunk(tx, &by, id, lines.to_vec(), &policy, at)?.status)
    });
    chunk.await
}

async fn finish(
    app: &App,
    stop: &Stop,
    by: &Actor,
    (id, key): (ImportId, FileKey),
) -> Result<Stretch, Problem> {
    let by = by.clone();
    let finished = app.chunk(stop, ("import_done", Job::Import(id)), move |tx, _| {
        finish_import(tx, &by, id)?;
        Ok(())
    });
    if finished.await?.is_none() {
        return Ok(Stretch::Left);
    }
    app.unspool(Job::Import(id), key).await;
    Ok(Stretch::Done)
}

fn spool_key(import: &Import) -> Result<FileKey, Problem> {
    let key = import.spool_key.as_deref().and_then(|key| key.parse().ok());
    key.ok_or_else(|| Problem::internal(format!("import {} has no spooled file", import.id)))
}
