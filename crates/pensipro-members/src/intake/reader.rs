//! A sheet's rows as they come, from its header on.

use chrono::NaiveDate;
use pensipro_kernel::Faults;

use super::{Columns, HEADER_WITHIN, MAX_ROWS, Newcomer, SheetFault, SheetRow};

/// A row that was read, with what it says or what is wrong with it.
#[derive(Debug, Clone)]
pub struct ReadRow {
    /// Its number in the sheet.
    pub row: u32,
    /// What it says.
    pub person: Result<Newcomer, Faults>,
}

/// Finds the header and reads the rows after it, blank ones left out.
///
/// ```
/// use pensipro_members::{Cell, SheetReader, SheetRow};
/// let row = |number, cells: &str| SheetRow {
///     number,
///     cells: cells.split(';').map(|cell| Cell::Text(cell.into())).collect(),
/// };
/// let mut reader = SheetReader::new("2026-03-10".parse().unwrap());
/// let header = "nik;nopen;nama;tempat_lahir;tgl_lahir;jk;alamat;pembayar;gaji_pensiun";
/// assert!(reader.take(row(1, header)).unwrap().is_none());
/// let read = reader
///     .take(row(2, "3173051708570001;140012345678901;Suparman;Solo;17-08-1957;L;Jl. Melati;TASPEN;4.500.000,00"))
///     .unwrap()
///     .unwrap();
/// assert_eq!(read.person.unwrap().details.name, "Suparman");
/// assert_eq!(reader.finish().unwrap(), 1);
/// ```
#[derive(Debug, Clone)]
pub struct SheetReader {
    today: NaiveDate,
    columns: Option<Columns>,
    is_blank: bool,
    rows: u32,
}

impl SheetReader {
    /// A reader at the top of a sheet; `today` is the business day.
    pub const fn new(today: NaiveDate) -> Self {
        Self { today, columns: None, is_blank: true, rows: 0 }
    }

    /// What the next row says; nothing where it is blank, the header, or stands above it.
    pub fn take(&mut self, row: SheetRow) -> Result<Option<ReadRow>, SheetFault> {
        if row.is_blank() {
            return Ok(None);
        }
        self.is_blank = false;
        let Some(columns) = &self.columns else {
            match Columns::of(&row) {
                Some(columns) => self.columns = Some(columns?),
                None if row.number >= HEADER_WITHIN => return Err(SheetFault::NoHeader),
                None => {}
            }
            return Ok(None);
        };
        if self.rows >= MAX_ROWS {
            return Err(SheetFault::TooLarge("it has more than 500,000 rows"));
        }
        self.rows = self.rows.saturating_add(1);
        let person = Newcomer::read(columns, &row, self.today);
        Ok(Some(ReadRow { row: row.number, person }))
    }

    /// How many rows there were, at the end of the sheet.
    pub const fn finish(&self) -> Result<u32, SheetFault> {
        match (&self.columns, self.is_blank) {
            (Some(_), _) => Ok(self.rows),
            (None, true) => Err(SheetFault::Empty),
            (None, false) => Err(SheetFault::NoHeader),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Cell, fixtures::today};

    fn row(number: u32, cells: &[&str]) -> SheetRow {
        let cells = cells.iter().map(|text| Cell::Text((*text).into())).collect();
        SheetRow { number, cells }
    }

    const HEADER: [&str; 9] = [
        "nik",
        "nopen",
        "nama",
        "tempat lahir",
        "tgl lahir",
        "jk",
        "alamat",
        "pembayar",
        "gaji pensiun",
    ];

    #[test]
    fn the_header_may_stand_below_a_title() {
        let mut reader = SheetReader::new(today());
        assert_eq!(reader.finish(), Err(SheetFault::Empty));
        assert!(reader.take(row(1, &["DAFTAR ANGGOTA"])).unwrap().is_none());
        assert_eq!(reader.finish(), Err(SheetFault::NoHeader));
        assert!(reader.take(row(3, &HEADER)).unwrap().is_none());
        assert!(reader.take(row(4, &["", " ", "'"])).unwrap().is_none());
        let read = reader.take(row(5, &["1"])).unwrap().unwrap();
        assert_eq!((read.row, read.person.is_err(), reader.finish()), (5, true, Ok(1)));
    }

    #[test]
    fn a_header_further_down_is_none() {
        let mut reader = SheetReader::new(today());
        assert_eq!(reader.take(row(10, &["x"])).unwrap_err(), SheetFault::NoHeader);
    }
}
