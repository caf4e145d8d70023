//! Files without parts between fields: each field stands at its place in the line.

use pensipro_kernel::codes;
use serde::{Deserialize, Serialize};

/// Where a field stands, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// Its first character, from 1.
    pub from: u16,
    /// Its characters.
    pub width: u16,
}

codes! {
    /// How a fixed field is an amount.
    pub enum FixedAmount {
        /// Digits: sen.
        Sen = "sen",
        /// Digits: rupiah.
        Rupiah = "rupiah",
        /// Written out, in the profile's style.
        Written = "written",
    }
}

/// A file of fixed width: lines begin with a mark that tells what they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedFormat {
    /// How the first line begins, where there is a header.
    #[serde(default)]
    pub header: Option<FixedHeader>,
    /// How lines of a person begin.
    pub detail: String,
    /// How the last line begins, where there is a trailer: a file without it is cut off.
    #[serde(default)]
    pub trailer: Option<FixedTrailer>,
    /// Where the fields of a person's line stand.
    pub columns: FixedColumns,
    /// How amounts are written.
    pub amounts: FixedAmount,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedHeader {
    /// How it begins.
    pub mark: String,
    /// The month that the lines belong to: four digits of the year, two of the month.
    #[serde(default)]
    pub periode: Option<Span>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedTrailer {
    /// How it begins.
    pub mark: String,
    /// How many lines of persons there are.
    #[serde(default)]
    pub count: Option<Span>,
    /// What they add up to.
    #[serde(default)]
    pub total: Option<Span>,
}

/// Where fields stand; as for columns with headings, one of the first three is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedColumns {
    /// Our reference.
    #[serde(default)]
    pub reference: Option<Span>,
    /// The pension number.
    #[serde(default)]
    pub no_pensiun: Option<Span>,
    /// The NIK.
    #[serde(default)]
    pub nik: Option<Span>,
    /// What was cut.
    pub amount: Span,
    /// The result.
    #[serde(default)]
    pub status: Option<Span>,
    /// The payer's words on why.
    #[serde(default)]
    pub reason: Option<Span>,
}

impl FixedFormat {
    /// Every place of a field, in a person's line and beside.
    fn spans(&self) -> impl Iterator<Item = Span> {
        let FixedColumns { reference, no_pensiun, nik, amount, status, reason } = self.columns;
        let header = self.header.as_ref().and_then(|header| header.periode);
        let trailer = self.trailer.as_ref().map(|trailer| [trailer.count, trailer.total]);
        let of_line = [reference, no_pensiun, nik, Some(amount), status, reason, header];
        of_line.into_iter().chain(trailer.unwrap_or_default()).flatten()
    }

    /// The first thing that is wrong with it.
    pub(super) fn fault(&self) -> Option<&'static str> {
        let FixedColumns { reference, no_pensiun, nik, .. } = self.columns;
        let header = self.header.as_ref().map(|header| &header.mark);
        let trailer = self.trailer.as_ref().map(|trailer| &trailer.mark);
        let marks: Vec<&String> =
            [Some(&self.detail), header, trailer].into_iter().flatten().collect();
        let demands = [(
            reference.or(no_pensiun).or(nik).is_some(),
            "a fixed line has no place for a reference, no_pensiun or nik",
        )];
        let missing = demands.into_iter().find(|(met, _)| !met).map(|(_, fault)| fault);
        let fault = marks_fault(&marks).or(missing).or_else(|| self.spans().find_map(Span::fault));
        let shared = "two fields of a fixed line share a place";
        fault.or_else(|| (!self.is_apart()).then_some(shared))
    }

    /// True if in no line two fields, or a field and the mark, share a place.
    fn is_apart(&self) -> bool {
        let FixedColumns { reference, no_pensiun, nik, amount, status, reason } = self.columns;
        let apart = |mark: &str, places: &[Option<Span>]| {
            are_apart(mark, places.iter().flatten().copied().collect())
        };
        let header = self.header.as_ref();
        let trailer = self.trailer.as_ref();
        apart(&self.detail, &[reference, no_pensiun, nik, Some(amount), status, reason])
            && header.is_none_or(|header| apart(&header.mark, &[header.periode]))
            && trailer.is_none_or(|trailer| apart(&trailer.mark, &[trailer.count, trailer.total]))
    }
}

/// True if no two places, nor the mark before them, overlap.
pub(super) fn are_apart(mark: &str, mut places: Vec<Span>) -> bool {
    places.sort_unstable_by_key(|place| place.from);
    let mut free = mark.chars().count();
    places.into_iter().all(|place| {
        let begins_behind = place.start() >= free;
        free = place.end();
        begins_behind
    })
}

/// What is wrong with the marks by which kinds of lines are told apart.
pub(super) fn marks_fault(marks: &[&String]) -> Option<&'static str> {
    let begins_like = |one: &String, other: &String| one.starts_with(other.as_str());
    let distinct = marks.iter().enumerate().all(|(at, one)| {
        marks.iter().enumerate().all(|(place, other)| at == place || !begins_like(one, other))
    });
    if marks.iter().any(|mark| mark.is_empty()) {
        Some("a mark of a fixed line is empty")
    } else if !distinct {
        Some("two kinds of fixed lines begin alike")
    } else {
        None
    }
}

impl Span {
    /// The first place behind it, from 0.
    pub fn end(self) -> usize {
        self.start() + usize::from(self.width)
    }

    /// Its first place, from 0.
    pub fn start(self) -> usize {
        usize::from(self.from).saturating_sub(1)
    }

    pub(super) fn fault(self) -> Option<&'static str> {
        let is_sound = self.from >= 1 && (1..=256).contains(&self.width);
        (!is_sound).then_some(
            "a place in a fixed line does not begin at 1 or later, or is not 1 to 256 wide",
        )
    }
}
