//! Who read members' details.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{Actor, MemberId, StorageError};

use crate::{Tx, schema::access_logs, sql::batch_row};

/// A reading of a member's detail, to be noted beside the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Who read.
    pub actor: Actor,
    /// Whose detail.
    pub member_id: MemberId,
    /// What was read, as a stable verb: `member.read`.
    pub action: &'static str,
    /// When.
    pub at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = access_logs)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    user_id: Option<i64>,
    member_id: i64,
    action: &'static str,
    ip: Option<String>,
    request_id: Option<String>,
    created_at: NaiveDateTime,
}
batch_row!(NewRow => access_logs);

impl From<Access> for NewRow {
    fn from(access: Access) -> Self {
        let Access { actor, member_id, action, at } = access;
        Self {
            user_id: actor.user_id.map(|id| id.get()),
            member_id: member_id.get(),
            action,
            ip: actor.origin.ip.map(|ip| ip.to_string()),
            request_id: actor.origin.request_id.as_deref().map(str::to_owned),
            created_at: at.naive_utc(),
        }
    }
}

impl Tx<'_> {
    /// Notes readings, many at once.
    pub fn note_accesses(&mut self, accesses: Vec<Access>) -> Result<(), StorageError> {
        self.insert_all(accesses.into_iter().map(NewRow::from).collect())
    }
}
