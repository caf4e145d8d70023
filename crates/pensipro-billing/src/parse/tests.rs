//! The parser against files as payers send them, and against files as nobody should.

mod shapes;

use std::sync::Arc;

use pensipro_kernel::Money;
use proptest::prelude::*;

use super::*;
use crate::{FailReason, Payer, Profiles, Report};

/// The shape of a generic file: BOM, CRLF, an apostrophe before the NIK, amounts with points, a line
/// without a reference, one without a number, reasons in words.
const GENERIC: &str = "\u{feff}reference;no_pensiun;nik;name;amount;status;reason\r\n\
    PC-2026-10-000001;445205712993217;'7371105901683028;Yuliana Widodo;933.700,00;paid;\r\n\
    PC-2026-10-000005;760597206868749;'1271146512579084;José Ginting;0,00;failed;BELUM OTENTIKASI\r\n\
    ;761648743460951;;Suparman Siregar;Rp 1.500.000,-;paid;\r\n\
    PC-2026-10-000043;370005378518068;;Darmawan Siregar;satu juta;paid;\r\n";

/// The shape of a Taspen file: Windows-1252, titles, codes, a reason with a digit, a total row.
const TASPEN: &[u8] = b"REALISASI POTONGAN PENSIUN BULAN OKTOBER 2026\r\n\
    KANTOR BAYAR : BANK CONTOH CABANG SEMARANG\r\n\
    \r\n\
    NO;NOPEN;NAMA;REKENING;JUMLAH TAGIHAN;TAGIHAN SUSULAN;JUMLAH DIBAYAR;KODE;KETERANGAN\r\n\
    1;149733978422531;JOS\xc9 SANTOSO;9844118595;487.500,00;0,00;487.500,00;777;\r\n\
    2;185231056719730;YULIANA SIREGAR;6331657784;1.500.000,00;0,00;0,00;333;9 BELUM AMBIL GAJI\r\n\
    3;003575843547995;ENDANG HANDAYANI;9411834116;1.613.400,00;812.300,00;2.425.700,00;777;\r\n\
    ;;TOTAL;;3.600.900,00;;;;\r\n";

/// The shape of an Asabri file: quoted, comma-parted, the month and the result in words.
const ASABRI: &str = "\"PERIODE\",\"NO PENSIUN\",\"NAMA\",\"NO PK\",\"PENDEBETAN ANGSURAN\",\"SELISIH\",\"STATUS\",\"KETERANGAN\"\n\
    \"OKTOBER 2026\",\"996827558331703\",\"Sugeng Wibowo\",\"PC-2026-10-000021\",\"1,500,000.00\",\"0.00\",\"LUNAS\",\"\"\n\
    \"OKTOBER 2026\",\"812714565458684\",\"Ningsih Müller\",\"PC-2026-10-000027\",\"712,300.00\",\"100,000.00\",\"KURANG\",\"\"\n";

fn profiles(payer: Payer) -> Vec<Arc<PayerProfile>> {
    Profiles::new(vec![]).for_import(None, payer).unwrap()
}

fn parse(payer: Payer, pieces: &[&[u8]]) -> Result<Vec<FileLine>, FileFault> {
    let mut parser = Parser::new(profiles(payer));
    let mut lines = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut lines)?;
    }
    parser.finish(&mut lines)?;
    Ok(lines)
}

fn generic(text: &str) -> Result<Vec<FileLine>, FileFault> {
    parse(Payer::Lainnya, &[text.as_bytes()])
}

fn parsed(line: &FileLine) -> &crate::ParsedLine {
    match line {
        FileLine::Parsed(line) => line,
        FileLine::Invalid(line) => panic!("line {} is {}", line.line_no, line.reason),
    }
}

fn reason(line: &FileLine) -> (u32, InvalidReason) {
    match line {
        FileLine::Invalid(line) => (line.line_no, line.reason),
        FileLine::Parsed(line) => panic!("line {} is read", line.line_no),
    }
}

fn paid(rupiah: i64) -> Report {
    Report::Paid(Money::from_rupiah(rupiah).unwrap())
}

#[test]
fn a_generic_file() {
    let lines = generic(GENERIC).unwrap();
    assert_eq!(lines.len(), 4);
    let first = parsed(&lines[0]);
    assert_eq!((first.line_no, first.report), (2, paid(933_700)));
    assert_eq!(first.keys.reference.unwrap().to_string(), "PC-2026-10-000001");
    assert_eq!(first.keys.nik.unwrap().as_str(), "7371105901683028");
    assert_eq!(parsed(&lines[1]).report, Report::Failed(FailReason::NotAuthenticated));
    assert_eq!(parsed(&lines[1]).given.reason.as_deref(), Some("BELUM OTENTIKASI"));
    let third = parsed(&lines[2]);
    assert_eq!((third.keys.reference, third.report), (None, paid(1_500_000)));
    assert_eq!(third.keys.no_pensiun.unwrap().as_str(), "761648743460951");
    assert_eq!(reason(&lines[3]), (5, InvalidReason::AmountMalformed));
}

#[test]
fn a_taspen_file() {
    let lines = parse(Payer::Taspen, &[TASPEN]).unwrap();
    assert_eq!(lines.len(), 3, "titles and totals are no lines");
    assert_eq!((parsed(&lines[0]).line_no, parsed(&lines[0]).report), (5, paid(487_500)));
    assert_eq!(parsed(&lines[1]).report, Report::Failed(FailReason::LatePay));
    assert_eq!(parsed(&lines[2]).report, paid(2_425_700));
    assert_eq!(parsed(&lines[2]).keys.no_pensiun.unwrap().as_str(), "003575843547995");
}

#[test]
fn an_asabri_file() {
    let lines = parse(Payer::Asabri, &[ASABRI.as_bytes()]).unwrap();
    assert_eq!(parsed(&lines[0]).report, paid(1_500_000));
    assert_eq!(parsed(&lines[0]).periode.unwrap().to_string(), "2026-10");
    assert_eq!(parsed(&lines[1]).report, paid(712_300));
    assert_eq!(parsed(&lines[1]).keys.reference.unwrap().loan_id.get(), 27);
}

#[test]
fn the_payers_header_goes_before_the_generic_one() {
    let mut parser = Parser::new(profiles(Payer::Taspen));
    let mut lines = Vec::new();
    parser.feed(TASPEN, &mut lines).unwrap();
    parser.finish(&mut lines).unwrap();
    let layout = parser.layout().unwrap();
    assert_eq!((layout.profile().code(), layout.header_line()), ("TASPEN", 4));

    let mut parser = Parser::new(profiles(Payer::Taspen));
    parser.feed(GENERIC.as_bytes(), &mut lines).unwrap();
    parser.finish(&mut lines).unwrap();
    assert_eq!(parser.layout().unwrap().profile().code(), "GENERIC");
}

#[test]
fn text_that_is_no_utf8_is_windows_1252() {
    let file = b"reference;amount;reason\nPC-2026-10-1;5,00;Jos\xe9 \x96 x\nPC-2026-10-2;5,00;Jos\xc3\xa9\n";
    let lines = parse(Payer::Lainnya, &[file]).unwrap();
    assert_eq!(parsed(&lines[0]).given.reason.as_deref(), Some("José – x"));
    assert_eq!(parsed(&lines[1]).given.reason.as_deref(), Some("José"));
}

#[test]
fn line_ends_of_every_kind_count_alike() {
    for end in ["\n", "\r\n", "\r"] {
        let rows = ["reference;amount", "PC-2026-10-1;5,00", "", "PC-2026-10-2;6,00"];
        let lines = generic(&rows.join(end)).unwrap();
        let numbers: Vec<_> = lines.iter().map(FileLine::line_no).collect();
        assert_eq!(numbers, [2, 4], "{end:?}");
    }
}

#[test]
fn a_quote_never_closed_spoils_its_own_line_alone() {
    let lines = generic("reference;amount\n\"PC-2026-10-1;5,00\nPC-2026-10-2;\"6,00\"\n").unwrap();
    assert_eq!(reason(&lines[0]), (2, InvalidReason::UnclosedQuote));
    assert_eq!(parsed(&lines[1]).report, paid(6));
}

#[test]
fn a_line_of_ten_megabytes_is_one_invalid_line() {
    let mut parser = Parser::new(profiles(Payer::Lainnya));
    let mut lines = Vec::new();
    parser.feed(b"reference;amount\n", &mut lines).unwrap();
    for _ in 0..160 {
        parser.feed(&[b'x'; 65_536], &mut lines).unwrap();
        assert!(parser.held() <= MAX_LINE_BYTES);
    }
    parser.feed(b"\nPC-2026-10-2;6,00", &mut lines).unwrap();
    parser.finish(&mut lines).unwrap();
    assert_eq!(reason(&lines[0]), (2, InvalidReason::LineTooLong));
    assert_eq!((parsed(&lines[1]).line_no, parsed(&lines[1]).report), (3, paid(6)));
}

#[test]
fn a_million_empty_lines_are_counted_and_hold_nothing() {
    let mut file = b"reference;amount\n".to_vec();
    file.resize(file.len() + 1_000_000, b'\n');
    file.extend_from_slice(b"PC-2026-10-2;6,00\n");
    let lines = parse(Payer::Lainnya, &[&file]).unwrap();
    assert_eq!((lines.len(), lines[0].line_no()), (1, 1_000_002));
    assert_eq!(parse(Payer::Lainnya, &[&vec![b'\n'; 1_000_000]]), Err(FileFault::Empty));
}

#[test]
fn files_that_are_no_csv_of_a_profile_are_refused_whole() {
    let refused = |bytes: &[u8]| parse(Payer::Lainnya, &[bytes]).unwrap_err();
    assert_eq!(refused(b""), FileFault::Empty);
    assert_eq!(refused(b"\xff\xfer\0e\0f\0"), FileFault::Utf16);
    assert_eq!(refused(b"\xfe\xff\0r\0e\0f"), FileFault::Utf16);
    assert_eq!(refused(b"r\0e\0f\0;\0"), FileFault::NulByte { line_no: 1 });
    assert_eq!(
        refused(b"PK\x03\x04 spreadsheet\n"),
        FileFault::NoHeader { tried: vec!["GENERIC".into()] }
    );
    assert!(matches!(refused(b"reference;sum\n"), FileFault::NoHeader { .. }));
    assert!(matches!(refused(b"name;amount\n"), FileFault::NoHeader { .. }));
    let late = format!("{}reference;amount\n", "title\n".repeat(10));
    assert!(matches!(refused(late.as_bytes()), FileFault::NoHeader { .. }));
    let in_time = format!("{}reference;amount\nPC-2026-10-1;5,00", "title\n".repeat(9));
    assert_eq!(generic(&in_time).unwrap().len(), 1);
}

#[test]
fn a_payer_with_result_codes_needs_their_column() {
    let file = b"NOPEN;JUMLAH DIBAYAR\n149733978422531;487.500,00\n";
    assert!(matches!(parse(Payer::Taspen, &[file]), Err(FileFault::NoHeader { .. })));
}

#[test]
fn broken_lines_tell_why_and_keep_what_can_be_read_of_the_money() {
    let rows = [
        ("PC-2026-10-1;;1.500;paid;", InvalidReason::AmountAmbiguous, None),
        ("PC-2026-10-1;;-5,00;paid;", InvalidReason::AmountNegative, None),
        ("PC-2026-10-1;;;paid;", InvalidReason::AmountMissing, None),
        ("PC-2026-10-1;;0,00;;", InvalidReason::AmountZero, None),
        ("PC-2026-10-1;;5000,001;paid;", InvalidReason::AmountTooPrecise, None),
        ("PC-2026-10-1;;5.000.000.000,01;paid;", InvalidReason::AmountTooLarge, None),
        ("PC-2026-10-1;;=1+1;paid;", InvalidReason::AmountMalformed, None),
        ("PC-2026-10-1;;5,00;failed;", InvalidReason::FailedWithAmount, Some(500)),
        ("PC-2026-10-1;;5,00;perhaps;", InvalidReason::ResultUnknown, Some(500)),
        (";;5,00;paid;", InvalidReason::IdentifierMissing, Some(500)),
        ("=cmd|'/c calc'!A1;4.45E+14;5,00;paid;", InvalidReason::IdentifierUnreadable, Some(500)),
        ("PC-2026-10-1;;5,00;paid", InvalidReason::FieldCount, None),
        ("PC-2026-10-1;;5,00;paid;;more", InvalidReason::FieldCount, None),
        ("PC-2026-10-1;;5\0,00;paid;", InvalidReason::NulByte, None),
    ];
    for (row, why, sen) in rows {
        let head = "reference;no_pensiun;amount;status;reason\n".to_owned();
        let file = head + &"\n".repeat(9) + row;
        let lines = generic(&file).unwrap();
        assert_eq!(reason(&lines[0]), (11, why), "{row}");
        assert_eq!(lines[0].amount(), sen.map(Money::from_sen), "{row}");
    }
}

#[test]
fn a_month_is_read_as_people_write_it_and_a_cell_that_names_none_is_the_lines_fault() {
    let read = |month: &str| {
        let file = format!("reference;amount;periode\nPC-2026-10-1;5,00;{month}\n");
        generic(&file).unwrap().remove(0)
    };
    let months = ["OKTOBER 2026", "2026-10", "'2026-10", "202610", "10/2026", "10-2026", "102026"];
    let days = ["2026-10-01", "01/10/2026", "31-10-2026", "1 Okt 2026", "2026-10-01 00:00:00"];
    for month in months.into_iter().chain(days) {
        assert_eq!(parsed(&read(month)).periode.unwrap().to_string(), "2026-10", "{month}");
    }
    assert_eq!(parsed(&read("1/2026")).periode.unwrap().to_string(), "2026-01");
    assert_eq!(parsed(&read("OKT-26")).periode.unwrap().to_string(), "2026-10");
    assert_eq!((parsed(&read(" ")).periode, parsed(&read("-")).periode), (None, None));
    for month in ["OKTOBER", "13/2026", "10/26", "46296", "2026-10-32", "10/13/2026"] {
        let line = read(month);
        assert_eq!(reason(&line), (2, InvalidReason::PeriodeUnreadable), "{month}");
        assert_eq!(line.amount(), Some(Money::from_sen(500)), "its money is held");
    }
}

#[test]
fn an_empty_result_is_paid_and_a_failure_needs_no_amount() {
    let lines =
        generic("nik;amount;status;reason\n7371105901683028;5,00;;\n7371105901683028;;GAGAL;x\n");
    let lines = lines.unwrap();
    assert_eq!(parsed(&lines[0]).report, paid(5));
    assert_eq!(parsed(&lines[1]).report, Report::Failed(FailReason::Other));
}

#[test]
fn a_census_counts_what_the_parser_reads_and_refuses_nul_anywhere() {
    let mut census = Census::new(profiles(Payer::Lainnya));
    census.feed(GENERIC.as_bytes()).unwrap();
    let (layout, counted) = census.finish().unwrap();
    assert_eq!(layout.profile().code(), "GENERIC");
    assert_eq!((counted.lines, counted.readable), (4, 3));
    assert_eq!(counted.total_amount.to_string(), "2433700.00");

    let mut census = Census::new(profiles(Payer::Lainnya));
    let file = format!("reference;amount{}PC\0;5,00\n", "\n".repeat(20));
    assert_eq!(census.feed(file.as_bytes()), Err(FileFault::NulByte { line_no: 21 }));
}

/// Cuts bytes at the given places.
fn cut<'a>(bytes: &'a [u8], at: &[prop::sample::Index]) -> Vec<&'a [u8]> {
    let mut ends: Vec<usize> = at.iter().map(|index| index.index(bytes.len() + 1)).collect();
    ends.extend([0, bytes.len()]);
    ends.sort_unstable();
    ends.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

/// Files that look like realisation files, and bytes that look like nothing.
fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let cell = prop_oneof![
        Just("PC-2026-10-000021".to_owned()),
        Just("445205712993217".to_owned()),
        Just("1.500.000,00".to_owned()),
        Just("\"5,00".to_owned()),
        Just("paid".to_owned()),
        "\\PC{0,6}",
    ];
    let row = prop::collection::vec(cell, 0..5).prop_map(|cells| cells.join(";"));
    let end = prop::sample::select(vec!["\n", "\r\n", "\r"]);
    let rows = prop::collection::vec((row, end), 0..20);
    let file = rows.prop_map(|rows| {
        let body: String = rows.into_iter().map(|(row, end)| row + end).collect();
        format!("\u{feff}reference;no_pensiun;amount;status\r\n{body}").into_bytes()
    });
    prop_oneof![
        3 => file,
        1 => prop::collection::vec(any::<u8>(), 0..600),
        1 => prop::sample::select(vec![GENERIC.as_bytes().to_vec(), TASPEN.to_vec()]),
    ]
}

proptest! {
    #[test]
    fn any_split_of_the_bytes_gives_the_same_lines(
        file in any_file(),
        at in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let whole = parse(Payer::Taspen, &[&file]);
        prop_assert_eq!(parse(Payer::Taspen, &cut(&file, &at)), whole);
    }

    #[test]
    fn one_byte_at_a_time_gives_the_same_lines(file in any_file()) {
        let bytes: Vec<&[u8]> = file.chunks(1).collect();
        prop_assert_eq!(parse(Payer::Taspen, &bytes), parse(Payer::Taspen, &[&file]));
    }

    #[test]
    fn arbitrary_records_never_panic_and_numbers_ascend(
        body in prop::collection::vec(any::<u8>(), 0..2000),
    ) {
        let mut file = b"reference;no_pensiun;nik;amount;status;reason\n".to_vec();
        file.extend(body);
        let numbers: Vec<_> = match parse(Payer::Lainnya, &[&file]) {
            Ok(lines) => lines.iter().map(FileLine::line_no).collect(),
            Err(_) => vec![],
        };
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
