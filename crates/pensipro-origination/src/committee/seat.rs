//! Who may take the seat that is due.

use std::cmp::Ordering;

use pensipro_kernel::{Actor, FourEyes, UserId, codes};

use super::{CommitteePolicy, Level, Recusal};
use crate::{Analysis, Application, Decision, OriginationError};

codes! {
    /// A seat that only [`FourEyes::Small`] allows.
    pub enum Relaxation {
        /// Who analysed the application sits at level 1.
        AnalystSits = "analyst_sits",
        /// Who entered the application sits before the last level.
        AuthorSits = "author_sits",
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
    /// Who stepped back.
    pub recusals: &'a [Recusal],
}

/// Why a person may not take a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unseated {
    SamePerson,
    Recused,
    LevelDecided,
    WrongLevel,
}

impl Unseated {
    /// What he is told, while that seat is due.
    pub(crate) fn refusal(self, due: Seat<'_>) -> OriginationError {
        match self {
            Self::SamePerson => OriginationError::SamePerson,
            Self::Recused => OriginationError::Recused,
            Self::LevelDecided => OriginationError::LevelDecided { due: due.level },
            Self::WrongLevel => {
                OriginationError::WrongLevel { level: due.level, roles: due.roles.to_vec() }
            }
        }
    }
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

/// Seats a person, or tells why not: nobody decides twice, nor after he stepped back, nor on what he entered or analysed
/// (except as [`FourEyes::Small`] allows), nor without a role of the level. Members have no login,
/// so nobody can be told to be the borrower himself.
pub(crate) fn seat(
    application: &Application,
    file: CommitteeFile<'_>,
    policy: &CommitteePolicy,
    due: Seat<'_>,
    (by, user): (&Actor, UserId),
) -> Result<Option<Relaxation>, Unseated> {
    if file.recusals.iter().any(|recusal| recusal.user_id == user) {
        return Err(Unseated::Recused);
    }
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
    let levels = policy.levels_for(application.subject());
    let is_late = levels.iter().take(file.decisions.len()).any(|roles| sits_on(roles));
    Err(if is_late { Unseated::LevelDecided } else { Unseated::WrongLevel })
}
