//! A committee level decides; the application moves on, ends, or is approved.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, ApplicationId, AuditEntry, AuditValue, AuthorityError, ConditionId, DecisionId, Faults,
    FieldFault, Moment, Permission, UserId, clean_text, codes, read_code,
};

use crate::analysis::long_text;
use crate::committee::{MAX_LEVELS, seat};
use crate::{
    Application, ApplicationStatus, CommitteeFile, CommitteePolicy, IllegalTransition, Level,
    OriginationError, Position, Relaxation, Seat, Waiting,
};

codes! {
    /// What a level says.
    pub enum Verdict {
        /// Yes.
        Approve = "approve",
        /// No; that ends it.
        Reject = "reject",
        /// Yes, on conditions to be met before disbursement.
        Conditional = "conditional",
    }
}

/// A checked decision to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decide {
    /// The level that it is meant for; the one that is due, if none is named.
    pub level: Option<Level>,
    /// What is said.
    pub verdict: Verdict,
    /// The grounds; a rejection has some.
    pub notes: Option<String>,
    /// What has to be met; some for a conditional approval, none otherwise.
    pub conditions: Vec<String>,
}

/// The fields of a decision as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of Decide, unchecked")]
pub struct RawDecide {
    pub level: Option<i64>,
    pub decision: Option<String>,
    pub notes: Option<String>,
    pub conditions: Vec<String>,
}

/// What storage inserts of a decision. Decisions are never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDecision {
    /// On what.
    pub application_id: ApplicationId,
    /// At which level; one decision a level.
    pub level: Level,
    /// What was said.
    pub verdict: Verdict,
    /// The grounds.
    pub notes: Option<String>,
    /// Who decided.
    pub decided_by: Option<UserId>,
}

/// A decision as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// What was inserted.
    pub content: NewDecision,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// A condition that a level set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its id.
    pub id: ConditionId,
    /// On what.
    pub application_id: ApplicationId,
    /// Set by which decision.
    pub decision_id: DecisionId,
    /// What has to be met.
    pub text: String,
    /// Who found it met, and when; a disbursement needs all of them met.
    pub met: Option<Fulfilment>,
}

/// Who found a condition met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fulfilment {
    /// The user; `None` for the system.
    pub by: Option<UserId>,
    /// The moment.
    pub at: DateTime<Utc>,
    /// What he noted.
    pub notes: Option<String>,
}

/// What a decision comes to, to be stored in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The decision.
    pub decision: NewDecision,
    /// The conditions it sets.
    pub conditions: Vec<String>,
    /// The application after it: still with the committee, approved or rejected.
    pub application: Application,
    /// The seat was one that only small cooperatives allow.
    pub relaxation: Option<Relaxation>,
}

impl Decide {
    /// Checks the fields of a body.
    pub fn check(raw: RawDecide) -> Result<Self, Faults> {
        const MOST: usize = 20;
        let mut faults = Faults::new();
        let given = raw.decision.ok_or_else(|| FieldFault::required("decision"));
        let verdict = faults.take(given.and_then(|code| read_code("decision", &code)));
        let level = raw.level.map(|level| {
            let fault = || FieldFault::new("level", "out_of_range", "is 1 to 9");
            Level::new(level).filter(|level| level.get() <= MAX_LEVELS).ok_or_else(fault)
        });
        let level = faults.take(level.transpose());
        let notes = raw.notes.as_deref().map(str::trim).filter(|notes| !notes.is_empty());
        let notes = faults.take(notes.map(|notes| long_text("notes", notes)).transpose());
        let reasoned = verdict != Some(Verdict::Reject) || notes != Some(None);
        faults.require(reasoned, "notes", "required", "a rejection gives its grounds");
        let mut conditions = Vec::new();
        for (place, text) in raw.conditions.iter().enumerate() {
            conditions.extend(faults.take(clean_text(&format!("conditions[{place}]"), text, 500)));
        }
        let (fits, message) = match verdict {
            Some(Verdict::Conditional) => {
                ((1..=MOST).contains(&raw.conditions.len()), "are 1 to 20 for conditional")
            }
            _ => (raw.conditions.is_empty(), "belong to a conditional decision alone"),
        };
        faults.require(fits, "conditions", "not_applicable", message);
        let decide = || Some(Self { level: level?, verdict: verdict?, notes: notes?, conditions });
        faults.finish(decide())
    }

    /// The same, meant for the level that was due when it arrived, unless it names its level: of two
    /// who decide at once, the second is not taken for the next level's word.
    #[must_use]
    pub fn arrived_at(self, due: Option<Level>) -> Self {
        Self { level: self.level.or(due), ..self }
    }
}

impl Verdict {
    /// Where it leads from a level.
    const fn leads_to(self, position: Position) -> ApplicationStatus {
        match (self, position) {
            (Self::Reject, _) => ApplicationStatus::Rejected,
            (Self::Approve | Self::Conditional, Position::Last) => ApplicationStatus::Approved,
            (Self::Approve | Self::Conditional, Position::Earlier) => ApplicationStatus::Committee,
        }
    }
}

impl Application {
    /// The seat that is due, while the committee has the application.
    pub fn due<'a>(&self, decisions: &[Decision], policy: &'a CommitteePolicy) -> Option<Seat<'a>> {
        match self.status {
            ApplicationStatus::Committee => policy.due(self.subject(), decisions),
            _ => None,
        }
    }

    /// Decides at the level that is due. The level follows from the decisions so far; the caller
    /// holds `APPROVE_APPLICATION` and a role of that level, and has not entered, analysed or
    /// decided this application before.
    pub fn decide(
        &self,
        file: CommitteeFile<'_>,
        policy: &CommitteePolicy,
        by: &Actor,
        command: Decide,
        at: Moment,
    ) -> Result<Decided, OriginationError> {
        let illegal =
            IllegalTransition { from: self.status, to: command.verdict.leads_to(Position::Last) };
        let due = self.due(file.decisions, policy).ok_or(illegal)?;
        let denied = AuthorityError::Denied(Permission::ApproveApplication);
        let user = match by.user_id {
            Some(user) if by.may(Permission::ApproveApplication) => user,
            _ => return Err(denied.into()),
        };
        due.is_meant_by(command.level).map_err(|why| why.refusal(due))?;
        let relaxation =
            seat(self, file, policy, due, (by, user)).map_err(|why| why.refusal(due))?;
        let Decide { level: _, verdict, notes, conditions } = command;
        let application = match verdict.leads_to(due.position) {
            ApplicationStatus::Committee => Self {
                updated_at: at.now,
                waiting: Waiting::at_level(Level::after(file.decisions.len() + 1), at),
                ..self.clone()
            },
            ApplicationStatus::Rejected => {
                Self { reason: notes.clone(), ..self.moved(ApplicationStatus::Rejected, at)? }
            }
            to => self.moved(to, at)?,
        };
        let decided_by = Some(user);
        let decision =
            NewDecision { application_id: self.id, level: due.level, verdict, notes, decided_by };
        Ok(Decided { decision, conditions, application, relaxation })
    }
}

impl Decided {
    /// The entry of the audit trail, with the application as it was before.
    pub fn audit_entry(&self, before: &Application) -> AuditEntry {
        let view = self
            .application
            .audit_view()
            .with("level", self.decision.level.get())
            .with("decision", self.decision.verdict.code())
            .personal("notes", self.decision.notes.clone())
            .with("conditions", self.conditions.clone());
        let view = match self.relaxation {
            Some(relaxation) => view.with("four_eyes", relaxation.code()),
            None => view,
        };
        self.application.audit_entry("application.decide").was(before.audit_view()).is(view)
    }
}

impl Condition {
    /// The condition found met, unless it was before.
    pub fn fulfilled(
        &self,
        by: &Actor,
        notes: Option<String>,
        at: Moment,
    ) -> Result<Self, OriginationError> {
        match self.met {
            Some(_) => Err(OriginationError::ConditionMet),
            None => {
                let met = Fulfilment { by: by.user_id, at: at.now, notes };
                Ok(Self { met: Some(met), ..self.clone() })
            }
        }
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let notes = self.met.as_ref().and_then(|met| met.notes.clone());
        AuditValue::new()
            .with("text", self.text.as_str())
            .with("met", self.met.is_some())
            .personal("notes", notes)
    }
}
