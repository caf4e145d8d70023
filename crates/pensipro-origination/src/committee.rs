//! Who sits on which level of the committee.

use std::cmp::Ordering;

use pensipro_kernel::{Actor, Faults, FourEyes, Money, UserId, codes};

use crate::{Analysis, Application, Decision, Verdict};

codes! {
    /// A seat that only [`FourEyes::Small`] allows.
    pub enum Relaxation {
        /// Who analysed the application sits at level 1.
        AnalystSits = "analyst_sits",
        /// Who entered the application sits before the last level.
        AuthorSits = "author_sits",
    }
}

/// A level of the committee; the first is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

/// The committee as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitteePolicy {
    levels: Vec<Vec<String>>,
    all_levels_from: Money,
    four_eyes: FourEyes,
}

/// Levels that every application passes.
const BASE_LEVELS: usize = 2;
pub(crate) const MAX_LEVELS: u8 = 9;

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
}

impl Default for CommitteePolicy {
    /// `[[SPV, KOMITE], [MANAGER, KOMITE], [DIREKSI]]`, the third from Rp 100,000,000 up.
    fn default() -> Self {
        let roles = |roles: &[&str]| roles.iter().map(|role| (*role).to_owned()).collect();
        Self {
            levels: vec![
                roles(&["SPV", "KOMITE"]),
                roles(&["MANAGER", "KOMITE"]),
                roles(&["DIREKSI"]),
            ],
            all_levels_from: Money::from_sen(10_000_000_000),
            four_eyes: FourEyes::Strict,
        }
    }
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
        let seats = levels
            .iter()
            .all(|roles| !roles.is_empty() && roles.iter().all(|role| !role.trim().is_empty()));
        faults.require(seats, "levels", "no_role", "each have at least one role");
        faults.finish(Some(Self { levels, all_levels_from, four_eyes }))
    }

    /// The levels that a plafon has to pass, each with its roles.
    pub fn levels_for(&self, plafon: Money) -> &[Vec<String>] {
        let base = self.levels.get(..BASE_LEVELS).unwrap_or(&self.levels);
        if plafon >= self.all_levels_from { &self.levels } else { base }
    }

    /// The seat that is due after the decisions so far; `None` once all levels approved or one
    /// turned it down.
    pub fn due(&self, plafon: Money, before: &[Decision]) -> Option<Seat<'_>> {
        if before.iter().any(|decision| decision.content.verdict == Verdict::Reject) {
            return None;
        }
        let levels = self.levels_for(plafon);
        let roles = levels.get(before.len())?;
        let number = u8::try_from(before.len()).ok()?.checked_add(1)?;
        let position = match levels.len().checked_sub(before.len()) {
            Some(1) => Position::Last,
            _ => Position::Earlier,
        };
        Some(Seat { level: Level(number), roles, position })
    }
}

/// A seat of the committee that is due to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat<'a> {
    /// The level.
    pub level: Level,
    /// The roles that may take it.
    pub roles: &'a [String],
    /// Whether its approval is final.
    pub position: Position,
}

/// Where a level stands among those due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Another level follows.
    Earlier,
    /// Its approval makes the application approved.
    Last,
}

/// What the committee has before it.
#[derive(Debug, Clone, Copy)]
pub struct CommitteeFile<'a> {
    /// The analyses, oldest first.
    pub analyses: &'a [Analysis],
    /// The decisions so far, oldest first.
    pub decisions: &'a [Decision],
}

/// Why a person may not take a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unseated {
    SamePerson,
    LevelDecided,
    WrongLevel,
}

impl Seat<'_> {
    /// That a word which is meant for a level, if for any, is meant for this one.
    pub(crate) fn is_meant_by(&self, level: Option<Level>) -> Result<(), Unseated> {
        match level.map(|level| level.cmp(&self.level)) {
            None | Some(Ordering::Equal) => Ok(()),
            Some(Ordering::Less) => Err(Unseated::LevelDecided),
            Some(Ordering::Greater) => Err(Unseated::WrongLevel),
        }
    }
}

/// Seats a person, or tells why not: nobody decides twice, nor on what he entered or analysed
/// (except as [`FourEyes::Small`] allows), nor without a role of the level. Members have no login,
/// so nobody can be told to be the borrower himself.
pub(crate) fn seat(
    application: &Application,
    file: CommitteeFile<'_>,
    policy: &CommitteePolicy,
    due: Seat<'_>,
    (by, user): (&Actor, UserId),
) -> Result<Option<Relaxation>, Unseated> {
    let user = Some(user);
    let small = policy.four_eyes == FourEyes::Small;
    if file.decisions.iter().any(|decision| decision.content.decided_by == user) {
        return Err(Unseated::SamePerson);
    }
    let mut relaxation = None;
    if application.created_by == user {
        if !small || due.position == Position::Last {
            return Err(Unseated::SamePerson);
        }
        relaxation = Some(Relaxation::AuthorSits);
    }
    if file.analyses.iter().any(|analysis| analysis.content.analysed_by == user) {
        if !small || due.level != Level::FIRST {
            return Err(Unseated::SamePerson);
        }
        relaxation = Some(Relaxation::AnalystSits);
    }
    let sits_on = |roles: &[String]| roles.iter().any(|role| by.has_role(role));
    if sits_on(due.roles) {
        return Ok(relaxation);
    }
    // Whose level was decided meanwhile comes too late; whose is not due yet, too early.
    let levels = policy.levels_for(application.request.plafon);
    let is_late = levels.iter().take(file.decisions.len()).any(|roles| sits_on(roles));
    Err(if is_late { Unseated::LevelDecided } else { Unseated::WrongLevel })
}
