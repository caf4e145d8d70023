//! The agreement that borrower and cooperative sign.

use pensipro_kernel::document::{Block, Document};
use pensipro_kernel::indonesian;

use super::PaperFacts;
use super::parts::{
    borrower, fees, in_words, items, paid_out, penalties, schedule, signatures, terms,
};

/// The loan agreement (perjanjian kredit) with its schedule as an annex.
pub fn loan_agreement(facts: &PaperFacts<'_>) -> Document {
    let title = "Perjanjian Kredit";
    let lender = match facts.letterhead.name.as_str() {
        "" => "Koperasi",
        name => name,
    };
    let mut blocks = vec![
        Block::Title(title.to_uppercase()),
        Block::Paragraph(format!("Nomor: {}", facts.number)),
        Block::Paragraph(format!(
            "Pada tanggal {} {lender}, selanjutnya disebut Pemberi Kredit, dan yang tersebut di bawah \
             ini, selanjutnya disebut Peminjam, sepakat membuat perjanjian kredit dengan ketentuan \
             sebagai berikut.",
            indonesian::date(facts.on)
        )),
        borrower(facts),
    ];
    blocks.extend(article(1, "Pokok, jangka waktu dan bunga", [terms(facts)]));
    blocks.extend(article(
        2,
        "Biaya dan pencairan",
        [fees(facts), Block::Paragraph(paid_out(facts))],
    ));
    blocks.extend(article(3, "Pembayaran kembali", [repayment(facts)]));
    blocks.extend(article(4, "Denda", penalty_items(facts)));
    blocks.extend(article(5, "Kuasa memotong pensiun", [Block::Paragraph(POWER.to_owned())]));
    blocks.extend(article(6, "Meninggal dunia dan perselisihan", items(CLOSING)));
    blocks.push(signatures(facts, "Pemberi Kredit", "Peminjam"));
    blocks.push(Block::PageBreak);
    blocks.push(Block::Heading("Lampiran: rencana angsuran".to_owned()));
    blocks.push(schedule(&facts.cost.rows));
    Document {
        title: format!("{title} {}", facts.number),
        letterhead: facts.letterhead.all_lines(),
        footer: facts.number.to_owned(),
        blocks,
    }
}

const POWER: &str = "Peminjam memberi kuasa yang tidak dapat dicabut kepada Pemberi Kredit untuk menerima \
    angsuran melalui pemotongan manfaat pensiun oleh lembaga pembayar sampai kredit lunas.";

const CLOSING: [&str; 2] = [
    "Jika Peminjam meninggal dunia sebelum kredit lunas, sisa kewajiban diselesaikan dari pertanggungan \
     asuransi jiwa kredit atau oleh ahli waris menurut ketentuan yang berlaku.",
    "Perselisihan diselesaikan dengan musyawarah; jika tidak tercapai, melalui pengadilan negeri di \
     tempat kedudukan Pemberi Kredit.",
];

fn article(
    number: u8,
    title: &str,
    blocks: impl IntoIterator<Item = Block>,
) -> impl Iterator<Item = Block> {
    let heading = Block::Heading(format!("Pasal {number}: {title}"));
    std::iter::once(heading).chain(blocks)
}

fn repayment(facts: &PaperFacts<'_>) -> Block {
    let cost = facts.cost;
    let first = cost.rows.first().map(|row| indonesian::date(row.due_date)).unwrap_or_default();
    Block::Paragraph(format!(
        "Peminjam membayar kembali pokok dan bunga dalam {} angsuran bulanan sebesar {} mulai {first}, \
         sesuai rencana angsuran pada lampiran, yang merupakan bagian dari perjanjian ini.",
        facts.tenor,
        in_words(cost.instalment)
    ))
}

fn penalty_items(facts: &PaperFacts<'_>) -> Vec<Block> {
    match penalties(facts) {
        texts if texts.is_empty() => {
            vec![Block::Paragraph("Tidak ada denda yang diperjanjikan.".to_owned())]
        }
        texts => items(texts.iter().map(String::as_str)),
    }
}
