//! One loan, unrounded.

use bigdecimal::{BigDecimal, Signed};

use super::{annuity_factor, bounded, payment, product, quotient, whole};
use crate::codes::Method;

/// A loan's figures without any rounding. Rows count from 1; beyond the last they stay at nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct ExactLoan {
    principal: BigDecimal,
    monthly: BigDecimal,
    months: u32,
    method: Method,
}

impl ExactLoan {
    /// A loan at a monthly rate (a fraction from 0 to 1) over 1 to 1200 months; `None` outside, or for
    /// a principal that is not positive.
    pub fn new(
        principal: BigDecimal,
        monthly: BigDecimal,
        months: u32,
        method: Method,
    ) -> Option<Self> {
        let valid = principal.is_positive()
            && !monthly.is_negative()
            && monthly <= whole(1)
            && (1..=1200).contains(&months);
        let (principal, monthly) = (bounded(principal), bounded(monthly));
        valid.then_some(Self { principal, monthly, months, method })
    }

    /// What row `no` pays.
    pub fn payment(&self, no: u32) -> BigDecimal {
        match self.method {
            Method::Anuitas => self.annuity(),
            Method::Flat | Method::Efektif => bounded(self.repaid_evenly() + self.interest(no)),
        }
    }

    /// The interest of row `no`.
    pub fn interest(&self, no: u32) -> BigDecimal {
        match self.method {
            Method::Flat => product(&self.principal, &self.monthly),
            Method::Anuitas | Method::Efektif => {
                product(&self.balance_after(no.saturating_sub(1)), &self.monthly)
            }
        }
    }

    /// What row `no` repays.
    pub fn principal(&self, no: u32) -> BigDecimal {
        match self.method {
            Method::Anuitas => bounded(self.annuity() - self.interest(no)),
            Method::Flat | Method::Efektif => self.repaid_evenly(),
        }
    }

    /// What is owed after row `no`: of an annuity the present value of the rows to come.
    pub fn balance_after(&self, no: u32) -> BigDecimal {
        let left = self.months.saturating_sub(no);
        match self.method {
            Method::Anuitas => product(&self.annuity(), &annuity_factor(&self.monthly, left)),
            Method::Flat | Method::Efektif => {
                quotient(&(&self.principal * whole(left)), &whole(self.months))
            }
        }
    }

    /// All interest.
    pub fn total_interest(&self) -> BigDecimal {
        let months = whole(self.months);
        match self.method {
            Method::Anuitas => bounded(self.annuity() * months - &self.principal),
            Method::Flat => product(&self.interest(1), &months),
            // The balance falls evenly: on average half of it, and half a row, is owed.
            Method::Efektif => quotient(&(self.interest(1) * (months + whole(1))), &whole(2)),
        }
    }

    fn annuity(&self) -> BigDecimal {
        payment(&self.principal, &self.monthly, self.months).unwrap_or_default()
    }

    fn repaid_evenly(&self) -> BigDecimal {
        quotient(&self.principal, &whole(self.months))
    }
}
