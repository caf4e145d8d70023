//! The letter that offers an approved loan.

use chrono::NaiveDate;
use pensipro_kernel::document::{Block, Document};
use pensipro_kernel::indonesian;

use super::PaperFacts;
use super::parts::{borrower, fees, items, paid_out, penalties, schedule, signatures, terms};
use crate::Condition;

/// The offer letter (surat penawaran kredit): terms, fees, effective rate, conditions, and the
/// schedule if the loan were disbursed on the letter's day; it stands through `valid_until`.
pub fn offer_letter(
    facts: &PaperFacts<'_>,
    conditions: &[Condition],
    valid_until: NaiveDate,
) -> Document {
    let title = "Surat Penawaran Kredit";
    let mut blocks = vec![
        Block::Title(title.to_uppercase()),
        Block::Paragraph(format!("Nomor: {}\n{}", facts.number, indonesian::date(facts.on))),
        Block::Paragraph(
            "Dengan ini kami menyampaikan bahwa permohonan kredit Bapak/Ibu berikut telah disetujui \
             dengan ketentuan di bawah ini."
                .to_owned(),
        ),
        Block::Heading("Peminjam".to_owned()),
        borrower(facts),
        Block::Heading("Ketentuan kredit".to_owned()),
        terms(facts),
        Block::Heading("Biaya".to_owned()),
        fees(facts),
        Block::Paragraph(paid_out(facts)),
    ];
    let penalties = penalties(facts);
    if !penalties.is_empty() {
        blocks.push(Block::Heading("Denda".to_owned()));
        blocks.extend(items(penalties.iter().map(String::as_str)));
    }
    if !conditions.is_empty() {
        blocks.push(Block::Heading("Syarat sebelum pencairan".to_owned()));
        blocks.extend(items(conditions.iter().map(|condition| condition.text.as_str())));
    }
    blocks.push(Block::Paragraph(format!(
        "Penawaran ini berlaku sampai dengan {}. Tanggal jatuh tempo mengikuti tanggal pencairan.",
        indonesian::date(valid_until)
    )));
    blocks.push(signatures(facts, "Hormat kami", "Menyetujui, Peminjam"));
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
