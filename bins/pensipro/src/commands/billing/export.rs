//! `pensipro billing export`.

use std::{fs::File, io::Write, path::PathBuf};

use clap::Args;
use pensipro_billing::{
    ExportRepository, ProfileRepository, Profiles, RawExport, RequestExport, open_export,
    open_export_file,
};
use pensipro_kernel::{Actor, ExportId};

use super::progress::see_through;
use crate::{
    App,
    http::Problem,
    jobs::Job,
    routes::billing::{ExportBytes, Piece},
};

/// One that is live already is written again as it is.
#[derive(Debug, Args)]
pub(super) struct Export {
    /// The month, such as 2026-10.
    #[arg(long)]
    periode: String,
    /// TASPEN, ASABRI or LAINNYA.
    #[arg(long)]
    payer: String,
    /// Only this pay office's pensioners.
    #[arg(long)]
    pay_office: Option<String>,
    /// Bill unpaid instalments of earlier months too, or not; by default as BILLING_ARREARS says.
    #[arg(long)]
    include_arrears: Option<bool>,
    /// Supersede the scope's live export.
    #[arg(long)]
    replace: bool,
    /// Why, where that one was sent, or where the month's cut-off has passed.
    #[arg(long)]
    reason: Option<String>,
    /// Where the file goes; the standard output where none is named.
    #[arg(long)]
    output: Option<PathBuf>,
}

impl Export {
    pub(super) async fn run(self, app: &App) -> Result<(), Problem> {
        let command = RequestExport::check(&RawExport {
            periode: self.periode,
            payer: self.payer,
            pay_office: self.pay_office,
            include_arrears: self.include_arrears,
            replace: Some(self.replace),
            reason: self.reason,
        })?;
        let policy = app.policies().export;
        let opened = app.change("open_export", move |tx, at| {
            let profiles = Profiles::new(tx.configured_profiles()?);
            let by = Actor::system();
            let opened = open_export(tx, &by, &command, &policy, &profiles, at.today)?;
            Ok(opened.into_inner().id)
        });
        let id = opened.await?;
        see_through(app, Job::Export(id), None, move |app| lines(app, id)).await?;
        let export = app.load(move |tx, _| Ok(tx.export(id)?)).await?;
        write(app, id, self.output).await?;
        eprintln!(
            "export {id}: {} lines, {} in all, {} left out",
            export.lines, export.total_amount, export.left_out
        );
        Ok(())
    }
}

async fn lines(app: App, id: ExportId) -> Result<u32, Problem> {
    app.load(move |tx, _| Ok(tx.export(id)?.lines)).await
}

async fn write(app: &App, id: ExportId, output: Option<PathBuf>) -> Result<(), Problem> {
    let opened = app.change("open_export_file", move |tx, _| {
        let export = open_export_file(tx, &Actor::system(), id)?;
        let profile = Profiles::new(tx.configured_profiles()?).by_code(&export.profile)?;
        Ok((export, profile))
    });
    let (export, profile) = opened.await?;
    let made = Piece::first(app.clone(), export, profile).checked().await?;
    let not_written = |error: std::io::Error| Problem::internal(format!("the output: {error}"));
    let mut out: Box<dyn Write> = match output {
        Some(path) => Box::new(File::create_new(path).map_err(not_written)?),
        None => Box::new(std::io::stdout().lock()),
    };
    match made {
        ExportBytes::Whole(bytes) => out.write_all(&bytes).map_err(not_written)?,
        ExportBytes::Pieces(first) => {
            let mut rest = Some(first);
            while let Some((bytes, next)) = Piece::next(rest.take()).await? {
                out.write_all(&bytes).map_err(not_written)?;
                rest = next;
            }
        }
    }
    out.flush().map_err(not_written)
}
