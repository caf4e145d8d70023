//! The recheck of a caller's right inside the transaction that moves money or decides.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Actor, AuthorityError, Permission};

use crate::SessionRepository;

/// How a caller stands at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// When his session was ended, if it was.
    pub session_ended_at: Option<DateTime<Utc>>,
    /// Switched on.
    pub is_active: bool,
    /// His present `authz_version`.
    pub authz_version: i64,
    /// He holds the permission through an active role.
    pub holds: bool,
}

/// Proves that session, user and right still stand: storage's `Authority::recheck` is this. The
/// system itself may do everything.
pub fn recheck<Tx: SessionRepository>(
    tx: &mut Tx,
    actor: &Actor,
    permission: Permission,
) -> Result<(), AuthorityError> {
    let Some(user) = actor.user_id else { return Ok(()) };
    let session = actor.origin.session_id.ok_or(AuthorityError::Revoked)?;
    let standing = tx.standing(user, session, permission)?.ok_or(AuthorityError::Revoked)?;
    standing.judge(actor.origin.authz_version, permission)
}

impl Standing {
    fn judge(self, token_version: i64, permission: Permission) -> Result<(), AuthorityError> {
        if self.session_ended_at.is_some() || !self.is_active || token_version < self.authz_version
        {
            return Err(AuthorityError::Revoked);
        }
        if self.holds { Ok(()) } else { Err(AuthorityError::Denied(permission)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_account_version_and_right_must_all_stand() {
        let good =
            Standing { session_ended_at: None, is_active: true, authz_version: 3, holds: true };
        let judge = |standing: Standing| standing.judge(3, Permission::DisburseLoan);
        assert!(judge(good).is_ok());
        assert!(matches!(judge(Standing { holds: false, ..good }), Err(AuthorityError::Denied(_))));
        for gone in [
            Standing { session_ended_at: DateTime::from_timestamp(0, 0), ..good },
            Standing { is_active: false, ..good },
            Standing { authz_version: 4, ..good },
        ] {
            assert!(matches!(judge(gone), Err(AuthorityError::Revoked)), "{gone:?}");
        }
    }
}
