//! What staff and members call the things of an account.

use crate::{allocation::Component, payment::Channel, posting::TransactionKind};

impl TransactionKind {
    /// In Indonesian, as papers name it.
    pub const fn indonesian(self) -> &'static str {
        match self {
            Self::Disbursement => "Pencairan",
            Self::Death => "Peminjam meninggal dunia",
            Self::InterestFreeze => "Penghentian bunga",
            Self::Restructure => "Restrukturisasi",
            Self::ManualPenalty => "Denda",
            Self::FailedCut => "Potongan gagal",
            Self::Waiver => "Penghapusan tagihan",
            Self::DepositApplied => "Dana blokir dipakai",
            Self::DepositReleased => "Dana blokir dikembalikan",
            Self::Payment => "Pembayaran",
            Self::Recovery => "Pembayaran setelah hapus buku",
            Self::Settlement => "Pelunasan dipercepat",
            Self::WriteOff => "Hapus buku",
            Self::Status => "Perubahan status",
            Self::Collection => "Perubahan cara penagihan",
            Self::RefundPaid => "Pengembalian kelebihan",
            Self::RefundRefused => "Pengembalian ditolak",
            Self::Reversal => "Pembatalan",
        }
    }
}

impl Component {
    /// In Indonesian, as papers name it.
    pub const fn indonesian(self) -> &'static str {
        match self {
            Self::DueFromMember => "Kekurangan",
            Self::Penalty => "Denda",
            Self::Fee => "Biaya",
            Self::Interest => "Bunga",
            Self::Principal => "Pokok",
            Self::Excess => "Kelebihan",
        }
    }
}

impl Channel {
    /// In Indonesian, as papers name it.
    pub const fn indonesian(self) -> &'static str {
        match self {
            Self::PensionCut => "Potongan pensiun",
            Self::Transfer => "Transfer",
            Self::Cash => "Tunai",
            Self::Heirs => "Ahli waris",
            Self::Insurance => "Asuransi",
        }
    }
}
