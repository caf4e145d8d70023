//! Bodies of the logs.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use pensipro_audit::{
    AccessFilter, AccessRow, AuditFilter, AuditRow, ExceptionFilter, ExceptionRow, Severity,
    seal::{Head, Part, Place, Proof, Request, TrailFault},
};
use pensipro_kernel::{AuditId, MemberId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::when::When;
use crate::http::ListFormat;

/// A row of the audit trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditBody {
    /// Rises with time, roughly.
    pub id: i64,
    /// The user; `null` for the system itself.
    pub actor_id: Option<i64>,
    /// A stable verb: `loan.disburse`.
    pub action: String,
    /// The table of the thing.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// The thing before.
    #[schema(value_type = Option<Object>)]
    pub old_value: Option<Value>,
    /// The thing after.
    #[schema(value_type = Option<Object>)]
    pub new_value: Option<Value>,
    /// The caller's address.
    pub ip: Option<String>,
    /// The request.
    pub request_id: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<AuditRow> for AuditBody {
    fn from(row: AuditRow) -> Self {
        let AuditRow {
            id,
            actor_id,
            action,
            ref_table,
            ref_id,
            old_value,
            new_value,
            ip,
            request_id,
            created_at,
        } = row;
        Self {
            id: id.get(),
            actor_id: actor_id.map(UserId::get),
            action,
            ref_table,
            ref_id,
            old_value,
            new_value,
            ip: ip.map(|ip| ip.to_string()),
            request_id,
            created_at,
        }
    }
}

/// How an exception was settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveBody {
    /// On one line.
    #[schema(value_type = String, example = "Baris dicocokkan dengan tangan")]
    pub note: Option<String>,
}

/// Filters of the audit trail.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// The table of the thing.
    ref_table: Option<String>,
    /// The thing's id.
    ref_id: Option<i64>,
    /// The user.
    actor_id: Option<i64>,
    /// What was done.
    action: Option<String>,
    /// At this time or later: a timestamp, or a date.
    #[param(value_type = Option<String>)]
    from: Option<When>,
    /// Before this time.
    #[param(value_type = Option<String>)]
    to: Option<When>,
    /// `json`, or `csv` or `xlsx` for everything that is found, as a file.
    #[serde(default)]
    #[param(inline)]
    pub format: ListFormat,
}

impl From<AuditQuery> for AuditFilter {
    fn from(query: AuditQuery) -> Self {
        let AuditQuery { ref_table, ref_id, actor_id, action, from, to, format: _ } = query;
        Self {
            ref_table,
            ref_id,
            actor_id: actor_id.map(UserId::new),
            action,
            from: from.map(Into::into),
            to: to.map(Into::into),
        }
    }
}

/// What of the trail is proved.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ProofQuery {
    /// A head that was kept elsewhere: a seal's number and root, `12:9f86d081…`. The chain must hold it.
    #[param(value_type = Option<String>)]
    head: Option<Text<Head>>,
    /// From this seal.
    from: Option<i64>,
    /// To this seal. Without it to the last, and rows that were never sealed are looked for too.
    to: Option<i64>,
    /// `next_cursor` of the answer before; the other parameters stay the same.
    #[param(value_type = Option<String>)]
    cursor: Option<Text<Place>>,
}

/// A value that is written as a text.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String", bound = "T: FromStr, T::Err: fmt::Display")]
struct Text<T>(T);

impl<T: FromStr> TryFrom<String> for Text<T> {
    type Error = T::Err;

    fn try_from(text: String) -> Result<Self, T::Err> {
        text.parse().map(Self)
    }
}

impl From<ProofQuery> for Request {
    fn from(ProofQuery { head, from, to, cursor }: ProofQuery) -> Self {
        Self {
            part: Part { from, to },
            head: head.map(|head| head.0),
            place: cursor.map(|place| place.0),
        }
    }
}

/// What was proved of the trail.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProofBody {
    /// True if nothing was found in this stretch. The trail is proved once no cursor is left.
    pub ok: bool,
    /// Rows of this stretch that are as they were sealed.
    pub rows: u64,
    /// Seals of this stretch.
    pub seals: u64,
    /// The newest seal's number and root; keep it elsewhere. `null` while nothing is sealed.
    #[schema(value_type = Option<String>, example = "12:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub head: Option<String>,
    /// What was found first.
    pub first_fault: Option<FaultBody>,
    /// Where to go on; `null` at the end.
    pub next_cursor: Option<String>,
}

/// What is not as it was sealed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FaultBody {
    /// `altered`, `swapped`, `missing`, `inserted`, `unsealed` (of a row), `entry_missing`,
    /// `entry_added`, `seal_altered`, `chain_broken`, `tail_cut` or `head_differs` (of a seal).
    pub kind: &'static str,
    /// The row.
    pub id: Option<i64>,
    /// The row that it was swapped with.
    pub other_id: Option<i64>,
    /// The seal.
    pub seal_no: Option<i64>,
    /// In words.
    pub detail: String,
}

impl From<TrailFault> for FaultBody {
    fn from(fault: TrailFault) -> Self {
        Self {
            kind: fault.kind(),
            id: fault.row().map(AuditId::get),
            other_id: fault.other_row().map(AuditId::get),
            seal_no: fault.seal(),
            detail: fault.to_string(),
        }
    }
}

impl ProofBody {
    /// A stretch of a proof, and the newest seal.
    pub fn new(proof: &Proof, head: Option<Head>) -> Self {
        let fault = proof.fault();
        let place = proof.place().filter(|_| fault.is_none());
        Self {
            ok: fault.is_none(),
            rows: proof.rows,
            seals: proof.seals,
            head: head.map(|head| head.to_string()),
            first_fault: fault.map(FaultBody::from),
            next_cursor: place.map(|place| place.to_string()),
        }
    }
}

/// Something that went wrong.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExceptionBody {
    /// Id.
    pub id: i64,
    /// `info`, `warning`, `error` or `critical`.
    pub severity: &'static str,
    /// What part of the system.
    pub source: String,
    /// What happened.
    pub message: String,
    /// Ids and figures.
    #[schema(value_type = Object)]
    pub payload: Value,
    /// The request in which it happened.
    pub request_id: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Who settled it.
    pub resolved_by: Option<i64>,
    /// When it was settled.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How.
    pub note: Option<String>,
}

impl From<ExceptionRow> for ExceptionBody {
    fn from(row: ExceptionRow) -> Self {
        let ExceptionRow {
            id,
            severity,
            source,
            message,
            payload,
            request_id,
            created_at,
            resolved_by,
            resolved_at,
            note,
        } = row;
        Self {
            id: id.get(),
            severity: severity.code(),
            source,
            message,
            payload,
            request_id,
            created_at,
            resolved_by: resolved_by.map(UserId::get),
            resolved_at,
            note,
        }
    }
}

/// Filters of the exceptions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ExceptionQuery {
    /// How bad it is.
    #[param(inline)]
    severity: Option<SeverityCode>,
    /// What part of the system.
    source: Option<String>,
    /// Settled ones, or open ones.
    resolved: Option<bool>,
    /// At this time or later: a timestamp, or a date.
    #[param(value_type = Option<String>)]
    from: Option<When>,
    /// Before this time.
    #[param(value_type = Option<String>)]
    to: Option<When>,
    /// `json`, or `csv` or `xlsx` for everything that is found, as a file.
    #[serde(default)]
    #[param(inline)]
    pub format: ListFormat,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SeverityCode {
    Info,
    Warning,
    Error,
    Critical,
}

impl From<SeverityCode> for Severity {
    fn from(code: SeverityCode) -> Self {
        match code {
            SeverityCode::Info => Self::Info,
            SeverityCode::Warning => Self::Warning,
            SeverityCode::Error => Self::Error,
            SeverityCode::Critical => Self::Critical,
        }
    }
}

impl From<ExceptionQuery> for ExceptionFilter {
    fn from(query: ExceptionQuery) -> Self {
        let ExceptionQuery { severity, source, resolved, from, to, format: _ } = query;
        Self {
            severity: severity.map(Into::into),
            source,
            resolved,
            from: from.map(Into::into),
            to: to.map(Into::into),
        }
    }
}

/// A reading of a member's detail.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessBody {
    /// Rises with time, roughly.
    pub id: i64,
    /// Who read; `null` for the system itself.
    pub user_id: Option<i64>,
    /// Whose detail.
    pub member_id: i64,
    /// What was read, as a stable verb: `member.read`.
    pub action: String,
    /// The reader's address.
    pub ip: Option<String>,
    /// The request.
    pub request_id: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

impl From<AccessRow> for AccessBody {
    fn from(row: AccessRow) -> Self {
        let AccessRow { id, user_id, member_id, action, ip, request_id, at } = row;
        Self {
            id,
            user_id: user_id.map(UserId::get),
            member_id: member_id.get(),
            action,
            ip: ip.map(|ip| ip.to_string()),
            request_id,
            created_at: at,
        }
    }
}

/// Filters of the readings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AccessQuery {
    /// Of this member.
    member_id: Option<i64>,
    /// By this user.
    user_id: Option<i64>,
    /// At this time or later: a timestamp, or a date.
    #[param(value_type = Option<String>)]
    from: Option<When>,
    /// Before this time.
    #[param(value_type = Option<String>)]
    to: Option<When>,
    /// `json`, or `csv` or `xlsx` for everything that is found, as a file.
    #[serde(default)]
    #[param(inline)]
    pub format: ListFormat,
}

impl From<AccessQuery> for AccessFilter {
    fn from(query: AccessQuery) -> Self {
        let AccessQuery { member_id, user_id, from, to, format: _ } = query;
        Self {
            member_id: member_id.map(MemberId::new),
            user_id: user_id.map(UserId::new),
            from: from.map(Into::into),
            to: to.map(Into::into),
        }
    }
}
