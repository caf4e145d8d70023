//! The lines of a spooled file.

use std::{collections::VecDeque, io::Read as _, sync::Arc};

use pensipro_adapters::read_spreadsheet;
use pensipro_billing::{
    BillingError, Census, FileFault, FileLine, Import, Parser, PayerProfile, ProfileRepository,
    Profiles, SheetCell,
};
use pensipro_kernel::Period;
use pensipro_members::{Cell, FileKey, SheetFault, SheetRow};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::{chunk::lines_of_a_chunk, spool::SpoolReader, spool_file::SpoolFile};
use crate::{App, http::Problem, uploads::aside};

/// Batches of a spreadsheet that are read ahead.
const AHEAD: usize = 2;

/// How a spreadsheet begins.
const ZIP: &[u8] = b"PK\x03\x04";

/// A spooled file, read line by line; memory for a block of the file and a chunk of lines, and of a
/// spreadsheet its table of texts.
pub(super) enum Lines {
    Bytes(Box<Stream>),
    /// As a thread reads them.
    Sheet(mpsc::Receiver<Result<Vec<FileLine>, FileFault>>),
}

/// Lines of a file that is read from its beginning to its end.
pub(super) struct Stream {
    reader: SpoolReader,
    /// `None` after the file's end.
    parser: Option<Parser>,
    ready: VecDeque<FileLine>,
    /// Lines up to this one have their outcome.
    done: u32,
}

impl Lines {
    /// The lines of an import after its checkpoint.
    pub(super) async fn open(app: &App, import: &Import, key: &FileKey) -> Result<Self, Problem> {
        let code = import.profile.clone();
        let profile =
            app.load(move |tx, _| Ok(Profiles::new(tx.configured_profiles()?).by_code(&code)?));
        let parser = Parser::new(vec![profile.await?]);
        let done = import.last_line;
        Ok(match open(app, key).await? {
            Spooled::Bytes(reader) => {
                let (parser, ready) = (Some(parser), VecDeque::new());
                Self::Bytes(Box::new(Stream { reader, parser, ready, done }))
            }
            Spooled::Sheet(file) => {
                let size = lines_of_a_chunk(app.store().backend());
                let (sender, batches) = mpsc::channel(AHEAD);
                spawn_blocking(move || send_all(file, parser, (done, size), &sender));
                Self::Sheet(batches)
            }
        })
    }

    /// The next lines, at most so many, and the rest of the file; no lines at its end.
    pub(super) async fn next(self, limit: usize) -> Result<(Vec<FileLine>, Self), Problem> {
        match self {
            Self::Bytes(stream) => {
                let (lines, stream) = in_thread(move || stream.next(limit)).await?;
                Ok((lines, Self::Bytes(stream)))
            }
            Self::Sheet(mut batches) => {
                let batch = batches.recv().await.transpose().map_err(altered)?;
                Ok((batch.unwrap_or_default(), Self::Sheet(batches)))
            }
        }
    }
}

impl Stream {
    fn next(mut self: Box<Self>, limit: usize) -> Result<(Vec<FileLine>, Box<Self>), Problem> {
        self.fill(limit)?;
        let count = limit.min(self.ready.len());
        Ok((self.ready.drain(..count).collect(), self))
    }

    fn fill(&mut self, limit: usize) -> Result<(), Problem> {
        let mut read = Vec::new();
        while self.ready.len() < limit
            && let Some(parser) = &mut self.parser
        {
            match self.reader.next_block()? {
                Some(block) => parser.feed(&block, &mut read).map_err(altered)?,
                None => {
                    parser.finish(&mut read).map_err(altered)?;
                    self.parser = None;
                }
            }
            let done = self.done;
            self.ready.extend(read.drain(..).filter(|line| line.line_no() > done));
        }
        Ok(())
    }
}

/// What lies in the spool: it is told by its first bytes.
enum Spooled {
    Bytes(SpoolReader),
    Sheet(SpoolFile),
}

async fn open(app: &App, key: &FileKey) -> Result<Spooled, Problem> {
    let (app, key) = (app.clone(), key.clone());
    aside(move || {
        let mut head = Vec::with_capacity(ZIP.len());
        let mut file = SpoolFile::open(&app, &key)?;
        let read = file.by_ref().take(ZIP.len() as u64).read_to_end(&mut head);
        read.map_err(|error| Problem::internal(format!("{key}: {error}")))?;
        Ok(match head == ZIP {
            true => Spooled::Sheet(SpoolFile::open(&app, &key)?),
            false => Spooled::Bytes(SpoolReader::open(&app, &key)?),
        })
    })
    .await
}

async fn in_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let worked = spawn_blocking(work).await;
    worked.unwrap_or_else(|panic| Err(Problem::internal(format!("a parser panicked: {panic}"))))
}

/// The file was judged when it came: a fault now is ours.
fn altered(fault: FileFault) -> Problem {
    Problem::internal(format!("a spooled file no longer reads: {fault}"))
}

/// Why the reading of a spreadsheet ended early.
enum Ended {
    Fault(FileFault),
    /// Nobody waits for lines any more.
    Unread,
}

impl From<SheetFault> for Ended {
    fn from(fault: SheetFault) -> Self {
        Self::Fault(FileFault::Spreadsheet(fault.to_string()))
    }
}

impl From<FileFault> for Ended {
    fn from(fault: FileFault) -> Self {
        Self::Fault(fault)
    }
}

type Batches = mpsc::Sender<Result<Vec<FileLine>, FileFault>>;

fn send_all(file: SpoolFile, parser: Parser, from: (u32, usize), to: &Batches) {
    if let Err(Ended::Fault(fault)) = send(file, parser, from, to) {
        // Who waited is told; nobody may wait any more.
        let _ = to.blocking_send(Err(fault));
    }
}

/// Sends the lines after `done`, in batches of exactly `size` but for the last.
fn send(
    file: SpoolFile,
    mut parser: Parser,
    (done, size): (u32, usize),
    to: &Batches,
) -> Result<(), Ended> {
    let (mut read, mut batch) = (Vec::new(), Vec::with_capacity(size));
    let mut keep = |read: &mut Vec<FileLine>| -> Result<(), Ended> {
        for line in read.drain(..).filter(|line| line.line_no() > done) {
            batch.push(line);
            if batch.len() == size {
                let full = std::mem::replace(&mut batch, Vec::with_capacity(size));
                to.blocking_send(Ok(full)).map_err(|_| Ended::Unread)?;
            }
        }
        Ok(())
    };
    read_spreadsheet(file, |row| -> Result<(), Ended> {
        with_cells(&row, |cells| parser.feed_row(row.number, cells, &mut read))?;
        keep(&mut read)
    })?;
    parser.finish(&mut read)?;
    keep(&mut read)?;
    match batch.is_empty() {
        true => Ok(()),
        false => to.blocking_send(Ok(batch)).map_err(|_| Ended::Unread),
    }
}

/// A row's cells as the parser takes them; dates are written as such.
fn with_cells<T>(row: &SheetRow, take: impl FnOnce(Vec<SheetCell<'_>>) -> T) -> T {
    let date = |cell: &Cell| match cell {
        Cell::Date(date) => date.to_string(),
        Cell::Empty | Cell::Text(_) | Cell::Number(_) => String::new(),
    };
    let dates: Vec<String> = row.cells.iter().map(date).collect();
    let cells = row.cells.iter().zip(&dates).map(|(cell, date)| match cell {
        Cell::Empty => SheetCell::Empty,
        Cell::Text(text) => SheetCell::Text(text),
        Cell::Number(number) => SheetCell::Number(number),
        Cell::Date(_) => SheetCell::Text(date),
    });
    take(cells.collect())
}

/// What the first look at a file says.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The profile whose header was found.
    pub(crate) profile: Arc<PayerProfile>,
    /// Lines that get an outcome.
    pub(crate) lines: u32,
    /// The month that its title names, if any.
    pub(crate) titled: Option<Period>,
}

/// Looks through a spooled file before anything is stored. A file of none of the profiles is
/// refused whole.
pub(crate) async fn judge(
    app: &App,
    key: &FileKey,
    profiles: Vec<Arc<PayerProfile>>,
) -> Result<Judged, Problem> {
    let spooled = open(app, key).await?;
    in_thread(move || {
        let refused = |fault: FileFault| Problem::from(BillingError::from(fault));
        let mut census = Census::new(profiles);
        match spooled {
            Spooled::Bytes(mut reader) => {
                while let Some(block) = reader.next_block()? {
                    census.feed(&block).map_err(refused)?;
                }
            }
            Spooled::Sheet(file) => look_through(file, &mut census).map_err(refused)?,
        }
        let (layout, counted) = census.finish().map_err(refused)?;
        let titled = layout.titled_month();
        Ok(Judged { profile: Arc::clone(layout.profile()), lines: counted.lines, titled })
    })
    .await
}

fn look_through(file: SpoolFile, census: &mut Census) -> Result<(), FileFault> {
    let looked = read_spreadsheet(file, |row| -> Result<(), Ended> {
        Ok(with_cells(&row, |cells| census.feed_row(row.number, cells))?)
    });
    match looked {
        Ok(()) | Err(Ended::Unread) => Ok(()),
        Err(Ended::Fault(fault)) => Err(fault),
    }
}
