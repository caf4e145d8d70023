//! The people who work in the demonstration, each signed in once.

use std::collections::HashMap;

use pensipro_auth::{
    CreateUser, Digest, EndReason, NewSession, PasswordHash, RawDetails, RawUser, RefreshDigest,
    RoleRepository, SEED_ROLES, SessionRepository, create_user,
};
use pensipro_kernel::{Actor, Moment, Origin, Permission, SessionId};
use pensipro_persistence::Tx;

use crate::http::Problem;

/// The user names, the administrator's first.
pub const NAMES: &[&str] =
    &["admin", "sari", "agus", "nadia", "surya", "melati", "dharma", "fina", "audi"];

/// Who works here: user name, full name, role.
const PEOPLE: &[(&str, &str, &str)] = &[
    ("sari", "Sari Puspita", "SALES"),
    ("agus", "Agus Salim", "SUPERVISOR"),
    ("nadia", "Nadia Rahma", "ANALIS"),
    ("surya", "Surya Atmaja", "SPV"),
    ("melati", "Melati Kusuma", "MANAGER"),
    ("dharma", "Dharma Wijaya", "DIREKSI"),
    ("fina", "Fina Lestari", "FINANCE"),
    ("audi", "Audi Pranata", "AUDITOR"),
];

/// The staff, by role.
pub(super) struct Staff {
    by_role: HashMap<&'static str, Actor>,
}

impl Staff {
    /// Makes the users, with one password for all, and signs them in.
    pub(super) fn hire(
        tx: &mut Tx<'_>,
        password: &str,
        hash: &PasswordHash,
        at: Moment,
    ) -> Result<Self, Problem> {
        let mut by_role = HashMap::new();
        for (number, (username, full_name, role)) in (1_u8..).zip(PEOPLE) {
            let session = sign_in(tx, username, full_name, role, (password, hash), number, at)?;
            by_role.insert(*role, session);
        }
        Ok(Self { by_role })
    }

    /// Who holds a role.
    pub(super) fn of(&self, role: &str) -> &Actor {
        &self.by_role[role]
    }

    /// Ends the sessions.
    pub(super) fn sign_out(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        for actor in self.by_role.values() {
            let id = actor.origin.session_id.unwrap_or(SessionId::new(0));
            tx.end_session(id, EndReason::Logout)?;
        }
        Ok(())
    }
}

fn sign_in(
    tx: &mut Tx<'_>,
    username: &str,
    full_name: &str,
    role: &'static str,
    (password, hash): (&str, &PasswordHash),
    number: u8,
    at: Moment,
) -> Result<Actor, Problem> {
    let held = tx.role_named(role)?;
    let details = RawDetails {
        username: username.to_owned(),
        email: format!("{username}@koperasi.example"),
        full_name: full_name.to_owned(),
        ..RawDetails::default()
    };
    let role_ids = held.iter().map(|role| role.id.get()).collect();
    let raw = RawUser { details, password: password.to_owned(), role_ids };
    let user = create_user(tx, &Actor::system(), CreateUser::check(raw)?, hash.clone())?.user;
    let session = tx.add_session(&NewSession {
        user_id: user.id,
        refresh: RefreshDigest { family: Digest([number; 32]), once: Digest([number; 32]) },
        ip_address: None,
        device_info: Some("demo".to_owned()),
        created_at: at.now,
        expired_at: at.now,
    })?;
    let permissions: &[Permission] =
        SEED_ROLES.iter().find(|seed| seed.name == role).map_or(&[], |seed| seed.permissions);
    let origin = Origin {
        session_id: Some(session.id),
        authz_version: user.authz_version,
        ..Origin::default()
    };
    Ok(Actor {
        user_id: Some(user.id),
        roles: [role.to_owned()].into(),
        permissions: permissions.into(),
        scope: user.details.scope,
        origin,
    })
}
