//! Commissions as a file for the payroll.

use pensipro_kernel::document::{Cell, Column};

use crate::{
    Commission, CommissionKind, CommissionStatus,
    commission::{CommissionEntry, CommissionOrigin, CommissionState},
};

/// A commission with what a list tells of its sales person and loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionLine {
    /// The commission.
    pub commission: Commission,
    /// The sales person's code.
    pub sales_code: String,
    /// The sales person's name.
    pub sales_name: String,
    /// The branch's code.
    pub branch_code: String,
    /// The loan's number, `LN-2026-000123`.
    pub loan_number: Option<String>,
}

/// Commissions as a table: its columns, and the cells of each line.
#[derive(Debug, Clone, Copy)]
pub struct PayrollFile;

const HEADING: [&str; 15] = [
    "id",
    "periode",
    "kode_cabang",
    "kode_sales",
    "nama_sales",
    "nomor_pinjaman",
    "jenis",
    "plafon",
    "persen",
    "jumlah",
    "status",
    "keterangan",
    "tanggal_bayar",
    "periode_gaji",
    "referensi",
];

impl PayrollFile {
    /// Its name without an extension.
    pub const NAME: &str = "komisi-sales";

    /// Its columns.
    pub fn columns() -> Vec<Column> {
        HEADING.map(|title| Column::words(title, title)).into()
    }

    /// The cells of a line.
    pub fn cells(line: &CommissionLine) -> Vec<Cell> {
        let CommissionLine { commission, sales_code, sales_name, branch_code, loan_number } = line;
        let CommissionEntry { origin, periode, amount, reason, .. } = &commission.entry;
        let earned = match origin {
            CommissionOrigin::Disbursement(earned) => Some(earned),
            CommissionOrigin::Clawback(_) | CommissionOrigin::Manual => None,
        };
        let payment = match &commission.state {
            CommissionState::Paid(payment) => Some(payment),
            CommissionState::Unpaid | CommissionState::Void => None,
        };
        vec![
            commission.id.get().into(),
            periode.to_string().into(),
            branch_code.as_str().into(),
            sales_code.as_str().into(),
            sales_name.as_str().into(),
            loan_number.as_deref().into(),
            kind(commission.entry.kind()).into(),
            earned.map(|earned| earned.plafon).into(),
            earned.map(|earned| earned.commission_pct).into(),
            (*amount).into(),
            status(commission.state.status()).into(),
            reason.as_deref().into(),
            payment.map(|payment| payment.paid_on).into(),
            payment.map(|payment| payment.payroll_periode.to_string()).into(),
            payment.and_then(|payment| payment.reference.as_deref()).into(),
        ]
    }
}

const fn kind(kind: CommissionKind) -> &'static str {
    match kind {
        CommissionKind::Disbursement => "pencairan",
        CommissionKind::Clawback => "penarikan kembali",
        CommissionKind::Manual => "manual",
    }
}

const fn status(status: CommissionStatus) -> &'static str {
    match status {
        CommissionStatus::Unpaid => "belum dibayar",
        CommissionStatus::Paid => "dibayar",
        CommissionStatus::Void => "batal",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::commission;

    #[test]
    fn a_line_is_escaped_against_formulas_and_its_amount_stays_a_number() {
        let mut commission = commission(CommissionOrigin::Manual);
        commission.entry.amount = "-2500.5".parse().unwrap();
        commission.entry.reason = Some("=1+1; lebih bayar".into());
        let line = CommissionLine {
            commission,
            sales_code: "S01".into(),
            sales_name: "@Sari".into(),
            branch_code: "JKT".into(),
            loan_number: None,
        };
        let mut out = Vec::new();
        Cell::write_csv_row(&Column::titles(&PayrollFile::columns()), &mut out);
        Cell::write_csv_row(&PayrollFile::cells(&line), &mut out);
        let text = String::from_utf8(out).unwrap();
        let (heading, line) = text.split_once("\r\n").unwrap();
        assert_eq!(heading.split(';').count(), 15);
        let expected = "1;2026-06;JKT;S01;'@Sari;;manual;;;-2500.50;belum dibayar;\
                        \"'=1+1; lebih bayar\";;;\r\n";
        assert_eq!(line, expected);
    }
}
