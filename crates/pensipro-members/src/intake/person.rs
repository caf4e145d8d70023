//! What a row says of a person.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, FieldFault, written::normal};

use super::{Cell, Column, Columns, SheetRow};
use crate::{MemberDetails, Payer, RawMember, Sex};

/// A row's person, checked but for those he is to belong to, who are named by their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newcomer {
    /// Who he is, of no branch and no sales person yet.
    pub details: MemberDetails,
    /// The code of a branch.
    pub branch: Option<String>,
    /// The code of a sales person.
    pub sales: Option<String>,
}

/// Digits of TASPEN's pension numbers.
const NOTAS_DIGITS: usize = 15;

impl Newcomer {
    /// Reads a row; all its faults at once. `today` is the business day.
    pub fn read(columns: &Columns, row: &SheetRow, today: NaiveDate) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let cell = |column| columns.cell(row, column);
        let branch = faults.take(cell(Column::Branch).text("branch")).flatten();
        let sales = faults.take(cell(Column::Sales).text("sales")).flatten();
        let raw = raw_member(&mut faults, cell);
        let checked = MemberDetails::check(raw, today).map_err(|missing| {
            // What could not be read is told once, and not again as missing.
            let mut others = Faults::new();
            let is_new =
                |fault: &&FieldFault| faults.list().iter().all(|known| known.field != fault.field);
            for fault in missing.list().iter().filter(is_new) {
                others.add(fault.field.clone(), fault.code, fault.message.clone());
            }
            others
        });
        let details = match checked {
            Ok(details) => Some(details),
            Err(others) => faults.take_all(Err(others)),
        };
        faults.finish(details.map(|details| Self { details, branch, sales }))
    }
}

fn raw_member<'r>(faults: &mut Faults, cell: impl Fn(Column) -> &'r Cell) -> RawMember {
    let mut text = |column: Column| faults.take(cell(column).text(column.code())).flatten();
    let name = text(Column::Name);
    let birth_place = text(Column::BirthPlace);
    let address = text(Column::Address);
    let sex = text(Column::Sex).map(sex);
    let payer = text(Column::Payer).map(payer);
    let pay_office = text(Column::PayOffice);
    let rank = text(Column::Rank);
    let sk_number = text(Column::SkNumber);
    let nik = faults.take(cell(Column::Nik).identifier("nik")).flatten();
    let number = faults.take(cell(Column::NoPensiun).identifier("no_pensiun")).flatten();
    let no_pensiun = number.map(|number| match cell(Column::NoPensiun) {
        Cell::Number(_) if payer.as_deref() == Some(Payer::Taspen.code()) => {
            with_leading_zeros(number)
        }
        _ => number,
    });
    RawMember {
        nik,
        no_pensiun,
        name,
        birth_place,
        birth_date: faults.take(cell(Column::BirthDate).date("birth_date")).flatten(),
        sex,
        address,
        payer,
        pay_office,
        rank,
        sk_number,
        sk_date: faults.take(cell(Column::SkDate).date("sk_date")).flatten(),
        monthly_benefit: faults
            .take(cell(Column::MonthlyBenefit).money("monthly_benefit"))
            .flatten(),
        sales_id: None,
        branch_id: None,
    }
}

/// A number that the spreadsheet took the leading zeros of.
fn with_leading_zeros(number: String) -> String {
    let lost = NOTAS_DIGITS.saturating_sub(number.len());
    format!("{}{number}", "0".repeat(lost))
}

/// The code of what staff write; what they write otherwise is left to be refused.
fn sex(text: String) -> String {
    let sex = match normal(&text).as_str() {
        "L" | "LK" | "LAKI LAKI" | "LAKI" | "PRIA" => Sex::Male,
        "P" | "PR" | "PEREMPUAN" | "WANITA" => Sex::Female,
        _ => return text,
    };
    sex.code().to_owned()
}

/// The code of a payer, whose name may stand within others: `PT TASPEN (Persero)`.
fn payer(text: String) -> String {
    let words = normal(&text);
    let named = |payer: &&Payer| words.split(' ').any(|word| word == payer.code());
    let mut payers = Payer::ALL.iter().filter(named);
    match (payers.next(), payers.next()) {
        (Some(payer), None) => payer.code().to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::today;

    const HEADINGS: [&str; 11] = [
        "nik",
        "no_pensiun",
        "nama",
        "tempat_lahir",
        "tgl_lahir",
        "jenis_kelamin",
        "alamat",
        "pembayar",
        "gaji_pensiun",
        "golongan",
        "cabang",
    ];

    fn read(cells: [Cell; 11]) -> Result<Newcomer, Vec<(String, &'static str)>> {
        let headings = HEADINGS.map(|heading| Cell::Text(heading.into())).into();
        let columns = Columns::of(&SheetRow { number: 1, cells: headings }).unwrap().unwrap();
        let row = SheetRow { number: 2, cells: cells.into() };
        Newcomer::read(&columns, &row, today()).map_err(|faults| {
            let faults = faults.list().iter();
            faults.map(|fault| (fault.field.clone(), fault.code)).collect()
        })
    }

    fn cells() -> [Cell; 11] {
        [
            Cell::Text("'3173051708570001".into()),
            Cell::Number("12345678901".into()),
            Cell::Text("Suparman Hadi".into()),
            Cell::Text("Yogyakarta".into()),
            Cell::Text("17 Agustus 1957".into()),
            Cell::Text("Laki-laki".into()),
            Cell::Text("Jl. Melati 4".into()),
            Cell::Text("PT. Taspen (Persero)".into()),
            Cell::Text("Rp 4.500.000,-".into()),
            Cell::Text("III/d".into()),
            Cell::Text("JKT".into()),
        ]
    }

    #[test]
    fn a_row_as_staff_write_it() {
        let newcomer = read(cells()).unwrap();
        let MemberDetails { nik, no_pensiun, sex, payer, .. } = &newcomer.details;
        assert_eq!(nik.as_str(), "3173051708570001");
        assert_eq!(no_pensiun.as_str(), "000012345678901");
        assert_eq!((*sex, *payer), (Sex::Male, Payer::Taspen));
        assert_eq!(newcomer.branch.as_deref(), Some("JKT"));
        assert_eq!(newcomer.sales, None);
    }

    #[test]
    fn only_a_number_of_taspen_lost_leading_zeros() {
        let mut asabri = cells();
        asabri[7] = Cell::Text("ASABRI".into());
        assert_eq!(read(asabri).unwrap().details.no_pensiun.as_str(), "12345678901");
        let mut text = cells();
        text[1] = Cell::Text("12345678901".into());
        assert_eq!(read(text).unwrap().details.no_pensiun.as_str(), "12345678901");
    }

    #[test]
    fn every_fault_of_a_row_is_told_once() {
        let mut broken = cells();
        broken[0] = Cell::Number("3173051708570000".into());
        broken[2] = Cell::Empty;
        broken[4] = Cell::Text("17-08-57".into());
        broken[5] = Cell::Text("?".into());
        broken[7] = Cell::Text("TASPEN atau ASABRI".into());
        broken[8] = Cell::Text("banyak".into());
        let named = |field: &str, code| (field.to_owned(), code);
        assert_eq!(
            read(broken).unwrap_err(),
            [
                named("nik", "digits_lost"),
                named("birth_date", "invalid_date"),
                named("monthly_benefit", "invalid_amount"),
                named("name", "required"),
                named("sex", "unknown_value"),
                named("payer", "unknown_value"),
            ]
        );
    }
}
