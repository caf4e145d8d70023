//! Lines of an export of fixed width.

use pensipro_kernel::{Money, Period};

use super::file::FieldValue;
use crate::{BillingError, ExportField, ExportFormat, FixedAmount, FixedExport, Span};

/// The first line, where there is one.
pub(super) fn header(
    places: &FixedExport,
    format: &ExportFormat,
    periode: Period,
    out: &mut Vec<u8>,
) {
    let Some(header) = &places.header else { return };
    let mut line = Line::of(&header.mark);
    if let Some(span) = header.periode {
        line.put(span, &format.periods.write(periode).replace('-', ""));
    }
    line.end(out);
}

/// A loan's line. Texts for people are cut at the end of their place; all else fits, or is refused.
pub(super) fn detail(
    places: &FixedExport,
    format: &ExportFormat,
    line_no: u32,
    value: impl Fn(ExportField) -> FieldValue,
    out: &mut Vec<u8>,
) -> Result<(), BillingError> {
    let mut line = Line::of(&places.detail);
    for placed in &places.fields {
        let refuse = |fault| does_not_fit(line_no, placed.field.code(), fault);
        let whole = match value(placed.field) {
            FieldValue::Words(text) => {
                line.put(placed.at, &text);
                continue;
            }
            FieldValue::Key(text) => text,
            FieldValue::Count(count) => digits(count, placed.at),
            FieldValue::Date(date) => format.dates.write(date),
            FieldValue::Amount(amount) => {
                written(places.amounts, format, amount, placed.at).map_err(refuse)?
            }
        };
        line.put_whole(placed.at, &whole).map_err(refuse)?;
    }
    line.end(out);
    Ok(())
}

/// The last line, where there is one.
pub(super) fn trailer(
    places: &FixedExport,
    format: &ExportFormat,
    (lines, total): (u32, Money),
    out: &mut Vec<u8>,
) -> Result<(), BillingError> {
    let Some(trailer) = &places.trailer else { return Ok(()) };
    let mut line = Line::of(&trailer.mark);
    if let Some(span) = trailer.count {
        let refuse = |fault| does_not_fit(0, "count", fault);
        line.put_whole(span, &digits(lines, span)).map_err(refuse)?;
    }
    if let Some(span) = trailer.total {
        let refuse = |fault| does_not_fit(0, "total", fault);
        let total = written(places.amounts, format, total, span).map_err(refuse)?;
        line.put_whole(span, &total).map_err(refuse)?;
    }
    line.end(out);
    Ok(())
}

const fn does_not_fit(line_no: u32, field: &'static str, fault: &'static str) -> BillingError {
    BillingError::ExportDoesNotFit { line_no, field, fault }
}

/// A number with zeros before it.
fn digits(number: impl ToString, span: Span) -> String {
    format!("{:0>width$}", number.to_string(), width = usize::from(span.width))
}

fn written(
    style: FixedAmount,
    format: &ExportFormat,
    amount: Money,
    span: Span,
) -> Result<String, &'static str> {
    match style {
        FixedAmount::Sen => Ok(digits(amount.sen(), span)),
        FixedAmount::Rupiah if amount.sen() % 100 != 0 => Err("is no whole rupiah"),
        FixedAmount::Rupiah => Ok(digits(amount.sen() / 100, span)),
        FixedAmount::Written => {
            let text = format.amounts.write(amount);
            Ok(format!("{text:>width$}", width = usize::from(span.width)))
        }
    }
}

/// A line that begins with its mark.
struct Line(Vec<char>);

impl Line {
    fn of(mark: &str) -> Self {
        Self(mark.chars().collect())
    }

    /// Puts a text at the left of its place, as far as it goes.
    fn put(&mut self, span: Span, text: &str) {
        if self.0.len() < span.end() {
            self.0.resize(span.end(), ' ');
        }
        let printed = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        let place = self.0.iter_mut().skip(span.start()).take(usize::from(span.width));
        place.zip(printed).for_each(|(at, c)| *at = c);
    }

    fn put_whole(&mut self, span: Span, text: &str) -> Result<(), &'static str> {
        if text.chars().count() > usize::from(span.width) {
            return Err("is longer than its place");
        }
        self.put(span, text);
        Ok(())
    }

    fn end(self, out: &mut Vec<u8>) {
        out.extend(self.0.into_iter().collect::<String>().into_bytes());
        out.extend(b"\r\n");
    }
}
