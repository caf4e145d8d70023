//! What a funder pays the cooperative for bringing and serving loans.

use pensipro_kernel::Rate;

pensipro_kernel::codes! {
    /// What the originator's fee is a percentage of.
    #[derive(Default)]
    pub enum OriginatorBase {
        /// The principal allocated, once, in the period of the allocation.
        #[default]
        Principal = "principal",
        /// The interest that the funder receives.
        Interest = "interest",
    }
}

pensipro_kernel::codes! {
    /// What the servicing fee is a percentage of.
    #[derive(Default)]
    pub enum ServicingBase {
        /// The interest that the funder receives.
        #[default]
        Interest = "interest",
        /// The instalments that the funder receives, principal and interest.
        Instalment = "instalment",
    }
}

/// A percentage of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fee<B> {
    /// Percent, 0 to 100.
    pub pct: Rate,
    /// Of what.
    pub base: B,
}
