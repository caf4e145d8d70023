//! Which column of a sheet is what, found by its header.

use pensipro_kernel::{codes, written::normal};

use super::{Cell, SheetFault, SheetRow};

codes! {
    /// A column that means something, by the name of its field.
    pub enum Column {
        /// Identity number.
        Nik = "nik",
        /// Number at the payer.
        NoPensiun = "no_pensiun",
        /// Full name.
        Name = "name",
        /// Place of birth.
        BirthPlace = "birth_place",
        /// Date of birth.
        BirthDate = "birth_date",
        /// Sex.
        Sex = "sex",
        /// Home address.
        Address = "address",
        /// Who pays the pension.
        Payer = "payer",
        /// Gross pension a month.
        MonthlyBenefit = "monthly_benefit",
        /// The payer's bank or post office.
        PayOffice = "pay_office",
        /// Rank on retirement.
        Rank = "rank",
        /// Number of the pension decree.
        SkNumber = "sk_number",
        /// Date of the pension decree.
        SkDate = "sk_date",
        /// The code of the branch.
        Branch = "branch",
        /// The code of the sales person.
        Sales = "sales",
    }
}

/// The header is looked for in this many rows from the top.
pub const HEADER_WITHIN: u32 = 10;

impl Column {
    /// Columns that every file has.
    const REQUIRED: [Self; 9] = [
        Self::Nik,
        Self::NoPensiun,
        Self::Name,
        Self::BirthPlace,
        Self::BirthDate,
        Self::Sex,
        Self::Address,
        Self::Payer,
        Self::MonthlyBenefit,
    ];

    /// Headings beside the field's own name, in [`normal`] form.
    const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Nik => &["NO KTP", "NOMOR KTP", "NO NIK", "NOMOR INDUK KEPENDUDUKAN"],
            Self::NoPensiun => &["NOMOR PENSIUN", "NOPEN", "NOTAS", "NO NOTAS"],
            Self::Name => &["NAMA", "NAMA LENGKAP", "NAMA PENSIUNAN", "NAMA ANGGOTA"],
            Self::BirthPlace => &["TEMPAT LAHIR", "TMP LAHIR"],
            Self::BirthDate => &["TANGGAL LAHIR", "TGL LAHIR"],
            Self::Sex => &["JENIS KELAMIN", "KELAMIN", "JK", "L P"],
            Self::Address => &["ALAMAT", "ALAMAT RUMAH", "ALAMAT KTP"],
            Self::Payer => &["LEMBAGA PEMBAYAR", "PEMBAYAR", "PENGELOLA PENSIUN"],
            Self::MonthlyBenefit => {
                &["MANFAAT PENSIUN", "MANFAAT BULANAN", "GAJI PENSIUN", "PENSIUN POKOK"]
            }
            Self::PayOffice => &["KANTOR BAYAR", "JURU BAYAR", "MITRA BAYAR"],
            Self::Rank => &["GOLONGAN", "PANGKAT", "GOL"],
            Self::SkNumber => &["NO SK", "NOMOR SK", "NO SK PENSIUN", "NOMOR SK PENSIUN"],
            Self::SkDate => &["TANGGAL SK", "TGL SK"],
            Self::Branch => &["CABANG", "KODE CABANG", "BRANCH CODE"],
            Self::Sales => &["KODE SALES", "SALES CODE", "MARKETING", "KODE MARKETING"],
        }
    }

    fn of(heading: &Cell) -> Option<Self> {
        let Cell::Text(text) = heading else { return None };
        let text = normal(text);
        let is_named = |column: &&Self| {
            normal(column.code()) == text || column.aliases().contains(&text.as_str())
        };
        Self::ALL.iter().find(is_named).copied()
    }
}

/// Where the columns stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns(Vec<(Column, usize)>);

impl Columns {
    /// The columns of a row of headings, `None` for a row that names nobody's number.
    pub fn of(row: &SheetRow) -> Option<Result<Self, SheetFault>> {
        let headings = row.cells.iter().enumerate();
        let found: Vec<_> =
            headings.filter_map(|(place, cell)| Some((Column::of(cell)?, place))).collect();
        let has = |column: Column| found.iter().any(|(other, _)| *other == column);
        if !has(Column::Nik) && !has(Column::NoPensiun) {
            return None;
        }
        let twice = |(place, (column, _)): (usize, &(Column, usize))| {
            found.iter().take(place).any(|(earlier, _)| earlier == column).then_some(column.code())
        };
        if let Some(column) = found.iter().enumerate().find_map(twice) {
            return Some(Err(SheetFault::ColumnTwice { column }));
        }
        let missing = Column::REQUIRED.into_iter().filter(|column| !has(*column));
        let missing: Vec<_> = missing.map(Column::code).collect();
        Some(if missing.is_empty() {
            Ok(Self(found))
        } else {
            Err(SheetFault::ColumnsMissing { missing })
        })
    }

    /// A row's cell of a column; empty where the row or the sheet has none.
    pub(super) fn cell<'r>(&self, row: &'r SheetRow, column: Column) -> &'r Cell {
        let place = self.0.iter().find(|(other, _)| *other == column);
        place.and_then(|(_, place)| row.cells.get(*place)).unwrap_or(&Cell::Empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(headings: &[&str]) -> SheetRow {
        let cells = headings.iter().map(|text| Cell::Text((*text).into())).collect();
        SheetRow { number: 1, cells }
    }

    #[test]
    fn headings_are_fields_or_what_staff_call_them() {
        let ours: Vec<&str> = Column::CODES.to_vec();
        assert_eq!(Columns::of(&row(&ours)).unwrap().unwrap().0.len(), 15);
        let theirs = row(&[
            "No",
            "Nama Lengkap",
            "No. KTP",
            "NOPEN",
            "Tempat Lahir",
            "Tgl. Lahir",
            "L/P",
            "Alamat",
            "Lembaga Pembayar",
            "Gaji Pensiun",
        ]);
        let columns = Columns::of(&theirs).unwrap().unwrap();
        assert_eq!(columns.cell(&theirs, Column::NoPensiun), &Cell::Text("NOPEN".into()));
        assert_eq!(columns.cell(&theirs, Column::Rank), &Cell::Empty);
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        assert_eq!(Columns::of(&row(&["Daftar anggota", "2026"])), None);
        let missing =
            vec!["birth_place", "birth_date", "sex", "address", "payer", "monthly_benefit"];
        assert_eq!(
            Columns::of(&row(&["nik", "no_pensiun", "nama"])),
            Some(Err(SheetFault::ColumnsMissing { missing }))
        );
        let twice = Columns::of(&row(&["nik", "nama", "name"]));
        assert_eq!(twice, Some(Err(SheetFault::ColumnTwice { column: "name" })));
    }
}
