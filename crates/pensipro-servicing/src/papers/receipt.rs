//! The receipt of a payment.

use pensipro_kernel::{
    Money,
    document::{Block, Cell, Column, Document, Fact, Signature, Table},
    indonesian,
};

use crate::{allocation::Allocation, loan::Loan, records::Payment, row::RowKey};

/// What a receipt states.
#[derive(Debug, Clone, Copy)]
pub struct ReceiptFacts<'a> {
    /// The cooperative, its name first.
    pub letterhead: &'a [String],
    /// Who pays.
    pub borrower: &'a str,
    /// The loan.
    pub loan: &'a Loan,
    /// The payment, with what it pays now.
    pub payment: &'a Payment,
    /// Principal that is owed after it.
    pub principal_left: Money,
}

/// The receipt of a payment, with what it pays now; one of a payment that was taken back says so.
pub fn payment_receipt(facts: &ReceiptFacts<'_>) -> Document {
    let ReceiptFacts { letterhead, borrower, loan, payment, principal_left } = *facts;
    let number = receipt_number(payment);
    let mut stated = vec![
        Fact::new("Nomor", number.as_str()),
        Fact::new("Telah diterima dari", borrower),
        Fact::new("Untuk pinjaman", loan.number()),
        Fact::new("Tanggal bayar", Cell::from(indonesian::date(payment.paid_on))),
        Fact::new("Jumlah", Cell::from(indonesian::rupiah(payment.amount))),
        Fact::new("Terbilang", Cell::from(indonesian::rupiah_in_words(payment.amount))),
        Fact::new("Cara bayar", payment.channel.indonesian()),
    ];
    stated.extend(payment.reference.as_deref().map(|text| Fact::new("Referensi", text)));
    let mut blocks = vec![Block::Title("Bukti Penerimaan Pembayaran".into()), Block::Facts(stated)];
    if payment.reversed_by.is_some() {
        let text = "Pembayaran ini telah dibatalkan; bukti ini tidak berlaku.";
        blocks.push(Block::Paragraph(text.into()));
    } else {
        blocks.push(Block::Heading("Penggunaan".into()));
        blocks.push(Block::Table(uses(&payment.allocations)));
        let left = Fact::new("Sisa pokok", Cell::from(indonesian::rupiah(principal_left)));
        blocks.push(Block::Facts(vec![left]));
    }
    let receiver = letterhead.first().cloned().unwrap_or_default();
    blocks.push(Block::Signatures(vec![
        Signature { role: "Penyetor".into(), name: borrower.into() },
        Signature { role: "Penerima".into(), name: receiver },
    ]));
    let title = format!("Bukti Pembayaran {number}");
    let footer = format!("{title} - {}", loan.number());
    Document { title, letterhead: letterhead.to_vec(), footer, blocks }
}

/// The number that a receipt is found by.
pub fn receipt_number(payment: &Payment) -> String {
    format!("KW-{:08}", payment.id.get())
}

fn uses(allocations: &[Allocation]) -> Table {
    let mut table = Table::new(vec![
        Column::words("no", "Angsuran ke"),
        Column::words("component", "Komponen"),
        Column::figures("amount", "Jumlah"),
    ]);
    for part in allocations {
        let row = (part.row != RowKey::NONE).then(|| Cell::Count(part.row.no.into()));
        let component = part.component.indonesian();
        table.push(vec![row.unwrap_or_default(), component.into(), part.amount.into()]);
    }
    let sum = crate::amount::total(allocations.iter().map(|part| part.amount));
    table.totals = Some(vec!["Jumlah".into(), Cell::Empty, sum.into()]);
    table
}
