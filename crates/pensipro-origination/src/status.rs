//! The one state machine of an application.

use pensipro_kernel::codes;

codes! {
    /// How far an application is.
    pub enum ApplicationStatus {
        /// Being filled in.
        Draft = "draft",
        /// Handed in; a passing pre-check moves it on at once.
        Submitted = "submitted",
        /// With the analyst.
        Analyzing = "analyzing",
        /// With the committee.
        Committee = "committee",
        /// Granted; a loan waits for disbursement.
        Approved = "approved",
        /// Turned down.
        Rejected = "rejected",
        /// Paid out.
        Disbursed = "disbursed",
        /// Withdrawn.
        Cancelled = "cancelled",
    }
}

/// A step that the machine does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an application that is {from} cannot become {to}")]
pub struct IllegalTransition {
    /// The present state.
    pub from: ApplicationStatus,
    /// The state asked for.
    pub to: ApplicationStatus,
}

impl ApplicationStatus {
    /// The states that this one leads to.
    pub const fn successors(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Submitted, Self::Cancelled],
            Self::Submitted => &[Self::Analyzing, Self::Cancelled],
            Self::Analyzing => &[Self::Committee, Self::Draft, Self::Cancelled],
            Self::Committee => &[Self::Approved, Self::Rejected, Self::Analyzing, Self::Cancelled],
            Self::Approved => &[Self::Disbursed, Self::Cancelled],
            // A reversed disbursement.
            Self::Disbursed => &[Self::Approved],
            Self::Rejected | Self::Cancelled => &[],
        }
    }

    /// The state asked for, if this one leads to it.
    pub fn step(self, to: Self) -> Result<Self, IllegalTransition> {
        if self.successors().contains(&to) {
            Ok(to)
        } else {
            Err(IllegalTransition { from: self, to })
        }
    }

    /// True while it is neither decided nor withdrawn: it counts as open for deletion and death.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted | Self::Analyzing | Self::Committee)
    }

    /// True while it is handed in and not decided: it counts as double financing.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Submitted | Self::Analyzing | Self::Committee)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Every pair of states, against the table as the rules state it.
    #[test]
    fn the_machine_has_these_steps_and_no_others() {
        let legal = [
            "draft submitted",
            "draft cancelled",
            "submitted analyzing",
            "submitted cancelled",
            "analyzing committee",
            "analyzing draft",
            "analyzing cancelled",
            "committee approved",
            "committee rejected",
            "committee analyzing",
            "committee cancelled",
            "approved disbursed",
            "approved cancelled",
            "disbursed approved",
        ];
        for from in ApplicationStatus::ALL {
            for to in ApplicationStatus::ALL {
                let expected = match legal.contains(&format!("{from} {to}").as_str()) {
                    true => Ok(*to),
                    false => Err(IllegalTransition { from: *from, to: *to }),
                };
                assert_eq!(from.step(*to), expected, "{from} → {to}");
            }
        }
    }

    proptest! {
        /// Whatever is tried in whatever order, nothing leaves a final state, and nothing is
        /// disbursed that was not approved by way of the committee.
        #[test]
        fn walks_reach_money_only_through_the_committee(
            wishes in prop::collection::vec(prop::sample::select(ApplicationStatus::ALL), 0..40),
        ) {
            let mut walk = vec![ApplicationStatus::Draft];
            for wish in wishes {
                if let Ok(next) = walk[walk.len() - 1].step(wish) {
                    walk.push(next);
                }
            }
            let first = |state| walk.iter().position(|at| *at == state);
            if let Some(disbursed) = first(ApplicationStatus::Disbursed) {
                let approved = first(ApplicationStatus::Approved).unwrap();
                prop_assert!(first(ApplicationStatus::Committee).unwrap() < approved);
                prop_assert!(approved < disbursed);
            }
            for end in [ApplicationStatus::Rejected, ApplicationStatus::Cancelled] {
                prop_assert!(first(end).is_none_or(|at| at == walk.len() - 1));
            }
        }
    }
}
