//! Months as payers name them: in a cell, in a header of fixed places, in a title.

use std::collections::BTreeSet;

use pensipro_kernel::{Period, written::read_date};

use crate::{normal, read_month};

/// The month that a text names: as a month, or as a day of it.
pub(super) fn named_month(text: &str) -> Option<Period> {
    let of_day = || read_date(text).ok().map(Period::of);
    let otherwise = || month_before_year(text).or_else(|| month_of_short_year(text));
    read_month(text).or_else(of_day).or_else(otherwise)
}

/// The month in `OKT-26`, as spreadsheets show it.
fn month_of_short_year(text: &str) -> Option<Period> {
    let text = normal(text);
    let (name, year) = text.split_once(' ')?;
    let is_short = year.len() == 2 && is_name(name);
    is_short.then(|| read_month(&format!("{name} 20{year}")))?
}

/// The month in `102026` or `1/2026`. No year begins like a month, so that `202610` is never meant.
fn month_before_year(text: &str) -> Option<Period> {
    let text = normal(text);
    let together = || text.split_at_checked(2).filter(|(_, year)| year.len() == 4);
    let (month, year) = text.split_once(' ').or_else(together)?;
    let month = Some(month).filter(|month| month.len() <= 2)?;
    Period::new(year.parse().ok()?, month.parse().ok()?).ok()
}

/// The one month that titles name, as `BULAN OKTOBER 2026` does; none where they name several. A day of a
/// month, such as that of printing, is none.
pub(super) fn titled_month<'t>(titles: impl IntoIterator<Item = &'t str>) -> Option<Period> {
    let named: BTreeSet<Period> = titles.into_iter().flat_map(months_in).collect();
    named.first().copied().filter(|_| named.len() == 1)
}

fn months_in(title: &str) -> Vec<Period> {
    let text = normal(title);
    // So that the first word has one before it too.
    let words: Vec<&str> = std::iter::once("").chain(text.split(' ')).collect();
    let is_day = |word: &str| word.len() <= 2 && word.parse::<u8>().is_ok();
    let month = |words: &[&str]| match words {
        [before, name, year] if is_name(name) && !is_day(before) => {
            read_month(&format!("{name} {year}"))
        }
        _ => None,
    };
    words.windows(3).filter_map(month).collect()
}

fn is_name(word: &str) -> bool {
    !word.is_empty() && word.chars().all(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_names_a_month_if_it_names_one_alone() {
        let titled =
            |titles: &[&str]| titled_month(titles.iter().copied()).map(|it| it.to_string());
        let october = Some("2026-10".to_owned());
        assert_eq!(titled(&["DAFTAR POTONGAN", "BULAN : OKTOBER 2026"]), october);
        assert_eq!(titled(&["Realisasi Okt 2026;;", "dicetak 3 November 2026"]), october);
        assert_eq!(titled(&["OKTOBER 2026", "oktober 2026"]), october);
        assert_eq!(titled(&["SEPTEMBER 2026 S/D OKTOBER 2026"]), None);
        assert_eq!(titled(&["TASPEN KCU BANDUNG", "10-2026", ""]), None);
    }
}
