//! Percentages, counted in 1/10,000 percent.

use std::{fmt, marker::PhantomData, str::FromStr};

use bigdecimal::BigDecimal;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};

use crate::money::{ScaledFault, parse_scaled};

/// A percentage with up to four decimals, as a count of 1/10,000 percent: `9.6` % is 96,000.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Rate(i64);

/// Why a text is no percentage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not `-?digits[.digits]`.
    #[error("a percentage is digits with at most four decimals, such as 9.6")]
    Malformed,
    /// More than four decimals.
    #[error("a percentage has at most four decimals")]
    TooPrecise,
    /// More than six digits before the decimal point.
    #[error("a percentage has at most six digits before the decimal point")]
    TooLarge,
}

impl Rate {
    /// 0 %.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const HUNDRED: Self = Self(1_000_000);
    /// Units of a `Rate` in the whole (100 %): divide `amount × units` by it.
    pub const UNITS_PER_WHOLE: i64 = 1_000_000;

    /// A percentage of `units` 1/10,000 percent.
    pub const fn from_units(units: i64) -> Self {
        Self(units)
    }

    /// Whole percent.
    pub const fn percent(percent: i32) -> Self {
        // An i32 times 10,000 always fits.
        #[expect(clippy::as_conversions, reason = "widening; From is not const")]
        Self(percent as i64 * 10_000)
    }

    /// The percentage in 1/10,000 percent.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// True for exactly 0 %.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The exact percentage.
    pub fn to_decimal(self) -> BigDecimal {
        BigDecimal::new(self.0.into(), 4)
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        parse_scaled(text, 6, 4).map(Self).map_err(|fault| match fault {
            ScaledFault::Malformed => RateError::Malformed,
            ScaledFault::TooPrecise => RateError::TooPrecise,
            ScaledFault::TooLarge => RateError::TooLarge,
        })
    }
}

impl fmt::Display for Rate {
    /// The shortest form: `9.6`, `12`, `0.0001`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let fraction = format!("{:04}", units % 10_000);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{sign}{}", units / 10_000),
            digits => write!(f, "{sign}{}.{digits}", units / 10_000),
        }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}%")
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DecimalVisitor::<Self>::new("a percentage such as \"9.6\""))
    }
}

/// Reads a decimal from a string or from a JSON number's literal digits, never through a float.
pub(crate) struct DecimalVisitor<T> {
    expected: &'static str,
    target: PhantomData<T>,
}

impl<T> DecimalVisitor<T> {
    pub(crate) fn new(expected: &'static str) -> Self {
        Self { expected, target: PhantomData }
    }
}

impl<'de, T> Visitor<'de> for DecimalVisitor<T>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.visit_str(&value.to_string())
    }

    /// serde_json hands a number over as its literal (`arbitrary_precision`).
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let literal = serde_json::Number::deserialize(MapAccessDeserializer::new(map))?;
        self.visit_str(literal.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortest_text_and_back() {
        for (text, units) in [("9.6", 96_000), ("12", 120_000), ("0.0001", 1), ("-1.25", -12_500)] {
            assert_eq!(text.parse::<Rate>(), Ok(Rate::from_units(units)));
            assert_eq!(Rate::from_units(units).to_string(), text);
        }
        assert_eq!("1.00001".parse::<Rate>(), Err(RateError::TooPrecise));
        assert_eq!("9,6".parse::<Rate>(), Err(RateError::Malformed));
        assert_eq!("1000000".parse::<Rate>(), Err(RateError::TooLarge));
        assert_eq!(serde_json::from_str::<Rate>("9.6").ok(), Some(Rate::from_units(96_000)));
        assert_eq!(Rate::percent(100), Rate::HUNDRED);
    }
}
