//! Users, roles, sessions and rights.

use std::sync::Arc;

use chrono::TimeDelta;
use pensipro_auth::{
    ADMIN, CONFIGURATION, Configuration, ConfigurationRepository, Digest, EndReason, FirstAdmin,
    Lockout, Module, ModuleCode, ModuleRepository, NewPermission, NewRole, NewSession, NewUser,
    PasswordHash, RefreshDigest, Role, RoleFilter, RoleRepository, RoleSort, SEED_ROLES, Session,
    SessionRepository, User, UserDetails, UserFilter, UserRepository, UserSort, Username,
    bootstrap,
};
use pensipro_kernel::{
    Actor, Authority, AuthorityError, BranchId, FunderId, Origin, PageRequest, Permission, RoleId,
    Scope, StorageError, UserId,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};

use crate::fixtures::{add_branch, read, write};

fn new_user(name: &str) -> NewUser {
    let details = UserDetails {
        username: Username::from_stored(name.into()),
        email: format!("{name}@example.id"),
        full_name: format!("Ibu {name}"),
        phone: None,
        scope: Scope::default(),
    };
    NewUser { details, password_hash: PasswordHash::new("$2b$12$x".into()) }
}

fn new_role(name: &str) -> NewRole {
    NewRole { name: name.into(), description: None }
}

fn add_role(database: &TestDatabase, name: &str) -> Role {
    write(database, |tx| tx.add_role(&new_role(name), None))
}

fn add_user(database: &TestDatabase, name: &str) -> User {
    write(database, |tx| tx.add_user(&new_user(name), None))
}

fn digest(byte: u8) -> Digest {
    Digest([byte; 32])
}

fn add_session(database: &TestDatabase, user: UserId, byte: u8) -> Session {
    write(database, |tx| {
        let now = tx.moment().now;
        tx.add_session(&NewSession {
            user_id: user,
            refresh: RefreshDigest { family: digest(byte), once: digest(byte + 1) },
            ip_address: "2001:db8::1".parse().ok(),
            device_info: Some("Firefox".into()),
            created_at: now,
            expired_at: now + TimeDelta::hours(16),
        })
    })
}

#[test]
fn a_start_adds_what_is_missing_and_nothing_twice() {
    on_each_backend(|database| {
        let admin = FirstAdmin { password_hash: PasswordHash::new("hash".into()) };
        let first = write(database, |tx| bootstrap(tx, Some(admin.clone())));
        let again = write(database, |tx| bootstrap(tx, Some(admin.clone())));
        assert_eq!((first.is_some(), again), (true, None));
        let admin = first.unwrap();
        assert_eq!(read(database, |tx| tx.permissions()).len(), Permission::ALL.len());
        assert_eq!(read(database, |tx| tx.modules()).len(), ModuleCode::ALL.len());
        assert_eq!(read(database, |tx| tx.configurations()).len(), CONFIGURATION.len());
        let roles = read(database, |tx| tx.roles(&RoleFilter::default(), &PageRequest::default()));
        assert_eq!(roles.data.len(), SEED_ROLES.len());
        let held = read(database, |tx| tx.permissions_of(&[admin]));
        assert_eq!(held.len(), Permission::ALL.len());
        assert!(held.is_sorted());
        assert!(read(database, |tx| tx.users_exist()));
    });
}

#[test]
fn names_and_addresses_are_unique() {
    on_each_backend(|database| {
        let siti = add_user(database, "siti");
        let name = Username::from_stored("siti".into());
        let account = read(database, |tx| tx.account_named(&name)).unwrap();
        assert_eq!((account.user, account.lockout), (siti.clone(), Lockout::default()));
        assert_eq!(read(database, |tx| tx.user_with_email("siti@example.id")), Some(siti.id));
        let mut named = new_user("siti");
        named.details.email = "other@example.id".into();
        let mut addressed = new_user("budi");
        addressed.details.email = "siti@example.id".into();
        for (new, constraint) in
            [(named, "sys_users_username_key"), (addressed, "sys_users_email_key")]
        {
            match database.store().write("again", |tx| tx.add_user(&new, None)) {
                Err(StorageError::Duplicate { constraint: named }) => assert_eq!(named, constraint),
                other => panic!("{other:?}"),
            }
        }
    });
}

#[test]
fn users_are_seen_within_the_scope() {
    on_each_backend(|database| {
        add_branch(database, 1);
        let scope = Scope::Branch(BranchId::new(1));
        let mut mine = new_user("siti");
        mine.details.scope = scope;
        let mine = write(database, |tx| tx.add_user(&mine, None));
        let other = add_user(database, "budi");
        assert_eq!(read(database, |tx| tx.user(mine.id, scope)), mine);
        let hidden = database.store().read(|tx| tx.user(other.id, scope));
        assert!(matches!(hidden, Err(StorageError::NotFound { .. })));
        let list = |scope| {
            let page = PageRequest { count: true, ..PageRequest::default() };
            let users = read(database, |tx| tx.users(&UserFilter::default(), &page, scope));
            (users.data.len(), users.total)
        };
        assert_eq!((list(scope), list(Scope::default())), ((1, Some(1)), (2, Some(2))));
        assert!(read(database, |tx| UserRepository::branch_exists(tx, BranchId::new(1))));
        assert!(!read(database, |tx| tx.funder_exists(FunderId::new(1))));
    });
}

#[test]
fn users_are_listed_by_filter_and_order() {
    on_each_backend(|database| {
        let sales = add_role(database, "SALES").id;
        for name in ["cici", "agus", "budi"] {
            let user = add_user(database, name);
            if name != "agus" {
                write(database, |tx| tx.add_user_role(user.id, sales, None));
            }
        }
        let names = |filter: UserFilter| {
            let mut page = PageRequest { limit: 2, ..PageRequest::default() };
            let mut names = Vec::new();
            loop {
                let part = read(database, |tx| tx.users(&filter, &page, Scope::default()));
                names
                    .extend(part.data.iter().map(|user| user.details.username.as_str().to_owned()));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => return names.join(" "),
                }
            }
        };
        let sorted = |sort| names(UserFilter { sort, ..UserFilter::default() });
        assert_eq!(sorted(UserSort::Id), "cici agus budi");
        assert_eq!(sorted(UserSort::Username), "agus budi cici");
        assert_eq!(sorted(UserSort::CreatedAtDesc), "budi agus cici");
        let role = Some("SALES".to_owned());
        assert_eq!(names(UserFilter { role, ..UserFilter::default() }), "cici budi");
        let q = |q: &str| names(UserFilter { q: Some(q.into()), ..UserFilter::default() });
        assert_eq!((q("IBU b"), q("%")), ("budi".into(), String::new()));
    });
}

#[test]
fn failures_and_successes_are_counted() {
    on_each_backend(|database| {
        let id = add_user(database, "siti").id;
        let now = read(database, |tx| Ok(tx.moment().now));
        let lockout =
            Lockout { failed_attempts: 3, locked_until: Some(now + TimeDelta::minutes(15)) };
        write(database, |tx| tx.save_lockout(id, &lockout));
        assert_eq!(write(database, |tx| tx.lock_account(id)).lockout, lockout);
        write(database, |tx| tx.save_login(id));
        let account = write(database, |tx| tx.lock_account(id));
        assert_eq!(account.lockout, Lockout::default());
        assert_eq!(account.user.last_login_at, Some(now));
    });
}

#[test]
fn what_is_stated_of_a_user_is_changed_as_a_whole() {
    on_each_backend(|database| {
        add_branch(database, 1);
        let mut user = add_user(database, "siti");
        user.details.phone = "081234567890".parse().ok();
        user.details.scope = Scope::Branch(BranchId::new(1));
        user.is_active = false;
        database.clock().pass(TimeDelta::seconds(1));
        write(database, |tx| tx.save_user(&user));
        let saved = read(database, |tx| tx.user(user.id, Scope::default()));
        assert_eq!((&saved.details, saved.is_active), (&user.details, false));
        assert_eq!(saved.version, user.version.next());
        assert!(saved.updated_at > user.updated_at);
        let cleared =
            UserDetails { phone: None, scope: Scope::WholeHouse, ..saved.details.clone() };
        let cleared = User { details: cleared, ..saved };
        write(database, |tx| tx.save_user(&cleared));
        assert_eq!(
            read(database, |tx| tx.user(user.id, Scope::default())).details,
            cleared.details
        );
        let hash = PasswordHash::new("$2b$12$y".into());
        write(database, |tx| tx.save_password(user.id, &hash));
        assert_eq!(read(database, |tx| tx.account(user.id)).password_hash, hash);
    });
}

#[test]
fn switched_off_roles_give_nothing() {
    on_each_backend(|database| {
        let user = add_user(database, "siti").id;
        let (role, permission) = write(database, |tx| {
            let role = tx.add_role(&new_role("Kasir"), None)?;
            let new = NewPermission { code: "RECORD_PAYMENT".into(), description: None };
            let permission = tx.add_permission(&new)?;
            tx.grant(role.id, &[permission.id, permission.id])?;
            assert!(tx.add_user_role(user, role.id, None)?);
            assert!(!tx.add_user_role(user, role.id, None)?);
            Ok((role, permission))
        });
        let held = || {
            let roles = read(database, |tx| tx.roles_of(&[user]));
            let permissions = read(database, |tx| tx.permissions_of(&[user]));
            (roles.len(), permissions.len())
        };
        assert_eq!(held(), (1, 1));
        write(database, |tx| tx.save_role(&Role { is_active: false, ..role.clone() }));
        assert_eq!(held(), (0, 0));
        let off = read(database, |tx| tx.role_named("KASIR")).unwrap();
        assert_eq!((off.id, off.is_active, off.version), (role.id, false, role.version.next()));
        assert_eq!(read(database, |tx| tx.role(role.id)), off);
        let granted = read(database, |tx| tx.permissions_in(&[role.id]));
        assert_eq!(granted, std::slice::from_ref(&permission));
        assert_eq!(read(database, |tx| tx.permission(permission.id)), permission);
        assert!(write(database, |tx| tx.revoke(role.id, permission.id)));
        assert!(!write(database, |tx| tx.revoke(role.id, permission.id)));
        assert!(write(database, |tx| tx.remove_user_role(user, role.id)));
        assert!(!write(database, |tx| tx.remove_user_role(user, role.id)));
        let none = database.store().read(|tx| tx.role(RoleId::new(99)));
        assert!(matches!(none, Err(StorageError::NotFound { .. })));
    });
}

#[test]
fn an_administrator_is_active_and_of_the_whole_house() {
    on_each_backend(|database| {
        add_branch(database, 1);
        let is_left = || read(database, |tx| tx.an_administrator_is_left());
        let user = add_user(database, "siti");
        let (admin, other) = (add_role(database, ADMIN), add_role(database, "OTHER"));
        write(database, |tx| tx.add_user_role(user.id, other.id, None));
        assert!(!is_left());
        write(database, |tx| tx.add_user_role(user.id, admin.id, None));
        assert!(is_left());
        write(database, |tx| tx.save_user(&User { is_active: false, ..user.clone() }));
        assert!(!is_left());
        let scope = Scope::Branch(BranchId::new(1));
        let details = UserDetails { scope, ..user.details.clone() };
        let tied = User { details, ..user.clone() };
        write(database, |tx| tx.save_user(&tied));
        assert!(!is_left());
    });
}

#[test]
fn tokens_of_a_roles_holders_are_void_and_of_no_others() {
    on_each_backend(|database| {
        let (holder, other) = (add_user(database, "siti").id, add_user(database, "budi").id);
        let role = add_role(database, "Kasir").id;
        write(database, |tx| tx.add_user_role(holder, role, None));
        write(database, |tx| tx.raise_authz_version_of_holders(role));
        let versions = [holder, other]
            .map(|id| read(database, |tx| tx.user(id, Scope::default())).authz_version);
        assert_eq!(versions, [2, 1]);
    });
}

#[test]
fn modules_and_values_are_kept_with_their_versions() {
    on_each_backend(|database| {
        write(database, |tx| bootstrap(tx, None));
        let module = read(database, |tx| tx.modules()).remove(0);
        assert_eq!(write(database, |tx| tx.lock_module(module.id)), module);
        let off = Module { is_active: false, ..module.clone() };
        let saved = write(database, |tx| tx.save_module(&off));
        assert_eq!(saved, Module { version: module.version.next(), ..off });
        assert_eq!(read(database, |tx| tx.module(module.id)), saved);

        let value = read(database, |tx| tx.configurations()).remove(0);
        assert_eq!(write(database, |tx| tx.lock_configuration(value.id)), value);
        let other = Configuration { value: "7".into(), ..value.clone() };
        let saved = write(database, |tx| tx.save_configuration(&other, None));
        assert_eq!(saved, Configuration { version: value.version.next(), ..other });
        assert_eq!(read(database, |tx| tx.configuration(value.id)), saved);
    });
}

#[test]
fn roles_are_listed_by_name() {
    on_each_backend(|database| {
        for name in ["B", "A", "C"] {
            add_role(database, name);
        }
        let filter = RoleFilter { is_active: Some(true), sort: RoleSort::Name };
        let mut page = PageRequest { limit: 2, count: true, ..PageRequest::default() };
        let first = read(database, |tx| tx.roles(&filter, &page));
        assert_eq!(first.total, Some(3));
        page.after = first.next.clone();
        let rest = read(database, |tx| tx.roles(&filter, &page));
        let names = first.data.iter().chain(&rest.data).map(|role| role.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), ["A", "B", "C"]);
    });
}

#[test]
fn sessions_are_renewed_and_ended_once() {
    on_each_backend(|database| {
        let user = add_user(database, "siti").id;
        let session = add_session(database, user, 1);
        let found = write(database, |tx| tx.lock_session(&digest(1)));
        assert_eq!(found, Some(session.clone()));
        assert_eq!(write(database, |tx| tx.lock_session(&digest(2))), None);
        let mut renewed = session.clone();
        renewed.refresh.once = digest(9);
        renewed.last_used_at += TimeDelta::hours(1);
        write(database, |tx| tx.save_session(&renewed));
        assert_eq!(write(database, |tx| tx.lock_session(&digest(1))), Some(renewed));

        let start = read(database, |tx| Ok(tx.moment().now));
        database.clock().pass(TimeDelta::seconds(1));
        write(database, |tx| tx.end_session(session.id, EndReason::Logout));
        let ended = write(database, |tx| tx.lock_session(&digest(1))).unwrap().ended_at;
        database.clock().pass(TimeDelta::seconds(1));
        write(database, |tx| tx.end_session(session.id, EndReason::Forced));
        assert_eq!(write(database, |tx| tx.lock_session(&digest(1))).unwrap().ended_at, ended);

        write(database, |tx| tx.raise_authz_version(user));
        let revoked = read(database, |tx| tx.revoked_since(start));
        assert_eq!((revoked.sessions, revoked.users), (vec![session.id], vec![(user, 2)]));
        let later = start + TimeDelta::seconds(3);
        assert_eq!(read(database, |tx| tx.revoked_since(later)), Default::default());
    });
}

#[test]
fn a_users_live_sessions_are_listed_and_ended() {
    on_each_backend(|database| {
        let (user, other) = (add_user(database, "siti").id, add_user(database, "budi").id);
        let ids = [1, 3, 5].map(|byte| add_session(database, user, byte).id);
        let others = add_session(database, other, 7);
        write(database, |tx| tx.end_session(ids[1], EndReason::Logout));
        let list = |after| {
            let page = PageRequest { limit: 1, count: true, after };
            read(database, |tx| tx.live_sessions(user, &page))
        };
        let first = list(None);
        assert_eq!((first.data[0].id, first.total), (ids[2], Some(2)));
        let second = list(first.next);
        assert_eq!((second.data[0].id, second.next), (ids[0], None));
        assert_eq!(write(database, |tx| tx.end_sessions_of(user, EndReason::Forced)), 2);
        assert_eq!(list(None).data, []);
        let page = PageRequest::default();
        assert_eq!(read(database, |tx| tx.live_sessions(other, &page)).data, [others]);
        database.clock().pass(TimeDelta::hours(17));
        assert_eq!(read(database, |tx| tx.live_sessions(other, &page)).data, []);
    });
}

#[test]
fn a_right_is_checked_again_where_it_counts() {
    on_each_backend(|database| {
        let admin = FirstAdmin { password_hash: PasswordHash::new("hash".into()) };
        let user = write(database, |tx| bootstrap(tx, Some(admin.clone()))).unwrap();
        let session = add_session(database, user, 1);
        let actor = |authz_version| Actor {
            user_id: Some(user),
            roles: Arc::from([ADMIN.to_owned()]),
            origin: Origin { session_id: Some(session.id), authz_version, ..Origin::default() },
            ..Actor::system()
        };
        let check = |version| {
            database.store().write("check", |tx| -> Result<(), AuthorityError> {
                tx.recheck(&actor(version), Permission::DisburseLoan)
            })
        };
        assert!(check(1).is_ok());
        let admins = read(database, |tx| tx.role_named(ADMIN)).unwrap();
        write(database, |tx| tx.remove_user_role(user, admins.id));
        assert!(matches!(check(1), Err(AuthorityError::Denied(Permission::DisburseLoan))));
        write(database, |tx| tx.add_user_role(user, admins.id, None));
        write(database, |tx| tx.raise_authz_version(user));
        assert!(matches!(check(1), Err(AuthorityError::Revoked)));
        assert!(check(2).is_ok());
        write(database, |tx| tx.end_session(session.id, EndReason::Forced));
        assert!(matches!(check(2), Err(AuthorityError::Revoked)));
    });
}
