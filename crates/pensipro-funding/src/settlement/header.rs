//! A settlement as a whole: what it covers, how far it is, what it comes to.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    AuditValue, Faults, FunderId, FunderSettlementId, LoanId, Moment, Money, Period, UserId,
    Version, clean_text,
};

use super::{
    fees::{TaxRates, Taxes, minus, plus},
    line::{Received, SettlementLine},
};
use crate::FundingError;

pensipro_kernel::codes! {
    /// How far a settlement is.
    pub enum SettlementStatus {
        /// Its lines are being made.
        Generating = "generating",
        /// It can be corrected, and generated again.
        Draft = "draft",
        /// It stands: what comes later falls into the next one.
        Final = "final",
        /// It stands, and the money was handed over.
        Paid = "paid",
    }
}

/// What a settlement covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// The funder.
    pub funder_id: FunderId,
    /// The month.
    pub periode: Period,
    /// The last day whose bookings count: the month's last, or, of a month that is not over, today.
    pub through: NaiveDate,
    /// True if the month was still open.
    pub open_month: bool,
    /// The funder's last final settlement, after which this one goes on.
    pub follows: Option<FunderSettlementId>,
    /// Months since that one; 1 for a first settlement.
    pub months: u16,
    /// The taxes on fees.
    pub tax_rates: TaxRates,
}

/// A correction by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Added to what the funder gets; taken off it if below zero.
    pub amount: Money,
    /// Why.
    pub reason: String,
}

/// When something was done, and by whom.
pub type Done = (DateTime<Utc>, Option<UserId>);

/// A settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Its id.
    pub id: FunderSettlementId,
    /// What it covers.
    pub coverage: Coverage,
    /// How far it is.
    pub status: SettlementStatus,
    /// The last loan whose lines are made.
    pub cursor: Option<LoanId>,
    /// How many lines it has.
    pub lines: u32,
    /// What came in.
    pub received: Received,
    /// What the funder pays for bringing loans.
    pub fee_originator: Money,
    /// What he pays for serving them.
    pub fee_servicing: Money,
    /// The taxes on both.
    pub taxes: Taxes,
    /// Corrections by hand.
    pub corrections: Vec<Correction>,
    /// When its generation began, and who asked for it.
    pub generated: Done,
    /// When it was made final.
    pub finalised: Option<Done>,
    /// When it was paid.
    pub paid: Option<Done>,
    /// The row's version.
    pub version: Version,
}

/// What is to change of a settlement, checked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettlementChange {
    /// Another status: final, or paid.
    pub status: Option<SettlementStatus>,
    /// All corrections, in place of those there.
    pub corrections: Option<Vec<Correction>>,
}

/// The same as it came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of SettlementChange, unchecked")]
pub struct RawSettlementChange {
    pub status: Option<String>,
    pub corrections: Option<Vec<RawCorrection>>,
}

/// A correction as it came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of Correction, unchecked")]
pub struct RawCorrection {
    pub amount: Option<Money>,
    pub reason: Option<String>,
}

/// So many corrections at most.
const MOST_CORRECTIONS: usize = 100;

impl SettlementChange {
    /// Checks the fields, all at once.
    pub fn check(raw: RawSettlementChange) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let status = raw.status.map(|status| match status.parse() {
            Ok(status @ (SettlementStatus::Final | SettlementStatus::Paid)) => Some(status),
            _ => {
                faults.add("status", "invalid_status", "is final or paid");
                None
            }
        });
        let corrections = raw.corrections.map(|list| check_corrections(&mut faults, list));
        let change = Self { status: status.flatten(), corrections };
        faults.finish(Some(change))
    }
}

fn check_corrections(faults: &mut Faults, list: Vec<RawCorrection>) -> Vec<Correction> {
    let few = list.len() <= MOST_CORRECTIONS;
    faults.require(few, "corrections", "too_many", "are at most 100");
    let check = |(no, RawCorrection { amount, reason }): (usize, RawCorrection)| {
        let field = |name: &str| format!("corrections[{no}].{name}");
        let reason = faults.take(clean_text(&field("reason"), &reason.unwrap_or_default(), 500));
        let amount = amount.filter(|amount| !amount.is_zero());
        if amount.is_none() {
            faults.add(field("amount"), "invalid_amount", "is an amount other than zero");
        }
        Some(Correction { amount: amount?, reason: reason? })
    };
    list.into_iter().enumerate().filter_map(check).collect()
}

impl Settlement {
    /// True once it has all its lines.
    pub fn is_complete(&self) -> bool {
        self.status != SettlementStatus::Generating
    }

    /// True once it stands.
    pub const fn is_final(&self) -> bool {
        matches!(self.status, SettlementStatus::Final | SettlementStatus::Paid)
    }

    /// What corrections come to.
    pub fn correction(&self) -> Money {
        self.corrections.iter().fold(Money::ZERO, |sum, each| plus(sum, each.amount))
    }

    /// What the funder gets: his principal and interest and the corrections, less the fees with the value
    /// added tax on them, of which he withholds the income tax. Below zero he owes it.
    pub fn net_to_funder(&self) -> Money {
        let Received { principal, interest, .. } = self.received;
        let fees = plus(self.fee_originator, self.fee_servicing);
        let invoiced = minus(plus(fees, self.taxes.ppn), self.taxes.pph23);
        plus(minus(plus(principal, interest), invoiced), self.correction())
    }

    /// Begins anew: its lines are to be made again; corrections stay.
    #[must_use]
    pub fn restarted(self, coverage: Coverage, at: Moment, by: Option<UserId>) -> Self {
        let (received, fee_originator, fee_servicing, taxes) = Default::default();
        Self {
            coverage,
            status: SettlementStatus::Generating,
            cursor: None,
            lines: 0,
            received,
            fee_originator,
            fee_servicing,
            taxes,
            generated: (at.now, by),
            ..self
        }
    }

    /// With the lines of a chunk of loans.
    #[must_use]
    pub fn with_lines(self, lines: &[SettlementLine], cursor: Option<LoanId>) -> Self {
        let fees = |sum, fee: fn(&SettlementLine) -> Money| {
            lines.iter().fold(sum, |sum, line| plus(sum, fee(line)))
        };
        let received = Received::sum(lines.iter().map(|line| line.of.received));
        Self {
            cursor: cursor.or(self.cursor),
            lines: lines.last().map_or(self.lines, |line| line.no),
            received: self.received.plus(received),
            fee_originator: fees(self.fee_originator, |line| line.fee_originator),
            fee_servicing: fees(self.fee_servicing, |line| line.fee_servicing),
            ..self
        }
    }

    /// Complete: the taxes are worked out, and people can look at it.
    #[must_use]
    pub fn drafted(self) -> Self {
        let fees = plus(self.fee_originator, self.fee_servicing);
        let taxes = self.coverage.tax_rates.on(fees);
        Self { status: SettlementStatus::Draft, taxes, ..self }
    }

    /// Changes it: corrections while it is a draft, then final, then paid, by another person.
    pub fn changed(
        self,
        change: SettlementChange,
        by: Option<UserId>,
        at: Moment,
    ) -> Result<Self, FundingError> {
        let mut after = self;
        if let Some(corrections) = change.corrections {
            if after.status != SettlementStatus::Draft {
                return Err(after.not_to(SettlementStatus::Draft));
            }
            after.corrections = corrections;
        }
        let Some(to) = change.status else { return Ok(after) };
        match (after.status, to) {
            (SettlementStatus::Draft, SettlementStatus::Final) => {
                after.finalised = Some((at.now, by));
            }
            (SettlementStatus::Final, SettlementStatus::Paid) => {
                if by.is_some() && after.finalised.is_some_and(|(_, who)| who == by) {
                    return Err(FundingError::SamePerson);
                }
                after.paid = Some((at.now, by));
            }
            _ => return Err(after.not_to(to)),
        }
        after.status = to;
        Ok(after)
    }

    fn not_to(&self, to: SettlementStatus) -> FundingError {
        FundingError::InvalidTransition { from: self.status, to }
    }

    /// What the audit trail stores of it.
    pub fn audit_view(&self) -> AuditValue {
        let corrections: Vec<String> = self
            .corrections
            .iter()
            .map(|Correction { amount, reason }| format!("{amount}: {reason}"))
            .collect();
        AuditValue::new()
            .with("funder_id", self.coverage.funder_id.get())
            .text("periode", self.coverage.periode)
            .text("status", self.status)
            .text("through", self.coverage.through)
            .with("lines", self.lines)
            .text("principal", self.received.principal)
            .text("interest", self.received.interest)
            .text("fee_originator", self.fee_originator)
            .text("fee_servicing", self.fee_servicing)
            .text("ppn", self.taxes.ppn)
            .text("pph23", self.taxes.pph23)
            .text("net_to_funder", self.net_to_funder())
            .with("corrections", corrections)
    }
}
