//! The national identity number.

use std::{fmt, str::FromStr};

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::FieldFault;

use crate::member::Sex;

/// An Indonesian identity number (NIK): 16 digits, of which the 7th to 12th are the birth date
/// `DDMMYY`, with 40 added to the day for women, and the last four a serial.
///
/// `Debug` shows the masked form: the number never reaches a log by accident.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nik {
    digits: String,
    birth: NikBirth,
}

/// What a NIK says of its holder's birth. It stays what it was at first issue, so it may differ
/// from the real date (PP 40/2019).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NikBirth {
    /// Day of the month, 1 to 31; not checked against the month.
    pub day: u32,
    /// Month, 1 to 12.
    pub month: u32,
    /// The year's last two digits.
    pub year: i32,
    /// The sex that the day's offset tells.
    pub sex: Sex,
}

/// Why a text is no NIK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NikError {
    /// Not 16 characters, or one of them no digit.
    #[error("a NIK has 16 digits")]
    NotSixteenDigits,
    /// Digits 7 and 8 are not 01–31 or 41–71.
    #[error("digits 7 and 8 of a NIK are a day from 01 to 31, or from 41 to 71 for women")]
    Day,
    /// Digits 9 and 10 are not 01–12.
    #[error("digits 9 and 10 of a NIK are a month from 01 to 12")]
    Month,
    /// The last four digits are 0000.
    #[error("the last four digits of a NIK are a serial above 0000")]
    Serial,
}

pensipro_kernel::codes! {
    /// A contradiction between a NIK and the member's record: worth a look, no ground to refuse.
    pub enum NikWarning {
        /// Another birth date than the member's.
        BirthDate = "nik_birth_date_differs",
        /// Another sex than the member's.
        Sex = "nik_sex_differs",
    }
}

impl Nik {
    /// Reads the field of a body.
    pub fn read(field: &str, text: &str) -> Result<Self, FieldFault> {
        text.trim()
            .parse()
            .map_err(|error: NikError| FieldFault::new(field, "invalid_nik", error.to_string()))
    }

    /// The 16 digits.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// What it says of the birth.
    pub const fn birth(&self) -> NikBirth {
        self.birth
    }

    /// The form for lists: `3173********0001`.
    pub fn masked(&self) -> String {
        let head: String = self.digits.chars().take(4).collect();
        let tail: String = self.digits.chars().skip(12).collect();
        format!("{head}********{tail}")
    }

    /// Where it contradicts a birth date or a sex.
    pub fn contradictions(&self, born: NaiveDate, sex: Sex) -> Vec<NikWarning> {
        let NikBirth { day, month, year, .. } = self.birth;
        let same_date =
            (day, month, year) == (born.day(), born.month(), born.year().rem_euclid(100));
        let date = (!same_date).then_some(NikWarning::BirthDate);
        let other_sex = (self.birth.sex != sex).then_some(NikWarning::Sex);
        date.into_iter().chain(other_sex).collect()
    }
}

impl FromStr for Nik {
    type Err = NikError;

    fn from_str(text: &str) -> Result<Self, NikError> {
        let digits =
            <[u8; 16]>::try_from(text.as_bytes()).map_err(|_| NikError::NotSixteenDigits)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(NikError::NotSixteenDigits);
        }
        let [_, _, _, _, _, _, d1, d2, m1, m2, y1, y2, serial @ ..] = digits;
        let (day, sex) = match two_digits(d1, d2) {
            day @ 1..=31 => (day, Sex::Male),
            day @ 41..=71 => (day.saturating_sub(40), Sex::Female),
            _ => return Err(NikError::Day),
        };
        let month = two_digits(m1, m2);
        if !(1..=12).contains(&month) {
            return Err(NikError::Month);
        }
        if serial == *b"0000" {
            return Err(NikError::Serial);
        }
        let birth =
            NikBirth { day: day.into(), month: month.into(), year: two_digits(y1, y2).into(), sex };
        Ok(Self { digits: text.to_owned(), birth })
    }
}

/// The number that two ASCII digits write; below 100.
fn two_digits(tens: u8, ones: u8) -> u8 {
    let digit = |byte: u8| byte.saturating_sub(b'0');
    digit(tens).saturating_mul(10).saturating_add(digit(ones))
}

impl fmt::Debug for Nik {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_seven_to_twelve_tell_birth_and_sex() {
        let nik: Nik = "3173055708570001".parse().unwrap();
        assert_eq!(nik.birth(), NikBirth { day: 17, month: 8, year: 57, sex: Sex::Female });
        assert_eq!(nik.masked(), "3173********0001");
        assert_eq!(format!("{nik:?}"), "3173********0001");
    }

    #[test]
    fn what_cannot_be_a_nik_is_refused() {
        for (text, error) in [
            ("", NikError::NotSixteenDigits),
            ("317305170857000", NikError::NotSixteenDigits),
            ("31730517085700011", NikError::NotSixteenDigits),
            ("317305170857000A", NikError::NotSixteenDigits),
            ("31730517085700٣", NikError::NotSixteenDigits),
            ("3173050008570001", NikError::Day),
            ("3173053208570001", NikError::Day),
            ("3173054008570001", NikError::Day),
            ("3173057208570001", NikError::Day),
            ("3173051700570001", NikError::Month),
            ("3173051713570001", NikError::Month),
            ("3173051708570000", NikError::Serial),
        ] {
            assert_eq!(text.parse::<Nik>(), Err(error), "{text}");
        }
        for edge in ["3173050101570001", "3173053112579999", "3173054101570001", "3173057112570001"]
        {
            assert!(edge.parse::<Nik>().is_ok(), "{edge}");
        }
    }

    #[test]
    fn contradictions_are_warnings() {
        let nik: Nik = "3173055708570001".parse().unwrap();
        let born = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(nik.contradictions(born("1957-08-17"), Sex::Female), []);
        assert_eq!(
            nik.contradictions(born("1957-08-18"), Sex::Male),
            [NikWarning::BirthDate, NikWarning::Sex]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = Nik::read("nik", &text);
        }

        #[test]
        fn sixteen_digits_are_read_or_refused_and_kept(text in "[0-9]{16}") {
            if let Ok(nik) = text.parse::<Nik>() {
                prop_assert_eq!(nik.as_str(), text);
                prop_assert!((1..=31).contains(&nik.birth().day));
            }
        }

        #[test]
        fn the_masked_form_hides_the_middle(text in "[0-9]{6}1708[0-9]{2}[1-9]{4}") {
            let masked = text.parse::<Nik>().unwrap().masked();
            prop_assert_eq!(masked.len(), 16);
            prop_assert!(!masked.contains(&text[4..12]));
        }
    }
}
