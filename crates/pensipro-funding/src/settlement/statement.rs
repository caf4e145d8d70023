//! The statement of a settlement, as a file or as a paper that a funder can check.

use pensipro_kernel::{
    Money,
    document::{Block, Cell, Column, Document, Fact, Report, Signature, Table},
};

use super::{
    header::{Correction, Settlement, SettlementStatus},
    line::{KindTotals, Received, StatementLine},
};
use crate::Funder;

/// A paper holds at most so many lines; beyond them it holds the sums, and the lines stand in the file.
pub const PRINTED_LINES: u32 = 2_000;

/// A settlement with all that its statement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Whose it is.
    pub funder: Funder,
    /// The settlement.
    pub settlement: Settlement,
    /// Its lines by kind.
    pub kinds: Vec<KindTotals>,
    /// Its lines.
    pub lines: Vec<StatementLine>,
}

impl Statement {
    /// The lines with their sums, for a spreadsheet.
    pub fn report(&self) -> Report {
        let report = Report::new("Settlement Funder", self.table());
        let facts = self.about().into_iter().chain(self.sums()).chain(self.proof());
        facts.fold(report, |report, fact| report.about(fact.name, fact.value))
    }

    /// The paper: what it comes to, how that is made up, and the proof against what members paid.
    pub fn paper(&self, letterhead: &[String]) -> Document {
        let heading = |text: &str| Block::Heading(text.into());
        let mut blocks = vec![
            Block::Title("Settlement Funder".into()),
            Block::Facts(self.about()),
            heading("Perhitungan"),
            Block::Facts(self.sums()),
            heading("Menurut jenis"),
            Block::Table(self.by_kind()),
        ];
        if !self.settlement.corrections.is_empty() {
            blocks.extend([heading("Koreksi"), Block::Table(self.corrections())]);
        }
        blocks.extend([heading("Pembuktian"), Block::Facts(self.proof()), heading("Rincian")]);
        blocks.push(if self.settlement.lines > PRINTED_LINES {
            let text = format!("{} baris; lihat berkas CSV atau XLSX.", self.settlement.lines);
            Block::Paragraph(text)
        } else {
            Block::Table(self.table())
        });
        let role = |role: &str| Signature { role: role.into(), name: String::new() };
        blocks.push(Block::Signatures(vec![role("Koperasi"), role("Funder")]));
        Document {
            title: self.name(),
            letterhead: letterhead.to_vec(),
            footer: self.name(),
            blocks,
        }
    }

    /// What it is called: `settlement-BBM-2026-10`.
    pub fn name(&self) -> String {
        format!("settlement-{}-{}", self.funder.details.code, self.settlement.coverage.periode)
    }

    fn about(&self) -> Vec<Fact> {
        let coverage = &self.settlement.coverage;
        let status = match self.settlement.status {
            SettlementStatus::Generating => "sedang dibuat",
            SettlementStatus::Draft => "draf",
            SettlementStatus::Final => "final",
            SettlementStatus::Paid => "dibayar",
        };
        vec![
            Fact::new("Funder", self.funder.details.name.as_str()),
            Fact::new("Periode", coverage.periode.to_string()),
            Fact::new("Dibukukan s.d.", coverage.through),
            Fact::new("Status", status),
        ]
    }

    fn sums(&self) -> Vec<Fact> {
        let settlement = &self.settlement;
        let rates = settlement.coverage.tax_rates;
        vec![
            Fact::new("Pokok", settlement.received.principal),
            Fact::new("Bunga", settlement.received.interest),
            Fact::new("Fee originator", negative(settlement.fee_originator)),
            Fact::new("Fee servicing", negative(settlement.fee_servicing)),
            Fact::new(format!("PPN {}% atas fee", rates.ppn), negative(settlement.taxes.ppn)),
            Fact::new(format!("PPh 23 {}% atas fee", rates.pph23), settlement.taxes.pph23),
            Fact::new("Koreksi", settlement.correction()),
            Fact::new("Hak funder", settlement.net_to_funder()),
        ]
    }

    /// What members paid is what the funder and the others hold of it.
    fn proof(&self) -> Vec<Fact> {
        let received = self.settlement.received;
        let (principal, interest) = received.held_by_others();
        vec![
            Fact::new("Pokok yang dibayar anggota", received.paid_principal),
            Fact::new("- bagian funder", received.principal),
            Fact::new("- bagian koperasi dan funder lain", principal),
            Fact::new("Bunga yang dibayar anggota", received.paid_interest),
            Fact::new("- bagian funder", received.interest),
            Fact::new("- bagian koperasi dan funder lain", interest),
        ]
    }

    fn by_kind(&self) -> Table {
        let mut table = Table::new(vec![
            Column::words("kind", "Jenis"),
            Column::figures("count", "Baris"),
            Column::figures("principal", "Pokok"),
            Column::figures("interest", "Bunga"),
            Column::figures("fee_originator", "Fee originator"),
            Column::figures("fee_servicing", "Fee servicing"),
        ]);
        for totals in &self.kinds {
            table.push(vec![
                totals.kind.indonesian().into(),
                totals.count.into(),
                totals.principal.into(),
                totals.interest.into(),
                totals.fee_originator.into(),
                totals.fee_servicing.into(),
            ]);
        }
        let Settlement { lines, received, fee_originator, fee_servicing, .. } = &self.settlement;
        table.totals = Some(vec![
            "Jumlah".into(),
            (*lines).into(),
            received.principal.into(),
            received.interest.into(),
            (*fee_originator).into(),
            (*fee_servicing).into(),
        ]);
        table
    }

    fn corrections(&self) -> Table {
        let columns = vec![Column::words("reason", "Alasan"), Column::figures("amount", "Jumlah")];
        let mut table = Table::new(columns);
        for Correction { amount, reason } in &self.settlement.corrections {
            table.push(vec![reason.as_str().into(), (*amount).into()]);
        }
        table
    }

    fn table(&self) -> Table {
        let mut table = Table::new(columns());
        table.rows = self.lines.iter().map(row).collect();
        let mut totals = vec!["Jumlah".into()];
        totals.resize(5, Cell::Empty);
        totals.extend(figures(self.settlement.received));
        totals
            .extend([self.settlement.fee_originator.into(), self.settlement.fee_servicing.into()]);
        table.totals = Some(totals);
        table
    }
}

fn negative(amount: Money) -> Money {
    amount.checked_neg().unwrap_or(amount)
}

fn columns() -> Vec<Column> {
    vec![
        Column::words("loan", "Pinjaman"),
        Column::words("transaction", "Transaksi"),
        Column::words("on", "Tanggal"),
        Column::words("kind", "Jenis"),
        Column::words("corrects", "Mengoreksi"),
        Column::figures("paid_principal", "Pokok dibayar"),
        Column::figures("paid_interest", "Bunga dibayar"),
        Column::figures("principal", "Pokok funder"),
        Column::figures("interest_on_share", "Bunga atas bagian"),
        Column::figures("interest", "Bunga funder"),
        Column::figures("fee_originator", "Fee originator"),
        Column::figures("fee_servicing", "Fee servicing"),
    ]
}

fn figures(received: Received) -> [Cell; 5] {
    let Received { paid_principal, paid_interest, principal, interest_on_share, interest } =
        received;
    [paid_principal, paid_interest, principal, interest_on_share, interest].map(Cell::from)
}

fn row(StatementLine { line, loan_number, on }: &StatementLine) -> Vec<Cell> {
    let of = &line.of;
    let mut row = vec![
        loan_number.clone().into(),
        of.transaction.map(|id| id.to_string()).into(),
        (*on).into(),
        of.kind.indonesian().into(),
        of.corrects.map(|id| id.to_string()).into(),
    ];
    row.extend(figures(of.received));
    row.extend([line.fee_originator.into(), line.fee_servicing.into()]);
    row
}
