//! What the cooperative earns on funders' money in a month.

use pensipro_kernel::{
    Money, Period,
    document::{Column, Report, Table},
};

use crate::{Funder, Settlement};

/// A funder's row, from his settlement of the month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunderMargin {
    /// The funder.
    pub funder: Funder,
    /// How far his settlement is, and what it holds.
    pub settlement: Settlement,
}

impl FunderMargin {
    /// The interest that members paid on his share.
    pub const fn interest_received(&self) -> Money {
        self.settlement.received.interest_on_share
    }

    /// What he takes of it.
    pub const fn funder_share(&self) -> Money {
        self.settlement.received.interest
    }

    /// What the cooperative keeps: the interest that he leaves, and the fees that he pays.
    pub const fn margin(&self) -> Money {
        let Settlement { fee_originator, fee_servicing, .. } = &self.settlement;
        let left = self.interest_received().sen().saturating_sub(self.funder_share().sen());
        let fees = fee_originator.sen().saturating_add(fee_servicing.sen());
        Money::from_sen(left.saturating_add(fees))
    }
}

/// The rows as a table for papers and spreadsheets.
pub fn margin_report(periode: Period, rows: &[FunderMargin]) -> Report {
    let mut table = Table::new(vec![
        Column::words("code", "Kode"),
        Column::words("name", "Funder"),
        Column::words("status", "Status"),
        Column::figures("interest_received", "Bunga atas bagian funder"),
        Column::figures("funder_share", "Bagian funder"),
        Column::figures("fee_originator", "Fee originator"),
        Column::figures("fee_servicing", "Fee servicing"),
        Column::figures("margin", "Margin koperasi"),
    ]);
    for row in rows {
        table.push(vec![
            row.funder.details.code.as_str().into(),
            row.funder.details.name.as_str().into(),
            row.settlement.status.code().into(),
            row.interest_received().into(),
            row.funder_share().into(),
            row.settlement.fee_originator.into(),
            row.settlement.fee_servicing.into(),
            row.margin().into(),
        ]);
    }
    let total = |figure: fn(&FunderMargin) -> Money| {
        Money::checked_sum(rows.iter().map(figure)).unwrap_or_default()
    };
    table.totals = Some(vec![
        "Jumlah".into(),
        "".into(),
        "".into(),
        total(FunderMargin::interest_received).into(),
        total(FunderMargin::funder_share).into(),
        total(|row| row.settlement.fee_originator).into(),
        total(|row| row.settlement.fee_servicing).into(),
        total(FunderMargin::margin).into(),
    ]);
    Report::new("Margin Funder", table).about("Periode", periode.to_string())
}
