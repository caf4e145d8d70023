//! The levels that an application passes, by its plafon, product and branch.

use chrono::TimeDelta;
use pensipro_kernel::{BranchId, Faults, FourEyes, Money, ProductId};
use serde::Deserialize;

use super::{Position, Seat};
use crate::{Decision, Verdict};

/// A level of the committee; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

/// What of an application tells its levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The plafon asked for.
    pub plafon: Money,
    /// The product.
    pub product_id: ProductId,
    /// The branch, if it has one.
    pub branch_id: Option<BranchId>,
}

/// Applications that pass levels of their own, as the configuration states them
/// (`COMMITTEE_BANDS`). Absent bounds and empty lists stand for any.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawBand {
    /// From this plafon up.
    pub plafon_from: Option<Money>,
    /// Below this plafon.
    pub plafon_below: Option<Money>,
    /// For these products.
    pub products: Vec<ProductId>,
    /// Of these branches.
    pub branches: Vec<BranchId>,
    /// The roles that may sit on each level.
    pub levels: Vec<Vec<String>>,
}

/// The committee as configured: the first band that covers an application tells its levels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteePolicy {
    pub(super) bands: Vec<RawBand>,
    pub(super) four_eyes: FourEyes,
    /// Hours that each level may take, 0 for any time; the last stands for all levels after it.
    deadlines: Vec<u16>,
}

/// Levels that every application passes, unless a band says otherwise.
const BASE_LEVELS: usize = 2;
/// The most levels of a committee.
pub(crate) const MAX_LEVELS: u8 = 9;
/// The most bands of their own.
const MAX_BANDS: usize = 50;

impl Level {
    /// Level 1.
    pub const FIRST: Self = Self(1);

    /// The level with this number, from 1.
    pub fn new(level: i64) -> Option<Self> {
        u8::try_from(level).ok().filter(|level| *level > 0).map(Self)
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// The level after so many others.
    pub(crate) fn after(levels: usize) -> Option<Self> {
        u8::try_from(levels).ok()?.checked_add(1).map(Self)
    }
}

impl RawBand {
    /// True if an application passes this band's levels, unless an earlier band covers it.
    pub fn covers(&self, subject: Subject) -> bool {
        let Subject { plafon, product_id, branch_id } = subject;
        let branch = || branch_id.is_some_and(|branch| self.branches.contains(&branch));
        self.plafon_from.is_none_or(|from| plafon >= from)
            && self.plafon_below.is_none_or(|below| plafon < below)
            && (self.products.is_empty() || self.products.contains(&product_id))
            && (self.branches.is_empty() || branch())
    }

    fn check(&self, faults: &mut Faults) {
        let count = (1..=usize::from(MAX_LEVELS)).contains(&self.levels.len());
        faults.require(count, "levels", "out_of_range", "are one to nine");
        check_roles(&self.levels, faults);
        let order =
            self.plafon_from.zip(self.plafon_below).is_none_or(|(from, below)| from < below);
        faults.require(order, "plafon_below", "below_minimum", "is above plafon_from");
    }
}

fn check_roles(levels: &[Vec<String>], faults: &mut Faults) {
    let filled = levels
        .iter()
        .all(|roles| !roles.is_empty() && roles.iter().all(|role| !role.trim().is_empty()));
    faults.require(filled, "levels", "no_role", "each have at least one role");
}

impl Default for CommitteePolicy {
    /// `[[SPV, KOMITE], [MANAGER, KOMITE], [DIREKSI]]`, the third from Rp 100,000,000 up.
    fn default() -> Self {
        let roles = |roles: &[&str]| roles.iter().map(|role| (*role).to_owned()).collect();
        let levels =
            vec![roles(&["SPV", "KOMITE"]), roles(&["MANAGER", "KOMITE"]), roles(&["DIREKSI"])];
        let bands = everybody(levels, Money::from_sen(10_000_000_000));
        Self { bands, four_eyes: FourEyes::Strict, deadlines: Vec::new() }
    }
}

/// The bands that cover every application: all levels from a plafon up, the first two below it.
fn everybody(levels: Vec<Vec<String>>, all_levels_from: Money) -> Vec<RawBand> {
    let base = levels.iter().take(BASE_LEVELS).cloned().collect();
    vec![
        RawBand { plafon_from: Some(all_levels_from), levels, ..RawBand::default() },
        RawBand { levels: base, ..RawBand::default() },
    ]
}

impl CommitteePolicy {
    /// A committee of two to nine levels with roles on each. Below `all_levels_from` an
    /// application passes the first two, from it up all of them.
    pub fn new(
        levels: Vec<Vec<String>>,
        all_levels_from: Money,
        four_eyes: FourEyes,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let count = (BASE_LEVELS..=usize::from(MAX_LEVELS)).contains(&levels.len());
        faults.require(count, "levels", "out_of_range", "are two to nine");
        check_roles(&levels, &mut faults);
        let (bands, deadlines) = (everybody(levels, all_levels_from), Vec::new());
        faults.finish(Some(Self { bands, four_eyes, deadlines }))
    }

    /// The same with levels of their own for some applications; the first band that covers one tells.
    pub fn with_bands(mut self, bands: Vec<RawBand>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        faults.require(bands.len() <= MAX_BANDS, "", "out_of_range", "are at most 50");
        for (place, band) in bands.iter().enumerate() {
            let mut own = Faults::new();
            band.check(&mut own);
            faults.take_all(own.finish(Some(())).map_err(|own| own.within(&format!("[{place}]"))));
        }
        self.bands.splice(0..0, bands);
        faults.finish(Some(self))
    }

    /// The same with hours that each level may take, 0 for any time; the last figure stands for all
    /// levels after it.
    #[must_use]
    pub fn with_deadlines(self, deadlines: Vec<u16>) -> Self {
        Self { deadlines, ..self }
    }

    /// The levels that have a deadline, with how long each may take.
    pub fn deadlines(&self) -> Vec<(Level, TimeDelta)> {
        let most = self.bands.iter().map(|band| band.levels.len()).max().unwrap_or(0);
        let hours = |place| self.deadlines.get(place).or(self.deadlines.last()).copied();
        let deadline = |place| {
            let hours = hours(place).filter(|hours| *hours > 0)?;
            Some((Level::after(place)?, TimeDelta::hours(hours.into())))
        };
        (0..most).filter_map(deadline).collect()
    }

    /// The roles that may sit at a level.
    pub fn roles_at(&self, subject: Subject, level: Level) -> &[String] {
        let before = usize::from(level.get()).saturating_sub(1);
        self.levels_for(subject).get(before).map_or(&[], Vec::as_slice)
    }

    /// The levels that an application has to pass, each with its roles.
    pub fn levels_for(&self, subject: Subject) -> &[Vec<String>] {
        let band = self.bands.iter().find(|band| band.covers(subject));
        band.map_or(&[], |band| &band.levels)
    }

    /// The seat that is due after the decisions so far; `None` once all levels approved or one
    /// turned it down.
    pub fn due(&self, subject: Subject, before: &[Decision]) -> Option<Seat<'_>> {
        if before.iter().any(|decision| decision.content.verdict == Verdict::Reject) {
            return None;
        }
        let levels = self.levels_for(subject);
        let roles = levels.get(before.len())?;
        let position = match levels.len().checked_sub(before.len()) {
            Some(1) => Position::Last,
            _ => Position::Earlier,
        };
        Some(Seat { level: Level::after(before.len())?, roles, position })
    }
}
