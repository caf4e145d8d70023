//! A session: one sign-in, kept alive by refresh tokens that work once.

use std::{fmt, net::IpAddr};

use chrono::{DateTime, TimeDelta, Utc};
use pensipro_kernel::{SessionId, UserId};

/// SHA-256 of a secret. Storage never holds the secret itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Digest(…)")
    }
}

/// What a refresh token proves: which session it is of, by a secret that stays the session's
/// (`family`), and which of its tokens, by a secret that changes each time (`once`). A token of the
/// right family that is not the present one was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshDigest {
    /// The session's.
    pub family: Digest,
    /// This token's.
    pub once: Digest,
}

/// How long sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// Without a refresh.
    pub idle: TimeDelta,
    /// In all.
    pub max: TimeDelta,
}

impl SessionLife {
    /// When a session that began then and was used last then ends by itself.
    pub fn ends(&self, began: DateTime<Utc>, used: DateTime<Utc>) -> DateTime<Utc> {
        let idle = used.checked_add_signed(self.idle).unwrap_or(used);
        let max = began.checked_add_signed(self.max).unwrap_or(began);
        idle.min(max)
    }
}

/// A session to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSession {
    /// Whose.
    pub user_id: UserId,
    /// Its first refresh token.
    pub refresh: RefreshDigest,
    /// Where it was opened from.
    pub ip_address: Option<IpAddr>,
    /// What the device calls itself.
    pub device_info: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expired_at: DateTime<Utc>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Id; the token's `sid`.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// The refresh token that works next.
    pub refresh: RefreshDigest,
    /// Where it was opened from.
    pub ip_address: Option<IpAddr>,
    /// What the device calls itself.
    pub device_info: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was refreshed last, at first when it was opened.
    pub last_used_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expired_at: DateTime<Utc>,
    /// When it was ended before that.
    pub ended_at: Option<DateTime<Utc>>,
}

/// Why a session was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// Its user signed out.
    Logout,
    /// A refresh token came a second time: somebody has a copy.
    Reuse,
    /// An administrator ended it.
    Forced,
    /// The password was changed.
    PasswordChanged,
}

impl EndReason {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Reuse => "reuse",
            Self::Forced => "forced",
            Self::PasswordChanged => "password_changed",
        }
    }
}

/// What a refresh token is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refreshed {
    /// The session goes on with the next token.
    Renewed(Session),
    /// It was used before: the session ends.
    Reused,
    /// The session is over.
    Over,
}

impl Session {
    /// True while it can be used.
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.expired_at
    }

    /// Judges a refresh token of this session's family and, if it is the present one, replaces it.
    pub(crate) fn renew(
        mut self,
        shown: Digest,
        next: Digest,
        life: SessionLife,
        now: DateTime<Utc>,
    ) -> Refreshed {
        if !self.is_live(now) {
            return Refreshed::Over;
        }
        if shown != self.refresh.once {
            return Refreshed::Reused;
        }
        self.refresh.once = next;
        self.last_used_at = now;
        self.expired_at = life.ends(self.created_at, now);
        Refreshed::Renewed(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: SessionLife = SessionLife { idle: TimeDelta::hours(16), max: TimeDelta::hours(24) };

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + hour * 3600, 0).unwrap()
    }

    fn digest(byte: u8) -> Digest {
        Digest([byte; 32])
    }

    fn session() -> Session {
        Session {
            id: SessionId::new(1),
            user_id: UserId::new(1),
            refresh: RefreshDigest { family: digest(0), once: digest(1) },
            ip_address: None,
            device_info: None,
            created_at: at(0),
            last_used_at: at(0),
            expired_at: LIFE.ends(at(0), at(0)),
            ended_at: None,
        }
    }

    #[test]
    fn a_token_works_once() {
        let Refreshed::Renewed(next) = session().renew(digest(1), digest(2), LIFE, at(1)) else {
            panic!("the present token must work");
        };
        assert_eq!(next.clone().renew(digest(1), digest(3), LIFE, at(2)), Refreshed::Reused);
        assert!(matches!(next.renew(digest(2), digest(3), LIFE, at(2)), Refreshed::Renewed(_)));
    }

    #[test]
    fn a_session_ends_by_idleness_and_by_age() {
        assert_eq!(session().renew(digest(1), digest(2), LIFE, at(16)), Refreshed::Over);
        let Refreshed::Renewed(used) = session().renew(digest(1), digest(2), LIFE, at(15)) else {
            panic!("fifteen hours are not too long");
        };
        assert_eq!(used.expired_at, at(24));
        assert_eq!(used.renew(digest(2), digest(3), LIFE, at(24)), Refreshed::Over);
    }
}
