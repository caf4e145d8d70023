//! Files that are no CSV: of fixed width, tables of HTML under the name of a spreadsheet, rows of
//! spreadsheets.

use proptest::prelude::*;

use super::*;
use crate::{
    CutResult, FixedAmount, FixedColumns, FixedFormat, FixedHeader, FixedTrailer, ImportColumns,
    ProfileParts, ResultCode, Span,
};

/// The shape of a bank's file of fixed width: header (month, payer, count), persons (no_pensiun 15,
/// name 30, amount in sen 15, code 2), trailer (count, total).
const FIXED: &str = "H202610TASPEN    000003\r\n\
    D445205712993217Yuliana Widodo                00000009337000000\r\n\
    D149733978422531José Santoso                  00000004875000000\r\n\
    D185231056719730Yuliana Siregar               00000000000000012\r\n\
    T000003000000000142120000\r\n";

/// The shape of the tables that some offices name `.xls`.
const TABLE: &str = "<html><body><table border=1><tr><td colspan=13>DAFTAR TAGIHAN NOPEMBER 2026 \
    KANTOR BAYAR SEMARANG</td></tr><tr><th>NO</th><th>NAMA</th><th>NOPEN</th><th>REKENING</th>\
    <th>NODAPEM</th><th>TGL AWAL TAGIHAN</th><th>TGL AKHIR TAGIHAN</th><th>JUMLAH TAGIHAN</th>\
    <th>TAGIHAN SUSULAN</th><th>JUMLAH YANG HARUS DITAGIH</th><th>JANGKA WAKTU</th><th>NOMINAL</th>\
    <th>ANGSURAN KE</th></tr><tr><td>1</td><td>Yuliana Widodo</td><td>445205712993217</td>\
    <td>4196912778</td><td>9329865</td><td>01/11/2026</td><td>30/11/2026</td><td>933.700,00</td>\
    <td>0,00</td><td>933.700,00</td><td>96</td><td>120.000.000,00</td><td>1</td></tr><tr><td>2</td>\
    <td>Ratna &amp; José</td><td>&nbsp;588047701037508</td><td>5571289893</td><td>9825206</td>\
    <td>01/11/2026</td><td>30/11/2026</td><td>1.613.400,00</td><td>100,00</td><td>1.613.500,00</td>\
    <td>96</td><td>120.000.000,00</td><td>12</td></tr></table></body></html>";

fn span(from: u16, width: u16) -> Span {
    Span { from, width }
}

fn fixed_format() -> FixedFormat {
    FixedFormat {
        header: Some(FixedHeader { mark: "H".into(), periode: Some(span(2, 6)) }),
        detail: "D".into(),
        trailer: Some(FixedTrailer {
            mark: "T".into(),
            count: Some(span(2, 6)),
            total: Some(span(8, 18)),
        }),
        columns: FixedColumns {
            reference: None,
            no_pensiun: Some(span(2, 15)),
            nik: None,
            amount: span(47, 15),
            status: Some(span(62, 2)),
            reason: None,
        },
        amounts: FixedAmount::Sen,
    }
}

/// A profile of an installation's own.
fn own(change: impl FnOnce(&mut ProfileParts)) -> Vec<Arc<PayerProfile>> {
    let mut parts = ProfileParts::from(crate::generic());
    parts.code = "OWN".into();
    change(&mut parts);
    vec![Arc::new(parts.try_into().unwrap())]
}

fn fixed() -> Vec<Arc<PayerProfile>> {
    fixed_as(fixed_format())
}

fn fixed_as(format: FixedFormat) -> Vec<Arc<PayerProfile>> {
    own(|parts| {
        parts.import.fixed = Some(format);
        parts.import.columns = ImportColumns::default();
        parts.import.delimiters.clear();
        let result = |code: &str, means| ResultCode { code: code.into(), means };
        parts.import.results = vec![result("00", CutResult::Paid), result("12", CutResult::Failed)];
    })
}

fn tables() -> Vec<Arc<PayerProfile>> {
    own(|parts| {
        parts.import.columns.no_pensiun = vec!["NOPEN".into()];
        parts.import.columns.amount = vec!["JUMLAH YANG HARUS DITAGIH".into()];
    })
}

fn read(profiles: Vec<Arc<PayerProfile>>, pieces: &[&[u8]]) -> Result<Vec<FileLine>, FileFault> {
    let mut parser = Parser::new(profiles);
    let mut lines = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut lines)?;
    }
    parser.finish(&mut lines)?;
    Ok(lines)
}

fn read_fixed(file: &str) -> Result<Vec<FileLine>, FileFault> {
    read(fixed(), &[file.as_bytes()])
}

fn number(line: &FileLine) -> &str {
    match line {
        FileLine::Parsed(line) => line.keys.no_pensiun.as_ref().unwrap().as_str(),
        FileLine::Invalid(line) => panic!("line {} is {}", line.line_no, line.reason),
    }
}

#[test]
fn a_file_of_fixed_width() {
    let lines = read_fixed(FIXED).unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.line_no(), number(line))).collect();
    assert_eq!(told, [(2, "445205712993217"), (3, "149733978422531"), (4, "185231056719730")]);
    assert_eq!(parsed(&lines[0]).report, paid(933_700));
    assert_eq!(parsed(&lines[1]).report, paid(487_500), "places are characters, not bytes");
    assert_eq!(parsed(&lines[2]).report, Report::Failed(FailReason::Other));
    assert!(lines.iter().all(|line| parsed(line).periode.unwrap().to_string() == "2026-10"));
}

#[test]
fn a_file_of_fixed_width_that_was_cut_off_or_altered_is_refused_whole() {
    let (most, _) = FIXED.split_at(FIXED.find("T0000").unwrap());
    assert_eq!(read_fixed(most), Err(FileFault::NoTrailer));
    let shorter =
        FIXED.replace("D149733978422531José Santoso                  00000004875000000\r\n", "");
    assert!(matches!(read_fixed(&shorter), Err(FileFault::Incomplete { lines: 2, .. })));
    let altered = FIXED.replace("00000009337000000", "00000009337000100");
    assert!(matches!(read_fixed(&altered), Err(FileFault::Incomplete { lines: 3, .. })));
    for other in ["D445205712993217Yuliana\r\n", "H2026XXTASPEN\r\n", "reference;amount\r\n"] {
        assert!(matches!(read_fixed(other), Err(FileFault::NoHeader { .. })), "{other}");
    }
}

#[test]
fn a_trailer_without_its_figures_is_refused_like_one_with_others() {
    let whole = "T000003000000000142120000";
    for trailer in [
        "T00000X000000000142120000",
        "T      000000000142120000",
        "T0000030000000001421200O0",
        "T000003",
    ] {
        let told = read_fixed(&FIXED.replace(whole, trailer));
        assert!(matches!(told, Err(FileFault::Incomplete { lines: 3, .. })), "{trailer}");
    }
}

#[test]
fn a_trailers_total_that_is_written_out_is_read_in_the_profiles_style() {
    let read = |total: &str| {
        let profiles = fixed_as(FixedFormat { amounts: FixedAmount::Written, ..fixed_format() });
        let (name, amount) = ("Yuliana Widodo", "933.700,00");
        let file = format!(
            "H202610\r\nD445205712993217{name:<30}{amount:>15}00\r\nT000001{total:>18}\r\n"
        );
        read(profiles, &[file.as_bytes()])
    };
    assert_eq!(parsed(&read("Rp 933.700,00").unwrap()[0]).report, paid(933_700));
    for total in ["933.700,01", "933.700", "lunas", ""] {
        let told = read(total);
        assert!(matches!(told, Err(FileFault::Incomplete { lines: 1, .. })), "{total}");
    }
}

#[test]
fn lines_after_a_header_that_names_no_month_are_in_none() {
    let file = FIXED.replace("D149733978422531", "H2026XX\r\nD149733978422531");
    let lines = read_fixed(&file).unwrap();
    assert_eq!(parsed(&lines[0]).periode.unwrap().to_string(), "2026-10");
    assert_eq!(reason(&lines[1]), (4, InvalidReason::PeriodeUnreadable));
}

#[test]
fn broken_lines_of_fixed_width_are_outcomes() {
    let short = FIXED.replace("Yuliana Siregar               00000000000000012", "Yuliana");
    let lines = read_fixed(&short).unwrap();
    assert_eq!(reason(&lines[2]), (4, InvalidReason::FieldCount));
    let letters = FIXED.replace("00000004875000000", "0000000487500O000");
    let lines = read_fixed(&letters).unwrap();
    assert_eq!(reason(&lines[1]), (3, InvalidReason::AmountMalformed));
    let code = FIXED.replace("00000009337000000", "00000009337000077");
    assert_eq!(reason(&read_fixed(&code).unwrap()[0]), (2, InvalidReason::ResultUnknown));
}

#[test]
fn a_table_under_the_name_of_a_spreadsheet() {
    let lines = read(tables(), &[TABLE.as_bytes()]).unwrap();
    let told: Vec<_> = lines.iter().map(|line| (line.line_no(), number(line))).collect();
    assert_eq!(told, [(3, "445205712993217"), (4, "588047701037508")]);
    assert_eq!(parsed(&lines[0]).report, paid(933_700));
    assert_eq!(parsed(&lines[1]).report, paid(1_613_500));
}

#[test]
fn a_list_of_what_is_billed_is_no_answer_by_any_built_in_profile() {
    let built_in = crate::built_in().into_iter().map(Arc::new).collect();
    let told = read(built_in, &[TABLE.as_bytes()]);
    assert!(matches!(told, Err(FileFault::NoHeader { .. })), "its nominal is the plafon: {told:?}");
}

#[test]
fn tables_as_offices_write_them() {
    let read = |html: &str| read(tables(), &[html.as_bytes()]);
    let head = "<tr><th>NOPEN<th>JUMLAH YANG HARUS DITAGIH";
    let dressed = format!(
        "\u{feff} <!DOCTYPE html><!-- <tr><td>1 --> <style>td {{ x: '<tr>' }}</style>\
         <TABLE a=\"<tr>\">{head}<TR class='>'><TD>\n 445205712993217 <TD align=right>5<br/>,00\
         <tr></tr><tr><td>445205712993217</td><td>&#55;,00</table>"
    );
    let lines = read(&dressed).unwrap();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(reason(&lines[0]), (2, InvalidReason::AmountMalformed));
    assert_eq!((lines[1].line_no(), parsed(&lines[1]).report), (4, paid(7)));

    let huge = format!(
        "<table>{head}<tr><td>{}<td>5,00<tr><td>445205712993217<td>5,00",
        "x".repeat(20_000)
    );
    let lines = read(&huge).unwrap();
    assert_eq!(reason(&lines[0]), (2, InvalidReason::LineTooLong));
    assert_eq!(parsed(&lines[1]).report, paid(5));
    let many = format!("<table>{head}{}<tr><td>445205712993217<td>5,00", "<tr>".repeat(1_000_000));
    assert_eq!(read(&many).unwrap()[0].line_no(), 1_000_002);
    assert_eq!(read("<html><body>Sesi berakhir</body></html>"), Err(FileFault::Empty));
    assert!(matches!(read("<table><tr><td>NOPEN"), Err(FileFault::NoHeader { .. })));
    assert_eq!(read("<table><tr><td>a\0b"), Err(FileFault::NulByte { line_no: 1 }));
}

#[test]
fn a_cell_of_ten_megabytes_holds_no_more_than_a_line() {
    let mut parser = Parser::new(tables());
    let mut lines = Vec::new();
    parser.feed(b"<table><tr><td>NOPEN<td>JUMLAH YANG HARUS DITAGIH<tr><td>", &mut lines).unwrap();
    for _ in 0..160 {
        parser.feed(&[b'x'; 65_536], &mut lines).unwrap();
        assert!(parser.held() <= MAX_LINE_BYTES);
    }
    parser.finish(&mut lines).unwrap();
    assert_eq!(reason(&lines[0]), (2, InvalidReason::LineTooLong));
}

#[test]
fn the_old_spreadsheets_are_refused_whole() {
    let ole = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0];
    assert_eq!(parse(Payer::Taspen, &[&ole]), Err(FileFault::OldSpreadsheet));
    assert_eq!(parse(Payer::Taspen, &[&ole[..2], &ole[2..]]), Err(FileFault::OldSpreadsheet));
}

/// The shape of a bank's list of deductions as a spreadsheet: a title, the header in row 3, numbers
/// and dates of the sheet.
fn deductions(rows: &[(u32, &[SheetCell<'_>])]) -> Result<Vec<FileLine>, FileFault> {
    let mut parser = Parser::new(profiles(Payer::Taspen));
    let mut lines = Vec::new();
    let text = SheetCell::Text;
    parser.feed_row(1, [text("DAFTAR POTONGAN")], &mut lines)?;
    let header = ["rek_tabungan", "nama_nasabah", "notas", "tmt_kredit", "nominal_potongan"];
    let header = header.into_iter().chain(["bank_transfer", "keterangan"]).map(text);
    parser.feed_row(3, header, &mut lines)?;
    for (number, cells) in rows {
        parser.feed_row(*number, cells.iter().copied(), &mut lines)?;
    }
    parser.finish(&mut lines)?;
    Ok(lines)
}

#[test]
fn a_spreadsheet_of_deductions() {
    use SheetCell::{Empty, Number, Text};
    let row = |number, amount| {
        [Text("1815945374"), Text("Yuliana Widodo"), number, Number("45292"), amount]
    };
    let lines = deductions(&[
        (4, &row(Text("445205712993217"), Number("933700"))),
        (5, &row(Number("624874833904194"), Number("2084600.5"))),
        (7, &row(Text("588047701037508"), Text("1.613.400,00"))),
        (8, &row(Text("588047701037508"), Number("1.125"))),
        (9, &row(Text("588047701037508"), Text("#REF!"))),
        (10, &row(Text("588047701037508"), Number("-5"))),
        (11, &[Empty, Text("TOTAL"), Empty, Empty, Number("4631700")]),
        (12, &[]),
    ]);
    let lines = lines.unwrap();
    let told: Vec<_> = lines[..3].iter().map(|line| (line.line_no(), number(line))).collect();
    assert_eq!(told, [(4, "445205712993217"), (5, "624874833904194"), (7, "588047701037508")]);
    assert_eq!(parsed(&lines[0]).report, paid(933_700));
    assert_eq!(lines[1].amount().unwrap().to_string(), "2084600.50");
    assert_eq!(parsed(&lines[2]).report, paid(1_613_400));
    assert_eq!(reason(&lines[3]), (8, InvalidReason::AmountTooPrecise));
    assert_eq!(reason(&lines[4]), (9, InvalidReason::AmountMalformed));
    assert_eq!(reason(&lines[5]), (10, InvalidReason::AmountNegative));
    assert_eq!(lines.len(), 6, "totals and empty rows are no lines");
}

#[test]
fn rows_beyond_the_header_may_not_be_wider_unless_empty() {
    use SheetCell::{Empty, Text};
    let row = [Empty, Empty, Text("445205712993217"), Empty, Text("5,00"), Empty, Empty];
    let wider = [&row[..], &[Empty, Text("more")]].concat();
    assert_eq!(reason(&deductions(&[(4, &wider)]).unwrap()[0]), (4, InvalidReason::FieldCount));
    let wide = vec![Text("x"); 300];
    assert_eq!(reason(&deductions(&[(4, &wide)]).unwrap()[0]), (4, InvalidReason::LineTooLong));
}

#[test]
fn profiles_of_fixed_width_are_checked() {
    let refuse = |spoil: fn(&mut FixedFormat)| {
        let mut parts = ProfileParts::from(crate::generic());
        let mut format = fixed_format();
        spoil(&mut format);
        parts.import.fixed = Some(format);
        PayerProfile::try_from(parts).expect_err("it cannot be used").fault
    };
    assert!(refuse(|format| format.detail.clear()).contains("mark"));
    assert!(refuse(|format| format.detail = "H1".into()).contains("alike"));
    assert!(refuse(|format| format.columns.no_pensiun = None).contains("no_pensiun"));
    assert!(refuse(|format| format.columns.amount.from = 0).contains("place"));
    assert!(refuse(|format| format.columns.amount.width = 257).contains("place"));
    let shared = "two fields of a fixed line share a place";
    assert_eq!(refuse(|format| format.columns.status = Some(span(61, 2))), shared);
    assert_eq!(refuse(|format| format.detail = "DD".into()), shared);
    let header = |format: &mut FixedFormat| {
        format.header = Some(FixedHeader { mark: "HDR".into(), periode: Some(span(2, 6)) });
    };
    assert_eq!(refuse(header), shared);
    let trailer = |format: &mut FixedFormat| {
        format.trailer = Some(FixedTrailer {
            mark: "T".into(),
            count: Some(span(2, 7)),
            total: Some(span(8, 18)),
        });
    };
    assert_eq!(refuse(trailer), shared);
    let profile = fixed().remove(0);
    let json = serde_json::to_string(&*profile).unwrap();
    assert_eq!(serde_json::from_str::<PayerProfile>(&json).unwrap(), *profile);
}

proptest! {
    #[test]
    fn any_split_of_a_table_gives_the_same_lines(
        body in "(<t[rdh]>|</t[rd]>|<!--|-->|&amp;|<b>|[0-9,.]{1,9}|[ -~é]){0,60}",
        at in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let head = "<table><tr><th>NOPEN<th>JUMLAH YANG HARUS DITAGIH";
        let file = format!("{head}{body}").into_bytes();
        let whole = read(tables(), &[&file]);
        prop_assert_eq!(read(tables(), &cut(&file, &at)), whole);
    }

    #[test]
    fn any_bytes_as_a_table_or_of_fixed_width_end_in_lines_or_a_refusal(
        body in prop::collection::vec(any::<u8>(), 0..600),
        cells in prop::collection::vec("\\PC{0,20}", 0..9),
    ) {
        let table = [b"<table><tr><td>NOPEN<td>JUMLAH YANG HARUS DITAGIH", &body[..]].concat();
        let _ = read(tables(), &[&table]);
        let lines = [b"H202610\n", &body[..]].concat();
        let _ = read(fixed(), &[&lines]);
        let cells: Vec<_> = cells.iter().map(|cell| SheetCell::Text(cell)).collect();
        let read = deductions(&[(4, &cells)]).unwrap();
        prop_assert!(read.len() <= 1);
    }
}
