//! How a payment is spread over what is owed.

use pensipro_kernel::{Money, TransactionId};
use pensipro_pricing::AllocationOrder;

use crate::{
    amount::{plus, total},
    input::{ExcessTo, PaymentInput},
    row::{Row, RowKey},
    rules::Rules,
};

pensipro_kernel::codes! {
    /// What a part of a payment pays, in the order in which a row is paid.
    pub enum Component {
        /// A refund paid out whose payment was reversed.
        DueFromMember = "due_from_member",
        /// Penalty for lateness.
        Penalty = "penalty",
        /// Fees billed with a row.
        Fee = "fee",
        /// Interest.
        Interest = "interest",
        /// Principal.
        Principal = "principal",
        /// Not owed: to be refunded.
        Excess = "excess",
    }
}

/// A part of a payment and what it pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allocation {
    /// The payment's transaction.
    pub transaction: TransactionId,
    /// The row; [`RowKey::NONE`] for what belongs to none.
    pub row: RowKey,
    /// What it pays.
    pub component: Component,
    /// Above zero; below it where an input that is no payment takes it off another one's.
    pub amount: Money,
}

const PENALTY_FIRST: [Component; 4] =
    [Component::Penalty, Component::Fee, Component::Interest, Component::Principal];
/// What of a row is paid before its principal.
pub(crate) const BEFORE_PRINCIPAL: [Component; 3] =
    [Component::Penalty, Component::Fee, Component::Interest];

/// A payment's money while it is being spread.
pub(crate) struct Purse<'a> {
    transaction: TransactionId,
    left: Money,
    parts: &'a mut Vec<Allocation>,
}

impl<'a> Purse<'a> {
    pub(crate) fn new(
        transaction: TransactionId,
        amount: Money,
        parts: &'a mut Vec<Allocation>,
    ) -> Self {
        Self { transaction, left: amount, parts }
    }

    /// Pays as much of what is owed as there is money, and gives what it paid.
    pub(crate) fn pay(&mut self, row: RowKey, component: Component, owed: Money) -> Money {
        let amount = self.left.min(owed);
        if amount.is_positive() {
            self.left = self.left.minus_or_zero(amount);
            self.parts.push(Allocation { transaction: self.transaction, row, component, amount });
        }
        amount
    }

    /// Keeps the rest as excess, and gives it.
    pub(crate) fn keep_rest(&mut self) -> Money {
        self.pay(RowKey::NONE, Component::Excess, self.left)
    }

    /// What was not spent.
    pub(crate) const fn left(&self) -> Money {
        self.left
    }

    const fn is_empty(&self) -> bool {
        !self.left.is_positive()
    }

    fn pay_rows(&mut self, rows: &mut [Row], components: &[Component], rules: &Rules) {
        for row in rows {
            if self.is_empty() {
                return;
            }
            self.pay_row(row, components, rules);
        }
    }

    /// Pays what of a row's components there is money for.
    pub(crate) fn pay_row(&mut self, row: &mut Row, components: &[Component], rules: &Rules) {
        for component in components {
            if self.is_empty() {
                return;
            }
            row.take(*component, self, rules);
        }
    }
}

impl Row {
    fn take(&mut self, component: Component, purse: &mut Purse<'_>, rules: &Rules) {
        let owed = match component {
            Component::Penalty => self.penalty_left(rules),
            Component::Fee => self.fee_left(),
            Component::Interest => self.interest_left(),
            Component::Principal => self.principal_left(),
            Component::DueFromMember | Component::Excess => Money::ZERO,
        };
        let paid = purse.pay(self.key, component, owed);
        match component {
            Component::Penalty => self.pay_penalty(paid),
            Component::Fee => self.fee_paid = plus(self.fee_paid, paid),
            Component::Interest => self.interest_paid = plus(self.interest_paid, paid),
            Component::Principal => self.principal_paid = plus(self.principal_paid, paid),
            Component::DueFromMember | Component::Excess => {}
        }
    }
}

/// Spreads a payment over the rows (oldest first): those due in the loan's order, then, where that
/// is agreed, the next ones. What no row takes stays in the purse.
pub(crate) fn spread(
    purse: &mut Purse<'_>,
    rows: &mut [Row],
    payment: &PaymentInput,
    rules: &Rules,
) {
    // Those that are open begin with what is due: a search would look at rows far behind it.
    let due = rows.iter().take_while(|row| row.due_date <= payment.due_through).count();
    let (due, to_come) = rows.split_at_mut_checked(due).unwrap_or_default();
    match rules.order {
        AllocationOrder::RowFirst => purse.pay_rows(due, &PENALTY_FIRST, rules),
        AllocationOrder::PrincipalLast => {
            purse.pay_rows(due, &BEFORE_PRINCIPAL, rules);
            purse.pay_rows(due, &[Component::Principal], rules);
        }
    }
    tolerate(due, payment.tolerance);
    if payment.excess_to == ExcessTo::PrepayNext || purse.left <= payment.tolerance {
        purse.pay_rows(to_come, &PENALTY_FIRST, rules);
    }
}

/// What remains of the rows due is tolerated as a whole or not at all.
fn tolerate(due: &mut [Row], tolerance: Money) {
    if !tolerance.is_positive() {
        return;
    }
    let remainder = total(due.iter().map(|row| plus(row.instalment_left(), row.fee_left())));
    if remainder.is_positive() && remainder <= tolerance {
        for row in due {
            row.tolerated = row.instalment_left();
        }
    }
}
