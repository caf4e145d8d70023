//! Words, and the months among them.

use crate::Period;

/// A text made comparable: in capitals, letters and digits parted by single blanks where anything
/// else stands between them. `"No_Pensiun "` and `NO. PENSIUN` are the same.
pub fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    for word in words {
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.extend(word.chars().flat_map(char::to_uppercase));
    }
    normal
}

/// The text of a cell without the dress that spreadsheets put on numbers to keep them text: blanks
/// around, a leading apostrophe, or `="…"`.
pub fn unwrap_cell(text: &str) -> &str {
    let text = text.trim();
    let text = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
    text.strip_prefix('\'').unwrap_or(text).trim()
}

/// Month names, each by the beginnings that people write.
const MONTHS: [&[&str]; 12] = [
    &["JAN"],
    &["FEB", "PEB"],
    &["MAR"],
    &["APR"],
    &["MEI", "MAY"],
    &["JUN"],
    &["JUL"],
    &["AGU", "AUG", "AGT"],
    &["SEP"],
    &["OKT", "OCT"],
    &["NOV", "NOP"],
    &["DES", "DEC"],
];

/// The month in `OKTOBER 2026`, `2026-10`, `10/2026` or `202610`; `None` if the text names none.
pub fn read_month(text: &str) -> Option<Period> {
    let text = normal(text);
    if let Some((year, month)) = text.split_at_checked(4).filter(|(_, month)| month.len() == 2) {
        return month_of(year, month);
    }
    let (one, other) = text.split_once(' ')?;
    if one.len() == 4 && is_number(one) { month_of(one, other) } else { month_of(other, one) }
}

fn month_of(year: &str, month: &str) -> Option<Period> {
    let year = Some(year).filter(|year| year.len() == 4 && is_number(year))?;
    let number = if is_number(month) { month.parse().ok()? } else { month_number(month)? };
    Period::new(year.parse().ok()?, number).ok()
}

pub(super) fn month_number(name: &str) -> Option<u32> {
    let is_name = |names: &[&str]| names.iter().any(|start| name.starts_with(start));
    (1..).zip(MONTHS).find(|(_, names)| is_name(names)).map(|(number, _)| number)
}

pub(super) fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_lose_their_dress_and_keep_their_zeros() {
        assert_eq!(unwrap_cell(" '003575843547995 "), "003575843547995");
        assert_eq!(unwrap_cell("=\"0035\""), "0035");
        assert_eq!(unwrap_cell("Jl. Melati 4"), "Jl. Melati 4");
    }

    #[test]
    fn headings_compare_whatever_parts_their_words() {
        for heading in ["no_pensiun", " No. Pensiun ", "NO  PENSIUN", "\u{feff}no-pensiun"] {
            assert_eq!(normal(heading), "NO PENSIUN", "{heading:?}");
        }
        assert_eq!(normal("9 Belum ambil gaji"), "9 BELUM AMBIL GAJI");
    }

    #[test]
    fn months_in_words_and_figures() {
        let october = Period::new(2026, 10).ok();
        for text in ["OKTOBER 2026", "Okt-2026", "2026-10", "10/2026", "202610", "2026 Oktober"] {
            assert_eq!(read_month(text), october, "{text}");
        }
        assert_eq!(read_month("NOPEMBER 2026"), Period::new(2026, 11).ok());
        for text in ["", "2026", "13/2026", "OKTOBER", "BULAN 2026", "é 2026", "20é6"] {
            assert_eq!(read_month(text), None, "{text}");
        }
    }
}
