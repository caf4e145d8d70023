//! Which columns of a file mean what: found once, by its header.

use std::{borrow::Cow, sync::Arc};

use encoding_rs::WINDOWS_1252;
use pensipro_kernel::Period;

use super::{fields::Fields, fixed::Fixed};
use crate::{Encoding, FixedColumns, FixedFormat, PayerProfile, Span, normal};

/// A file's layout.
#[derive(Debug, Clone)]
pub struct Layout {
    profile: Arc<PayerProfile>,
    form: Form,
    header_line: u32,
    columns: Columns,
    /// Columns up to the last one with a heading.
    width: usize,
    /// The one month that the lines before the header name.
    titled: Option<Period>,
}

/// What a file's lines are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Bytes, parted by this one.
    Delimited(u8),
    /// Fields at fixed places.
    Fixed,
    /// Cells, decoded already.
    Cells,
}

/// Where the columns stand that mean something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) reference: Option<usize>,
    pub(super) no_pensiun: Option<usize>,
    pub(super) nik: Option<usize>,
    pub(super) amount: usize,
    pub(super) status: Option<usize>,
    pub(super) reason: Option<usize>,
    pub(super) periode: Option<usize>,
}

impl Layout {
    /// The first line that holds the profile's header, by any of its delimiters in their order; in a
    /// file of fixed width the first line that is not blank.
    pub(super) fn find(profile: &Arc<PayerProfile>, lines: &[(u32, Vec<u8>)]) -> Option<Self> {
        if let Some(format) = &profile.import().fixed {
            return Self::find_fixed(profile, format, lines);
        }
        let delimiters = profile.import().delimiters.iter();
        let bytes = delimiters.filter_map(|delimiter| u8::try_from(*delimiter).ok());
        bytes.into_iter().find_map(|delimiter| {
            let mut fields = Fields::new(delimiter);
            lines.iter().find_map(|(line_no, line)| {
                fields.split(line).ok()?;
                let decode = |bytes| normal(&text(profile.import().encoding, bytes));
                let headings: Vec<String> = fields.iter().map(decode).collect();
                Self::of(profile, Form::Delimited(delimiter), *line_no, &headings)
            })
        })
    }

    /// The first row of cells that holds the profile's header.
    pub(super) fn find_in_rows(
        profile: &Arc<PayerProfile>,
        rows: &[(u32, Vec<String>)],
    ) -> Option<Self> {
        rows.iter().find_map(|(row_no, cells)| {
            let headings: Vec<String> = cells.iter().map(|cell| normal(cell)).collect();
            Self::of(profile, Form::Cells, *row_no, &headings)
        })
    }

    fn of(
        profile: &Arc<PayerProfile>,
        form: Form,
        header_line: u32,
        headings: &[String],
    ) -> Option<Self> {
        let width = headings.iter().rposition(|heading| !heading.is_empty())?;
        Some(Self {
            profile: Arc::clone(profile),
            form,
            header_line,
            columns: Columns::find(profile, headings)?,
            width: width.saturating_add(1),
            titled: None,
        })
    }

    fn find_fixed(
        profile: &Arc<PayerProfile>,
        format: &FixedFormat,
        lines: &[(u32, Vec<u8>)],
    ) -> Option<Self> {
        let mut filled = lines.iter().filter(|(_, line)| !line.trim_ascii().is_empty());
        let (_, first) = filled.next()?;
        let opens = Fixed::opens(format, &text(profile.import().encoding, first));
        opens.then(|| Self {
            profile: Arc::clone(profile),
            form: Form::Fixed,
            header_line: 0,
            columns: Columns::fixed(format),
            width: Columns::FIXED,
            titled: None,
        })
    }

    /// The layout of a file whose lines before the header name this month.
    pub(super) fn titled(mut self, month: Option<Period>) -> Self {
        self.titled = month;
        self
    }

    /// The month that the file says of itself, in titles before its header: the only one that they name.
    pub const fn titled_month(&self) -> Option<Period> {
        self.titled
    }

    /// The profile whose header it is.
    pub const fn profile(&self) -> &Arc<PayerProfile> {
        &self.profile
    }

    /// The number of the header's line.
    pub const fn header_line(&self) -> u32 {
        self.header_line
    }

    pub(super) const fn form(&self) -> Form {
        self.form
    }

    /// Columns up to the last one with a heading.
    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) const fn columns(&self) -> &Columns {
        &self.columns
    }

    /// True if a record of so many fields can belong to the header: as many, or more that are empty.
    pub(super) fn fits(&self, fields: &Fields) -> bool {
        let beyond = fields.iter().skip(self.width);
        fields.count() >= self.width && beyond.into_iter().all(<[u8]>::is_empty)
    }

    pub(super) fn text<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        match self.form {
            Form::Delimited(_) => text(self.profile.import().encoding, bytes),
            Form::Fixed | Form::Cells => text(Encoding::Auto, bytes),
        }
    }
}

impl Columns {
    /// Fields of a line of fixed width.
    const FIXED: usize = 7;

    /// The fields of a line of fixed width, in the order in which they are cut.
    fn fixed(format: &FixedFormat) -> Self {
        let has = |place: Option<Span>, index: usize| place.map(|_| index);
        let FixedColumns { reference, no_pensiun, nik, amount: _, status, reason } = format.columns;
        Self {
            reference: has(reference, 0),
            no_pensiun: has(no_pensiun, 1),
            nik: has(nik, 2),
            amount: 3,
            status: has(status, 4),
            reason: has(reason, 5),
            periode: Some(6),
        }
    }

    /// The columns of a header; `None` if these headings are none: the amount is missing, or all of
    /// reference, pension number and NIK, or the result where the profile needs one.
    fn find(profile: &PayerProfile, headings: &[String]) -> Option<Self> {
        let import = profile.import();
        let at = |aliases: &[String]| {
            let place = |alias: &String| {
                let alias = normal(alias);
                headings.iter().position(|heading| *heading == alias)
            };
            aliases.iter().find_map(place)
        };
        let found = Self {
            reference: at(&import.columns.reference),
            no_pensiun: at(&import.columns.no_pensiun),
            nik: at(&import.columns.nik),
            amount: at(&import.columns.amount)?,
            status: at(&import.columns.status),
            reason: at(&import.columns.reason),
            periode: at(&import.columns.periode),
        };
        let named = found.reference.or(found.no_pensiun).or(found.nik).is_some();
        let judged = found.status.is_some() || import.empty_result.is_some();
        (named && judged).then_some(found)
    }
}

/// The text of bytes.
pub(super) fn text(encoding: Encoding, bytes: &[u8]) -> Cow<'_, str> {
    match (encoding, std::str::from_utf8(bytes)) {
        (Encoding::Auto, Ok(text)) => Cow::Borrowed(text),
        (Encoding::Auto, Err(_)) | (Encoding::Windows1252, _) => {
            WINDOWS_1252.decode_without_bom_handling(bytes).0
        }
    }
}
