//! Dates.

use chrono::NaiveDate;

use super::words::{is_number, month_number, normal};

/// Why a text is no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateFault {
    /// None of the ways in which dates are written.
    #[error("a date is such as 17-08-1957, 17 Agustus 1957 or 1957-08-17")]
    Malformed,
    /// `17-08-57`: of this century or the last.
    #[error("the year of a date has four digits")]
    ShortYear,
    /// `31-02-1957`.
    #[error("there is no such day")]
    NoSuchDay,
}

/// Reads a date: day, month and year, or year, month and day, whatever parts them. The month may be a
/// word, Indonesian or English; a midnight that follows, as spreadsheets write it, is passed over.
///
/// ```
/// use pensipro_kernel::written::{DateFault, read_date};
/// let independence = read_date("17 Agustus 1945");
/// assert_eq!(read_date("17/8/1945"), independence);
/// assert_eq!(read_date("1945-08-17 00:00:00"), independence);
/// assert_eq!(read_date("08/17/1945"), Err(DateFault::NoSuchDay));
/// ```
pub fn read_date(text: &str) -> Result<NaiveDate, DateFault> {
    let text = normal(text);
    let (date, time): (Vec<&str>, Vec<&str>) = {
        let mut parts = text.split(' ');
        (parts.by_ref().take(3).collect(), parts.collect())
    };
    let is_midnight = time.len() <= 3 && time.iter().all(|part| matches!(*part, "0" | "00"));
    let [one, month, three] = date.as_slice() else { return Err(DateFault::Malformed) };
    if !is_midnight || !is_number(one) || !is_number(three) {
        return Err(DateFault::Malformed);
    }
    let (year, day) = if one.len() == 4 { (one, three) } else { (three, one) };
    if !(1..=2).contains(&day.len()) {
        return Err(DateFault::Malformed);
    }
    let month = match is_number(month) {
        true => month.parse().ok(),
        false => month_number(month),
    };
    match (year.len(), year.parse().ok(), month, day.parse().ok()) {
        (4, Some(year), Some(month), Some(day)) => {
            NaiveDate::from_ymd_opt(year, month, day).ok_or(DateFault::NoSuchDay)
        }
        (2, Some(_), Some(_), Some(_)) => Err(DateFault::ShortYear),
        _ => Err(DateFault::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_to_write_a_day() {
        let day = NaiveDate::from_ymd_opt(1957, 8, 7);
        for text in [
            "07-08-1957",
            "7/8/1957",
            "07.08.1957",
            "7 Agustus 1957",
            "07-Agt-1957",
            "7 AUG 1957",
            "1957-08-07",
            "1957-08-07 00:00:00",
            " 7  agustus, 1957 ",
        ] {
            assert_eq!(read_date(text).ok(), day, "{text}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        use DateFault::{Malformed, NoSuchDay, ShortYear};
        for (text, fault) in [
            ("", Malformed),
            ("1957", Malformed),
            ("Agustus 1957", Malformed),
            ("21048", Malformed),
            ("7 Bulan 1957", Malformed),
            ("1957-08-07 13:00:00", Malformed),
            ("007-08-1957", Malformed),
            ("7-8-957", Malformed),
            ("07-08-57", ShortYear),
            ("31-02-1957", NoSuchDay),
            ("08/17/1957", NoSuchDay),
            ("00-08-1957", NoSuchDay),
        ] {
            assert_eq!(read_date(text), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_written_day_is_read(days in 0_u32..60_000) {
            let day = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(days.into());
            for style in ["%Y-%m-%d", "%d-%m-%Y", "%-d/%-m/%Y", "%d %B %Y", "%d-%b-%Y"] {
                let text = day.format(style).to_string();
                prop_assert_eq!(read_date(&text), Ok(day), "{}", text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9/. A-Za-z-]{0,24}|\\PC{0,24}") {
            let _ = read_date(&text);
        }
    }
}
