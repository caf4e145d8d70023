//! The bytes of an export's file, made a page of lines at a time.

use std::sync::Arc;

use actix_web::web::Bytes;
use pensipro_adapters::Spreadsheet;
use pensipro_billing::{
    BillingError, Export, ExportFile, ExportLayout, ExportRepository, FileRow, PayerProfile,
};

use crate::{
    App,
    http::{FileFormat, Problem},
    uploads::aside,
};

/// Rows of a piece of the file.
const ROWS: u32 = 1_000;

/// Where the writing of a file stands.
pub(crate) struct Piece {
    app: App,
    export: Arc<Export>,
    profile: Arc<PayerProfile>,
    /// The last line written; `None` before the header.
    after: Option<u32>,
}

/// A file that can be sent.
pub(crate) enum ExportBytes {
    /// Text, piece by piece.
    Pieces(Piece),
    /// A spreadsheet, which has its table of contents at its end.
    Whole(Vec<u8>),
}

impl Piece {
    /// A file of which nothing is written yet.
    pub(crate) fn first(app: App, export: Export, profile: Arc<PayerProfile>) -> Self {
        Self { app, export: Arc::new(export), profile, after: None }
    }

    /// The type of the file.
    pub(crate) fn content_type(&self) -> &'static str {
        match self.profile.export().layout {
            ExportLayout::Delimited => FileFormat::Csv.content_type(),
            ExportLayout::Spreadsheet => FileFormat::Xlsx.content_type(),
            ExportLayout::Fixed(_) => "text/plain; charset=utf-8",
        }
    }

    /// The file, of which every line is known to be written: lines of fixed width are looked through
    /// before the first of them is sent, and a spreadsheet is made as a whole.
    pub(crate) async fn checked(self) -> Result<ExportBytes, Problem> {
        match self.profile.export().layout {
            ExportLayout::Delimited => Ok(ExportBytes::Pieces(self)),
            ExportLayout::Fixed(_) => {
                self.look_through().await?;
                Ok(ExportBytes::Pieces(self))
            }
            ExportLayout::Spreadsheet => self.spreadsheet().await.map(ExportBytes::Whole),
        }
    }

    /// The next rows, with the titles before the first and the footer after the last.
    pub(crate) async fn next(
        piece: Option<Self>,
    ) -> Result<Option<(Bytes, Option<Self>)>, Problem> {
        let Some(piece) = piece else { return Ok(None) };
        let (rows, next) = piece.rows(piece.after).await?;
        let file = ExportFile::new(&piece.export, &piece.profile);
        let mut bytes = Vec::new();
        if piece.after.is_none() {
            file.begin(&mut bytes);
        }
        rows.iter().try_for_each(|row| file.row(row, &mut bytes))?;
        if next.is_none() {
            file.end(&mut bytes)?;
        }
        let rest = next.map(|after| Self { after: Some(after), ..piece });
        Ok(Some((bytes.into(), rest)))
    }

    /// The rows after a line, and the last of them where there may be more.
    async fn rows(&self, after: Option<u32>) -> Result<(Vec<FileRow>, Option<u32>), Problem> {
        let id = self.export.id;
        let page = move |tx: &mut pensipro_persistence::Tx<'_>, _| {
            Ok(tx.file_rows(id, after.unwrap_or_default(), ROWS)?)
        };
        let rows = self.app.load(page).await?;
        let is_last = u32::try_from(rows.len()).is_ok_and(|count| count < ROWS);
        let last = rows.last().map(|row| row.line_no);
        Ok((rows, last.filter(|_| !is_last)))
    }

    async fn look_through(&self) -> Result<(), Problem> {
        let file = ExportFile::new(&self.export, &self.profile);
        let mut unsent = Vec::new();
        let mut after = None;
        loop {
            let (rows, next) = self.rows(after).await?;
            unsent.clear();
            rows.iter().try_for_each(|row| file.row(row, &mut unsent))?;
            after = next;
            if after.is_none() {
                return Ok(file.end(&mut unsent)?);
            }
        }
    }

    async fn spreadsheet(&self) -> Result<Vec<u8>, Problem> {
        // A sheet has 1,048,576 rows; some are for titles, headings and the totals.
        const MOST_LINES: u32 = 1_048_500;
        if self.export.lines > MOST_LINES {
            let fault = "is beyond the last row of a spreadsheet";
            let field = "number";
            let too_long = BillingError::ExportDoesNotFit { line_no: MOST_LINES, field, fault };
            return Err(too_long.into());
        }
        let failed = |error| Problem::internal(format!("export {}: {error}", self.export.id));
        let file = ExportFile::new(&self.export, &self.profile);
        let mut sheet = Spreadsheet::begin(&file.report()).map_err(failed)?;
        let mut after = None;
        loop {
            let (rows, next) = self.rows(after).await?;
            rows.iter().try_for_each(|row| sheet.row(&file.cells(row))).map_err(failed)?;
            after = next;
            if after.is_none() {
                break;
            }
        }
        file.totals().map_or(Ok(()), |cells| sheet.row(&cells)).map_err(failed)?;
        let id = self.export.id;
        aside(move || {
            sheet.finish().map_err(|error| Problem::internal(format!("export {id}: {error}")))
        })
        .await
    }
}
