//! Signing in, staying in, signing out.
//!
//! A refused try changes things too (the count of failures, a session that ends): it is an answer,
//! not an error, so that the transaction that holds the change is not rolled back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Moment, Origin, Permission, SessionId, UserId,
};

use crate::{
    Account, AuthError, Claims, EndReason, ModuleRepository, NewSession, PasswordHash,
    PasswordHasher, RefreshDigest, RoleRepository, Session, SessionRepository, Settings, User,
    UserRepository, claims::Holdings, session::Refreshed,
};

/// A password that was compared, outside of any transaction, with the hash that an account had.
#[derive(Debug, Clone)]
pub struct CheckedPassword {
    account: Option<(UserId, PasswordHash)>,
    matches: bool,
    opens: bool,
    /// Its hash at the present cost, if the account's was made at another.
    renewed: Option<PasswordHash>,
}

impl CheckedPassword {
    /// True if it was the right one, of an account that was open then.
    pub fn opens(&self) -> bool {
        self.opens
    }
}

/// Compares a password with an account's: one comparison, whether or not there is such an account and
/// it may be used now. Only what opens an account is hashed once more.
pub fn check_password<H: PasswordHasher>(
    hasher: &H,
    account: Option<Account>,
    password: &str,
    now: DateTime<Utc>,
) -> CheckedPassword {
    let hash = account.as_ref().map(|account| &account.password_hash);
    let matches = hasher.matches(password, hash) && hash.is_some();
    let opened = account.as_ref().filter(|account| matches && account.is_open(now));
    let renewed = opened.and_then(|account| hasher.renewed(password, &account.password_hash));
    let opens = opened.is_some();
    let account = account.map(|account| (account.user.id, account.password_hash));
    CheckedPassword { account, matches, opens, renewed }
}

/// A try to sign in.
#[derive(Debug, Clone)]
pub struct LoginAttempt {
    /// What came of the password.
    pub password: CheckedPassword,
    /// What the device calls itself.
    pub device_info: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
    /// The tokens to be.
    pub seed: TokenSeed,
}

/// What chance gives to a pair of tokens.
#[derive(Debug, Clone)]
pub struct TokenSeed {
    /// The access token's id.
    pub jti: String,
    /// Digests of the refresh token.
    pub refresh: RefreshDigest,
}

/// A sign-in or a refresh that went well: the claims to be signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The access token's claims.
    pub claims: Claims,
    /// The session.
    pub session: Session,
}

/// Opens a session. `None`: refused (wrong password, unknown, locked or switched off), with the
/// failure counted.
pub fn login<Tx>(
    tx: &mut Tx,
    attempt: LoginAttempt,
    settings: &Settings,
    at: Moment,
) -> Result<Option<SignedIn>, AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + ModuleRepository + AuditLog,
{
    let LoginAttempt { password, device_info, origin, seed } = attempt;
    let Some(account) = admit(tx, &password, &origin, settings, at)? else { return Ok(None) };
    let id = account.user.id;
    if let Some(hash) = password.renewed {
        tx.save_password(id, &hash)?;
    }
    tx.save_login(id)?;
    let life = settings.session_life();
    let session = tx.add_session(&NewSession {
        user_id: id,
        refresh: seed.refresh,
        ip_address: origin.ip,
        device_info,
        created_at: at.now,
        expired_at: life.ends(at.now, at.now),
    })?;
    let signed_in = sign_in(tx, &account.user, session, seed.jti, settings, at)?;
    let actor = actor_of(&account.user, &signed_in.claims, origin);
    tx.audit(&actor, entry("auth.login", &signed_in.session))?;
    Ok(Some(signed_in))
}

/// The account, locked, that a compared password opens now; a wrong one is counted.
pub(crate) fn admit<Tx: UserRepository + AuditLog>(
    tx: &mut Tx,
    password: &CheckedPassword,
    origin: &Origin,
    settings: &Settings,
    at: Moment,
) -> Result<Option<Account>, AuthError> {
    let Some((id, compared)) = &password.account else { return Ok(None) };
    let account = tx.lock_account(*id)?;
    if !password.matches {
        fail(tx, &account, origin.clone(), settings, at)?;
        return Ok(None);
    }
    // The password may have been changed since it was compared.
    let opens = account.password_hash == *compared && account.is_open(at.now);
    Ok(opens.then_some(account))
}

/// Counts a wrong password and notes the lock that it may bring.
fn fail<Tx: UserRepository + AuditLog>(
    tx: &mut Tx,
    account: &Account,
    origin: Origin,
    settings: &Settings,
    at: Moment,
) -> Result<(), AuthError> {
    let lockout = account.lockout.after_failure(at.now, settings.max_login_attempts);
    if lockout == account.lockout {
        return Ok(());
    }
    tx.save_lockout(account.user.id, &lockout)?;
    if let Some(until) = lockout.locked_until.filter(|_| lockout.is_locked(at.now)) {
        let entry = AuditEntry::new("auth.lock", "sys_users", account.user.id.get())
            .is(AuditValue::new().with("locked_until", until.to_rfc3339()));
        tx.audit(&Actor { origin, ..Actor::system() }, entry)?;
    }
    Ok(())
}

/// Goes on with a session by its refresh token, which is replaced. `None`: refused; a token that
/// was used before has ended its session.
pub fn refresh<Tx>(
    tx: &mut Tx,
    shown: RefreshDigest,
    seed: TokenSeed,
    origin: Origin,
    settings: &Settings,
    at: Moment,
) -> Result<Option<SignedIn>, AuthError>
where
    Tx: UserRepository + RoleRepository + SessionRepository + ModuleRepository + AuditLog,
{
    let Some(session) = tx.lock_session(&shown.family)? else { return Ok(None) };
    let stored = session.clone();
    match session.renew(shown.once, seed.refresh.once, settings.session_life(), at.now) {
        Refreshed::Over => Ok(None),
        Refreshed::Reused => {
            tx.end_session(stored.id, EndReason::Reuse)?;
            tx.audit(&Actor { origin, ..Actor::system() }, entry("auth.refresh_reused", &stored))?;
            Ok(None)
        }
        Refreshed::Renewed(session) => {
            let user = tx.lock_account(session.user_id)?.user;
            if !user.is_active {
                return Ok(None);
            }
            tx.save_session(&session)?;
            sign_in(tx, &user, session, seed.jti, settings, at).map(Some)
        }
    }
}

/// Ends the caller's session.
pub fn logout<Tx: SessionRepository + AuditLog>(
    tx: &mut Tx,
    by: &Actor,
    session: SessionId,
) -> Result<(), AuthError> {
    tx.end_session(session, EndReason::Logout)?;
    let entry = AuditEntry::new("auth.logout", "sys_user_sessions", session.get());
    Ok(tx.audit(by, entry)?)
}

fn sign_in<Tx: RoleRepository + ModuleRepository>(
    tx: &mut Tx,
    user: &User,
    session: Session,
    jti: String,
    settings: &Settings,
    at: Moment,
) -> Result<SignedIn, AuthError> {
    let holdings = Holdings {
        roles: tx.roles_of(&[user.id])?.into_iter().map(|(_, role)| role.name).collect(),
        permissions: tx.permissions_of(&[user.id])?.into_iter().map(|(_, code)| code).collect(),
        modules: tx
            .modules()?
            .into_iter()
            .filter(|module| module.is_active)
            .map(|module| module.code)
            .collect(),
    };
    let life = settings.access_token_life();
    let claims = Claims::issue(user, holdings, &session, jti, life, at.now);
    Ok(SignedIn { claims, session })
}

/// The user who signs in, as the audit trail names him.
fn actor_of(user: &User, claims: &Claims, origin: Origin) -> Actor {
    let permissions: Vec<Permission> =
        claims.permissions.iter().filter_map(|code| code.parse().ok()).collect();
    Actor {
        user_id: Some(user.id),
        roles: Arc::from(claims.roles.clone()),
        permissions: Arc::from(permissions),
        scope: user.details.scope,
        origin: Origin { session_id: Some(claims.sid), ..origin },
    }
}

fn entry(action: &'static str, session: &Session) -> AuditEntry {
    AuditEntry::new(action, "sys_user_sessions", session.id.get())
        .is(AuditValue::new().with("user_id", session.user_id.get()))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use pensipro_kernel::{Scope, Version};

    use super::*;
    use crate::{Lockout, Password, UserDetails, Username};

    /// A hash is the password itself; what was asked of it is kept.
    #[derive(Default)]
    struct Counting(RefCell<Vec<&'static str>>);

    impl PasswordHasher for Counting {
        type Error = ();

        fn hash(&self, password: &Password) -> Result<PasswordHash, ()> {
            self.0.borrow_mut().push("hash");
            Ok(PasswordHash::new(password.reveal().to_owned()))
        }

        fn matches(&self, text: &str, hash: Option<&PasswordHash>) -> bool {
            self.0.borrow_mut().push("matches");
            hash.is_some_and(|hash| hash.as_str() == text)
        }

        fn renewed(&self, text: &str, _: &PasswordHash) -> Option<PasswordHash> {
            self.0.borrow_mut().push("renewed");
            Some(PasswordHash::new(text.to_owned()))
        }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap()
    }

    fn account(is_active: bool, locked_until: Option<DateTime<Utc>>) -> Option<Account> {
        let details = UserDetails {
            username: Username::from_stored("budi".into()),
            email: "budi@example.com".into(),
            full_name: "Budi".into(),
            phone: None,
            scope: Scope::WholeHouse,
        };
        let user = User {
            id: UserId::new(1),
            details,
            is_active,
            authz_version: 1,
            last_login_at: None,
            created_at: now(),
            updated_at: now(),
            version: Version::FIRST,
        };
        let lockout = Lockout { failed_attempts: 0, locked_until };
        Some(Account { user, password_hash: PasswordHash::new("right".into()), lockout })
    }

    #[test]
    fn whoever_is_refused_costs_one_comparison_and_nothing_else() {
        let locked = now().checked_add_signed(Lockout::LASTS);
        for (what, account, password) in [
            ("unknown", None, "right"),
            ("wrong", account(true, None), "wrong"),
            ("locked, wrong", account(true, locked), "wrong"),
            ("locked, right", account(true, locked), "right"),
            ("switched off, right", account(false, None), "right"),
        ] {
            let hasher = Counting::default();
            assert!(!check_password(&hasher, account, password, now()).opens());
            assert_eq!(*hasher.0.borrow(), ["matches"], "{what}");
        }
    }

    #[test]
    fn what_opens_an_account_is_hashed_anew_where_its_cost_has_changed() {
        let hasher = Counting::default();
        let checked = check_password(&hasher, account(true, Some(now())), "right", now());
        assert!(checked.opens() && checked.renewed.is_some());
        assert_eq!(*hasher.0.borrow(), ["matches", "renewed"]);
    }
}
