//! Lines of fixed width, cut into fields.

use std::borrow::Cow;

use pensipro_kernel::Money;

use super::{FileFault, fields::Fields, months::named_month};
use crate::{
    FixedAmount, FixedColumns, FixedFormat, FixedTrailer, InvalidReason, NumberStyle, PayerProfile,
    Span,
};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FixedLine {
    /// A person's; its fields are cut.
    Detail,
    /// The header or the trailer.
    Other,
}

/// What a file of fixed width told so far.
#[derive(Debug, Default)]
pub(super) struct Fixed {
    periode: Option<String>,
    lines: u64,
    /// `None` once an amount could not be read.
    sum: Option<Money>,
    trailer: Option<Trailer>,
}

#[derive(Debug, Clone, Copy)]
struct Trailer {
    count: Told<u64>,
    total: Told<Money>,
}

/// What a trailer tells of a figure.
#[derive(Debug, Clone, Copy)]
enum Told<T> {
    /// The profile has no place for it.
    Nothing,
    /// It has one, and no figure stands there.
    Unreadable,
    Figure(T),
}

impl Fixed {
    pub(super) fn new() -> Self {
        Self { sum: Some(Money::ZERO), ..Self::default() }
    }

    /// True if the text can be the first line of such a file.
    pub(super) fn opens(format: &FixedFormat, text: &str) -> bool {
        match &format.header {
            Some(header) => {
                let month =
                    header.periode.map(|span| named_month(cut(text, span).trim()).is_some());
                text.starts_with(header.mark.as_str()) && month.unwrap_or(true)
            }
            None => text.starts_with(format.detail.as_str()) && is_whole(format, text),
        }
    }

    /// Cuts a line into its fields, in the order of [`super::layout::Columns::fixed`]. `style` is that
    /// of amounts that are written out.
    pub(super) fn cut(
        &mut self,
        format: &FixedFormat,
        style: NumberStyle,
        text: &str,
        fields: &mut Fields,
    ) -> Result<FixedLine, InvalidReason> {
        if let Some(header) = &format.header
            && text.starts_with(header.mark.as_str())
        {
            // As it is written: what names no month is a fault of the lines that follow.
            self.periode = header.periode.map(|span| cut(text, span).trim().to_owned());
            return Ok(FixedLine::Other);
        }
        if let Some(trailer) = &format.trailer
            && text.starts_with(trailer.mark.as_str())
        {
            self.trailer = Some(Trailer::read(trailer, (format.amounts, style), text));
            return Ok(FixedLine::Other);
        }
        self.lines = self.lines.saturating_add(1);
        if !text.starts_with(format.detail.as_str()) || !is_whole(format, text) {
            return Err(InvalidReason::FieldCount);
        }
        self.fill(format, text, fields)?;
        Ok(FixedLine::Detail)
    }

    fn fill(
        &self,
        format: &FixedFormat,
        text: &str,
        fields: &mut Fields,
    ) -> Result<(), InvalidReason> {
        let FixedColumns { reference, no_pensiun, nik, amount: sum, status, reason } =
            format.columns;
        fields.clear();
        for span in [reference, no_pensiun, nik] {
            fields.push(span.map(|span| cut(text, span)).unwrap_or_default().as_bytes())?;
        }
        let written = cut(text, sum);
        match amount(format.amounts, &written) {
            Some(money) => fields.push_number(money.to_string().as_bytes())?,
            None => fields.push(written.as_bytes())?,
        }
        for span in [status, reason] {
            fields.push(span.map(|span| cut(text, span)).unwrap_or_default().as_bytes())?;
        }
        fields.push(self.periode.as_deref().unwrap_or_default().as_bytes())
    }

    /// Notes what a person's line came to.
    pub(super) fn count(&mut self, amount: Option<Money>) {
        self.sum = self.sum.zip(amount).and_then(|(sum, amount)| sum.checked_add(amount));
    }

    /// Refuses a file that does not hold what its trailer tells: it was cut off, or altered.
    pub(super) fn end(&self, profile: &PayerProfile) -> Result<(), FileFault> {
        let wanted = profile.import().fixed.as_ref().is_some_and(|format| format.trailer.is_some());
        let Some(Trailer { count, total }) = self.trailer else {
            return if wanted { Err(FileFault::NoTrailer) } else { Ok(()) };
        };
        match count.agrees(Some(self.lines)) && total.agrees(self.sum) {
            true => Ok(()),
            false => Err(FileFault::Incomplete {
                lines: self.lines,
                sum: self.sum.map(|sum| sum.to_string()).unwrap_or_default(),
            }),
        }
    }
}

impl Trailer {
    fn read(
        places: &FixedTrailer,
        (amounts, style): (FixedAmount, NumberStyle),
        text: &str,
    ) -> Self {
        let total = |span| match amounts {
            FixedAmount::Written => style.read(&cut(text, span)).ok(),
            FixedAmount::Sen | FixedAmount::Rupiah => amount(amounts, &cut(text, span)),
        };
        Self {
            count: Told::at(places.count, |span| cut(text, span).trim().parse().ok()),
            total: Told::at(places.total, total),
        }
    }
}

impl<T: PartialEq> Told<T> {
    fn at(place: Option<Span>, read: impl FnOnce(Span) -> Option<T>) -> Self {
        match place.map(read) {
            None => Self::Nothing,
            Some(None) => Self::Unreadable,
            Some(Some(figure)) => Self::Figure(figure),
        }
    }

    /// True unless it tells otherwise. What was found is `None` where a line cannot be read: that is
    /// told by the line.
    fn agrees(&self, found: Option<T>) -> bool {
        match self {
            Self::Nothing => true,
            Self::Unreadable => false,
            Self::Figure(figure) => found.is_none_or(|found| found == *figure),
        }
    }
}

/// The characters at a place; fewer where the line ends before.
fn cut(text: &str, span: Span) -> Cow<'_, str> {
    match text.is_ascii() {
        true => {
            let end = span.end().min(text.len());
            Cow::Borrowed(text.get(span.start()..end).unwrap_or_default())
        }
        false => {
            Cow::Owned(text.chars().skip(span.start()).take(usize::from(span.width)).collect())
        }
    }
}

/// True if the line reaches to the end of what names the person and of the amount.
fn is_whole(format: &FixedFormat, text: &str) -> bool {
    let FixedColumns { reference, no_pensiun, nik, amount, .. } = format.columns;
    let needed = [reference, no_pensiun, nik, Some(amount)].into_iter().flatten();
    let needed = needed.map(Span::end).max();
    needed.is_some_and(|needed| text.chars().count() >= needed)
}

fn amount(written: FixedAmount, text: &str) -> Option<Money> {
    let text = text.trim();
    let digits = || {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<i64>().ok()).flatten()
    };
    match written {
        FixedAmount::Sen => digits().map(Money::from_sen),
        FixedAmount::Rupiah => digits().and_then(Money::from_rupiah),
        FixedAmount::Written => None,
    }
}
