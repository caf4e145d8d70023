use pensipro_kernel::document::{Block, Column, Fact, Report, Signature, Table};

use super::*;

/// What a reader of the file finds on each page.
fn pages(bytes: &[u8]) -> Vec<String> {
    let file = lopdf::Document::load_mem(bytes).unwrap();
    file.get_pages().keys().map(|page| file.extract_text(&[*page]).unwrap()).collect()
}

fn paper(blocks: Vec<Block>) -> Document {
    Document {
        title: "Perjanjian".into(),
        letterhead: vec!["KSP Sejahtera".into(), "Jl. Merdeka 1, Bandung".into()],
        footer: "LN-2026-000123".into(),
        blocks,
    }
}

fn schedule(rows: u16) -> Table {
    let columns = vec![
        Column::figures("no", "No."),
        Column::words("due", "Jatuh tempo"),
        Column::figures("amount", "Angsuran"),
    ];
    let mut table = Table::new(columns);
    for no in 1..=rows {
        let money: pensipro_kernel::Money = "2084581".parse().unwrap();
        table.push(vec![no.into(), format!("bulan ke-{no}").into(), money.into()]);
    }
    table.totals = Some(vec!["".into(), "Jumlah".into(), "".into()]);
    table
}

#[test]
fn every_kind_of_block_is_read_back_as_text() {
    let document = paper(vec![
        Block::Title("PERJANJIAN PINJAMAN".into()),
        Block::Facts(vec![Fact::new("Nomor", "LN-2026-000123")]),
        Block::Heading("Pasal 1 Pokok".into()),
        Block::Paragraph("Pemberi pinjaman meminjamkan uang.\nBaris kedua.".into()),
        Block::Item { mark: "a.".into(), text: "bunga 12% setahun".into() },
        Block::Table(schedule(2)),
        Block::Signatures(vec![Signature { role: "Peminjam".into(), name: "Siti Aminah".into() }]),
        Block::PageBreak,
        Block::Paragraph("Lampiran".into()),
    ]);
    let pages = pages(&write_pdf(&document));
    assert_eq!(pages.len(), 2);
    for text in [
        "KSP Sejahtera",
        "PERJANJIAN PINJAMAN",
        "LN-2026-000123",
        "Pasal 1 Pokok",
        "Baris kedua.",
        "bunga 12% setahun",
        "2.084.581,00",
        "Peminjam",
        "Siti Aminah",
        "Halaman 1 dari 2",
    ] {
        assert!(pages[0].contains(text), "{text} in {}", pages[0]);
    }
    assert!(pages[1].contains("Lampiran") && pages[1].contains("Halaman 2 dari 2"));
}

#[test]
fn a_long_table_repeats_its_titles_and_loses_no_row() {
    let pages = pages(&write_pdf(&paper(vec![Block::Table(schedule(200))])));
    assert!(pages.len() > 3, "{}", pages.len());
    assert!(pages.iter().all(|page| page.contains("Angsuran")));
    let whole = pages.concat();
    for no in 1..=200 {
        assert_eq!(whole.matches(&format!("bulan ke-{no}\n")).count(), 1, "{no}");
    }
    assert!(pages[pages.len() - 1].contains("Jumlah"));
}

#[test]
fn the_same_description_gives_the_same_bytes() {
    let document = paper(vec![Block::Table(schedule(80))]);
    assert_eq!(write_pdf(&document), write_pdf(&document));
}

#[test]
fn a_wide_report_is_set_across_and_its_figures_stay_whole() {
    let columns = (0..15).map(|n| Column::figures(format!("t{n}"), format!("{n} bulan"))).collect();
    let mut table = Table::new(columns);
    let money: pensipro_kernel::Money = "12084581".parse().unwrap();
    table.push(vec![money.into(); 15]);
    let report = Report::new("Brosur", table).about("Produk", "Pensiun Sejahtera");
    let bytes = write_pdf(&report.into());
    let file = lopdf::Document::load_mem(&bytes).unwrap();
    let page = file.get_dictionary(*file.get_pages().get(&1).unwrap()).unwrap();
    let media_box = page.get(b"MediaBox").unwrap().as_array().unwrap();
    assert!(media_box[2].as_float().unwrap() > 800.0);
    let text = pages(&bytes).concat();
    assert_eq!(text.matches("12.084.581,00").count(), 15, "{text}");
    assert!(text.contains("Pensiun Sejahtera"));
}

#[test]
fn a_paragraph_longer_than_a_page_goes_on_with_the_next() {
    let text = (0..3_000).map(|n| format!("kata{n}")).collect::<Vec<_>>().join(" ");
    let pages = pages(&write_pdf(&paper(vec![Block::Paragraph(text)])));
    assert!(pages.len() > 2);
    assert!(pages[pages.len() - 1].contains("kata2999"));
}

#[test]
fn a_row_higher_than_a_page_is_written_to_its_end() {
    let notes = (0..2_500).map(|n| format!("catatan{n}")).collect::<Vec<_>>().join(" ");
    let mut table = Table::new(vec![Column::words("no", "No."), Column::words("notes", "Catatan")]);
    table.push(vec!["1".into(), notes.into()]);
    table.push(vec!["2".into(), "akhir".into()]);
    let pages = pages(&write_pdf(&paper(vec![Block::Table(table)])));
    assert!(pages.len() > 2 && pages.iter().all(|page| page.contains("Catatan")));
    let whole = pages.concat();
    assert!(
        whole.contains("catatan0 ") && whole.contains("catatan2499") && whole.contains("akhir")
    );
}
