//! What of a loan's terms and of the installation's policy the fold needs.

use pensipro_kernel::Money;
use pensipro_pricing::{AllocationOrder, FirstDuePolicy, Terms};

use crate::overdue::LatePenalty;

/// The rules of one loan's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// In which order payments pay.
    pub order: AllocationOrder,
    /// The penalty for lateness, if the loan has one.
    pub late: Option<LatePenalty>,
    /// A loan with more days past due than this is in default.
    pub default_after_days: u32,
    /// Whether interest stops on the member's death.
    pub freeze_interest_on_death: bool,
}

impl Rules {
    /// The rules of a loan with these terms.
    pub fn of(terms: &Terms, policy: &ServicingPolicy) -> Self {
        Self {
            order: terms.allocation_order,
            late: terms.late.as_ref().and_then(LatePenalty::of_terms),
            default_after_days: policy.default_after_days,
            freeze_interest_on_death: terms.freeze_interest_on_death,
        }
    }
}

/// The installation's rules for servicing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServicingPolicy {
    /// A loan with more days past due than this is in default.
    pub default_after_days: u32,
    /// Kolektibilitas 1 to 4 end with these days past due; more is 5 (POJK 40/2019).
    pub kolektibilitas: KolektibilitasBounds,
    /// What a pension cut recorded at the counter may fall short of or pass the amount due by.
    pub cut_tolerance: Money,
    /// Of restructures.
    pub restructure: RestructurePolicy,
}

/// The installation's rules for restructures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestructurePolicy {
    /// A request that nobody decided lapses after so many days.
    pub valid_days: u32,
    /// How the first due date is found where no row is to come any more.
    pub first_due: FirstDuePolicy,
}

impl Default for RestructurePolicy {
    fn default() -> Self {
        Self { valid_days: 30, first_due: FirstDuePolicy::default() }
    }
}

/// The last day past due of kolektibilitas 1 to 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KolektibilitasBounds {
    /// Current ends here.
    pub current: u32,
    /// Special mention ends here.
    pub special_mention: u32,
    /// Substandard ends here.
    pub substandard: u32,
    /// Doubtful ends here.
    pub doubtful: u32,
}

impl Default for KolektibilitasBounds {
    fn default() -> Self {
        Self { current: 0, special_mention: 90, substandard: 120, doubtful: 180 }
    }
}

impl Default for ServicingPolicy {
    fn default() -> Self {
        Self {
            default_after_days: 90,
            kolektibilitas: KolektibilitasBounds::default(),
            cut_tolerance: Money::ZERO,
            restructure: RestructurePolicy::default(),
        }
    }
}
