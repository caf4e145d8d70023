//! Somebody steps back from deciding on an application.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, ApplicationId, AuditValue, AuthorityError, Faults, FieldFault, Moment, Permission,
    UserId, clean_text,
};

use super::{CommitteeFile, CommitteePolicy, Level, seat};
use crate::{Application, OriginationError};

/// A member of the committee who decides no more on an application, of his own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recusal {
    /// On what.
    pub application_id: ApplicationId,
    /// Who stepped back.
    pub user_id: UserId,
    /// The level that was due then.
    pub level: Level,
    /// Why: kinship, an interest of his own.
    pub reason: String,
    /// When.
    pub recused_at: DateTime<Utc>,
}

impl Recusal {
    /// Reads the reason that a recusal has to give.
    pub fn reason(text: Option<&str>) -> Result<String, Faults> {
        let mut faults = Faults::new();
        let given = text.ok_or_else(|| FieldFault::required("reason"));
        let reason = faults.take(given.and_then(|text| clean_text("reason", text, 500)));
        faults.finish(reason)
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("user_id", self.user_id.get())
            .with("level", self.level.get())
            .personal("reason", self.reason.as_str())
    }
}

impl Application {
    /// Takes somebody off the committee who could take the seat that is due.
    pub fn recuse(
        &self,
        file: CommitteeFile<'_>,
        policy: &CommitteePolicy,
        by: &Actor,
        reason: String,
        at: Moment,
    ) -> Result<Recusal, OriginationError> {
        let due = self.due(file.decisions, policy);
        let due = due.ok_or(OriginationError::NotWithCommittee(self.status))?;
        let denied = AuthorityError::Denied(Permission::ApproveApplication);
        let user_id = by.user_id.ok_or(denied)?;
        seat(self, file, policy, due, (by, user_id)).map_err(|why| why.refusal(due))?;
        let (application_id, level, recused_at) = (self.id, due.level, at.now);
        Ok(Recusal { application_id, user_id, level, reason, recused_at })
    }
}
