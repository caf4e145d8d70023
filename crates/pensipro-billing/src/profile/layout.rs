//! Which kind of file an export is.

use serde::{Deserialize, Serialize};

use super::{
    ExportField,
    fixed::{FixedAmount, FixedHeader, FixedTrailer, Span, are_apart, marks_fault},
};

/// Which kind of file an export is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportLayout {
    /// Text, with a delimiter between fields.
    #[default]
    Delimited,
    /// A spreadsheet (XLSX).
    Spreadsheet,
    /// Text, each field at its place.
    Fixed(FixedExport),
}

/// An export of fixed width: lines begin with a mark that tells what they are, as in a
/// [realisation](super::FixedFormat) of fixed width. Texts stand at the left of their place and are cut
/// where it ends; figures stand at the right of theirs and always fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedExport {
    /// The first line, if there is one.
    #[serde(default)]
    pub header: Option<FixedHeader>,
    /// How the lines of loans begin.
    pub detail: String,
    /// Where the fields of a loan's line stand.
    pub fields: Vec<FixedField>,
    /// The last line, if there is one.
    #[serde(default)]
    pub trailer: Option<FixedTrailer>,
    /// How amounts are written.
    pub amounts: FixedAmount,
}

/// A field at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedField {
    /// What it holds.
    pub field: ExportField,
    /// Where it stands.
    pub at: Span,
}

impl ExportLayout {
    /// The places, where it is of fixed width.
    pub const fn fixed(&self) -> Option<&FixedExport> {
        match self {
            Self::Fixed(places) => Some(places),
            Self::Delimited | Self::Spreadsheet => None,
        }
    }
}

impl FixedExport {
    /// The first thing that is wrong with it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let header = self.header.as_ref().map(|header| &header.mark);
        let trailer = self.trailer.as_ref().map(|trailer| &trailer.mark);
        let marks: Vec<&String> =
            [Some(&self.detail), header, trailer].into_iter().flatten().collect();
        let holds = |wanted: &[ExportField]| {
            self.fields.iter().any(|placed| wanted.contains(&placed.field))
        };
        let named = [ExportField::Reference, ExportField::NoPensiun, ExportField::Nik];
        let of_header = self.header.iter().filter_map(|header| header.periode).collect();
        let of_trailer =
            self.trailer.iter().flat_map(|trailer| [trailer.count, trailer.total]).flatten();
        let demands = [
            (holds(&[ExportField::Amount]), "a fixed line of the export has no amount"),
            (holds(&named), "a fixed line of the export names nobody"),
            (
                are_apart(&self.detail, self.fields.iter().map(|placed| placed.at).collect())
                    && are_apart(header.map_or("", |mark| mark), of_header)
                    && are_apart(trailer.map_or("", |mark| mark), of_trailer.collect()),
                "two fields of a fixed line of the export share a place",
            ),
        ];
        let missing = demands.into_iter().find(|(met, _)| !met).map(|(_, fault)| fault);
        let spans = || self.fields.iter().map(|placed| placed.at);
        marks_fault(&marks).or_else(|| spans().find_map(Span::fault)).or(missing)
    }
}
