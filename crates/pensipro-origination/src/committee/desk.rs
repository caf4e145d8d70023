//! What waits for somebody: the analyst, a level of the committee, finance.

use pensipro_kernel::{
    Actor, AuthorityError, BranchId, FourEyes, Money, Permission, ProductId, UserId, codes,
};

use super::{CommitteePolicy, Level};

codes! {
    /// A desk on which applications wait.
    pub enum DeskName {
        /// Applications to be analysed.
        Analyst = "analyst",
        /// Applications on which the caller may decide.
        Committee = "committee",
        /// Approved applications to be disbursed.
        Finance = "finance",
    }
}

/// What waits on a desk of somebody who may act there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desk {
    /// Whatever is with the analyst.
    Analyst,
    /// What is with the committee, at a level on which he sits.
    Committee(CommitteeDesk),
    /// Whatever is approved and not disbursed.
    Finance,
}

/// On what somebody may decide, as conditions that storage can look for: those under which
/// [`crate::Application::decide`] seats him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteeDesk {
    /// Who.
    pub user: UserId,
    /// How strictly who entered or analysed is kept off.
    pub four_eyes: FourEyes,
    /// In the policy's order: the first bench that covers an application tells.
    pub benches: Vec<Bench>,
}

/// Applications of one kind, and the levels at which somebody sits on them. Absent bounds and empty
/// lists of products and branches stand for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bench {
    /// From this plafon up.
    pub plafon_from: Option<Money>,
    /// Below this plafon.
    pub plafon_below: Option<Money>,
    /// For these products.
    pub products: Vec<ProductId>,
    /// Of these branches.
    pub branches: Vec<BranchId>,
    /// The levels at which he sits.
    pub levels: Vec<Level>,
    /// The last level that they pass.
    pub last: Level,
}

impl Desk {
    /// The desk, for somebody who may act there.
    pub fn of(
        by: &Actor,
        name: DeskName,
        policy: &CommitteePolicy,
    ) -> Result<Self, AuthorityError> {
        let needed = match name {
            DeskName::Analyst => Permission::AnalyzeApplication,
            DeskName::Committee => Permission::ApproveApplication,
            DeskName::Finance => Permission::DisburseLoan,
        };
        if !by.may(needed) {
            return Err(AuthorityError::Denied(needed));
        }
        Ok(match name {
            DeskName::Analyst => Self::Analyst,
            DeskName::Finance => Self::Finance,
            DeskName::Committee => Self::Committee(
                policy.desk(by).ok_or(AuthorityError::Denied(Permission::ApproveApplication))?,
            ),
        })
    }
}

impl CommitteePolicy {
    /// Where somebody sits; the system sits nowhere.
    fn desk(&self, by: &Actor) -> Option<CommitteeDesk> {
        let benches = self.bands.iter().map(|band| {
            let seats = band.levels.iter().enumerate();
            let mine = seats.filter(|(_, roles)| roles.iter().any(|role| by.has_role(role)));
            Bench {
                plafon_from: band.plafon_from,
                plafon_below: band.plafon_below,
                products: band.products.clone(),
                branches: band.branches.clone(),
                levels: mine.filter_map(|(before, _)| Level::after(before)).collect(),
                last: Level::after(band.levels.len().saturating_sub(1)).unwrap_or(Level::FIRST),
            }
        });
        let benches = benches.collect();
        Some(CommitteeDesk { user: by.user_id?, four_eyes: self.four_eyes, benches })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, rupiah};
    use pensipro_kernel::DomainError;
    use std::sync::Arc;

    fn seats(roles: &[&str]) -> Vec<Vec<u8>> {
        let by = actor(7, roles);
        let Ok(Desk::Committee(desk)) =
            Desk::of(&by, DeskName::Committee, &CommitteePolicy::default())
        else {
            panic!("he may act there")
        };
        let levels = |bench: &Bench| bench.levels.iter().map(|level| level.get()).collect();
        desk.benches.iter().map(levels).collect()
    }

    #[test]
    fn a_desk_holds_the_levels_of_one_s_roles() {
        assert_eq!(seats(&["SPV"]), [[1], [1]]);
        assert_eq!(seats(&["KOMITE"]), [vec![1, 2], vec![1, 2]]);
        assert_eq!(seats(&["DIREKSI"]), [vec![3], vec![]]);
        assert_eq!(seats(&["ADMIN"]), [vec![], vec![0; 0]]);
        let Ok(Desk::Committee(desk)) =
            Desk::of(&actor(7, &["SPV"]), DeskName::Committee, &CommitteePolicy::default())
        else {
            panic!("he may act there")
        };
        assert_eq!(desk.benches[0].plafon_from, Some(rupiah(100_000_000)));
        assert_eq!(desk.benches[0].last, Level::new(3).unwrap());
        assert_eq!(desk.benches[1].last, Level::new(2).unwrap());
    }

    #[test]
    fn a_desk_is_shown_to_who_may_act_there() {
        for (name, needed) in [
            (DeskName::Analyst, Permission::AnalyzeApplication),
            (DeskName::Committee, Permission::ApproveApplication),
            (DeskName::Finance, Permission::DisburseLoan),
        ] {
            let others = Permission::ALL.iter().copied().filter(|held| *held != needed);
            let without = Actor { permissions: Arc::from_iter(others), ..actor(7, &["SPV"]) };
            let policy = CommitteePolicy::default();
            let refused = Desk::of(&without, name, &policy).unwrap_err();
            assert_eq!(refused.extensions()["permission"], needed.code());
            assert!(Desk::of(&actor(7, &["SPV"]), name, &policy).is_ok());
        }
    }
}
