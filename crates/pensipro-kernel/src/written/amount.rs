//! Amounts.

use crate::{Money, MoneyError};

crate::codes! {
    /// How amounts are written.
    pub enum NumberStyle {
        /// Any of the others, told apart by the text itself; what could be two amounts is refused.
        Tolerant = "tolerant",
        /// `1.500.000,00`: points between thousands, a comma before the sen.
        Indonesian = "indonesian",
        /// `1,500,000.00`: commas between thousands, a point before the sen.
        International = "international",
        /// `1500000.00`: a point before the sen and nothing else.
        Plain = "plain",
    }
}

/// Longer texts are no amount.
const MAX_LEN: usize = 64;

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountFault {
    /// Nothing there.
    #[error("there is no amount")]
    Missing,
    /// No number of the style.
    #[error("this is no amount")]
    Malformed,
    /// `1.500`: one and a half, or fifteen hundred.
    #[error("one separator before three digits may stand for thousands or for decimals")]
    Ambiguous,
    /// More than two decimals.
    #[error("an amount has at most two decimals")]
    TooPrecise,
    /// More than 15 digits before the decimals.
    #[error("the amount is too large")]
    TooLarge,
    /// Below zero.
    #[error("the amount is negative")]
    Negative,
}

impl NumberStyle {
    /// Reads an amount, zero or more: with or without `Rp` or `IDR` before it, and `,-` after whole
    /// rupiah.
    ///
    /// ```
    /// use pensipro_kernel::written::{AmountFault, NumberStyle};
    /// let read = |text| NumberStyle::Tolerant.read(text).map(|amount| amount.to_string());
    /// assert_eq!(read("Rp 1.500.000,-").as_deref(), Ok("1500000.00"));
    /// assert_eq!(read("1,500,000.00").as_deref(), Ok("1500000.00"));
    /// assert_eq!(read("1.500"), Err(AmountFault::Ambiguous));
    /// ```
    pub fn read(self, text: &str) -> Result<Money, AmountFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AmountFault::Missing);
        }
        if text.len() > MAX_LEN {
            return Err(AmountFault::Malformed);
        }
        let (body, whole_rupiah) = undress(text)?;
        let separators = match self {
            Self::Tolerant => guess(body, whole_rupiah)?,
            Self::Indonesian => Separators { group: Some('.'), decimal: Some(',') },
            Self::International => Separators { group: Some(','), decimal: Some('.') },
            Self::Plain => Separators { group: None, decimal: Some('.') },
        };
        let separators =
            if whole_rupiah { Separators { decimal: None, ..separators } } else { separators };
        separators.read(body)
    }

    /// Writes an amount.
    pub fn write(self, amount: Money) -> String {
        let plain = amount.to_string();
        match self {
            Self::Plain | Self::Tolerant => plain,
            Self::Indonesian => grouped(&plain, '.', ','),
            Self::International => grouped(&plain, ',', '.'),
        }
    }
}

/// The digits and separators of an amount without what stands around them, and whether `,-` says
/// that they are whole rupiah.
fn undress(text: &str) -> Result<(&str, bool), AmountFault> {
    let text = text.strip_prefix('\'').unwrap_or(text).trim_start();
    if text.starts_with('-') || (text.starts_with('(') && text.ends_with(')')) {
        return Err(AmountFault::Negative);
    }
    let amount = without_currency(text);
    if amount.starts_with('-') && amount.len() > 1 {
        return Err(AmountFault::Negative);
    }
    let whole = [",-", ".-", ",--"].iter().find_map(|mark| amount.strip_suffix(mark));
    Ok((whole.unwrap_or(amount), whole.is_some()))
}

fn without_currency(text: &str) -> &str {
    for mark in ["Rp", "IDR"] {
        if let Some((head, rest)) = text.split_at_checked(mark.len())
            && head.eq_ignore_ascii_case(mark)
        {
            return rest.strip_prefix('.').unwrap_or(rest).trim_start();
        }
    }
    text
}

/// Which characters part thousands and decimals.
#[derive(Debug, Clone, Copy)]
struct Separators {
    group: Option<char>,
    decimal: Option<char>,
}

/// Tells the separators from the text: of two kinds the last one is the decimal one; one kind that
/// stands more than once parts thousands; a single one parts decimals if one or two digits follow.
fn guess(body: &str, whole_rupiah: bool) -> Result<Separators, AmountFault> {
    let is_separator = |c: char| c == '.' || c == ',';
    let Some(at) = body.rfind(is_separator) else {
        return Ok(Separators { group: None, decimal: None });
    };
    let (before, rest) = body.split_at_checked(at).ok_or(AmountFault::Malformed)?;
    let mut rest = rest.chars();
    let last = rest.next();
    let other = if last == Some('.') { ',' } else { '.' };
    let grouping = Separators { group: last, decimal: None };
    if before.contains(other) {
        Ok(Separators { group: Some(other), decimal: last })
    } else if before.contains(is_separator) || whole_rupiah {
        Ok(grouping)
    } else if rest.as_str().len() == 3 && (1..=3).contains(&before.len()) && !is_zero(before) {
        Err(AmountFault::Ambiguous)
    } else {
        Ok(Separators { group: None, decimal: last })
    }
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

impl Separators {
    fn read(self, body: &str) -> Result<Money, AmountFault> {
        let (whole, fraction) = match self.decimal.and_then(|mark| body.rsplit_once(mark)) {
            Some((_, "")) => return Err(AmountFault::Malformed),
            Some((whole, fraction)) => (whole, fraction),
            None => (body, ""),
        };
        let mut plain = String::with_capacity(body.len());
        self.ungroup(whole, &mut plain)?;
        if !fraction.is_empty() {
            plain.push('.');
            plain.push_str(fraction);
        }
        plain.parse().map_err(|fault| match fault {
            MoneyError::Malformed => AmountFault::Malformed,
            MoneyError::TooPrecise => AmountFault::TooPrecise,
            MoneyError::TooLarge => AmountFault::TooLarge,
        })
    }

    /// Appends the digits of a whole number, whose groups after the first have three digits each.
    fn ungroup(self, whole: &str, plain: &mut String) -> Result<(), AmountFault> {
        let Some(mark) = self.group.filter(|mark| whole.contains(*mark)) else {
            plain.push_str(whole);
            return Ok(());
        };
        for (index, group) in whole.split(mark).enumerate() {
            let sound = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
            if !sound {
                return Err(AmountFault::Malformed);
            }
            plain.push_str(group);
        }
        Ok(())
    }
}

fn grouped(plain: &str, group: char, decimal: char) -> String {
    let (whole, fraction) = plain.split_once('.').unwrap_or((plain, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if index > 0 && left % 3 == 0 {
            text.push(group);
        }
        text.push(digit);
    }
    text.push(decimal);
    text.push_str(fraction);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use NumberStyle::{Indonesian, International, Plain, Tolerant};
    use proptest::prelude::*;

    #[test]
    fn every_way_to_write_a_million_and_a_half() {
        for text in [
            "1.500.000,00",
            "1,500,000.00",
            "Rp 1.500.000,-",
            "Rp1.500.000",
            "RP. 1.500.000,00",
            "IDR 1,500,000",
            "1500000.00",
            "1500000,0",
            "1500000",
            "'1500000",
            "  1.500.000,00  ",
            "001500000",
        ] {
            assert_eq!(Tolerant.read(text), Ok(Money::from_sen(150_000_000)), "{text}");
        }
    }

    #[test]
    fn one_separator_before_three_digits_is_never_guessed() {
        for text in ["1.500", "1,500", "812.300", "Rp 1.500"] {
            assert_eq!(Tolerant.read(text), Err(AmountFault::Ambiguous), "{text}");
        }
        assert_eq!(Tolerant.read("Rp 1.500,-"), Ok(Money::from_sen(150_000)));
        assert_eq!(Indonesian.read("812.300"), Ok(Money::from_sen(81_230_000)));
        assert_eq!(International.read("812.300"), Err(AmountFault::TooPrecise));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        use AmountFault::{Malformed, Missing, Negative, TooLarge, TooPrecise};
        for (text, fault) in [
            ("", Missing),
            ("  ", Missing),
            ("satu juta", Malformed),
            ("1e6", Malformed),
            ("1_000", Malformed),
            ("=1+1", Malformed),
            ("1.50.000,00", Malformed),
            ("1.500.00", Malformed),
            ("1.500,000,00", Malformed),
            ("1,500.000.00", Malformed),
            (".500.000", Malformed),
            ("5,", Malformed),
            ("Rp", Malformed),
            ("٣", Malformed),
            ("-1.500.000,00", Negative),
            ("(1.500.000,00)", Negative),
            ("Rp -5", Negative),
            ("1.500.000,001", TooPrecise),
            ("0.500", TooPrecise),
            ("1500.000", TooPrecise),
            ("1.000.000.000.000.000,00", TooLarge),
            ("99999999999999999999999999999999", TooLarge),
        ] {
            assert_eq!(Tolerant.read(text), Err(fault), "{text}");
        }
        assert_eq!(Plain.read("1.500.000,00"), Err(Malformed));
        assert_eq!(Indonesian.read("1500000.00"), Err(Malformed));
        assert_eq!(Tolerant.read(&"1".repeat(1000)), Err(Malformed));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(sen in 0..=99_999_999_999_999_999_i64) {
            let amount = Money::from_sen(sen);
            for style in [Indonesian, International, Plain] {
                let text = style.write(amount);
                prop_assert_eq!(style.read(&text), Ok(amount), "{}", text);
                prop_assert_eq!(Tolerant.read(&text), Ok(amount), "{}", text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[Rp0-9.,\\- ]{0,24}|\\PC{0,24}") {
            for style in NumberStyle::ALL {
                if let Ok(amount) = style.read(&text) {
                    prop_assert!(!amount.is_negative());
                }
            }
        }
    }
}
