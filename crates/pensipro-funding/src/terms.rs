//! How a funder takes part, and how what members pay is shared with him.

use pensipro_kernel::{Faults, FieldFault, Rate};

pensipro_kernel::codes! {
    /// How a funder takes part. In all of them the cooperative originates and services.
    pub enum Scheme {
        /// He lends the whole and is the creditor on the letters.
        Fronting = "fronting",
        /// He lends the whole; the cooperative is the creditor on the letters.
        Channeling = "channeling",
        /// He lends a share.
        Participation = "participation",
    }
}

pensipro_kernel::codes! {
    /// How interest is shared; principal follows the share.
    #[derive(Default)]
    pub enum Sharing {
        /// By the share.
        #[default]
        PariPassu = "pari_passu",
        /// Of the interest on his share the funder takes a percentage.
        InterestShare = "interest_share",
        /// The funder has a schedule of his own at his rate; the difference is the cooperative's.
        FunderRate = "funder_rate",
    }
}

impl Scheme {
    /// The share that the scheme leaves no choice of.
    pub const fn fixed_share(self) -> Option<Rate> {
        match self {
            Self::Fronting | Self::Channeling => Some(Rate::percent(100)),
            Self::Participation => None,
        }
    }

    /// The default share of its contracts: whole, or below it.
    pub(crate) fn check_share(self, share: Option<Rate>) -> Result<Rate, FieldFault> {
        let whole = Rate::percent(100);
        match (self.fixed_share(), share) {
            (Some(fixed), None) => Ok(fixed),
            (Some(fixed), Some(share)) if share == fixed => Ok(fixed),
            (Some(_), Some(_)) => {
                Err(FieldFault::new("share_pct", "not_applicable", "is 100 under this scheme"))
            }
            (None, None) => Err(FieldFault::required("share_pct")),
            (None, Some(share)) if share > Rate::percent(0) && share < whole => Ok(share),
            (None, Some(_)) => {
                Err(FieldFault::new("share_pct", "out_of_range", "is above 0 and below 100"))
            }
        }
    }
}

/// How interest is shared, with the figure that it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SharingTerms {
    /// By the share.
    PariPassu,
    /// The funder takes this percentage of the interest on his share.
    InterestShare(Rate),
    /// The funder's own yearly rate.
    FunderRate(Rate),
}

impl SharingTerms {
    /// Checks the fields: each way has its own figure and no other.
    pub(crate) fn check(
        sharing: Sharing,
        interest_share_pct: Option<Rate>,
        funder_rate: Option<Rate>,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let message = "goes with another way of sharing";
        let fits = sharing == Sharing::InterestShare || interest_share_pct.is_none();
        faults.require(fits, "interest_share_pct", "not_applicable", message);
        let fits = sharing == Sharing::FunderRate || funder_rate.is_none();
        faults.require(fits, "funder_rate", "not_applicable", message);
        let terms = match sharing {
            Sharing::PariPassu => Some(Self::PariPassu),
            Sharing::InterestShare => faults
                .take(percentage("interest_share_pct", interest_share_pct))
                .map(Self::InterestShare),
            Sharing::FunderRate => {
                faults.take(percentage("funder_rate", funder_rate)).map(Self::FunderRate)
            }
        };
        faults.finish(terms)
    }

    /// Which way it is.
    pub const fn sharing(self) -> Sharing {
        match self {
            Self::PariPassu => Sharing::PariPassu,
            Self::InterestShare(_) => Sharing::InterestShare,
            Self::FunderRate(_) => Sharing::FunderRate,
        }
    }

    /// The funder's percentage of the interest on his share, where that is the way.
    pub const fn interest_share_pct(self) -> Option<Rate> {
        match self {
            Self::InterestShare(pct) => Some(pct),
            Self::PariPassu | Self::FunderRate(_) => None,
        }
    }

    /// The funder's yearly rate, where that is the way.
    pub const fn funder_rate(self) -> Option<Rate> {
        match self {
            Self::FunderRate(rate) => Some(rate),
            Self::PariPassu | Self::InterestShare(_) => None,
        }
    }
}

/// A percentage of 0 to 100.
pub(crate) fn percentage(field: &str, pct: Option<Rate>) -> Result<Rate, FieldFault> {
    let pct = pct.ok_or_else(|| FieldFault::required(field))?;
    if (Rate::percent(0)..=Rate::percent(100)).contains(&pct) {
        Ok(pct)
    } else {
        Err(FieldFault::new(field, "out_of_range", "is 0 to 100"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_or_below_it_as_the_scheme_has_it() {
        let share = |scheme: Scheme, pct: Option<i32>| {
            scheme.check_share(pct.map(Rate::percent)).map_err(|fault| fault.code)
        };
        let whole = Ok(Rate::percent(100));
        assert_eq!(
            [share(Scheme::Fronting, None), share(Scheme::Channeling, Some(100))],
            [whole, whole]
        );
        assert_eq!(share(Scheme::Fronting, Some(99)), Err("not_applicable"));
        assert_eq!(share(Scheme::Participation, None), Err("required"));
        assert_eq!(share(Scheme::Participation, Some(70)), Ok(Rate::percent(70)));
        for bound in [0, 100] {
            assert_eq!(share(Scheme::Participation, Some(bound)), Err("out_of_range"));
        }
    }

    #[test]
    fn each_way_of_sharing_has_its_own_figure() {
        let check = |sharing, pct: Option<i32>, rate: Option<i32>| {
            let terms =
                SharingTerms::check(sharing, pct.map(Rate::percent), rate.map(Rate::percent));
            terms.map_err(|faults| {
                faults
                    .list()
                    .iter()
                    .map(|it| format!("{} {}", it.field, it.code))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(check(Sharing::PariPassu, None, None), Ok(SharingTerms::PariPassu));
        let seventy = SharingTerms::InterestShare(Rate::percent(70));
        assert_eq!(check(Sharing::InterestShare, Some(70), None), Ok(seventy));
        assert_eq!(
            (seventy.interest_share_pct(), seventy.funder_rate()),
            (Some(Rate::percent(70)), None)
        );
        let nine = SharingTerms::FunderRate(Rate::percent(9));
        assert_eq!(check(Sharing::FunderRate, None, Some(9)), Ok(nine));
        assert_eq!(
            (nine.sharing(), nine.funder_rate()),
            (Sharing::FunderRate, Some(Rate::percent(9)))
        );
        assert_eq!(
            check(Sharing::PariPassu, Some(1), Some(1)).unwrap_err(),
            ["interest_share_pct not_applicable", "funder_rate not_applicable"]
        );
        assert_eq!(
            check(Sharing::InterestShare, Some(101), None).unwrap_err(),
            ["interest_share_pct out_of_range"]
        );
        assert_eq!(check(Sharing::FunderRate, None, None).unwrap_err(), ["funder_rate required"]);
    }
}
