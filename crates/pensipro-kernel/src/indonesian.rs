//! Figures, dates and amounts as staff and members read them in print.

use chrono::{Datelike, NaiveDate};

use crate::{Money, Period, Rate};

const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

const SMALL: [&str; 12] = [
    "nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan",
    "sepuluh", "sebelas",
];

/// Powers of a thousand with their names, the largest first.
const LARGE: [(u64, &str); 4] = [
    (1_000_000_000_000, "triliun"),
    (1_000_000_000, "miliar"),
    (1_000_000, "juta"),
    (1_000, "ribu"),
];

/// A whole number with its thousands apart: `1.500.000`.
pub fn number(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let sign = if number < 0 { "-" } else { "" };
    let mut text = String::from(sign);
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    text
}

/// An amount of a table's column: `1.500.000,00`.
pub fn amount(money: Money) -> String {
    let sign = if money.is_negative() { "-" } else { "" };
    let sen = money.sen().unsigned_abs();
    let rupiah = i64::try_from(sen / 100).unwrap_or(i64::MAX);
    format!("{sign}{},{:02}", number(rupiah), sen % 100)
}

/// An amount of a running text: `Rp1.500.000`, with sen only where there are some.
pub fn rupiah(money: Money) -> String {
    let text = amount(money);
    format!("Rp{}", text.strip_suffix(",00").unwrap_or(&text))
}

/// A percentage: `9,6%`.
pub fn percent(rate: Rate) -> String {
    format!("{}%", rate.to_string().replace('.', ","))
}

/// A date of a running text: `5 Oktober 2026`.
pub fn date(date: NaiveDate) -> String {
    format!("{} {}", date.day(), month(Period::of(date)))
}

/// A date of a table's column: `05-10-2026`.
pub fn short_date(date: NaiveDate) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

/// A month: `Oktober 2026`.
pub fn month(period: Period) -> String {
    let first = period.first_day();
    let name = usize::try_from(first.month0()).ok().and_then(|place| MONTHS.get(place));
    format!("{} {}", name.unwrap_or(&""), first.year())
}

/// A whole number in words: `seratus dua puluh ribu lima`.
pub fn words(number: u64) -> String {
    if let Some(word) = usize::try_from(number).ok().and_then(|place| SMALL.get(place)) {
        return (*word).to_owned();
    }
    match number {
        ..20 => format!("{} belas", words(number - 10)),
        20..100 => parts(number, 10, "puluh"),
        100..200 => followed("seratus", number - 100),
        200..1_000 => parts(number, 100, "ratus"),
        1_000..2_000 => followed("seribu", number - 1_000),
        _ => {
            let (power, name) =
                LARGE.iter().find(|(power, _)| *power <= number).unwrap_or(&LARGE[3]);
            parts(number, *power, name)
        }
    }
}

/// An amount in words, as a contract repeats it: `dua juta rupiah lima puluh sen`.
pub fn rupiah_in_words(money: Money) -> String {
    let sign = if money.is_negative() { "minus " } else { "" };
    let sen = money.sen().unsigned_abs();
    let fraction = match sen % 100 {
        0 => String::new(),
        sen => format!(" {} sen", words(sen)),
    };
    format!("{sign}{} rupiah{fraction}", words(sen / 100))
}

fn parts(number: u64, power: u64, name: &str) -> String {
    followed(&format!("{} {name}", words(number / power)), number % power)
}

fn followed(head: &str, rest: u64) -> String {
    if rest == 0 { head.to_owned() } else { format!("{head} {}", words(rest)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn figures_have_points_for_thousands_and_a_decimal_comma() {
        assert_eq!(number(1_234_567), "1.234.567");
        assert_eq!(number(-100), "-100");
        assert_eq!(amount("1500000".parse().unwrap()), "1.500.000,00");
        assert_eq!(amount("-0.05".parse().unwrap()), "-0,05");
        assert_eq!(rupiah("1500000".parse().unwrap()), "Rp1.500.000");
        assert_eq!(rupiah("4169160.25".parse().unwrap()), "Rp4.169.160,25");
        assert_eq!(percent("9.6".parse().unwrap()), "9,6%");
    }

    #[test]
    fn dates_are_written_out_or_short() {
        let day = "2026-10-05".parse().unwrap();
        assert_eq!((date(day), short_date(day)), ("5 Oktober 2026".into(), "05-10-2026".into()));
        assert_eq!(month("2027-01".parse().unwrap()), "Januari 2027");
    }

    #[test]
    fn numbers_read_as_they_are_spoken() {
        for (value, spoken) in [
            (0, "nol"),
            (11, "sebelas"),
            (15, "lima belas"),
            (20, "dua puluh"),
            (99, "sembilan puluh sembilan"),
            (100, "seratus"),
            (111, "seratus sebelas"),
            (1_000, "seribu"),
            (1_900, "seribu sembilan ratus"),
            (2_084_580, "dua juta delapan puluh empat ribu lima ratus delapan puluh"),
            (1_000_000_000, "satu miliar"),
            (100_000_000, "seratus juta"),
            (1_000_001, "satu juta satu"),
        ] {
            assert_eq!(words(value), spoken);
        }
        assert_eq!(rupiah_in_words("2000000.5".parse().unwrap()), "dua juta rupiah lima puluh sen");
        assert_eq!(rupiah_in_words(Money::ZERO), "nol rupiah");
    }

    proptest! {
        /// No two numbers are spoken alike, and thousands apart take nothing away.
        #[test]
        fn what_is_written_tells_the_number(a in 0_i64..10_000_000_000, b in 0_i64..10_000_000_000) {
            prop_assert_eq!(number(a).replace('.', ""), a.to_string());
            let spoken = |number: i64| words(number.unsigned_abs());
            prop_assert_eq!(spoken(a) == spoken(b), a == b);
        }
    }
}
