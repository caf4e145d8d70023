//! The lines of a spooled file.

use std::{collections::VecDeque, sync::Arc};

use pensipro_billing::{
    BillingError, Census, FileFault, FileLine, Import, Parser, PayerProfile, ProfileRepository,
    Profiles,
};
use pensipro_members::FileKey;
use tokio::task::spawn_blocking;

use super::spool::SpoolReader;
use crate::{App, http::Problem, uploads::aside};

/// A spooled file, read line by line; memory for a block of the file and a chunk of lines.
pub(super) struct Lines {
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
        let profile = profile.await?;
        let reader = open(app, key).await?;
        let parser = Some(Parser::new(vec![profile]));
        Ok(Self { reader, parser, ready: VecDeque::new(), done: import.last_line })
    }

    /// The next lines, at most so many, and the rest of the file; no lines at its end.
    pub(super) async fn next(mut self, limit: usize) -> Result<(Vec<FileLine>, Self), Problem> {
        let read = spawn_blocking(move || {
            self.fill(limit)?;
            let count = limit.min(self.ready.len());
            Ok((self.ready.drain(..count).collect(), self))
        });
        read.await
            .unwrap_or_else(|panic| Err(Problem::internal(format!("a parser panicked: {panic}"))))
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

async fn open(app: &App, key: &FileKey) -> Result<SpoolReader, Problem> {
    let (app, key) = (app.clone(), key.clone());
    aside(move || Ok(SpoolReader::open(&app, &key)?)).await
}

/// The file was judged when it came: a fault now is ours.
fn altered(fault: FileFault) -> Problem {
    Problem::internal(format!("a spooled file no longer reads: {fault}"))
}

/// What the first look at a file says.
#[derive(Debug)]
pub(crate) struct Judged {
    /// The profile whose header was found.
    pub(crate) profile: Arc<PayerProfile>,
    /// Lines that get an outcome.
    pub(crate) lines: u32,
}

/// Looks through a spooled file before anything is stored. A file of none of the profiles is
/// refused whole.
pub(crate) async fn judge(
    app: &App,
    key: &FileKey,
    profiles: Vec<Arc<PayerProfile>>,
) -> Result<Judged, Problem> {
    let mut reader = open(app, key).await?;
    let look = move || -> Result<Judged, Problem> {
        let refused = |fault: FileFault| Problem::from(BillingError::from(fault));
        let mut census = Census::new(profiles);
        while let Some(block) = reader.next_block()? {
            census.feed(&block).map_err(refused)?;
        }
        let (layout, counted) = census.finish().map_err(refused)?;
        Ok(Judged { profile: Arc::clone(layout.profile()), lines: counted.lines })
    };
    let looked = spawn_blocking(look).await;
    looked.unwrap_or_else(|panic| Err(Problem::internal(format!("a parser panicked: {panic}"))))
}
