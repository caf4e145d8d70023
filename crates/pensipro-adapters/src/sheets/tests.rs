//! Files as spreadsheets write them, and files that only look like one.

use std::io::{Cursor, Write};

use chrono::NaiveDate;
use pensipro_kernel::DomainError;
use pensipro_members::{Cell, SheetFault, SheetRow};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::{ZipWriter, write::SimpleFileOptions};

use super::read_spreadsheet;

fn rows(file: &[u8]) -> Result<Vec<SheetRow>, SheetFault> {
    let mut rows = Vec::new();
    read_spreadsheet(Cursor::new(file), |row| {
        rows.push(row);
        Ok::<_, SheetFault>(())
    })?;
    Ok(rows)
}

fn code(file: &[u8]) -> &'static str {
    rows(file).unwrap_err().kind().code
}

fn text(text: &str) -> Cell {
    Cell::Text(text.into())
}

#[test]
fn csv_is_read_whatever_parts_its_fields_and_writes_its_letters() {
    for delimiter in [";", ",", "\t", "|"] {
        let file = format!("\u{feff}nik{delimiter}nama\r\n3173{delimiter}\"Siti \"\"Ti\"\"\"\r\n");
        let expected = [
            SheetRow { number: 1, cells: vec![text("nik"), text("nama")] },
            SheetRow { number: 2, cells: vec![text("3173"), text("Siti \"Ti\"")] },
        ];
        assert_eq!(rows(file.as_bytes()).unwrap(), expected, "{delimiter:?}");
    }
    let mixed = b"nik;nama\n1;Andr\xe9\n2;Andr\xc3\xa9";
    let names: Vec<_> = rows(mixed).unwrap().into_iter().map(|row| row.cells[1].clone()).collect();
    assert_eq!(names, [text("nama"), text("André"), text("André")]);
}

#[test]
fn commas_in_amounts_and_addresses_part_no_fields() {
    let file =
        b"DAFTAR, ANGGOTA, 2026, SEMUA\nnik;nopen;alamat\n1;2;Jl. A, No. 3, RT 1, RW 2, Solo\n";
    let rows = rows(file).unwrap();
    assert_eq!(rows[2].cells[2], text("Jl. A, No. 3, RT 1, RW 2, Solo"));
}

#[test]
fn rows_are_numbered_by_their_lines() {
    for end in ["\n", "\r\n", "\r"] {
        for last in ["", end] {
            let file = format!("nik;nama||1;\"a|b\"|2;c{last}").replace('|', end);
            let numbers: Vec<_> =
                rows(file.as_bytes()).unwrap().iter().map(|row| row.number).collect();
            assert_eq!(numbers, [1, 3, 5], "{end:?} {last:?}");
        }
    }
}

#[test]
fn a_workbook_keeps_what_its_cells_are() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write(0, 0, "nik").unwrap();
    sheet.write(2, 0, "0012345").unwrap();
    sheet.write(2, 1, 3_173_051_708_570_001_f64).unwrap();
    sheet.write(2, 2, 4_500_000.5).unwrap();
    let day = ExcelDateTime::from_ymd(1957, 8, 17).unwrap();
    sheet.write_with_format(2, 4, day, &Format::new().set_num_format("dd-mm-yyyy")).unwrap();
    let rows = rows(&book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(rows[0], SheetRow { number: 1, cells: vec![text("nik")] });
    let expected = vec![
        text("0012345"),
        Cell::Number("3173051708570001".into()),
        Cell::Number("4500000.5".into()),
        Cell::Empty,
        Cell::Date(NaiveDate::from_ymd_opt(1957, 8, 17).unwrap()),
    ];
    assert_eq!(rows[1], SheetRow { number: 3, cells: expected });
}

#[test]
fn what_is_no_spreadsheet_says_what_it_is() {
    assert_eq!(code(b""), "empty_file");
    for other in [
        b"%PDF-1.7 ...".as_slice(),
        &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1],
        b"\xff\xfen\0i\0k\0",
        b"\x7fELF\0\0",
    ] {
        assert_eq!(code(other), "not_a_spreadsheet", "{other:?}");
    }
    assert_eq!(code(b"PK\x03\x04 but no more"), "unreadable_spreadsheet");
    assert_eq!(code(&archive("mimetype", b"application/vnd.oasis")), "unreadable_spreadsheet");
    let mut late = b"nik;nama\n".repeat(4_000);
    late.extend_from_slice(b"1;a\0b\n");
    assert_eq!(code(&late), "unreadable_spreadsheet");
}

#[test]
fn a_quote_that_is_not_closed_does_not_fill_the_memory() {
    let mut file = b"nik;nama\n1;\"Siti\n".to_vec();
    file.extend(b"2;Aminah\n".repeat(200_000));
    assert_eq!(code(&file), "unreadable_spreadsheet");
}

#[test]
fn a_workbook_that_unfolds_to_more_than_memory_is_refused() {
    let bomb = archive("xl/sharedStrings.xml", &vec![b'<'; 65 * 1024 * 1024]);
    assert!(bomb.len() < 1024 * 1024, "it is small as it lies");
    assert_eq!(code(&bomb), "spreadsheet_too_large");
}

#[test]
fn a_text_that_is_longer_than_any_cells_is_refused_before_it_is_held() {
    let (most, part) = (1024 * 1024, "xl/worksheets/sheet1.xml");
    let of = |bytes: &[u8]| code(&archive(part, bytes));
    assert_eq!(of(&vec![b'x'; most + 1]), "spreadsheet_too_large");
    let parted = [vec![b'x'; most], vec![b'<'], vec![b'x'; most]].concat();
    assert_eq!(of(&parted), "unreadable_spreadsheet", "it is no workbook, but not for its size");
}

fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file(name, SimpleFileOptions::default()).unwrap();
    archive.write_all(content).unwrap();
    archive.finish().unwrap().into_inner()
}
