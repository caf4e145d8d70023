//! The templates of a first start.

/// `(code, event, title, body)`, each told in the application.
pub const SEED_TEMPLATES: &[(&str, &str, &str, &str)] = &[
    (
        "PENGAJUAN_DISETUJUI",
        "application.approved",
        "Pengajuan {number} disetujui",
        "Pengajuan {number} sebesar {plafon} selama {tenor} bulan telah disetujui.",
    ),
    (
        "PENGAJUAN_DITOLAK",
        "application.rejected",
        "Pengajuan {number} ditolak",
        "Pengajuan {number} sebesar {plafon} tidak dapat disetujui.",
    ),
    (
        "PENGAJUAN_DIBATALKAN",
        "application.cancelled",
        "Pengajuan {number} dibatalkan",
        "Pengajuan {number} sebesar {plafon} telah dibatalkan.",
    ),
    (
        "KEPUTUSAN_TERLAMBAT",
        "application.deadline_passed",
        "Pengajuan {number} menunggu keputusan",
        "Pengajuan {number} sebesar {plafon} menunggu keputusan tingkat {level} sejak {waiting_since}.",
    ),
    (
        "SETTLEMENT_FUNDER",
        "funder.settlement_generated",
        "Settlement {funder} {periode}",
        "Settlement {funder} periode {periode} sudah dibuat; hak funder {amount}.",
    ),
    (
        "PINJAMAN_CAIR",
        "loan.disbursed",
        "Pinjaman {loan_number} cair",
        "Pinjaman {loan_number} sebesar {amount} cair pada {disbursed_on}; diterima {net_amount}.",
    ),
    (
        "PINJAMAN_LUNAS",
        "loan.settled",
        "Pinjaman {loan_number} lunas",
        "Pelunasan {amount} untuk pinjaman {loan_number} sudah diterima.",
    ),
    (
        "ANGSURAN_TERLAMBAT",
        "loan.overdue",
        "Angsuran {loan_number} terlambat",
        "Angsuran pinjaman {loan_number} jatuh tempo {due_date} terlambat {dpd} hari; tunggakan {amount}.",
    ),
    (
        "PEMBAYARAN_DITERIMA",
        "payment.received",
        "Pembayaran diterima",
        "Pembayaran {amount} sudah diterima untuk pinjaman {loan_number} pada {paid_on}.",
    ),
    (
        "PENGEMBALIAN_DISETUJUI",
        "refund.approved",
        "Pengembalian disetujui",
        "Pengembalian {amount} telah disetujui.",
    ),
    (
        "PENGEMBALIAN_DIBAYAR",
        "refund.paid",
        "Pengembalian dibayar",
        "Pengembalian {amount} telah dibayarkan.",
    ),
    (
        "PENGEMBALIAN_DITOLAK",
        "refund.rejected",
        "Pengembalian ditolak",
        "Pengembalian {amount} tidak disetujui.",
    ),
    (
        "RESTRUKTURISASI_DISETUJUI",
        "restructure.approved",
        "Restrukturisasi disetujui",
        "Restrukturisasi pinjaman {loan_number} per {effective_on} disetujui; angsuran {instalment}.",
    ),
    (
        "RESTRUKTURISASI_DITOLAK",
        "restructure.rejected",
        "Restrukturisasi ditolak",
        "Restrukturisasi pinjaman {loan_number} per {effective_on} tidak disetujui.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EventKind, Wording};

    #[test]
    fn every_event_has_one_template_that_can_be_saved() {
        for (_, event, title, body) in SEED_TEMPLATES {
            Wording::check(event, title, body).unwrap();
        }
        let mut events: Vec<_> = SEED_TEMPLATES.iter().map(|(_, event, ..)| *event).collect();
        events.sort_unstable();
        let mut all: Vec<_> = EventKind::ALL.iter().map(|kind| kind.name).collect();
        all.sort_unstable();
        assert_eq!(events, all);
    }
}
