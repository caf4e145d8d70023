//! What a borrower signs: the offer letter and the loan agreement, in Indonesian, described without
//! their format.

mod agreement;
mod offer;
mod parts;
#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use pensipro_kernel::Money;
use pensipro_members::Member;
use pensipro_pricing::{LoanCost, LoanProduct, Terms};

use crate::Payoffs;

pub use agreement::loan_agreement;
pub use offer::offer_letter;

/// The cooperative as its papers name it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Letterhead {
    /// Its name.
    pub name: String,
    /// Its address and the like, line by line.
    pub lines: Vec<String>,
}

/// What both papers state.
#[derive(Debug, Clone, Copy)]
pub struct PaperFacts<'a> {
    /// The cooperative.
    pub letterhead: &'a Letterhead,
    /// The borrower.
    pub member: &'a Member,
    /// The product.
    pub product: &'a LoanProduct,
    /// The number of the application or loan.
    pub number: &'a str,
    /// The day of the paper.
    pub on: NaiveDate,
    /// The principal.
    pub plafon: Money,
    /// Monthly instalments.
    pub tenor: u16,
    /// What the money is for.
    pub purpose: Option<&'a str>,
    /// The loans that it pays off.
    pub payoffs: Payoffs<'a>,
    /// The terms agreed.
    pub terms: &'a Terms,
    /// What they cost.
    pub cost: &'a LoanCost,
}
