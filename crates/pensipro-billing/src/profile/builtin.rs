//! The profiles that every installation has. Columns, codes and words are those of files that pension
//! lenders and pay banks exchange; an installation can override them by profiles of its own.

use super::{
    CutResult, DateStyle, Encoding, ExportColumn, ExportEncoding, ExportField, ExportFormat,
    ExportLayout, Footer, ImportColumns, ImportFormat, PayerProfile, PeriodStyle, ProfileParts,
    ReasonWords, ResultCode,
};
use crate::{FailReason, NumberStyle, Payer, normal};

/// All built-in profiles: generic, TASPEN, ASABRI.
pub fn built_in() -> Vec<PayerProfile> {
    vec![generic(), taspen(), asabri()]
}

/// The generic profile: our own headings.
pub fn generic() -> PayerProfile {
    let columns = ImportColumns {
        reference: words(&["reference", "referensi", "no referensi"]),
        no_pensiun: words(&["no_pensiun", "nomor pensiun", "nopen", "notas"]),
        nik: words(&["nik", "no ktp"]),
        // No bare `nominal`: in lists of what is billed that column is the plafon.
        amount: words(&["amount", "jumlah", "nominal potongan"]),
        status: words(&["status"]),
        reason: words(&["reason", "alasan", "keterangan"]),
        periode: words(&["periode"]),
    };
    let results = [
        ("paid", CutResult::Paid),
        ("lunas", CutResult::Paid),
        ("berhasil", CutResult::Paid),
        ("failed", CutResult::Failed),
        ("gagal", CutResult::Failed),
    ];
    profile("GENERIC", None, columns, &[';', ',', '\t', '|'], &results, Some(CutResult::Paid))
}

/// Taspen's pay banks: titles before the header, codes 777 (paid) and 333 (not collected).
pub fn taspen() -> PayerProfile {
    let columns = ImportColumns {
        reference: words(&["referensi", "no referensi", "reference"]),
        no_pensiun: words(&["NOPEN", "NOTAS", "NO PENSIUN"]),
        nik: words(&["NIK"]),
        amount: words(&["JUMLAH DIBAYAR", "JUMLAH POTONGAN", "REALISASI"]),
        status: words(&["KODE", "KODE STATUS"]),
        reason: words(&["KETERANGAN"]),
        periode: words(&["PERIODE", "BULAN"]),
    };
    let results = [("777", CutResult::Paid), ("333", CutResult::Failed)];
    profile("TASPEN", Some(Payer::Taspen), columns, &[';', ',', '\t'], &results, None)
}

/// Asabri's pay banks: quoted, comma-parted, the result in words.
pub fn asabri() -> PayerProfile {
    let columns = ImportColumns {
        reference: words(&["NO PK", "REFERENSI"]),
        no_pensiun: words(&["NO PENSIUN", "NOPEN"]),
        nik: words(&["NIK"]),
        amount: words(&["PENDEBETAN ANGSURAN", "PENDEBETAN"]),
        status: words(&["STATUS"]),
        reason: words(&["KETERANGAN"]),
        periode: words(&["PERIODE"]),
    };
    let results = [
        ("LUNAS", CutResult::Paid),
        ("KURANG", CutResult::Paid),
        ("LEBIH", CutResult::Paid),
        ("GAGAL", CutResult::Failed),
        ("BELUM", CutResult::Failed),
        ("TIDAK TERDEBET", CutResult::Failed),
    ];
    profile("ASABRI", Some(Payer::Asabri), columns, &[',', ';', '\t'], &results, None)
}

fn profile(
    code: &str,
    payer: Option<Payer>,
    columns: ImportColumns,
    delimiters: &[char],
    results: &[(&str, CutResult)],
    empty_result: Option<CutResult>,
) -> PayerProfile {
    let results =
        results.iter().map(|(code, means)| ResultCode { code: normal(code), means: *means });
    PayerProfile {
        parts: ProfileParts {
            code: code.to_owned(),
            payer,
            export: export_format(),
            import: ImportFormat {
                fixed: None,
                columns,
                delimiters: delimiters.to_vec(),
                amounts: NumberStyle::Tolerant,
                encoding: Encoding::Auto,
                results: results.collect(),
                empty_result,
                reasons: reasons(),
                total_words: words(&["TOTAL", "JUMLAH", "GRAND TOTAL", "JUMLAH TOTAL"]),
            },
            pay_day: 1,
            realisation_days: 15,
        },
    }
}

/// The export file of every built-in profile: each field under its own name.
fn export_format() -> ExportFormat {
    let column =
        |field: &ExportField| ExportColumn { field: *field, heading: field.code().to_owned() };
    ExportFormat {
        layout: ExportLayout::Delimited,
        columns: ExportField::ALL.iter().map(column).collect(),
        delimiter: ';',
        amounts: NumberStyle::Plain,
        dates: DateStyle::Iso,
        periods: PeriodStyle::Iso,
        encoding: ExportEncoding::Utf8,
        titles: Vec::new(),
        footer: Footer::None,
    }
}

/// What payers write when a cut fails. The first that is contained counts, so the narrower words
/// stand before the wider ones.
fn reasons() -> Vec<ReasonWords> {
    const WORDS: [(&str, FailReason); 34] = [
        ("GAJI MINUS", FailReason::Insufficient),
        ("GAJI TURUN", FailReason::Insufficient),
        ("GAJI TIDAK CUKUP", FailReason::Insufficient),
        ("SALDO", FailReason::Insufficient),
        ("TIDAK CUKUP", FailReason::Insufficient),
        ("TIDAK MENCUKUPI", FailReason::Insufficient),
        ("INSUFFICIENT", FailReason::Insufficient),
        ("MENINGGAL", FailReason::Deceased),
        ("WAFAT", FailReason::Deceased),
        ("DECEASED", FailReason::Deceased),
        ("MUTASI", FailReason::MovedOffice),
        ("PINDAH", FailReason::MovedOffice),
        ("MOVED OFFICE", FailReason::MovedOffice),
        ("OTENTIKASI", FailReason::NotAuthenticated),
        ("OTENTIFIKASI", FailReason::NotAuthenticated),
        ("AUTENTIKASI", FailReason::NotAuthenticated),
        ("NOT AUTHENTICATED", FailReason::NotAuthenticated),
        ("BELUM AMBIL", FailReason::LatePay),
        ("BELUM BAYAR", FailReason::LatePay),
        ("DAPEM SUSULAN", FailReason::LatePay),
        ("TERLAMBAT", FailReason::LatePay),
        ("LATE PAY", FailReason::LatePay),
        ("PASIF", FailReason::AccountPassive),
        ("DORMAN", FailReason::AccountPassive),
        ("REKENING TUTUP", FailReason::AccountPassive),
        ("ACCOUNT PASSIVE", FailReason::AccountPassive),
        ("STOP", FailReason::PensionStopped),
        ("DIHENTIKAN", FailReason::PensionStopped),
        ("BERHENTI", FailReason::PensionStopped),
        ("PENSION STOPPED", FailReason::PensionStopped),
        ("TIDAK DITEMUKAN", FailReason::NotFound),
        ("TIDAK TERDAFTAR", FailReason::NotFound),
        ("TIDAK ADA", FailReason::NotFound),
        ("NOT FOUND", FailReason::NotFound),
    ];
    let row = |(contains, means): (&str, FailReason)| ReasonWords {
        contains: contains.to_owned(),
        means,
    };
    WORDS.into_iter().map(row).collect()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_profiles_pass_their_own_check_and_json() {
        for profile in built_in() {
            let json = serde_json::to_string(&profile).unwrap();
            assert_eq!(serde_json::from_str::<PayerProfile>(&json).unwrap(), profile);
        }
    }

    #[test]
    fn unusable_profiles_are_refused() {
        let refuse = |spoil: fn(&mut ProfileParts)| {
            let mut parts = ProfileParts::from(generic());
            spoil(&mut parts);
            PayerProfile::try_from(parts).expect_err("it cannot be used").fault
        };
        assert!(refuse(|parts| parts.pay_day = 0).contains("pay_day"));
        assert!(refuse(|parts| parts.code = "a b".into()).contains("code"));
        assert!(refuse(|parts| parts.import.delimiters = vec!['"']).contains("delimiter"));
        assert!(refuse(|parts| parts.import.delimiters.clear()).contains("delimiter"));
        assert!(refuse(|parts| parts.import.columns.amount.clear()).contains("amount"));
        assert!(refuse(|parts| parts.export.delimiter = '1').contains("delimiter"));
        assert!(serde_json::from_str::<PayerProfile>("{\"code\":\"X\"}").is_err());
    }
}
