//! Everything that a list finds, as a file that is written a page at a time.

use std::sync::Arc;

use actix_web::web::Bytes;
use futures_util::stream;
use pensipro_adapters::Spreadsheet;
use pensipro_kernel::{
    Page, PageRequest, Position,
    document::{Cell, Column, Report, Table},
};
use pensipro_persistence::Tx;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{FileFormat, Problem, Streamed, codes};
use crate::{App, uploads::aside};

/// Rows of a page.
const ROWS: u16 = 1_000;

/// Rows of a spreadsheet at most: it is made as a whole before its first byte is sent.
const MOST_OF_SPREADSHEET: usize = 100_000;

/// How a list comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ListFormat {
    /// A page of it.
    #[default]
    Json,
    /// The whole of it: UTF-8, semicolons, CRLF.
    Csv,
    /// The whole of it as a spreadsheet, of up to 100,000 rows.
    Xlsx,
}

impl ListFormat {
    /// The file that is asked for; `None` for a page.
    pub fn file(self) -> Option<FileFormat> {
        match self {
            Self::Json => None,
            Self::Csv => Some(FileFormat::Csv),
            Self::Xlsx => Some(FileFormat::Xlsx),
        }
    }
}

/// How the rows of a list stand in a file.
pub struct ListLayout<R> {
    /// The file's name without its extension.
    pub name: &'static str,
    /// Its columns.
    pub columns: fn() -> Vec<Column>,
    /// A row's cells, one a column.
    pub cells: fn(&R) -> Vec<Cell>,
}

type Load<R> = dyn Fn(&mut Tx<'_>, &PageRequest) -> Result<Page<R>, Problem> + Send + Sync;

/// A list of which nothing is written yet.
pub struct WholeList<R: 'static> {
    app: App,
    layout: &'static ListLayout<R>,
    load: Arc<Load<R>>,
    /// The last row written; `None` before the titles.
    after: Option<Position>,
}

impl<R: Send + 'static> WholeList<R> {
    /// The list that `load` gives page by page.
    pub fn new(
        app: App,
        layout: &'static ListLayout<R>,
        load: impl Fn(&mut Tx<'_>, &PageRequest) -> Result<Page<R>, Problem> + Send + Sync + 'static,
    ) -> Self {
        Self { app, layout, load: Arc::new(load), after: None }
    }

    /// The file: a spreadsheet, or else CSV, of which memory holds a page.
    pub async fn written(self, format: FileFormat) -> Result<Streamed, Problem> {
        let name = format!("{}.{}", self.layout.name, format.extension());
        Ok(if format == FileFormat::Xlsx {
            let bytes = self.spreadsheet().await?;
            let whole = stream::iter([Ok(Bytes::from(bytes))]);
            Streamed::new(format.content_type(), &name, whole)
        } else {
            let pieces = stream::try_unfold(Some(self), Self::piece);
            Streamed::new(FileFormat::Csv.content_type(), &name, pieces)
        })
    }

    async fn piece(list: Option<Self>) -> Result<Option<(Bytes, Option<Self>)>, Problem> {
        let Some(list) = list else { return Ok(None) };
        let mut bytes = Vec::new();
        if list.after.is_none() {
            Cell::write_csv_row(&Column::titles(&(list.layout.columns)()), &mut bytes);
        }
        let page = list.page(list.after.clone()).await?;
        let cells = list.layout.cells;
        page.data.iter().for_each(|row| Cell::write_csv_row(&cells(row), &mut bytes));
        let rest = page.next.map(|last| Self { after: Some(last), ..list });
        Ok(Some((bytes.into(), rest)))
    }

    async fn page(&self, after: Option<Position>) -> Result<Page<R>, Problem> {
        let load = Arc::clone(&self.load);
        let request = PageRequest { limit: ROWS, after, count: false };
        self.app.load(move |tx, _| load(tx, &request)).await
    }

    async fn spreadsheet(self) -> Result<Vec<u8>, Problem> {
        let ListLayout { name, columns, cells } = self.layout;
        let failed = move |error| Problem::internal(format!("{name}: {error}"));
        let report = Report::new("", Table::new(columns()));
        let mut sheet = Spreadsheet::begin(&report).map_err(failed)?;
        let (mut after, mut written) = (None, 0);
        loop {
            let page = self.page(after).await?;
            written += page.data.len();
            if written > MOST_OF_SPREADSHEET {
                let detail = format!(
                    "a spreadsheet holds {MOST_OF_SPREADSHEET} rows of a list: ask for fewer, or for csv"
                );
                return Err(Problem::new(codes::TOO_MANY_ROWS, detail));
            }
            page.data.iter().try_for_each(|row| sheet.row(&cells(row))).map_err(failed)?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        aside(move || sheet.finish().map_err(failed)).await
    }
}
