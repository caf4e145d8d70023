//! Visits.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{Faults, MemberId, Period, UserId, optional_text};
use pensipro_sales::{RawVisit, Visit, VisitDetails, VisitFilter, VisitResult, Visited};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A visit to be recorded: to a member, or to somebody who is none yet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVisitBody {
    /// The day, not after today.
    #[schema(value_type = String, format = Date)]
    visited_on: Option<NaiveDate>,
    /// The member visited.
    member_id: Option<i64>,
    /// The name of who was visited, where he is no member.
    prospect_name: Option<String>,
    /// `not_met`, `follow_up`, `interested`, `applied` or `declined`.
    #[schema(value_type = String, example = "interested")]
    result: Option<String>,
    /// What was said.
    notes: Option<String>,
    /// When something is to be done next; not before the visit.
    next_action_on: Option<NaiveDate>,
}

impl From<NewVisitBody> for RawVisit {
    fn from(body: NewVisitBody) -> Self {
        let NewVisitBody { visited_on, member_id, prospect_name, result, notes, next_action_on } =
            body;
        let member_id = member_id.map(MemberId::new);
        Self { visited_on, member_id, prospect_name, result, notes, next_action_on }
    }
}

/// A visit.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct VisitBody {
    pub id: i64,
    pub sales_id: i64,
    /// The branch that the sales person worked for.
    pub branch_id: i64,
    pub visited_on: NaiveDate,
    pub member_id: Option<i64>,
    pub prospect_name: Option<String>,
    /// `not_met`, `follow_up`, `interested`, `applied` or `declined`
    pub result: &'static str,
    pub notes: Option<String>,
    pub next_action_on: Option<NaiveDate>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<Visit> for VisitBody {
    fn from(visit: Visit) -> Self {
        let Visit { id, sales_id, branch_id, details, created_at, created_by } = visit;
        let VisitDetails { visited_on, visited, result, notes, next_action_on } = details;
        let (member_id, prospect_name) = match visited {
            Visited::Member(member) => (Some(member.get()), None),
            Visited::Prospect(name) => (None, Some(name)),
        };
        Self {
            id: id.get(),
            sales_id: sales_id.get(),
            branch_id: branch_id.get(),
            visited_on,
            member_id,
            prospect_name,
            result: result.code(),
            notes,
            next_action_on,
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

/// Filters of a sales person's visits.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct VisitQuery {
    /// Of this month, `YYYY-MM`.
    #[param(value_type = Option<String>)]
    periode: Option<Period>,
    /// That came to this.
    #[param(value_type = Option<String>)]
    result: Option<VisitResult>,
    /// To this member.
    #[param(value_type = Option<i64>)]
    member_id: Option<MemberId>,
    /// Part of the member's or prospect's name.
    q: Option<String>,
}

impl TryFrom<VisitQuery> for VisitFilter {
    type Error = Faults;

    fn try_from(query: VisitQuery) -> Result<Self, Faults> {
        let VisitQuery { periode, result, member_id, q } = query;
        let mut faults = Faults::new();
        let q = faults.take(optional_text("q", q.as_deref(), 100));
        faults.finish(q.map(|q| Self { periode, result, member_id, q }))
    }
}
