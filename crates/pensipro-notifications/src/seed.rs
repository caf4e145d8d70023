//! The templates of a first start: every event by every channel.

use pensipro_kernel::NotificationChannel;

/// A template of a first start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of a template")]
pub struct Seed {
    pub code: String,
    pub event: &'static str,
    pub channel: NotificationChannel,
    pub title: &'static str,
    pub body: String,
}

/// Every one. The words are the same by each channel; an e-mail greets, and whoever cannot answer is
/// told so.
pub fn seeds() -> impl Iterator<Item = Seed> {
    let by_all = |(code, event, title, body): &(&str, &'static str, &'static str, &str)| {
        NotificationChannel::ALL
            .iter()
            .map(|channel| Seed {
                code: format!("{code}{}", suffix(*channel)),
                event,
                channel: *channel,
                title,
                body: dressed(*channel, body),
            })
            .collect::<Vec<_>>()
    };
    WORDS.iter().flat_map(by_all)
}

const fn suffix(channel: NotificationChannel) -> &'static str {
    match channel {
        NotificationChannel::InApp => "",
        NotificationChannel::Email => "_EMAIL",
        NotificationChannel::WhatsApp => "_WA",
        NotificationChannel::Sms => "_SMS",
    }
}

fn dressed(channel: NotificationChannel, body: &str) -> String {
    match channel {
        NotificationChannel::InApp | NotificationChannel::Sms => body.to_owned(),
        NotificationChannel::WhatsApp => {
            format!("{body}\n\nPesan otomatis, mohon tidak dibalas.")
        }
        NotificationChannel::Email => format!(
            "Bapak/Ibu yang terhormat,\n\n{body}\n\nSurat ini dikirim otomatis oleh koperasi; mohon \
             tidak dibalas."
        ),
    }
}

/// `(code, event, title, body)`.
const WORDS: &[(&str, &str, &str, &str)] = &[
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
        "ANGSURAN_JATUH_TEMPO",
        "loan.due_soon",
        "Angsuran {loan_number} segera jatuh tempo",
        "Angsuran pinjaman {loan_number} sebesar {amount} jatuh tempo pada {due_date}, {days} hari lagi.",
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::{EventKind, Wording};

    #[test]
    fn every_event_has_one_template_by_each_channel_that_can_be_saved() {
        let mut told = BTreeSet::new();
        for seed in seeds() {
            Wording::check(seed.event, seed.title, &seed.body).unwrap();
            assert!(told.insert((seed.event, seed.channel)), "{} is told twice", seed.event);
        }
        let all = EventKind::ALL
            .iter()
            .flat_map(|kind| NotificationChannel::ALL.iter().map(|channel| (kind.name, *channel)));
        assert_eq!(told, all.collect());
        let codes: BTreeSet<_> = seeds().map(|seed| seed.code).collect();
        assert_eq!(codes.len(), told.len());
    }
}
