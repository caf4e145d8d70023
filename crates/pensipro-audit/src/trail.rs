//! Rows of the audit trail.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditId, AuditValue, UserId};
use serde_json::Value;

/// One row: who did what to which thing, and what it was before and after. Personal fields are
/// decrypted by storage, or absent where their member's key was destroyed.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// Id.
    pub id: AuditId,
    /// Who; `None` for the system itself.
    pub actor_id: Option<UserId>,
    /// A stable verb: `loan.disburse`.
    pub action: String,
    /// The table of the thing.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// The thing before.
    pub old_value: Option<Value>,
    /// The thing after.
    pub new_value: Option<Value>,
    /// Where the request came from.
    pub ip: Option<IpAddr>,
    /// The request.
    pub request_id: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Fields whose numbers are shown by their ends alone.
const NUMBERS_OF_PEOPLE: [&str; 2] = ["nik", "account_number"];

impl AuditRow {
    /// The row as a list shows it: of a NIK and of an account's number the first and the last four
    /// digits. Who may see a member sees them there, and leaves a reading.
    #[must_use]
    pub fn masked(mut self) -> Self {
        for side in [&mut self.old_value, &mut self.new_value].into_iter().flatten() {
            for field in NUMBERS_OF_PEOPLE {
                if let Some(Value::String(number)) = side.get_mut(field) {
                    *number = by_its_ends(number);
                }
            }
        }
        self
    }
}

/// `3173051708571234` as `3173********1234`; of a short number nothing is shown.
fn by_its_ends(number: &str) -> String {
    let count = number.chars().count();
    let shown = |place: usize| count > 8 && (place < 4 || place.saturating_add(4) >= count);
    let each = number.chars().enumerate();
    each.map(|(place, digit)| if shown(place) { digit } else { '*' }).collect()
}

/// Which rows a list holds. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// The table of the thing.
    pub ref_table: Option<String>,
    /// The thing's id.
    pub ref_id: Option<i64>,
    /// Who.
    pub actor_id: Option<UserId>,
    /// What was done.
    pub action: Option<String>,
    /// At this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Before this time.
    pub to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// What the trail keeps of it.
    pub fn audit_view(&self) -> AuditValue {
        let Self { ref_table, ref_id, actor_id, action, from, to } = self;
        AuditValue::new()
            .with("ref_table", ref_table.as_deref())
            .with("ref_id", *ref_id)
            .with("actor_id", actor_id.map(UserId::get))
            .with("action", action.as_deref())
            .with("from", from.map(|at| at.to_rfc3339()))
            .with("to", to.map(|at| at.to_rfc3339()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_are_shown_by_their_ends() {
        let told = ["3173051708571234", "009988776655443", "12345678", "", "é23456789"];
        let shown = ["3173********1234", "0099*******5443", "********", "", "é234*6789"];
        assert_eq!(told.map(by_its_ends), shown);
    }
}
