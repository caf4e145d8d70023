//! A visit of a sales person to a member or to somebody who may become one.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use pensipro_kernel::{
    AuditValue, BranchId, Faults, FieldFault, MemberId, SalesId, UserId, VisitId, clean_text,
    codes, optional_text, read_code,
};

codes! {
    /// What a visit came to.
    pub enum VisitResult {
        /// Nobody was met.
        NotMet = "not_met",
        /// To be visited or called again.
        FollowUp = "follow_up",
        /// Wants a loan.
        Interested = "interested",
        /// Applied for one.
        Applied = "applied",
        /// Wants none.
        Declined = "declined",
    }
}

/// A visit as stored; it is never changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// Its id.
    pub id: VisitId,
    /// Whose visit it was.
    pub sales_id: SalesId,
    /// The branch that he worked for.
    pub branch_id: BranchId,
    /// What was entered.
    pub details: VisitDetails,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Who entered it.
    pub created_by: Option<UserId>,
}

/// What is stated of a visit, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitDetails {
    /// The day.
    pub visited_on: NaiveDate,
    /// Who was visited.
    pub visited: Visited,
    /// What it came to.
    pub result: VisitResult,
    /// What was said.
    pub notes: Option<String>,
    /// When something is to be done next; not before the visit.
    pub next_action_on: Option<NaiveDate>,
}

/// Who was visited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visited {
    /// A member.
    Member(MemberId),
    /// Somebody who is none yet, by name.
    Prospect(String),
}

/// The fields of a visit as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of VisitDetails, unchecked")]
pub struct RawVisit {
    pub visited_on: Option<NaiveDate>,
    pub member_id: Option<MemberId>,
    pub prospect_name: Option<String>,
    pub result: Option<String>,
    pub notes: Option<String>,
    pub next_action_on: Option<NaiveDate>,
}

/// Visits before this year are slips of the pen.
const EARLIEST_YEAR: i32 = 2000;

impl VisitDetails {
    /// Checks the fields, all at once; `today` is the business day.
    pub fn check(raw: RawVisit, today: NaiveDate) -> Result<Self, Faults> {
        let RawVisit { visited_on, member_id, prospect_name, result, notes, next_action_on } = raw;
        let mut faults = Faults::new();
        let visited_on = faults.take(visit_day(visited_on, today));
        let visited = faults.take(visited(member_id, prospect_name.as_deref()));
        let result = result.ok_or_else(|| FieldFault::required("result"));
        let result = faults.take(result.and_then(|code| read_code("result", &code)));
        let notes = faults.take(optional_text("notes", notes.as_deref(), 1_000));
        let follows = next_action_on.zip(visited_on).is_none_or(|(next, day)| next >= day);
        faults.require(follows, "next_action_on", "before_visit", "is not before the visit");
        let details = || {
            Some(Self {
                visited_on: visited_on?,
                visited: visited?,
                result: result?,
                notes: notes?,
                next_action_on,
            })
        };
        faults.finish(details())
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { visited_on, visited, result, notes, next_action_on } = self;
        let view = AuditValue::new()
            .text("visited_on", visited_on)
            .with("result", result.code())
            .personal("notes", notes.clone())
            .with("next_action_on", next_action_on.map(|day| day.to_string()));
        match visited {
            Visited::Member(id) => view.with("member_id", id.get()),
            Visited::Prospect(name) => view.personal("prospect_name", name.as_str()),
        }
    }
}

fn visit_day(day: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate, FieldFault> {
    let day = day.ok_or_else(|| FieldFault::required("visited_on"))?;
    if day > today {
        return Err(FieldFault::new("visited_on", "date_in_future", "is not after today"));
    }
    if day.year() < EARLIEST_YEAR {
        return Err(FieldFault::new("visited_on", "invalid_date", "is not before 2000"));
    }
    Ok(day)
}

fn visited(member: Option<MemberId>, prospect: Option<&str>) -> Result<Visited, FieldFault> {
    match (member, prospect) {
        (Some(member), None) => Ok(Visited::Member(member)),
        (None, Some(name)) => clean_text("prospect_name", name, 120).map(Visited::Prospect),
        (None, None) => {
            let message = "give a member_id or a prospect_name";
            Err(FieldFault::new("member_id", "required", message))
        }
        (Some(_), Some(_)) => {
            let message = "a visit is to a member or to a prospect, not to both";
            Err(FieldFault::new("prospect_name", "two_visited", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{raw_visit, today};

    #[test]
    fn a_visit_is_to_a_member_or_to_a_prospect() {
        let details = VisitDetails::check(raw_visit(), today()).unwrap();
        assert_eq!(details.visited, Visited::Prospect("Hartini".into()));
        let code = |raw| VisitDetails::check(raw, today()).unwrap_err().list()[0].code;
        let both = RawVisit { member_id: Some(MemberId::new(1)), ..raw_visit() };
        assert_eq!(code(both), "two_visited");
        assert_eq!(code(RawVisit { prospect_name: None, ..raw_visit() }), "required");
    }

    #[test]
    fn its_days_follow_each_other_and_today() {
        let code = |raw| VisitDetails::check(raw, today()).unwrap_err().list()[0].code;
        let tomorrow = today().succ_opt();
        assert_eq!(code(RawVisit { visited_on: tomorrow, ..raw_visit() }), "date_in_future");
        let next = RawVisit { next_action_on: today().pred_opt(), ..raw_visit() };
        assert_eq!(code(next), "before_visit");
        let long_ago = NaiveDate::from_ymd_opt(1999, 12, 31);
        assert_eq!(code(RawVisit { visited_on: long_ago, ..raw_visit() }), "invalid_date");
        assert_eq!(code(RawVisit { result: Some("maybe".into()), ..raw_visit() }), "unknown_value");
    }
}
