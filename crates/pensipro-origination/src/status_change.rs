//! Setting a status by hand.

use pensipro_kernel::{Faults, FieldFault, Moment, clean_text, read_code};

use crate::{Application, ApplicationStatus, Decision, IllegalTransition, OriginationError};

/// A checked change of status by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusChange {
    /// The status asked for.
    pub to: ApplicationStatus,
    /// Why.
    pub reason: String,
}

impl StatusChange {
    /// Checks the fields of a body.
    pub fn check(status: Option<&str>, reason: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let given = status.ok_or_else(|| FieldFault::required("status"));
        let to = faults.take(given.and_then(|code| read_code("status", code)));
        let reason = faults.take(read_reason(reason));
        let change = || Some(Self { to: to?, reason: reason? });
        faults.finish(change())
    }
}

/// Reads the reason that a withdrawal or a step back has to give.
pub fn read_reason(reason: Option<&str>) -> Result<String, FieldFault> {
    clean_text("reason", reason.unwrap_or_default(), 500)
}

impl Application {
    /// The application sent back to the analyst, from a committee that has not begun, or to a
    /// draft, from the analyst. Other states name the endpoint that leads to them.
    pub fn sent_back(
        &self,
        to: ApplicationStatus,
        reason: String,
        decisions: &[Decision],
        at: Moment,
    ) -> Result<Self, OriginationError> {
        let step = IllegalTransition { from: self.status, to };
        if let Some(endpoint) = endpoint_to(to) {
            return Err(OriginationError::UseEndpoint { step, endpoint });
        }
        let back = matches!(
            (self.status, to),
            (ApplicationStatus::Committee, ApplicationStatus::Analyzing)
                | (ApplicationStatus::Analyzing, ApplicationStatus::Draft)
        );
        if !back || !decisions.is_empty() {
            return Err(step.into());
        }
        Ok(self.moved_because(to, reason, at)?)
    }
}

const fn endpoint_to(status: ApplicationStatus) -> Option<&'static str> {
    match status {
        ApplicationStatus::Submitted => Some("POST /applications/{id}/submit"),
        ApplicationStatus::Committee => Some("POST /applications/{id}/analyze"),
        ApplicationStatus::Approved | ApplicationStatus::Rejected => {
            Some("POST /applications/{id}/decide")
        }
        ApplicationStatus::Disbursed => Some("POST /loans/{id}/disbursements"),
        ApplicationStatus::Cancelled => Some("POST /applications/{id}/cancel"),
        ApplicationStatus::Draft | ApplicationStatus::Analyzing => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{application, at, decision};
    use pensipro_kernel::DomainError;

    fn send(from: ApplicationStatus, to: ApplicationStatus, decisions: &[Decision]) -> String {
        let application = crate::Application { status: from, ..application() };
        match application.sent_back(to, "lengkapi".into(), decisions, at()) {
            Ok(after) => after.status.to_string(),
            Err(error) => error.extensions().get("endpoint").map_or_else(
                || error.kind().code.to_owned(),
                |endpoint| endpoint.as_str().unwrap_or_default().to_owned(),
            ),
        }
    }

    #[test]
    fn two_steps_lead_back_and_the_others_name_their_endpoint() {
        use ApplicationStatus::{Analyzing, Cancelled, Committee, Draft};
        assert_eq!(send(Committee, Analyzing, &[]), "analyzing");
        assert_eq!(send(Analyzing, Draft, &[]), "draft");
        assert_eq!(send(Committee, Analyzing, &[decision(1, 7)]), "invalid_transition");
        assert_eq!(send(Committee, Draft, &[]), "invalid_transition");
        assert_eq!(send(Draft, Analyzing, &[]), "invalid_transition");
        assert_eq!(send(Cancelled, Draft, &[]), "invalid_transition");
        for (to, endpoint) in [
            ("submitted", "POST /applications/{id}/submit"),
            ("committee", "POST /applications/{id}/analyze"),
            ("approved", "POST /applications/{id}/decide"),
            ("rejected", "POST /applications/{id}/decide"),
            ("disbursed", "POST /loans/{id}/disbursements"),
        ] {
            assert_eq!(send(Analyzing, to.parse().unwrap(), &[]), endpoint);
        }
    }

    #[test]
    fn a_change_needs_a_status_and_a_reason() {
        assert_eq!(StatusChange::check(None, Some(" ")).unwrap_err().list().len(), 2);
        assert!(StatusChange::check(Some("draft"), Some("salah input")).is_ok());
    }
}
