//! Users.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_auth::{
    ADMIN, Account, Lockout, NewUser, PasswordHash, User, UserDetails, UserFilter, UserRepository,
    UserSort, Username,
};
use pensipro_kernel::{
    BranchId, FunderId, Page, PageRequest, PhoneNumber, Position, RoleId, Scope, StorageError,
    UserId, Version,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, from_time, time_key, unreadable},
    schema::{funders, sales_branches, sys_roles, sys_user_roles, sys_users},
    scope::seen_users,
    sql::{Locked, RowLock, after, columns, like_pattern},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sys_users)]
struct UserRow {
    id: i64,
    username: String,
    email: String,
    full_name: String,
    phone: Option<String>,
    password_hash: String,
    branch_id: Option<i64>,
    funder_id: Option<i64>,
    is_active: bool,
    authz_version: i64,
    failed_attempts: i32,
    locked_until: Option<NaiveDateTime>,
    last_login_at: Option<NaiveDateTime>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// What is stated of a user, as columns.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = sys_users)]
#[diesel(treat_none_as_null = true)]
struct DetailColumns<'a> {
    username: &'a str,
    email: &'a str,
    full_name: &'a str,
    phone: Option<&'a str>,
    branch_id: Option<i64>,
    funder_id: Option<i64>,
}

impl<'a> From<&'a UserDetails> for DetailColumns<'a> {
    fn from(details: &'a UserDetails) -> Self {
        let UserDetails { username, email, full_name, phone, scope } = details;
        Self {
            username: username.as_str(),
            email,
            full_name,
            phone: phone.as_ref().map(PhoneNumber::as_str),
            branch_id: scope.branch().map(BranchId::get),
            funder_id: scope.funder().map(FunderId::get),
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = sys_users)]
struct NewRow<'a> {
    #[diesel(embed)]
    details: DetailColumns<'a>,
    password_hash: &'a str,
    is_active: bool,
    authz_version: i64,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl TryFrom<UserRow> for Account {
    type Error = StorageError;

    fn try_from(row: UserRow) -> Result<Self, StorageError> {
        let UserRow {
            id,
            username,
            email,
            full_name,
            phone,
            password_hash,
            branch_id,
            funder_id,
            is_active,
            authz_version,
            failed_attempts,
            locked_until,
            last_login_at,
            version,
            created_at,
            updated_at,
        } = row;
        let details = UserDetails {
            username: Username::from_stored(username),
            email,
            full_name,
            phone: phone.map(|phone| code("sys_users.phone", &phone)).transpose()?,
            scope: Scope::of(branch_id.map(BranchId::new), funder_id.map(FunderId::new))
                .ok_or_else(|| unreadable("sys_users.funder_id"))?,
        };
        let user = User {
            id: UserId::new(id),
            details,
            is_active,
            authz_version,
            last_login_at: last_login_at.map(from_time),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
            version: Version::new(version),
        };
        Ok(Self {
            user,
            password_hash: PasswordHash::new(password_hash),
            lockout: Lockout { failed_attempts, locked_until: locked_until.map(from_time) },
        })
    }
}

/// A list's columns and conditions, before order and page.
type UserQuery<'a> = diesel::helper_types::IntoBoxed<'a, sys_users::table, MultiBackend>;

fn filtered<'a>(filter: &'a UserFilter, scope: Scope) -> UserQuery<'a> {
    let UserFilter { is_active, role, q, sort: _ } = filter;
    let mut query = sys_users::table.filter(seen_users(scope)).into_boxed();
    if let Some(is_active) = is_active {
        query = query.filter(sys_users::is_active.eq(is_active));
    }
    if let Some(role) = role {
        let holders = sys_user_roles::table
            .inner_join(sys_roles::table)
            .filter(sys_roles::role_name.eq(role))
            .select(sys_user_roles::user_id);
        query = query.filter(sys_users::id.eq_any(holders));
    }
    if let Some(q) = q {
        let pattern = like_pattern(&q.to_lowercase());
        let by_username = sys_users::username.like(pattern.clone()).escape('\\');
        let by_name = lower(sys_users::full_name).like(pattern).escape('\\');
        query = query.filter(by_username.or(by_name));
    }
    query
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// Lower case.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

fn position(sort: UserSort, account: &Account) -> Position {
    let user = &account.user;
    let key = match sort {
        UserSort::Id => String::new(),
        UserSort::Username => user.details.username.as_str().to_owned(),
        UserSort::CreatedAtDesc => time_key(user.created_at),
    };
    Position { key, id: user.id.get() }
}

fn paged<'a>(
    query: UserQuery<'a>,
    sort: UserSort,
    page: &PageRequest,
) -> Result<UserQuery<'a>, StorageError> {
    let limit = i64::from(page.limit) + 1;
    let query = match (sort, &page.after) {
        (UserSort::Id, Some(last)) => query.filter(sys_users::id.gt(last.id)),
        (UserSort::Username, Some(last)) => {
            after!(query, rising, sys_users::username, sys_users::id, last.key.clone(), last.id)
        }
        (UserSort::CreatedAtDesc, Some(last)) => {
            let key = crate::convert::parse_time_key(&last.key)?;
            after!(query, falling, sys_users::created_at, sys_users::id, key, last.id)
        }
        (_, None) => query,
    };
    let query = match sort {
        UserSort::Id => query.order(sys_users::id.asc()),
        UserSort::Username => query.order((sys_users::username.asc(), sys_users::id.asc())),
        UserSort::CreatedAtDesc => {
            query.order((sys_users::created_at.desc(), sys_users::id.desc()))
        }
    };
    Ok(query.limit(limit))
}

impl Tx<'_> {
    fn one_account(
        &mut self,
        id: UserId,
        scope: Scope,
        lock: Option<RowLock>,
    ) -> Result<Account, StorageError> {
        let query =
            sys_users::table.find(id.get()).filter(seen_users(scope)).select(UserRow::as_select());
        let row: Option<UserRow> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "sys_users").get_result(conn).optional(),
            None => query.first(conn).optional(),
        })?;
        row.ok_or(StorageError::not_found("user", id.get()))?.try_into()
    }
}

impl UserRepository for Tx<'_> {
    fn users_exist(&mut self) -> Result<bool, StorageError> {
        self.run(|conn| {
            let any: Option<i64> =
                sys_users::table.select(sys_users::id).limit(1).first(conn).optional()?;
            Ok(any.is_some())
        })
    }

    fn account_named(&mut self, username: &Username) -> Result<Option<Account>, StorageError> {
        let row: Option<UserRow> = self.run(|conn| {
            sys_users::table
                .filter(sys_users::username.eq(username.as_str()))
                .select(UserRow::as_select())
                .first(conn)
                .optional()
        })?;
        row.map(Account::try_from).transpose()
    }

    fn account(&mut self, id: UserId) -> Result<Account, StorageError> {
        self.one_account(id, Scope::WholeHouse, None)
    }

    fn lock_account(&mut self, id: UserId) -> Result<Account, StorageError> {
        self.one_account(id, Scope::WholeHouse, Some(RowLock::ForUpdate))
    }

    fn user(&mut self, id: UserId, scope: Scope) -> Result<User, StorageError> {
        self.one_account(id, scope, None).map(|account| account.user)
    }

    fn lock_user(&mut self, id: UserId, scope: Scope) -> Result<User, StorageError> {
        self.one_account(id, scope, Some(RowLock::ForUpdate)).map(|account| account.user)
    }

    fn users(
        &mut self,
        filter: &UserFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<User>, StorageError> {
        let query = paged(filtered(filter, scope), filter.sort, page)?;
        let rows: Vec<UserRow> = self.run(|conn| query.select(UserRow::as_select()).load(conn))?;
        let accounts: Vec<Account> =
            rows.into_iter().map(Account::try_from).collect::<Result<_, _>>()?;
        let mut users =
            Page::from_rows(accounts, page.limit, |account| position(filter.sort, account))
                .map(|account| account.user);
        if page.count {
            users.total = Some(self.run(|conn| filtered(filter, scope).count().get_result(conn))?);
        }
        Ok(users)
    }

    fn user_with_email(&mut self, email: &str) -> Result<Option<UserId>, StorageError> {
        let id: Option<i64> = self.run(|conn| {
            sys_users::table
                .filter(sys_users::email.eq(email))
                .select(sys_users::id)
                .first(conn)
                .optional()
        })?;
        Ok(id.map(UserId::new))
    }

    fn branch_exists(&mut self, id: BranchId) -> Result<bool, StorageError> {
        self.run(|conn| {
            let row: Option<i64> = sales_branches::table
                .find(id.get())
                .select(sales_branches::id)
                .first(conn)
                .optional()?;
            Ok(row.is_some())
        })
    }

    fn funder_exists(&mut self, id: FunderId) -> Result<bool, StorageError> {
        self.run(|conn| {
            let row: Option<i64> =
                funders::table.find(id.get()).select(funders::id).first(conn).optional()?;
            Ok(row.is_some())
        })
    }

    fn add_user(&mut self, new: &NewUser, by: Option<UserId>) -> Result<User, StorageError> {
        let NewUser { details, password_hash } = new;
        let now = self.now();
        let row = NewRow {
            details: details.into(),
            password_hash: password_hash.as_str(),
            is_active: true,
            authz_version: 1,
            version: Version::FIRST.get(),
            created_at: now,
            updated_at: now,
            created_by: by.map(UserId::get),
        };
        let row: UserRow = self.run(|conn| {
            diesel::insert_into(sys_users::table)
                .values(row)
                .returning(columns::<UserRow>())
                .get_result(conn)
        })?;
        Ok(Account::try_from(row)?.user)
    }

    fn save_user(&mut self, user: &User) -> Result<(), StorageError> {
        let User { id, details, is_active, version, .. } = user;
        let now = self.now();
        self.run(|conn| {
            diesel::update(sys_users::table.find(id.get()))
                .set((
                    DetailColumns::from(details),
                    sys_users::is_active.eq(is_active),
                    sys_users::version.eq(version.next().get()),
                    sys_users::updated_at.eq(now),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn save_password(&mut self, id: UserId, hash: &PasswordHash) -> Result<(), StorageError> {
        self.run(|conn| {
            diesel::update(sys_users::table.find(id.get()))
                .set(sys_users::password_hash.eq(hash.as_str()))
                .execute(conn)
                .map(drop)
        })
    }

    fn save_lockout(&mut self, id: UserId, lockout: &Lockout) -> Result<(), StorageError> {
        let Lockout { failed_attempts, locked_until } = lockout;
        self.run(|conn| {
            diesel::update(sys_users::table.find(id.get()))
                .set((
                    sys_users::failed_attempts.eq(failed_attempts),
                    sys_users::locked_until.eq(locked_until.map(|until| until.naive_utc())),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn save_login(&mut self, id: UserId) -> Result<(), StorageError> {
        let now = self.now();
        self.run(|conn| {
            diesel::update(sys_users::table.find(id.get()))
                .set((
                    sys_users::last_login_at.eq(now),
                    sys_users::failed_attempts.eq(0),
                    sys_users::locked_until.eq(None::<NaiveDateTime>),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn raise_authz_version(&mut self, id: UserId) -> Result<(), StorageError> {
        let now = self.now();
        self.run(|conn| {
            diesel::update(sys_users::table.find(id.get()))
                .set((
                    sys_users::authz_version.eq(sys_users::authz_version + 1),
                    sys_users::authz_changed_at.eq(now),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn raise_authz_version_of_holders(&mut self, role: RoleId) -> Result<(), StorageError> {
        let now = self.now();
        let holders = sys_user_roles::table
            .filter(sys_user_roles::role_id.eq(role.get()))
            .select(sys_user_roles::user_id);
        self.run(|conn| {
            diesel::update(sys_users::table.filter(sys_users::id.eq_any(holders)))
                .set((
                    sys_users::authz_version.eq(sys_users::authz_version + 1),
                    sys_users::authz_changed_at.eq(now),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn an_administrator_is_left(&mut self) -> Result<bool, StorageError> {
        self.run(|conn| {
            let any: Option<i64> = sys_user_roles::table
                .inner_join(sys_roles::table)
                .inner_join(sys_users::table.on(sys_users::id.eq(sys_user_roles::user_id)))
                .filter(sys_roles::role_name.eq(ADMIN))
                .filter(sys_users::is_active)
                .filter(sys_users::branch_id.is_null())
                .filter(sys_users::funder_id.is_null())
                .select(sys_users::id)
                .first(conn)
                .optional()?;
            Ok(any.is_some())
        })
    }
}
