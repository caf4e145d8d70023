//! What a member is handed, as it is described.

mod support;

use chrono::DateTime;
use pensipro_kernel::{
    PaymentId,
    document::{Block, Document},
};
use pensipro_pricing::AllocationOrder;
use pensipro_servicing::*;
use support::*;

fn paid() -> Shelf {
    let loan = pending_loan(7, rupiah(1_800_000), terms(AllocationOrder::RowFirst, None));
    let mut shelf = Shelf::new(loan, vec![], ServicingPolicy::default());
    shelf.post(disbursement(1, on(0), &level(2, 900_000, 100_000)));
    shelf.post(cash(2, day("2026-02-10"), rupiah(1_150_000)));
    shelf
}

fn payment(shelf: &Shelf, reversed_by: Option<i64>) -> Payment {
    let own = shelf.replayed().allocations.into_iter().filter(|part| part.transaction == tx(2));
    Payment {
        id: PaymentId::new(2),
        transaction_id: tx(2),
        loan_id: shelf.loan.id,
        paid_on: day("2026-02-10"),
        booked_on: day("2026-02-10"),
        amount: rupiah(1_150_000),
        channel: Channel::Transfer,
        reference: Some("BRI-77".into()),
        excess_to: ExcessTo::PrepayNext,
        due_through: day("2026-02-10"),
        source_line: None,
        allocations: own.collect(),
        reversed_by: reversed_by.map(tx),
        created_at: DateTime::UNIX_EPOCH,
        created_by: None,
    }
}

fn receipt(reversed_by: Option<i64>) -> Document {
    let shelf = paid();
    payment_receipt(&ReceiptFacts {
        letterhead: &["Koperasi Sejahtera".to_owned(), "Jl. Melati 4".to_owned()],
        borrower: "Suparman",
        loan: &shelf.loan,
        payment: &payment(&shelf, reversed_by),
        principal_left: rupiah(850_000),
    })
}

fn facts(document: &Document) -> Vec<(String, String)> {
    let facts = document.blocks.iter().filter_map(|block| match block {
        Block::Facts(facts) => Some(facts),
        _ => None,
    });
    facts.flatten().map(|fact| (fact.name.clone(), fact.value.printed())).collect()
}

#[test]
fn a_receipt_tells_what_was_paid_and_for_what() {
    let paper = receipt(None);
    assert_eq!(paper.letterhead[0], "Koperasi Sejahtera");
    let told = facts(&paper);
    let fact =
        |name: &str| told.iter().find(|(known, _)| known == name).map(|(_, value)| &value[..]);
    assert_eq!(fact("Nomor"), Some("KW-00000002"));
    assert_eq!(fact("Untuk pinjaman"), Some("LN-2026-000007"));
    assert_eq!(fact("Jumlah"), Some("Rp1.150.000"));
    assert_eq!(fact("Terbilang"), Some("satu juta seratus lima puluh ribu rupiah"));
    assert_eq!(fact("Cara bayar"), Some("Transfer"));
    assert_eq!(fact("Sisa pokok"), Some("Rp850.000"));
    let table = paper.blocks.iter().find_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let csv = String::from_utf8(table.unwrap().to_csv()).unwrap();
    let rows: Vec<_> = csv.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "1;Bunga;100000.00",
            "1;Pokok;900000.00",
            "2;Bunga;100000.00",
            "2;Pokok;50000.00",
            "Jumlah;;1150000.00"
        ]
    );
}

#[test]
fn a_receipt_of_a_payment_that_was_taken_back_is_void() {
    let paper = receipt(Some(3));
    let void =
        |block: &Block| matches!(block, Block::Paragraph(text) if text.contains("dibatalkan"));
    assert!(paper.blocks.iter().any(void));
    assert!(!paper.blocks.iter().any(|block| matches!(block, Block::Table(_))));
}

#[test]
fn a_statement_stands_between_two_balances() {
    let shelf = paid();
    let period = StatementPeriod { from: day("2026-02-01"), to: day("2026-02-28") };
    let statement = Statement::of(&shelf.open_with_history(), &shelf.policy, period);
    let report = statement_report(&statement, "Suparman");
    assert_eq!(report.title, "Rekening Koran Pinjaman");
    let csv = String::from_utf8(report.table.to_csv()).unwrap();
    let rows: Vec<_> = csv.lines().skip(1).collect();
    assert_eq!(
        rows,
        [
            "2026-01-31;;Saldo awal;;;;;;;;1800000.00",
            "2026-02-10;2;Pembayaran;1150000.00;;;200000.00;950000.00;;;850000.00",
            "2026-02-28;;Saldo akhir;;;;;;;;850000.00",
        ]
    );
    let about: Vec<_> =
        report.facts.iter().map(|fact| (&*fact.name, fact.value.printed())).collect();
    assert!(about.contains(&("Periode", "1 Februari 2026 s.d. 28 Februari 2026".to_owned())));
    assert!(about.contains(&("Sisa pokok", "850.000,00".to_owned())));
}
