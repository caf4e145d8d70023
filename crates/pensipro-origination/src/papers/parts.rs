//! Parts of both papers.

use pensipro_kernel::document::{Block, Cell, Column, Fact, Signature, Table};
use pensipro_kernel::{Money, Rate, indonesian};
use pensipro_pricing::{
    Collection, FeeKind, Method, PenaltyBasis, PenaltyParts, PenaltyTerms, ScheduleRow,
};

use super::{Letterhead, PaperFacts};
use crate::Payoffs;

impl Letterhead {
    /// Its name and its lines, as a paper begins.
    pub fn all_lines(&self) -> Vec<String> {
        let name = (!self.name.is_empty()).then(|| self.name.clone());
        name.into_iter().chain(self.lines.iter().cloned()).collect()
    }
}

/// `Rp50.000.000 (lima puluh juta rupiah)`.
pub(super) fn in_words(amount: Money) -> String {
    format!("{} ({})", indonesian::rupiah(amount), indonesian::rupiah_in_words(amount))
}

fn fact(name: &str, value: impl Into<Cell>) -> Fact {
    Fact::new(name, value)
}

/// Who borrows.
pub(super) fn borrower(facts: &PaperFacts<'_>) -> Block {
    let details = &facts.member.details;
    let born = format!("{}, {}", details.birth_place, indonesian::date(details.birth_date));
    let mut known = vec![
        fact("Nama", details.name.as_str()),
        fact("NIK", details.nik.as_str()),
        fact("Nomor pensiun", details.no_pensiun.as_str()),
        fact("Tempat, tanggal lahir", born),
        fact("Alamat", details.address.as_str()),
        fact("Lembaga pembayar", details.payer.code()),
    ];
    known.extend(details.pay_office.as_deref().map(|office| fact("Kantor bayar", office)));
    Block::Facts(known)
}

/// What is lent, at what price.
pub(super) fn terms(facts: &PaperFacts<'_>) -> Block {
    let PaperFacts { product, plafon, tenor, purpose, terms, cost, .. } = facts;
    let details = &product.details;
    let mut stated = vec![
        fact("Produk", format!("{} ({})", details.name, details.code)),
        fact("Plafon", in_words(*plafon)),
        fact("Jangka waktu", format!("{tenor} bulan")),
        fact("Bunga", format!("{} per tahun", indonesian::percent(terms.rules.interest_rate))),
        fact("Metode bunga", method(terms.rules.method)),
        fact("Angsuran per bulan", in_words(cost.instalment)),
    ];
    let rate = |name: &str, rate: Option<Rate>| {
        rate.map(|rate| fact(name, format!("{} per tahun", indonesian::percent(rate))))
    };
    stated.extend(rate("Bunga flat setara", Some(cost.flat_rate)));
    stated.extend(rate("Bunga efektif (tanpa biaya)", cost.nominal_effective_rate));
    stated.extend(rate("Bunga efektif (termasuk biaya)", cost.effective_rate));
    stated.push(fact("Jumlah bunga", indonesian::rupiah(cost.totals.interest)));
    stated.push(fact("Jumlah yang dibayar kembali", indonesian::rupiah(cost.totals.payment)));
    stated.extend(
        cost.rows
            .first()
            .map(|row| fact("Jatuh tempo angsuran pertama", indonesian::date(row.due_date))),
    );
    stated.extend(
        cost.rows
            .last()
            .map(|row| fact("Jatuh tempo angsuran terakhir", indonesian::date(row.due_date))),
    );
    stated.extend(purpose.map(|purpose| fact("Tujuan penggunaan", purpose)));
    Block::Facts(stated)
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Flat => "flat (bunga tetap atas plafon)",
        Method::Anuitas => "anuitas (angsuran tetap, bunga atas sisa pokok)",
        Method::Efektif => "efektif (pokok tetap, bunga atas sisa pokok)",
    }
}

/// Fees, and what is left of the plafon.
pub(super) fn fees(facts: &PaperFacts<'_>) -> Block {
    let mut table = Table::new(vec![
        Column::words("fee", "Biaya"),
        Column::words("collection", "Dibayar"),
        Column::figures("amount", "Jumlah (Rp)"),
    ]);
    for fee in &facts.cost.fees {
        let paid = match fee.collection {
            Collection::Upfront => "dipotong saat pencairan",
            Collection::FirstInstalment => "bersama angsuran pertama",
        };
        table.push(vec![fee_name(fee.kind).into(), paid.into(), fee.amount.into()]);
    }
    let total = facts.cost.total_fees;
    table.totals = Some(vec!["Jumlah".into(), Cell::Empty, total.into()]);
    Block::Table(table)
}

/// What the member receives, and who else.
pub(super) fn paid_out(facts: &PaperFacts<'_>) -> String {
    let net = facts.cost.net;
    let Payoffs { takeover, topup } = facts.payoffs;
    let topup = topup.map(|topup| (topup, topup.payoff.unwrap_or_default()));
    let others = takeover.map(|takeover| {
        let number = takeover.reference.as_ref().map(|number| format!(" nomor {number}"));
        let number = number.unwrap_or_default();
        let (payoff, lender) = (in_words(takeover.payoff), &takeover.institution);
        format!("{payoff} dibayarkan kepada {lender} untuk melunasi kredit{number}")
    });
    let own = topup.filter(|(_, payoff)| payoff.is_positive()).map(|(topup, payoff)| {
        let (payoff, number, on) = (in_words(payoff), &topup.number, indonesian::date(facts.on));
        format!("{payoff} diperhitungkan untuk melunasi pinjaman nomor {number} per {on}")
    });
    let parts: Vec<String> = others.into_iter().chain(own).collect();
    let left = in_words(facts.payoffs.left_of(net).unwrap_or_default());
    match parts.is_empty() {
        true => format!("Diterima bersih saat pencairan: {left}."),
        false => format!(
            "Dari hasil pencairan {}; diterima bersih oleh Peminjam: {left}.",
            parts.join(" dan ")
        ),
    }
}

const fn fee_name(kind: FeeKind) -> &'static str {
    match kind {
        FeeKind::Admin => "Administrasi",
        FeeKind::Provisi => "Provisi",
        FeeKind::Asuransi => "Premi asuransi jiwa",
        FeeKind::Flagging => "Flagging pensiun",
        FeeKind::Tatalaksana => "Tata laksana",
        FeeKind::Meterai => "Meterai",
        FeeKind::Blokir => "Angsuran ditahan (blokir), milik peminjam",
        FeeKind::Lainnya => "Lainnya",
    }
}

/// The schedule.
pub(super) fn schedule(rows: &[ScheduleRow]) -> Block {
    let mut table = Table::new(vec![
        Column::figures("no", "No"),
        Column::words("due_date", "Jatuh tempo"),
        Column::figures("principal", "Pokok (Rp)"),
        Column::figures("interest", "Bunga (Rp)"),
        Column::figures("instalment", "Angsuran (Rp)"),
        Column::figures("balance", "Sisa pokok (Rp)"),
    ]);
    for row in rows {
        table.push(vec![
            row.no.into(),
            row.due_date.into(),
            row.principal.into(),
            row.interest.into(),
            row.instalment.into(),
            row.balance.into(),
        ]);
    }
    let sum = |of: fn(&ScheduleRow) -> Money| Money::checked_sum(rows.iter().map(of));
    table.totals = Some(vec![
        Cell::Empty,
        "Jumlah".into(),
        sum(|row| row.principal).into(),
        sum(|row| row.interest).into(),
        sum(|row| row.instalment).into(),
        Cell::Empty,
    ]);
    Block::Table(table)
}

/// What paying late, and paying off early, costs.
pub(super) fn penalties(facts: &PaperFacts<'_>) -> Vec<String> {
    let late = facts.terms.late.as_ref().map(|rule| format!("Keterlambatan: {}.", late(rule)));
    let early = facts.terms.early_settlement.as_ref();
    let early = early.map(|rule| format!("Pelunasan dipercepat: {}.", early_settlement(rule)));
    late.into_iter().chain(early).collect()
}

fn late(rule: &PenaltyTerms) -> String {
    let PenaltyParts { basis, grace_days, cap_pct, .. } = &**rule;
    let mut text = match basis {
        PenaltyBasis::PercentPerDay(rate) => {
            format!("denda {} per hari dari jumlah yang tertunggak", indonesian::percent(*rate))
        }
        PenaltyBasis::PercentOnce(rate) => {
            format!("denda {} dari jumlah yang tertunggak", indonesian::percent(*rate))
        }
        PenaltyBasis::Fixed(amount) => {
            format!("denda {} untuk setiap angsuran", indonesian::rupiah(*amount))
        }
        PenaltyBasis::MonthsOfInterest(months) => format!("denda {months} bulan bunga"),
    };
    if *grace_days > 0 {
        text.push_str(&format!(", setelah {grace_days} hari dari jatuh tempo"));
    }
    if let Some(cap) = cap_pct {
        let cap = indonesian::percent(*cap);
        text.push_str(&format!(", paling banyak {cap} dari angsuran"));
    }
    text
}

fn early_settlement(rule: &PenaltyTerms) -> String {
    let steps = rule.steps.iter().map(|step| {
        let share = indonesian::percent(step.remaining_pct);
        format!("{} selama paling sedikit {share} angsuran belum jatuh tempo", of_basis(step.basis))
    });
    let texts: Vec<_> = steps.chain([of_basis(rule.basis)]).collect();
    texts.join("; selanjutnya ")
}

fn of_basis(basis: PenaltyBasis) -> String {
    match basis {
        PenaltyBasis::PercentPerDay(rate) | PenaltyBasis::PercentOnce(rate) => {
            format!("{} dari sisa pokok yang dilunasi", indonesian::percent(rate))
        }
        PenaltyBasis::Fixed(amount) => indonesian::rupiah(amount),
        PenaltyBasis::MonthsOfInterest(months) => format!("{months} bulan bunga"),
    }
}

/// Items numbered from 1.
pub(super) fn items<'t>(texts: impl IntoIterator<Item = &'t str>) -> Vec<Block> {
    let item = |(place, text): (usize, &str)| Block::Item {
        mark: format!("{}.", place + 1),
        text: text.to_owned(),
    };
    texts.into_iter().enumerate().map(item).collect()
}

/// Both sides sign.
pub(super) fn signatures(facts: &PaperFacts<'_>, lender: &str, borrower: &str) -> Block {
    let name = facts.member.details.name.clone();
    Block::Signatures(vec![
        Signature { role: lender.to_owned(), name: String::new() },
        Signature { role: borrower.to_owned(), name },
    ])
}
