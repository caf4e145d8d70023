//! The scorecard: what the figures of an application are worth, beside the analyst's own score.

use pensipro_kernel::{Faults, Money, Rate, Rounding, codes, div_round};
use serde::{Deserialize, Serialize};

codes! {
    /// A figure that a scorecard judges.
    pub enum Factor {
        /// Instalments of all open loans and other obligations over the monthly benefit, percent.
        Dsr = "dsr",
        /// The same over the income that the analyst established, percent.
        IncomeRatio = "income_ratio",
        /// Completed years of age when the last instalment is due.
        AgeAtEnd = "age_at_end",
        /// Plafon over the benefit payable during the tenor, percent.
        BenefitShare = "benefit_share",
        /// Months.
        Tenor = "tenor",
        /// Loans that the member has beside this one.
        OpenLoans = "open_loans",
    }
}

/// Points of a factor whose figure does not pass a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreBand {
    /// The largest figure of the band; the last band has none and takes all others.
    #[serde(default)]
    pub to: Option<Rate>,
    /// 0 to 100; more is better.
    pub points: u8,
}

/// A factor with its weight and bands, as the configuration states it (`SCORECARD`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawFactor {
    /// What is judged.
    pub factor: Factor,
    /// 1 to 1000; the factor's share is its weight over all weights.
    pub weight: u16,
    /// By rising bounds.
    pub bands: Vec<ScoreBand>,
}

/// Factors with weights and bands. Without any, no score is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scorecard(Vec<RawFactor>);

/// The figures of an application. One that is past any meaning (a ratio over nothing) is absent and
/// gets the last band's points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is a Factor")]
pub struct ScoreFacts {
    pub dsr: Option<Rate>,
    pub income_ratio: Option<Rate>,
    pub age_at_end: u16,
    pub benefit_share: Option<Rate>,
    pub tenor: u16,
    pub open_loans: u32,
}

/// What a scorecard gave, with each factor's part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Σ weight · points / Σ weight, rounded once, half away from zero: 0 to 100.
    pub total: u8,
    /// Factor by factor.
    pub factors: Vec<ScorePart>,
}

/// A factor's part of a score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScorePart {
    /// What was judged.
    pub factor: Factor,
    /// The figure; absent where it is past any meaning.
    pub value: Option<Rate>,
    /// The band's points, 0 to 100.
    pub points: u8,
    /// The weight.
    pub weight: u16,
    /// weight · points / Σ weight: what it adds to the total, rounded to four decimals.
    pub contribution: Rate,
}

impl RawFactor {
    fn check(&self, faults: &mut Faults) {
        let weight = (1..=1_000).contains(&self.weight);
        faults.require(weight, "weight", "out_of_range", "is 1 to 1000");
        let points = self.bands.iter().all(|band| band.points <= 100);
        faults.require(points, "bands", "out_of_range", "have 0 to 100 points");
        let rising = self.bands.is_sorted_by(|band, next| match (band.to, next.to) {
            (Some(to), Some(next)) => to < next,
            (Some(_), None) => true,
            (None, _) => false,
        });
        let open = self.bands.last().is_some_and(|last| last.to.is_none());
        faults.require(rising && open, "bands", "not_rising", "rise, and the last has no bound");
    }

    fn points(&self, value: Option<Rate>) -> u8 {
        let within = |band: &&ScoreBand| match (band.to, value) {
            (None, _) => true,
            (Some(to), Some(value)) => value <= to,
            (Some(_), None) => false,
        };
        self.bands.iter().find(within).map_or(0, |band| band.points)
    }
}

impl Scorecard {
    /// A scorecard of factors that are named once each.
    pub fn new(factors: Vec<RawFactor>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        for (place, factor) in factors.iter().enumerate() {
            let mut own = Faults::new();
            factor.check(&mut own);
            let twice = factors.iter().take(place).any(|earlier| earlier.factor == factor.factor);
            own.require(!twice, "factor", "duplicate", "is named before");
            faults.take_all(own.finish(Some(())).map_err(|own| own.within(&format!("[{place}]"))));
        }
        faults.finish(Some(Self(factors)))
    }

    /// The score of these figures; `None` without factors.
    pub fn score(&self, facts: &ScoreFacts) -> Option<Score> {
        let weights: i128 = self.0.iter().map(|factor| i128::from(factor.weight)).sum();
        let factors: Vec<ScorePart> =
            self.0.iter().map(|factor| part(factor, facts, weights)).collect();
        let weighted = |part: &ScorePart| i128::from(part.weight) * i128::from(part.points);
        let sum = factors.iter().map(weighted).sum();
        let total = div_round(sum, weights, Rounding::HalfAwayFromZero)?;
        Some(Score { total: u8::try_from(total).ok()?, factors })
    }
}

fn part(raw: &RawFactor, facts: &ScoreFacts, weights: i128) -> ScorePart {
    let RawFactor { factor, weight, bands: _ } = raw;
    let value = facts.value(*factor);
    let points = raw.points(value);
    let weighted = i128::from(*weight) * i128::from(points) * i128::from(ONE.units());
    let units = div_round(weighted, weights, Rounding::HalfAwayFromZero);
    let contribution = units.and_then(|units| i64::try_from(units).ok()).unwrap_or_default();
    let contribution = Rate::from_units(contribution);
    ScorePart { factor: *factor, value, points, weight: *weight, contribution }
}

const ONE: Rate = Rate::percent(1);

impl ScoreFacts {
    fn value(&self, factor: Factor) -> Option<Rate> {
        match factor {
            Factor::Dsr => self.dsr,
            Factor::IncomeRatio => self.income_ratio,
            Factor::AgeAtEnd => Some(Rate::percent(self.age_at_end.into())),
            Factor::BenefitShare => self.benefit_share,
            Factor::Tenor => Some(Rate::percent(self.tenor.into())),
            Factor::OpenLoans => Some(Rate::percent(i32::try_from(self.open_loans).ok()?)),
        }
    }
}

/// A plafon over the benefit payable during the tenor, rounded up to four decimals so that it never
/// looks better than it is; `None` without a benefit, or past 64 bits.
pub(crate) fn benefit_share(plafon: Money, benefit: Money, tenor: u16) -> Option<Rate> {
    let payable = i128::from(benefit.sen()) * i128::from(tenor);
    let part = i128::from(plafon.sen()).checked_mul(Rate::UNITS_PER_WHOLE.into())?;
    let units = div_round(part, (payable > 0).then_some(payable)?, Rounding::Up)?;
    i64::try_from(units).ok().map(Rate::from_units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rate(text: &str) -> Option<Rate> {
        Some(text.parse().unwrap())
    }

    fn band(to: Option<&str>, points: u8) -> ScoreBand {
        ScoreBand { to: to.and_then(rate), points }
    }

    fn factor(factor: Factor, weight: u16, bands: &[(Option<&str>, u8)]) -> RawFactor {
        let bands = bands.iter().map(|(to, points)| band(*to, *points)).collect();
        RawFactor { factor, weight, bands }
    }

    fn facts() -> ScoreFacts {
        ScoreFacts {
            dsr: rate("36.9048"),
            income_ratio: rate("30"),
            age_at_end: 72,
            benefit_share: rate("30.8642"),
            tenor: 36,
            open_loans: 0,
        }
    }

    #[test]
    fn each_factor_s_part_is_shown() {
        let card = Scorecard::new(vec![
            factor(Factor::Dsr, 2, &[(Some("30"), 100), (Some("50"), 70), (None, 0)]),
            factor(Factor::AgeAtEnd, 1, &[(Some("72"), 50), (None, 10)]),
        ])
        .unwrap();
        let score = card.score(&facts()).unwrap();
        // (2 · 70 + 1 · 50) / 3 = 63.33
        assert_eq!(score.total, 63);
        let parts: Vec<_> =
            score.factors.iter().map(|part| part.contribution.to_string()).collect();
        assert_eq!(parts, ["46.6667", "16.6667"]);
        assert_eq!((score.factors[1].value, score.factors[1].points), (rate("72"), 50));
        let json = serde_json::to_string(&score).unwrap();
        assert_eq!(serde_json::from_str::<Score>(&json).unwrap(), score);
        assert_eq!(Scorecard::default().score(&facts()), None);
    }

    #[test]
    fn a_bound_belongs_to_its_band() {
        let card = factor(Factor::Dsr, 1, &[(Some("50"), 100), (Some("70"), 40), (None, 0)]);
        for (dsr, points) in
            [("49.9999", 100), ("50", 100), ("50.0001", 40), ("70", 40), ("70.0001", 0)]
        {
            assert_eq!(card.points(rate(dsr)), points, "{dsr}");
        }
        assert_eq!(card.points(None), 0);
    }

    #[test]
    fn a_scorecard_that_cannot_be_is_told_by_its_place() {
        let good = factor(Factor::Dsr, 1, &[(None, 0)]);
        let fields = |bad: RawFactor| {
            let faults = Scorecard::new(vec![good.clone(), bad]).unwrap_err();
            faults.list().iter().map(|fault| fault.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(fields(good.clone()), ["[1].factor"]);
        let tenor = |weight, bands: &[(Option<&str>, u8)]| factor(Factor::Tenor, weight, bands);
        assert_eq!(fields(tenor(0, &[(None, 101)])), ["[1].weight", "[1].bands"]);
        assert_eq!(fields(tenor(1, &[])), ["[1].bands"]);
        assert_eq!(fields(tenor(1, &[(Some("1"), 0)])), ["[1].bands"]);
        assert_eq!(fields(tenor(1, &[(Some("2"), 0), (Some("2"), 0), (None, 0)])), ["[1].bands"]);
        assert_eq!(fields(tenor(1, &[(None, 0), (None, 0)])), ["[1].bands"]);
    }

    #[test]
    fn a_share_of_the_benefit_is_rounded_up() {
        let rupiah = |amount| Money::from_rupiah(amount).unwrap();
        let share = |plafon, benefit, tenor| benefit_share(rupiah(plafon), rupiah(benefit), tenor);
        assert_eq!(share(50_000_000, 4_500_000, 36), rate("30.8642"));
        assert_eq!(share(1, 3, 1), rate("33.3334"));
        assert_eq!(share(1, 0, 12), None);
    }

    fn any_factor(kind: Factor) -> impl Strategy<Value = RawFactor> {
        let bands = (prop::collection::btree_set(0_i64..2_000_000, 0..5), any::<[u8; 6]>());
        (1_u16..=1_000, bands).prop_map(move |(weight, (bounds, points))| {
            let bounds = bounds.into_iter().map(|units| Some(Rate::from_units(units)));
            let bands = bounds.chain([None]).zip(points);
            let bands = bands.map(|(to, points)| ScoreBand { to, points: points % 101 });
            RawFactor { factor: kind, weight, bands: bands.collect() }
        })
    }

    proptest! {
        /// A score lies between its factors' least and most points, its parts add up to it, and
        /// better points of one factor never make it worse.
        #[test]
        fn a_score_is_a_weighted_mean(
            dsr in any_factor(Factor::Dsr),
            tenor in any_factor(Factor::Tenor),
            loans in any_factor(Factor::OpenLoans),
            ratio in 0_i64..2_000_000,
            months in 0_u16..200,
        ) {
            let facts = ScoreFacts { dsr: Some(Rate::from_units(ratio)), tenor: months, ..facts() };
            let score = |dsr: &RawFactor| {
                let card = Scorecard::new(vec![dsr.clone(), tenor.clone(), loans.clone()]).unwrap();
                card.score(&facts).unwrap()
            };
            let found = score(&dsr);
            let points: Vec<u8> = found.factors.iter().map(|part| part.points).collect();
            prop_assert!(points.iter().min().unwrap() <= &found.total);
            prop_assert!(&found.total <= points.iter().max().unwrap());
            let sum: i64 = found.factors.iter().map(|part| part.contribution.units()).sum();
            let total = i64::from(found.total) * 10_000;
            prop_assert!((sum - total).abs() <= 5_000 + 2);
            let mut better = dsr.clone();
            better.bands.iter_mut().for_each(|band| band.points = 100);
            prop_assert!(score(&better).total >= found.total);
        }
    }
}
