//! Rows of settlements, and between them and what the module holds.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_funding::settlement::{
    ContractTotals, Correction, Coverage, Done, HeldLine, NewLine, Received, Settlement,
    SettlementLine, TaxRates, Taxes,
};
use pensipro_kernel::{
    ContractId, FunderId, FunderSettlementId, LoanId, Money, Rate, StorageError, TransactionId,
    UserId, Version,
};
use serde::{Deserialize, Serialize};

use crate::{
    convert::{code, count, from_json, from_time, to_json},
    schema::{funder_settlement_contracts, funder_settlement_lines, funder_settlements},
    sql::batch_row,
};

#[derive(Debug, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = funder_settlements)]
#[diesel(treat_none_as_null = true)]
pub(super) struct Header {
    pub(super) id: i64,
    pub(super) funder_id: i64,
    pub(super) periode: String,
    pub(super) status: String,
    pub(super) booked_through: NaiveDate,
    pub(super) open_month: bool,
    pub(super) follows: Option<i64>,
    pub(super) months: i32,
    pub(super) ppn_pct: i64,
    pub(super) pph23_pct: i64,
    pub(super) cursor: Option<i64>,
    pub(super) lines: i32,
    pub(super) paid_principal: i64,
    pub(super) paid_interest: i64,
    pub(super) principal: i64,
    pub(super) interest_on_share: i64,
    pub(super) interest: i64,
    pub(super) fee_originator: i64,
    pub(super) fee_servicing: i64,
    pub(super) ppn: i64,
    pub(super) pph23: i64,
    pub(super) corrections: String,
    pub(super) generated_at: NaiveDateTime,
    pub(super) generated_by: Option<i64>,
    pub(super) finalised_at: Option<NaiveDateTime>,
    pub(super) finalised_by: Option<i64>,
    pub(super) paid_at: Option<NaiveDateTime>,
    pub(super) paid_by: Option<i64>,
    pub(super) version: i64,
}

/// A correction as its column holds it.
#[derive(Serialize, Deserialize)]
struct StoredCorrection {
    amount: Money,
    reason: String,
}

/// The figures of what came in, as three tables hold them.
pub(super) fn received(figures: [i64; 5]) -> Received {
    let [paid_principal, paid_interest, principal, interest_on_share, interest] =
        figures.map(Money::from_sen);
    Received { paid_principal, paid_interest, principal, interest_on_share, interest }
}

fn done(at: Option<NaiveDateTime>, by: Option<i64>) -> Option<Done> {
    at.map(|at| (from_time(at), by.map(UserId::new)))
}

fn undone(done: Option<Done>) -> (Option<NaiveDateTime>, Option<i64>) {
    (done.map(|(at, _)| at.naive_utc()), done.and_then(|(_, by)| by).map(UserId::get))
}

impl Header {
    /// The row of a settlement, under its next version.
    pub(super) fn new(settlement: &Settlement) -> Result<Self, StorageError> {
        let Settlement {
            id,
            coverage,
            status,
            cursor,
            lines,
            received,
            fee_originator,
            fee_servicing,
            taxes,
            corrections,
            generated,
            finalised,
            paid,
            version,
        } = settlement;
        let Coverage { funder_id, periode, through, open_month, follows, months, tax_rates } =
            coverage;
        let Received { paid_principal, paid_interest, principal, interest_on_share, interest } =
            received;
        let corrections: Vec<_> = corrections
            .iter()
            .cloned()
            .map(|Correction { amount, reason }| StoredCorrection { amount, reason })
            .collect();
        let ((finalised_at, finalised_by), (paid_at, paid_by)) =
            (undone(*finalised), undone(*paid));
        Ok(Self {
            id: id.get(),
            funder_id: funder_id.get(),
            periode: periode.to_string(),
            status: status.code().into(),
            booked_through: *through,
            open_month: *open_month,
            follows: follows.map(FunderSettlementId::get),
            months: (*months).into(),
            ppn_pct: tax_rates.ppn.units(),
            pph23_pct: tax_rates.pph23.units(),
            cursor: cursor.map(LoanId::get),
            lines: count("funder_settlements.lines", *lines)?,
            paid_principal: paid_principal.sen(),
            paid_interest: paid_interest.sen(),
            principal: principal.sen(),
            interest_on_share: interest_on_share.sen(),
            interest: interest.sen(),
            fee_originator: fee_originator.sen(),
            fee_servicing: fee_servicing.sen(),
            ppn: taxes.ppn.sen(),
            pph23: taxes.pph23.sen(),
            corrections: to_json(&corrections)?,
            generated_at: generated.0.naive_utc(),
            generated_by: generated.1.map(UserId::get),
            finalised_at,
            finalised_by,
            paid_at,
            paid_by,
            version: version.next().get(),
        })
    }
}

impl TryFrom<Header> for Settlement {
    type Error = StorageError;

    fn try_from(row: Header) -> Result<Self, StorageError> {
        let corrections: Vec<StoredCorrection> =
            from_json("funder_settlements.corrections", &row.corrections)?;
        Ok(Self {
            id: FunderSettlementId::new(row.id),
            coverage: Coverage {
                funder_id: FunderId::new(row.funder_id),
                periode: code("funder_settlements.periode", &row.periode)?,
                through: row.booked_through,
                open_month: row.open_month,
                follows: row.follows.map(FunderSettlementId::new),
                months: count("funder_settlements.months", row.months)?,
                tax_rates: TaxRates {
                    ppn: Rate::from_units(row.ppn_pct),
                    pph23: Rate::from_units(row.pph23_pct),
                },
            },
            status: code("funder_settlements.status", &row.status)?,
            cursor: row.cursor.map(LoanId::new),
            lines: count("funder_settlements.lines", row.lines)?,
            received: received([
                row.paid_principal,
                row.paid_interest,
                row.principal,
                row.interest_on_share,
                row.interest,
            ]),
            fee_originator: Money::from_sen(row.fee_originator),
            fee_servicing: Money::from_sen(row.fee_servicing),
            taxes: Taxes { ppn: Money::from_sen(row.ppn), pph23: Money::from_sen(row.pph23) },
            corrections: corrections
                .into_iter()
                .map(|StoredCorrection { amount, reason }| Correction { amount, reason })
                .collect(),
            generated: (from_time(row.generated_at), row.generated_by.map(UserId::new)),
            finalised: done(row.finalised_at, row.finalised_by),
            paid: done(row.paid_at, row.paid_by),
            version: Version::new(row.version),
        })
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = funder_settlement_contracts)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct TotalsRow {
    settlement_id: i64,
    contract_id: i64,
    paid_principal: i64,
    paid_interest: i64,
    principal: i64,
    interest_on_share: i64,
    interest: i64,
    fee_originator: i64,
    fee_servicing: i64,
}
batch_row!(TotalsRow => funder_settlement_contracts);

impl TotalsRow {
    pub(super) fn new(id: FunderSettlementId, totals: &ContractTotals) -> Self {
        let ContractTotals { contract_id, received, fee_originator, fee_servicing } = totals;
        let Received { paid_principal, paid_interest, principal, interest_on_share, interest } =
            received;
        Self {
            settlement_id: id.get(),
            contract_id: contract_id.get(),
            paid_principal: paid_principal.sen(),
            paid_interest: paid_interest.sen(),
            principal: principal.sen(),
            interest_on_share: interest_on_share.sen(),
            interest: interest.sen(),
            fee_originator: fee_originator.sen(),
            fee_servicing: fee_servicing.sen(),
        }
    }
}

impl From<TotalsRow> for ContractTotals {
    fn from(row: TotalsRow) -> Self {
        Self {
            contract_id: ContractId::new(row.contract_id),
            received: received([
                row.paid_principal,
                row.paid_interest,
                row.principal,
                row.interest_on_share,
                row.interest,
            ]),
            fee_originator: Money::from_sen(row.fee_originator),
            fee_servicing: Money::from_sen(row.fee_servicing),
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = funder_settlement_lines)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct LineRow {
    pub(super) settlement_id: i64,
    no: i32,
    contract_id: i64,
    loan_id: Option<i64>,
    transaction_id: Option<i64>,
    kind: String,
    corrects: Option<i64>,
    paid_principal: i64,
    paid_interest: i64,
    principal: i64,
    interest_on_share: i64,
    interest: i64,
    origination: i64,
    fee_originator: i64,
    fee_servicing: i64,
}
batch_row!(LineRow => funder_settlement_lines);

impl LineRow {
    pub(super) fn new(id: FunderSettlementId, line: &SettlementLine) -> Result<Self, StorageError> {
        let SettlementLine { no, of, fee_originator, fee_servicing } = line;
        let NewLine { contract_id, loan_id, transaction, kind, corrects, received, origination } =
            of;
        let Received { paid_principal, paid_interest, principal, interest_on_share, interest } =
            received;
        Ok(Self {
            settlement_id: id.get(),
            no: count("funder_settlement_lines.no", *no)?,
            contract_id: contract_id.get(),
            loan_id: loan_id.map(LoanId::get),
            transaction_id: transaction.map(TransactionId::get),
            kind: kind.code().into(),
            corrects: corrects.map(FunderSettlementId::get),
            paid_principal: paid_principal.sen(),
            paid_interest: paid_interest.sen(),
            principal: principal.sen(),
            interest_on_share: interest_on_share.sen(),
            interest: interest.sen(),
            origination: origination.sen(),
            fee_originator: fee_originator.sen(),
            fee_servicing: fee_servicing.sen(),
        })
    }

    fn received(&self) -> Received {
        received([
            self.paid_principal,
            self.paid_interest,
            self.principal,
            self.interest_on_share,
            self.interest,
        ])
    }

    /// The line's loan.
    pub(super) fn loan(&self) -> Option<LoanId> {
        self.loan_id.map(LoanId::new)
    }

    /// The line as a final settlement holds it.
    pub(super) fn held(&self) -> HeldLine {
        HeldLine {
            settlement: FunderSettlementId::new(self.settlement_id),
            contract_id: ContractId::new(self.contract_id),
            transaction: self.transaction_id.map(TransactionId::new),
            received: self.received(),
            origination: Money::from_sen(self.origination),
        }
    }

    /// The line as it is shown.
    pub(super) fn read(self) -> Result<SettlementLine, StorageError> {
        Ok(SettlementLine {
            no: count("funder_settlement_lines.no", self.no)?,
            of: NewLine {
                contract_id: ContractId::new(self.contract_id),
                loan_id: self.loan(),
                transaction: self.transaction_id.map(TransactionId::new),
                kind: code("funder_settlement_lines.kind", &self.kind)?,
                corrects: self.corrects.map(FunderSettlementId::new),
                received: self.received(),
                origination: Money::from_sen(self.origination),
            },
            fee_originator: Money::from_sen(self.fee_originator),
            fee_servicing: Money::from_sen(self.fee_servicing),
        })
    }
}
