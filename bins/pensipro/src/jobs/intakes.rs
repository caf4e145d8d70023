//! The rows of a spreadsheet of members get their verdicts.

use chrono::NaiveDate;
use pensipro_adapters::read_spreadsheet;
use pensipro_kernel::{Actor, IntakeId};
use pensipro_members::{
    FileKey, Intake, IntakeStatus, MemberError, ReadRow, Seen, SheetFault, SheetReader,
    usecases::{finish_intake, process_intake_rows, take_up_intake},
};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{Job, Stretch, chunk::lines_of_a_chunk, on_behalf_of, spool_file::SpoolFile};
use crate::{App, app::Stop, http::Problem, uploads::aside};

/// Batches that are read ahead.
const AHEAD: usize = 2;

/// Works off batches of rows from the checkpoint on, until the sheet's last row or until the worker
/// is told to stop.
pub(super) async fn process(app: &App, stop: &Stop, id: IntakeId) -> Result<Stretch, Problem> {
    let job = Job::Intake(id);
    let taken = app.chunk(stop, ("intake_take_up", job), move |tx, at| {
        Ok((take_up_intake(tx, id)?, at.today))
    });
    let Some((intake, today)) = taken.await? else { return Ok(Stretch::Left) };
    if intake.status != IntakeStatus::Processing {
        return Ok(Stretch::Done);
    }
    let by = Actor { scope: intake.scope(), ..on_behalf_of(intake.created_by) };
    let key = spool_key(&intake)?;
    let mut rows = Rows::read(app, key.clone(), today, intake.last_row).await?;
    let mut seen = Seen::default();
    while !app.is_told_to_stop(stop, job) {
        let Some(batch) = rows.next().await? else {
            return finish(app, stop, &by, (id, key)).await;
        };
        let (by, known) = (by.clone(), seen.among(&batch));
        let stored = app.chunk(stop, ("intake_chunk", job), move |tx, _| {
            let mut known = known.clone();
            process_intake_rows(tx, &by, id, batch.clone(), &mut known)?;
            Ok(known)
        });
        match stored.await? {
            Some(known) => seen.absorb(known),
            None => return Ok(Stretch::Left),
        }
    }
    Ok(Stretch::Left)
}

async fn finish(
    app: &App,
    stop: &Stop,
    by: &Actor,
    (id, key): (IntakeId, FileKey),
) -> Result<Stretch, Problem> {
    let by = by.clone();
    let finished = app.chunk(stop, ("intake_done", Job::Intake(id)), move |tx, _| {
        Ok(finish_intake(tx, &by, id)?.id)
    });
    if finished.await?.is_none() {
        return Ok(Stretch::Left);
    }
    app.unspool(Job::Intake(id), key).await;
    Ok(Stretch::Done)
}

fn spool_key(intake: &Intake) -> Result<FileKey, Problem> {
    let key = intake.spool_key.as_deref().and_then(|key| key.parse().ok());
    key.ok_or_else(|| Problem::internal(format!("intake {} has no spooled file", intake.id)))
}

async fn open(app: &App, key: FileKey) -> Result<SpoolFile, Problem> {
    let app = app.clone();
    aside(move || Ok(SpoolFile::open(&app, &key)?)).await
}

/// Why the reading of a sheet ended early.
enum Ended {
    Fault(SheetFault),
    /// Nobody waits for rows any more.
    Unread,
}

impl From<SheetFault> for Ended {
    fn from(fault: SheetFault) -> Self {
        Self::Fault(fault)
    }
}

/// The rows of a spooled sheet, batch by batch, as a thread reads them.
struct Rows {
    batches: mpsc::Receiver<Result<Vec<ReadRow>, SheetFault>>,
}

impl Rows {
    /// Those after a row.
    async fn read(app: &App, key: FileKey, today: NaiveDate, after: u32) -> Result<Self, Problem> {
        let file = open(app, key).await?;
        let size = lines_of_a_chunk(app.store().backend());
        let (sender, batches) = mpsc::channel(AHEAD);
        spawn_blocking(move || {
            if let Err(Ended::Fault(fault)) = send(file, today, (after, size), &sender) {
                // Who waited is told; nobody may wait any more.
                let _ = sender.blocking_send(Err(fault));
            }
        });
        Ok(Self { batches })
    }

    /// The next batch; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<ReadRow>>, Problem> {
        self.batches.recv().await.transpose().map_err(altered)
    }
}

fn send(
    file: SpoolFile,
    today: NaiveDate,
    (after, size): (u32, usize),
    to: &mpsc::Sender<Result<Vec<ReadRow>, SheetFault>>,
) -> Result<(), Ended> {
    let mut reader = SheetReader::new(today);
    let mut batch = Vec::with_capacity(size);
    let send = |batch: &mut Vec<ReadRow>| {
        let full = std::mem::replace(batch, Vec::with_capacity(size));
        to.blocking_send(Ok(full)).map_err(|_| Ended::Unread)
    };
    read_spreadsheet(file, |row| {
        batch.extend(reader.take(row)?.filter(|row| row.row > after));
        if batch.len() < size { Ok(()) } else { send(&mut batch) }
    })?;
    if batch.is_empty() { Ok(()) } else { send(&mut batch) }
}

/// The file was judged when it came: a fault now is ours.
fn altered(fault: SheetFault) -> Problem {
    Problem::internal(format!("a spooled spreadsheet no longer reads: {fault}"))
}

/// Reads through a spooled spreadsheet before anything is stored, and gives the number of its rows.
/// One that cannot be read to its end is refused whole.
pub(crate) async fn judge_sheet(app: &App, key: &FileKey) -> Result<u32, Problem> {
    let file = open(app, key.clone()).await?;
    let today = app.clock.today();
    let judge = move || -> Result<u32, SheetFault> {
        let mut reader = SheetReader::new(today);
        read_spreadsheet(file, |row| reader.take(row).map(drop))?;
        reader.finish()
    };
    let judged = spawn_blocking(judge).await;
    let judged =
        judged.map_err(|panic| Problem::internal(format!("a reader panicked: {panic}")))?;
    Ok(judged.map_err(MemberError::from)?)
}
