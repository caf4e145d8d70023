//! What is shown as JSON or handed out as a file, as `format=` asks.

use pensipro_adapters::{write_pdf, write_xlsx};
use pensipro_kernel::document::{Document, Report};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Answer, Attachment, Problem, Shown, answer::Parts};

/// How what is asked for is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// The object.
    #[default]
    Json,
    /// UTF-8, semicolons, CRLF.
    Csv,
    /// A spreadsheet.
    Xlsx,
    /// A paper.
    Pdf,
}

/// 200 with the object, or with the same as a file to be saved.
#[derive(Debug)]
pub enum Written<T> {
    /// The object.
    Object(Shown<T>),
    /// The file.
    File(Attachment),
}

impl<T> Written<T> {
    /// The object, or the report that says the same, saved under `name` without its extension.
    pub fn new(
        format: FileFormat,
        name: &str,
        object: impl FnOnce() -> T,
        report: impl FnOnce() -> Report,
    ) -> Result<Self, Problem> {
        let bytes = match format {
            FileFormat::Json => return Ok(Self::Object(Shown::new(object()))),
            FileFormat::Csv => report().table.to_csv(),
            FileFormat::Xlsx => write_xlsx(&report())
                .map_err(|error| Problem::internal(format!("{name}: {error}")))?,
            FileFormat::Pdf => write_pdf(&report().into()),
        };
        Ok(Self::file(format, name, bytes))
    }

    /// A paper as PDF.
    pub fn pdf(name: &str, paper: &Document) -> Self {
        Self::file(FileFormat::Pdf, name, write_pdf(paper))
    }

    fn file(format: FileFormat, name: &str, bytes: Vec<u8>) -> Self {
        let file_name = format!("{name}.{}", format.extension());
        Self::File(Attachment { content_type: format.content_type(), file_name, bytes })
    }
}

impl FileFormat {
    /// What its files' names end in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    /// The content type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }
}

impl<T: Serialize> Answer for Written<T> {
    fn into_parts(self) -> Result<Parts, Problem> {
        match self {
            Self::Object(object) => object.into_parts(),
            Self::File(file) => file.into_parts(),
        }
    }
}
