//! Per-mille tables as insurers send them: a sheet with a band a row, or with ages down and tenors
//! across.

use pensipro_kernel::document::{Column, Report, Table};
use pensipro_kernel::{Faults, FieldFault, Rate};

use crate::PerMilleBand;

/// Titles are looked for in so many rows.
const TITLES_WITHIN: usize = 10;

/// What the columns of a sheet of bands are called; blanks and case do not count.
const TITLES: [&[&str]; 5] = [
    &["agefrom", "usiadari", "umurdari"],
    &["ageto", "usiasampai", "umursampai"],
    &["tenorfrom", "tenordari"],
    &["tenorto", "tenorsampai"],
    &["permille", "permil", "rate", "tarif"],
];

/// A range of ages or months; both ends count.
type Range = (u16, u16);

enum Layout {
    /// Where each of [`TITLES`] stands.
    Bands([usize; 5]),
    /// Columns with their months.
    Crosswise(Vec<(usize, Range)>),
}

/// Reads a sheet. Its titles are those of [`rate_table_report`] (or their English names), or an empty
/// corner with tenors beside it: `12` are the months after the column before through 12, `13-24` and
/// `2 tahun` are as they say. Blank cells have no rate. Faults name their cells: `file.C7`.
pub fn rate_table(sheet: &[Vec<String>]) -> Result<Vec<PerMilleBand>, Faults> {
    let found = sheet.iter().take(TITLES_WITHIN).enumerate();
    let Some((head, layout)) = found.filter_map(|(no, row)| Some((no, layout(row)?))).next() else {
        let mut faults = Faults::new();
        faults.add("file", "no_titles", "neither the titles of bands nor tenors beside ages");
        return Err(faults);
    };
    let mut faults = Faults::new();
    let mut bands = Vec::new();
    for (no, row) in sheet.iter().enumerate().skip(head.saturating_add(1)) {
        match &layout {
            _ if row.iter().all(|cell| cell.trim().is_empty()) => {}
            Layout::Bands(columns) => bands.extend(band(row, no, columns, &mut faults)),
            Layout::Crosswise(tenors) => crosswise(row, no, tenors, &mut bands, &mut faults),
        }
    }
    faults.finish(Some(bands))
}

/// The table as a sheet that [`rate_table`] reads again.
pub fn rate_table_report(bands: &[PerMilleBand]) -> Report {
    let mut table = Table::new(vec![
        Column::figures("age_from", "Usia dari"),
        Column::figures("age_to", "Usia sampai"),
        Column::figures("tenor_from", "Tenor dari"),
        Column::figures("tenor_to", "Tenor sampai"),
        Column::figures("per_mille", "Per mil"),
    ]);
    for PerMilleBand { age_from, age_to, tenor_from, tenor_to, per_mille } in bands {
        let ranges = [*age_from, *age_to, *tenor_from, *tenor_to].map(Into::into);
        table.push(ranges.into_iter().chain([per_mille.to_string().into()]).collect());
    }
    Report::new("Tabel premi", table)
}

fn layout(row: &[String]) -> Option<Layout> {
    let titles: Vec<String> = row.iter().map(|cell| letters(cell)).collect();
    let place = |names: &[&str]| titles.iter().position(|title| names.contains(&title.as_str()));
    let [age_from, age_to, tenor_from, tenor_to, per_mille] = TITLES.map(place);
    if let Some(age_from) = age_from {
        return Some(Layout::Bands([age_from, age_to?, tenor_from?, tenor_to?, per_mille?]));
    }
    let (corner, rest) = row.split_first()?;
    if range(corner, 1, 0).is_some() {
        return None;
    }
    let mut before = 0;
    let mut tenors = Vec::new();
    for (place, cell) in (1..).zip(rest).filter(|(_, cell)| !cell.trim().is_empty()) {
        let years = ["th", "tahun"].iter().any(|unit| cell.to_lowercase().contains(unit));
        let months = if years { 12 } else { 1 };
        let tenor = range(cell, months, before)?;
        before = tenor.1;
        tenors.push((place, tenor));
    }
    (!tenors.is_empty()).then_some(Layout::Crosswise(tenors))
}

fn letters(cell: &str) -> String {
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `7`, `7-12`, `7 bulan`; a single number begins after `before`. Years are given as their months.
fn range(cell: &str, months: u16, before: u16) -> Option<Range> {
    let text = cell.to_lowercase().replace("s/d", "-").replace('–', "-");
    let text = text.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ' || c == '.');
    let number = |text: &str| text.trim().parse::<u16>().ok()?.checked_mul(months);
    match text.split_once('-') {
        Some((from, to)) => Some((number(from)?.checked_sub(months)?.checked_add(1)?, number(to)?)),
        None => Some((before.checked_add(1)?, number(text)?)),
    }
}

/// An age, or a range of them.
fn ages(cell: &str) -> Option<Range> {
    let (from, to) = range(cell, 1, 0)?;
    Some(if cell.contains(['-', '–', '/']) { (from, to) } else { (to, to) })
}

fn band(
    row: &[String],
    no: usize,
    columns: &[usize; 5],
    faults: &mut Faults,
) -> Option<PerMilleBand> {
    let [age_from, age_to, tenor_from, tenor_to, rate] = *columns;
    let mut number = |column| faults.take(whole(row, no, column));
    let (age_from, age_to) = (number(age_from), number(age_to));
    let (tenor_from, tenor_to) = (number(tenor_from), number(tenor_to));
    let per_mille = faults.take(per_mille(row, no, rate));
    Some(PerMilleBand {
        age_from: age_from?,
        age_to: age_to?,
        tenor_from: tenor_from?,
        tenor_to: tenor_to?,
        per_mille: per_mille?,
    })
}

fn crosswise(
    row: &[String],
    no: usize,
    tenors: &[(usize, Range)],
    bands: &mut Vec<PerMilleBand>,
    faults: &mut Faults,
) {
    let age = ages(cell(row, 0)).ok_or_else(|| fault(no, 0, "is an age, or ages such as 60-64"));
    let Some((age_from, age_to)) = faults.take(age) else { return };
    for (column, (tenor_from, tenor_to)) in tenors {
        if cell(row, *column).is_empty() {
            continue;
        }
        if let Some(per_mille) = faults.take(per_mille(row, no, *column)) {
            let (tenor_from, tenor_to) = (*tenor_from, *tenor_to);
            bands.push(PerMilleBand { age_from, age_to, tenor_from, tenor_to, per_mille });
        }
    }
}

fn cell(row: &[String], column: usize) -> &str {
    row.get(column).map_or("", |cell| cell.trim())
}

fn whole(row: &[String], no: usize, column: usize) -> Result<u16, FieldFault> {
    let number = cell(row, column).parse();
    number.map_err(|_| fault(no, column, "is a whole number from 0 to 65535"))
}

/// A rate with a decimal point or comma.
fn per_mille(row: &[String], no: usize, column: usize) -> Result<Rate, FieldFault> {
    let text = cell(row, column).trim_end_matches('‰').trim_end();
    let text = if text.contains('.') { text.to_owned() } else { text.replace(',', ".") };
    text.parse().map_err(|_| fault(no, column, "is a rate per mille with up to four decimals"))
}

/// A fault of a cell by the name that spreadsheets have for it.
fn fault(row: usize, column: usize, message: &str) -> FieldFault {
    let mut letters = Vec::new();
    let mut rest = column.saturating_add(1);
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A'.saturating_add(letter)));
        rest = (rest - 1) / 26;
    }
    let name: String = letters.into_iter().collect();
    FieldFault::new(format!("file.{name}{}", row.saturating_add(1)), "invalid", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
    }

    fn band(ages: Range, tenors: Range, per_mille: &str) -> PerMilleBand {
        PerMilleBand {
            age_from: ages.0,
            age_to: ages.1,
            tenor_from: tenors.0,
            tenor_to: tenors.1,
            per_mille: per_mille.parse().unwrap(),
        }
    }

    fn cells(faults: &Faults) -> Vec<&str> {
        faults.list().iter().map(|fault| fault.field.as_str()).collect()
    }

    #[test]
    fn bands_stand_in_rows_under_titles_in_any_order() {
        let text = "PT Asuransi Jiwa\nTenor dari;Tenor sampai;Usia dari;Usia sampai;Per Mil\n\
                    1;12;60;66;12,5\n\n13;24;60;66;24.25";
        let bands = rate_table(&sheet(text)).unwrap();
        assert_eq!(bands, [band((60, 66), (1, 12), "12.5"), band((60, 66), (13, 24), "24.25")]);
    }

    #[test]
    fn ages_down_and_tenors_across_make_a_band_a_cell() {
        let text = "Usia;12;24;36 bulan\n60-64;10;20;30\n65;11;;33,5";
        let bands = rate_table(&sheet(text)).unwrap();
        let expected = [
            band((60, 64), (1, 12), "10"),
            band((60, 64), (13, 24), "20"),
            band((60, 64), (25, 36), "30"),
            band((65, 65), (1, 12), "11"),
            band((65, 65), (25, 36), "33.5"),
        ];
        assert_eq!(bands, expected);
        let years = rate_table(&sheet(";1 thn;2-3 tahun\n60;10;20")).unwrap();
        assert_eq!(years, [band((60, 60), (1, 12), "10"), band((60, 60), (13, 36), "20")]);
    }

    #[test]
    fn a_table_that_was_written_is_read_again() {
        let bands = [band((60, 66), (1, 12), "12.5"), band((67, 70), (1, 12), "78.5")];
        let csv = String::from_utf8(rate_table_report(&bands).table.to_csv()).unwrap();
        assert_eq!(rate_table(&sheet(&csv)).unwrap(), bands);
    }

    #[test]
    fn faults_name_their_cells_and_come_together() {
        let text = "Usia;12;24\nsenior;1;2\n60;x;-\n61;1,5,5;99999999";
        let faults = rate_table(&sheet(text)).unwrap_err();
        assert_eq!(cells(&faults), ["file.A2", "file.B3", "file.C3", "file.B4", "file.C4"]);
        let text = "age_from;age_to;tenor_from;tenor_to;per_mille\n-1;66;1";
        let faults = rate_table(&sheet(text)).unwrap_err();
        assert_eq!(cells(&faults), ["file.A2", "file.D2", "file.E2"]);
        for text in ["", "a;b\n1;2", "60;1;2\n61;2;3", "age_from;age_to\n60;61"] {
            assert_eq!(cells(&rate_table(&sheet(text)).unwrap_err()), ["file"], "{text}");
        }
    }
}
