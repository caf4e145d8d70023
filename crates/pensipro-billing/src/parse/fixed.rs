//! Lines of fixed width, cut into fields.

use std::borrow::Cow;

use pensipro_kernel::Money;

use super::{FileFault, fields::Fields};
use crate::{
    FixedAmount, FixedColumns, FixedFormat, InvalidReason, PayerProfile, Span, read_month,
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
    count: Option<u64>,
    total: Option<Money>,
}

impl Fixed {
    pub(super) fn new() -> Self {
        Self { sum: Some(Money::ZERO), ..Self::default() }
    }

    /// True if the text can be the first line of such a file.
    pub(super) fn opens(format: &FixedFormat, text: &str) -> bool {
        match &format.header {
            Some(header) => {
                let month = header.periode.map(|span| read_month(cut(text, span).trim()).is_some());
                text.starts_with(header.mark.as_str()) && month.unwrap_or(true)
            }
            None => text.starts_with(format.detail.as_str()) && is_whole(format, text),
        }
    }

    /// Cuts a line into its fields, in the order of [`super::layout::Columns::fixed`].
    pub(super) fn cut(
        &mut self,
        format: &FixedFormat,
        text: &str,
        fields: &mut Fields,
    ) -> Result<FixedLine, InvalidReason> {
        if let Some(header) = &format.header
            && text.starts_with(header.mark.as_str())
        {
            let periode = header.periode.and_then(|span| read_month(cut(text, span).trim()));
            self.periode = periode.map(|periode| periode.to_string());
            return Ok(FixedLine::Other);
        }
        if let Some(trailer) = &format.trailer
            && text.starts_with(trailer.mark.as_str())
        {
            let amount = |span| amount(format.amounts, &cut(text, span));
            self.trailer = Some(Trailer {
                count: trailer.count.and_then(|span| cut(text, span).trim().parse().ok()),
                total: trailer.total.and_then(amount),
            });
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
        let all_lines = count.is_none_or(|count| count == self.lines);
        let all_money = total.zip(self.sum).is_none_or(|(total, sum)| total == sum);
        match all_lines && all_money {
            true => Ok(()),
            false => Err(FileFault::Incomplete {
                lines: self.lines,
                sum: self.sum.map(|sum| sum.to_string()).unwrap_or_default(),
            }),
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
