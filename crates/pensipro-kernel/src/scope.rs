//! The part of the house that somebody sees. This is the whole rule; storage turns the same three
//! cases into conditions on rows, in one file of its own.

use crate::{BranchId, FunderId};

/// What a user may see and change. Others' ids answer as if they were not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    /// Everything.
    #[default]
    WholeHouse,
    /// Only this branch's users, members, applications and loans.
    Branch(BranchId),
    /// Only this funder's users, portfolio and settlements.
    Funder(FunderId),
}

impl Scope {
    /// The scope of somebody tied to a branch, to a funder, or to neither; `None` for both at once.
    pub const fn of(branch: Option<BranchId>, funder: Option<FunderId>) -> Option<Self> {
        match (branch, funder) {
            (None, None) => Some(Self::WholeHouse),
            (Some(branch), None) => Some(Self::Branch(branch)),
            (None, Some(funder)) => Some(Self::Funder(funder)),
            (Some(_), Some(_)) => None,
        }
    }

    /// The branch that he is tied to.
    pub const fn branch(self) -> Option<BranchId> {
        match self {
            Self::Branch(branch) => Some(branch),
            Self::WholeHouse | Self::Funder(_) => None,
        }
    }

    /// The funder that he is tied to.
    pub const fn funder(self) -> Option<FunderId> {
        match self {
            Self::Funder(funder) => Some(funder),
            Self::WholeHouse | Self::Branch(_) => None,
        }
    }

    /// True if somebody of the other scope sees no more than he does.
    pub fn covers(self, other: Self) -> bool {
        self == Self::WholeHouse || self == other
    }

    /// True if he sees a thing of this branch; a thing of none is the whole house's alone.
    pub fn sees_branch(self, branch: Option<BranchId>) -> bool {
        match self {
            Self::WholeHouse => true,
            Self::Branch(own) => branch == Some(own),
            Self::Funder(_) => false,
        }
    }

    /// True if he sees a thing of this funder; a thing of none is the whole house's alone.
    pub fn sees_funder(self, funder: Option<FunderId>) -> bool {
        match self {
            Self::WholeHouse => true,
            Self::Branch(_) => false,
            Self::Funder(own) => funder == Some(own),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Option<BranchId> = Some(BranchId::new(1));
    const FUNDER: Option<FunderId> = Some(FunderId::new(1));

    #[test]
    fn nobody_is_tied_to_a_branch_and_a_funder() {
        assert_eq!(Scope::of(ONE, FUNDER), None);
        for (branch, funder) in [(None, None), (ONE, None), (None, FUNDER)] {
            let scope = Scope::of(branch, funder).unwrap();
            assert_eq!((scope.branch(), scope.funder()), (branch, funder));
        }
    }

    #[test]
    fn each_sees_his_own_and_the_house_everything() {
        let sees = |scope: Scope| {
            [None, ONE, Some(BranchId::new(2))].map(|branch| scope.sees_branch(branch))
        };
        assert_eq!(sees(Scope::WholeHouse), [true, true, true]);
        assert_eq!(sees(Scope::Branch(BranchId::new(1))), [false, true, false]);
        assert_eq!(sees(Scope::Funder(FunderId::new(1))), [false, false, false]);
        assert!(Scope::Funder(FunderId::new(1)).sees_funder(FUNDER));
        assert!(!Scope::Funder(FunderId::new(2)).sees_funder(FUNDER));
        assert!(!Scope::Branch(BranchId::new(1)).sees_funder(FUNDER));
        assert!(!Scope::Funder(FunderId::new(1)).sees_funder(None));
    }

    #[test]
    fn nobody_covers_more_than_his_own() {
        let (house, one) = (Scope::WholeHouse, Scope::Branch(BranchId::new(1)));
        assert!(house.covers(one) && one.covers(one));
        assert!(!one.covers(house) && !one.covers(Scope::Branch(BranchId::new(2))));
    }
}
