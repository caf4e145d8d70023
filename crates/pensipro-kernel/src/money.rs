//! Rupiah, counted in sen.

use std::{fmt, str::FromStr};

use bigdecimal::BigDecimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::rate::DecimalVisitor;

/// An amount of Indonesian rupiah as a signed count of sen (1/100 rupiah).
///
/// Arithmetic is checked: every operation that could leave 64 bits returns `None`. In JSON an
/// amount is a string with two decimals; input also takes a number, read from its digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not `-?digits[.digits]` (exponents, separators and signs other than `-` included).
    #[error("an amount is digits with at most two decimals, such as 1500000.00")]
    Malformed,
    /// More than two decimals; an amount is never rounded silently.
    #[error("an amount has at most two decimals")]
    TooPrecise,
    /// More than 15 digits before the decimal point.
    #[error("an amount has at most 15 digits before the decimal point")]
    TooLarge,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount that input may state: 999,999,999,999,999.99 rupiah.
    pub const MAX_INPUT: Self = Self(99_999_999_999_999_999);

    /// An amount of `sen` hundredths of a rupiah.
    pub const fn from_sen(sen: i64) -> Self {
        Self(sen)
    }

    /// The amount in sen.
    pub const fn sen(self) -> i64 {
        self.0
    }

    /// Whole rupiah; `None` past 64 bits of sen.
    pub const fn from_rupiah(rupiah: i64) -> Option<Self> {
        match rupiah.checked_mul(100) {
            Some(sen) => Some(Self(sen)),
            None => None,
        }
    }

    /// An amount from a wide intermediate; `None` if it does not fit 64 bits.
    pub fn from_wide(sen: i128) -> Option<Self> {
        i64::try_from(sen).ok().map(Self)
    }

    /// The sum; `None` past 64 bits.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sen) => Some(Self(sen)),
            None => None,
        }
    }

    /// The difference; `None` past 64 bits.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(sen) => Some(Self(sen)),
            None => None,
        }
    }

    /// `self − other`, but never below zero. Both are expected to be non-negative.
    #[inline]
    pub fn minus_or_zero(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// This many times the amount; `None` past 64 bits.
    pub const fn checked_mul(self, times: i64) -> Option<Self> {
        match self.0.checked_mul(times) {
            Some(sen) => Some(Self(sen)),
            None => None,
        }
    }

    /// The amount with its sign turned; `None` for the one value that has no opposite.
    pub const fn checked_neg(self) -> Option<Self> {
        match self.0.checked_neg() {
            Some(sen) => Some(Self(sen)),
            None => None,
        }
    }

    /// The sum of all; `None` past 64 bits.
    pub fn checked_sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// True for exactly nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// True above zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// True below zero.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The exact decimal, in rupiah.
    pub fn to_decimal(self) -> BigDecimal {
        BigDecimal::new(self.0.into(), 2)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `-?\d{1,15}(\.\d{1,2})?`, and nothing else.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        parse_scaled(text, 15, 2).map(Self).map_err(|fault| match fault {
            ScaledFault::Malformed => MoneyError::Malformed,
            ScaledFault::TooPrecise => MoneyError::TooPrecise,
            ScaledFault::TooLarge => MoneyError::TooLarge,
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let sen = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", sen / 100, sen % 100)
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rp{self}")
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(DecimalVisitor::<Self>::new("an amount such as \"1500000.00\""))
    }
}

pub(crate) enum ScaledFault {
    Malformed,
    TooPrecise,
    TooLarge,
}

/// Reads plain decimal digits into an integer scaled by ten to the `decimals`.
pub(crate) fn parse_scaled(text: &str, digits: usize, decimals: usize) -> Result<i64, ScaledFault> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(body) => (true, body),
        None => (false, text),
    };
    let (whole, fraction) = match body.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return Err(ScaledFault::Malformed),
        None => (body, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Err(ScaledFault::Malformed);
    }
    if whole.len() > digits {
        return Err(ScaledFault::TooLarge);
    }
    if fraction.len() > decimals {
        return Err(ScaledFault::TooPrecise);
    }
    let padding = std::iter::repeat_n(b'0', decimals.saturating_sub(fraction.len()));
    let scaled = whole
        .bytes()
        .chain(fraction.bytes())
        .chain(padding)
        .try_fold(0_i64, |sum, byte| {
            sum.checked_mul(10)?.checked_add(i64::from(byte.saturating_sub(b'0')))
        })
        .ok_or(ScaledFault::TooLarge)?;
    Ok(if negative { scaled.saturating_neg() } else { scaled })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_plain_digits_only() {
        for (text, sen) in [("0", 0), ("1500000.00", 150_000_000), ("-0.5", -50), ("7.05", 705)] {
            assert_eq!(text.parse::<Money>(), Ok(Money::from_sen(sen)), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1e3", "1_000", "+1", " 1", "1,5", "NaN", "٣", "0x1"] {
            assert_eq!(text.parse::<Money>(), Err(MoneyError::Malformed), "{text}");
        }
        assert_eq!("1.005".parse::<Money>(), Err(MoneyError::TooPrecise));
        assert_eq!("1000000000000000".parse::<Money>(), Err(MoneyError::TooLarge));
        assert_eq!("999999999999999.99".parse::<Money>(), Ok(Money::MAX_INPUT));
    }

    #[test]
    fn json_is_read_from_its_literal_digits() {
        let read = |json: &str| serde_json::from_str::<Money>(json).ok();
        assert_eq!(read("123456789012345.67"), Some(Money::from_sen(12_345_678_901_234_567)));
        assert_eq!(read("\"0.10\""), Some(Money::from_sen(10)));
        assert_eq!(read("12"), Some(Money::from_sen(1200)));
        for json in ["1e2", "1.005", "null", "true", "[]", "{}", "\"1 000\"", "1E-2"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn text_and_back(sen in -99_999_999_999_999_999_i64..=99_999_999_999_999_999) {
            let money = Money::from_sen(sen);
            prop_assert_eq!(money.to_string().parse::<Money>(), Ok(money));
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = text.parse::<Money>();
        }
    }
}
