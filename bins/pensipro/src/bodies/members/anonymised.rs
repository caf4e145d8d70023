//! A member of whom nothing is held any more.

use chrono::{DateTime, Utc};
use pensipro_kernel::MemberId;
use pensipro_members::usecases::Destroyed;
use serde::Serialize;
use utoipa::ToSchema;

/// A member who was anonymised.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnonymisedBody {
    /// His id, which stays in the books.
    pub id: i64,
    /// When his key was destroyed.
    pub anonymised_at: DateTime<Utc>,
    /// How many stored files of his were given up.
    pub files: usize,
}

impl AnonymisedBody {
    /// What was destroyed, and when.
    pub fn of(member: MemberId, destroyed: Destroyed, at: DateTime<Utc>) -> Self {
        let Destroyed { files } = destroyed;
        Self { id: member.get(), anonymised_at: at, files }
    }
}
