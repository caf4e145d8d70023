//! Sales people in the order of what they achieved.

use std::cmp::Reverse;

use pensipro_kernel::{BranchId, Rate, SalesId, codes};

use crate::Figures;

codes! {
    /// By what sales people are ranked, the highest first.
    #[derive(Default)]
    pub enum Measure {
        /// Plafon disbursed.
        #[default]
        DisbursedAmount = "disbursed_amount",
        /// Loans disbursed.
        DisbursedCount = "disbursed_count",
        /// Applications approved.
        Approved = "approved",
        /// Applications entered.
        Applications = "applications",
        /// Visits made.
        Visits = "visits",
        /// Share of the target reached; who has none comes last.
        Achievement = "achievement_pct",
        /// Commissions.
        Commission = "commission",
    }
}

/// A sales person with his figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contender {
    /// The sales person.
    pub id: SalesId,
    /// His code.
    pub code: String,
    /// His name.
    pub name: String,
    /// His branch.
    pub branch_id: BranchId,
    /// Whether he still sells.
    pub is_active: bool,
    /// What he achieved.
    pub figures: Figures,
}

/// A sales person in his place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranked {
    /// His place, from 1. Equals share one, and leave as many places out after them.
    pub rank: u32,
    /// The sales person.
    pub contender: Contender,
}

impl Measure {
    fn of(self, figures: &Figures) -> Option<i64> {
        match self {
            Self::DisbursedAmount => Some(figures.disbursed.amount.sen()),
            Self::DisbursedCount => Some(figures.disbursed.count.into()),
            Self::Approved => Some(figures.approved.into()),
            Self::Applications => Some(figures.applications.into()),
            Self::Visits => Some(figures.visits.into()),
            Self::Achievement => figures.achievement().map(Rate::units),
            Self::Commission => Some(figures.commission.sen()),
        }
    }
}

/// Sales people in order, equals by code. Whoever was switched off and did nothing is left out.
pub fn rank(contenders: Vec<Contender>, measure: Measure) -> Vec<Ranked> {
    let takes_part = |contender: &Contender| contender.is_active || !contender.figures.are_none();
    let mut order: Vec<Contender> = contenders.into_iter().filter(takes_part).collect();
    order.sort_by_cached_key(|each| (Reverse(measure.of(&each.figures)), each.code.clone()));
    let mut ranked: Vec<Ranked> = Vec::with_capacity(order.len());
    for (place, contender) in (1..).zip(order) {
        let before = ranked.last().filter(|before| {
            measure.of(&before.contender.figures) == measure.of(&contender.figures)
        });
        let rank = before.map_or(place, |before| before.rank);
        ranked.push(Ranked { rank, contender });
    }
    ranked
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Goal, Realised};
    use proptest::prelude::*;

    fn contender(id: i64, figures: Figures) -> Contender {
        Contender {
            id: SalesId::new(id),
            code: format!("S{id:03}"),
            name: format!("Sales {id}"),
            branch_id: BranchId::new(1),
            is_active: true,
            figures,
        }
    }

    fn visits(visits: u32) -> Figures {
        Figures { visits, ..Figures::default() }
    }

    fn places(ranked: &[Ranked]) -> Vec<(u32, i64)> {
        ranked.iter().map(|each| (each.rank, each.contender.id.get())).collect()
    }

    #[test]
    fn equals_share_a_place() {
        let all = [(1, 2), (2, 7), (3, 2), (4, 0)];
        let all = all.map(|(id, count)| contender(id, visits(count))).to_vec();
        assert_eq!(places(&rank(all, Measure::Visits)), [(1, 2), (2, 1), (2, 3), (4, 4)]);
    }

    #[test]
    fn without_a_target_nobody_is_ahead() {
        let disbursed = Realised { count: 1, ..Realised::default() };
        let goal = Some(Goal { count: 4, ..Goal::default() });
        let all = vec![
            contender(1, Figures { disbursed, ..Figures::default() }),
            contender(2, Figures { disbursed, goal, ..Figures::default() }),
        ];
        assert_eq!(places(&rank(all, Measure::Achievement)), [(1, 2), (2, 1)]);
    }

    #[test]
    fn whoever_left_stays_with_what_he_did() {
        let gone = |id, figures| Contender { is_active: false, ..contender(id, figures) };
        let all = vec![gone(1, visits(1)), gone(2, visits(0)), contender(3, visits(0))];
        assert_eq!(places(&rank(all, Measure::Visits)), [(1, 1), (2, 3)]);
    }

    proptest! {
        #[test]
        fn a_place_is_one_more_than_those_ahead(counts in prop::collection::vec(0_u32..5, 0..20)) {
            let all = counts.iter().zip(1..).map(|(count, id)| contender(id, visits(*count)));
            let ranked = rank(all.collect(), Measure::Visits);
            prop_assert_eq!(ranked.len(), counts.len());
            for each in &ranked {
                let own = each.contender.figures.visits;
                let ahead = counts.iter().filter(|count| **count > own).count();
                prop_assert_eq!(usize::try_from(each.rank).unwrap(), ahead + 1);
            }
        }
    }
}
