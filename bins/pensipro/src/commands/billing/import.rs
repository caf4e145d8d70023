//! `pensipro billing import`.

use std::{fs::File, io::Read, path::PathBuf};

use actix_web::web::Bytes;
use aws_lc_rs::digest::{Context, SHA256};
use clap::Args;
use pensipro_billing::{
    Import as Imported, ImportRepository, Opened, OutcomeKind, ProfileRepository, Profiles,
    RawImport, RequestImport, SpooledFile, open_import,
};
use pensipro_kernel::{Actor, ImportId};

use super::progress::see_through;
use crate::{
    App,
    http::{Problem, extract::FileSink as _},
    jobs::{Job, Judged, SpoolSink, judge},
    uploads::{Unrecorded, may_yet_be_done},
};

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;

/// The same file again is the first import. A run that is killed goes on at the next.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file.
    file: PathBuf,
    /// TASPEN, ASABRI or LAINNYA.
    #[arg(long)]
    payer: String,
    /// The month that the file answers to, such as 2026-10.
    #[arg(long)]
    periode: String,
    /// The value date of its money; by default the profile's pay day in the month.
    #[arg(long)]
    paid_on: Option<String>,
    /// The profile that the file follows; by default the payer's, else the generic one.
    #[arg(long)]
    profile: Option<String>,
}

/// A file in the spool.
struct Spooled {
    file: Unrecorded,
    sha256: [u8; 32],
    bytes: u64,
}

impl Import {
    pub(super) async fn run(self, app: &App) -> Result<(), Problem> {
        let command = RequestImport::check(&RawImport {
            payer: self.payer,
            periode: self.periode,
            paid_on: self.paid_on,
            profile: self.profile,
        })?;
        let spooled = spool(app, &self.file).await?;
        let (id, lines) = open(app, command, spooled).await?;
        see_through(app, Job::Import(id), Some(lines), move |app| lines_done(app, id)).await?;
        tell(&app.load(move |tx, _| Ok(tx.import(id)?)).await?);
        Ok(())
    }
}

async fn spool(app: &App, path: &PathBuf) -> Result<Spooled, Problem> {
    let not_read =
        |error: std::io::Error| Problem::internal(format!("{}: {error}", path.display()));
    let mut file = File::open(path).map_err(not_read)?;
    let limit = app.settings().import_max_bytes;
    let (mut sink, mut hash, mut bytes) = (SpoolSink::begin(app)?, Context::new(&SHA256), 0_u64);
    let mut block = vec![0; BLOCK];
    loop {
        let count = file.read(&mut block).map_err(not_read)?;
        if count == 0 {
            break;
        }
        bytes += count as u64;
        if bytes > limit {
            return Err(Problem::internal(format!("the file has more than {limit} bytes")));
        }
        hash.update(&block[..count]);
        sink.take(Bytes::copy_from_slice(&block[..count])).await?;
    }
    let mut sha256 = [0; 32];
    sha256.copy_from_slice(hash.finish().as_ref());
    Ok(Spooled { file: sink.finish().await?, sha256, bytes })
}

/// Stores the import, which has the file from then on, or finds the first one of the same file.
async fn open(
    app: &App,
    command: RequestImport,
    spooled: Spooled,
) -> Result<(ImportId, u32), Problem> {
    let Spooled { mut file, sha256, bytes } = spooled;
    let (named, payer) = (command.profile.clone(), command.payer);
    let profiles = app.load(move |tx, _| {
        Ok(Profiles::new(tx.configured_profiles()?).for_import(named.as_deref(), payer)?)
    });
    let Judged { profile, lines, titled } = judge(app, file.key(), profiles.await?).await?;
    let (key, tolerance) = (file.key().to_string(), app.settings().billing_tolerance);
    // Work that is given up may still be carried through, and has the file then.
    file.keep();
    let opened = app.change("open_import", move |tx, at| {
        let spool_key = key.clone();
        let file = SpooledFile { sha256, bytes, spool_key, profile: &profile, lines, titled };
        Ok(open_import(tx, &Actor::system(), &command, file, tolerance, at)?)
    });
    let opened = opened.await;
    let may_have_it = match &opened {
        Ok(opened) => matches!(opened, Opened::New(_)),
        Err(problem) => may_yet_be_done(problem),
    };
    if !may_have_it {
        file.discard();
    }
    if let Ok(Opened::Existing(_)) = &opened {
        println!("the file is there already");
    }
    let import = opened?.into_inner();
    Ok((import.id, import.lines))
}

async fn lines_done(app: App, id: ImportId) -> Result<u32, Problem> {
    app.load(move |tx, _| Ok(tx.import(id)?.lines_done)).await
}

fn tell(import: &Imported) {
    let total = import.summary.total();
    println!(
        "import {}: {} lines, {} = {} applied + {} to be refunded + {} held",
        import.id, total.count, total.amount, total.applied, total.to_refund, total.held
    );
    for kind in OutcomeKind::ALL {
        let of = import.summary.of(*kind);
        if of.count > 0 {
            println!("  {kind}: {} lines, {}", of.count, of.amount);
        }
    }
}
