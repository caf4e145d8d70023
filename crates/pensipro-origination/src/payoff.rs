//! The loans that a new one pays off: another lender's, and the member's own that it tops up.

use pensipro_kernel::{LoanId, Money};

use crate::Takeover;

/// The member's own loan that is topped up, as it stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUp {
    /// Which.
    pub loan_id: LoanId,
    /// Its number.
    pub number: String,
    /// Its status, as shown.
    pub status: &'static str,
    /// What settles it on that day; zero if it is closed, `None` while it cannot be topped up.
    pub payoff: Option<Money>,
}

/// What a disbursement pays before the member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Payoffs<'a> {
    /// Another lender's loan.
    pub takeover: Option<&'a Takeover>,
    /// The member's own.
    pub topup: Option<&'a TopUp>,
}

impl Payoffs<'_> {
    /// True if nothing is paid off.
    pub const fn is_empty(&self) -> bool {
        self.takeover.is_none() && self.topup.is_none()
    }

    /// What both take.
    pub fn total(&self) -> Money {
        let parts = [
            self.takeover.map(|takeover| takeover.payoff),
            self.topup.and_then(|topup| topup.payoff),
        ];
        Money::checked_sum(parts.into_iter().flatten()).unwrap_or(Money::MAX_INPUT)
    }

    /// What of a net disbursement is left for the member; `None` where it does not pay them off.
    pub fn left_of(&self, net: Money) -> Option<Money> {
        net.checked_sub(self.total()).filter(|left| !left.is_negative())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::rupiah;

    #[test]
    fn both_are_paid_before_the_member() {
        let takeover =
            Takeover { institution: "Bank Lama".into(), payoff: rupiah(6), reference: None };
        let topup = |payoff| TopUp {
            loan_id: LoanId::new(7),
            number: "LN-2024-000007".into(),
            status: "active",
            payoff,
        };
        let own = topup(Some(rupiah(4)));
        let both = Payoffs { takeover: Some(&takeover), topup: Some(&own) };
        let left = [9, 10, 12].map(|net| both.left_of(rupiah(net)));
        assert_eq!(left, [None, Some(Money::ZERO), Some(rupiah(2))]);
        let other = Payoffs { topup: Some(&topup(None)), ..both };
        assert_eq!((other.total(), other.is_empty()), (rupiah(6), false));
        assert!(Payoffs::default().is_empty());
        assert_eq!(Payoffs::default().left_of(rupiah(3)), Some(rupiah(3)));
    }
}
