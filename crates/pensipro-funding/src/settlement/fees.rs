//! Fees of a settlement, contract by contract: percentages of sums, rounded once, and shared out to lines
//! so that these add up to them.

use pensipro_kernel::{ContractId, Money, Rate};

use super::line::{LineKind, NewLine, Received, SettlementLine};
use crate::{ContractDetails, OriginatorBase, ServicingBase, allocation::percentage_of};

/// What a settlement holds under one contract so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContractTotals {
    /// The contract.
    pub contract_id: ContractId,
    /// What came in under it.
    pub received: Received,
    /// The originator's fee.
    pub fee_originator: Money,
    /// The servicing fee.
    pub fee_servicing: Money,
}

impl ContractTotals {
    /// Nothing yet.
    pub fn new(contract_id: ContractId) -> Self {
        let (received, fee_originator, fee_servicing) = Default::default();
        Self { contract_id, received, fee_originator, fee_servicing }
    }

    /// Takes a line, with its part of the fees: what they grow by with it. So the lines' fees add up to the
    /// percentage of the whole, rounded once, however many lines there are.
    #[must_use]
    pub fn take(self, of: NewLine, no: u32, terms: &ContractDetails) -> (Self, SettlementLine) {
        let received = self.received.plus(of.received);
        let grown = |fee: fn(&ContractDetails, Received) -> Money| {
            minus(fee(terms, received), fee(terms, self.received))
        };
        let fee_originator = plus(of.origination, grown(originator_fee));
        let line = SettlementLine { no, of, fee_originator, fee_servicing: grown(servicing_fee) };
        let after = Self {
            received,
            fee_originator: plus(self.fee_originator, line.fee_originator),
            fee_servicing: plus(self.fee_servicing, line.fee_servicing),
            ..self
        };
        (after, line)
    }

    /// What the servicing fee lacks of its minimum for so many months, as a last line; none if it lacks
    /// nothing.
    pub fn top_up(&self, no: u32, terms: &ContractDetails, months: u16) -> Option<SettlementLine> {
        let minimum = terms.servicing_minimum?.checked_mul(months.into())?;
        let fee_servicing = minimum.minus_or_zero(self.fee_servicing);
        let of = NewLine {
            contract_id: self.contract_id,
            loan_id: None,
            transaction: None,
            kind: LineKind::Minimum,
            corrects: None,
            received: Received::default(),
            origination: Money::ZERO,
        };
        let line = SettlementLine { no, of, fee_originator: Money::ZERO, fee_servicing };
        fee_servicing.is_positive().then_some(line)
    }
}

fn originator_fee(terms: &ContractDetails, received: Received) -> Money {
    match terms.originator.base {
        OriginatorBase::Principal => Money::ZERO,
        OriginatorBase::Interest => percentage_of(received.interest, terms.originator.pct),
    }
}

fn servicing_fee(terms: &ContractDetails, received: Received) -> Money {
    let base = match terms.servicing.base {
        ServicingBase::Interest => received.interest,
        ServicingBase::Instalment => plus(received.principal, received.interest),
    };
    percentage_of(base, terms.servicing.pct)
}

/// The taxes on fees, percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaxRates {
    /// Value added tax (PPN), which the funder pays on top of the fees.
    pub ppn: Rate,
    /// Income tax on services (PPh 23), which he withholds from them and pays to the state.
    pub pph23: Rate,
}

/// The taxes on a settlement's fees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taxes {
    /// Value added tax.
    pub ppn: Money,
    /// Income tax on services.
    pub pph23: Money,
}

impl TaxRates {
    /// The taxes on fees, each rounded once.
    pub fn on(self, fees: Money) -> Taxes {
        Taxes { ppn: percentage_of(fees, self.ppn), pph23: percentage_of(fees, self.pph23) }
    }
}

pub(super) const fn plus(one: Money, other: Money) -> Money {
    Money::from_sen(one.sen().saturating_add(other.sen()))
}

pub(super) const fn minus(one: Money, other: Money) -> Money {
    Money::from_sen(one.sen().saturating_sub(other.sen()))
}
