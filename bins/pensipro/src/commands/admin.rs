//! `pensipro admin`: what an operator does about users at the machine itself. He acts as the system:
//! the trail tells what was done and names nobody. A running server follows within two seconds.

use std::{
    fmt::{self, Display},
    io::stdin,
};

use clap::{Args, Subcommand};
use pensipro_auth::{
    AuthError, CreateUser, Password, PasswordHash, PasswordHasher, RawDetails, RawUser,
    RoleRepository, Session, UserRepository, Username, create_user, list_sessions, reset_password,
    unlock,
};
use pensipro_kernel::{Actor, DomainError, Faults, PageRequest, RoleId, UserId};
use pensipro_persistence::{Migrate, Store, Tx};

use crate::{
    Config,
    app::{Bcrypt, StartError, open_store},
    clock::{SystemEntropy, random_hex},
};

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Order {
    /// Adds a user.
    CreateUser(NewUser),
    /// Sets a user's password, and ends his sessions and a lock.
    ResetPassword {
        /// Whose.
        username: String,
        #[command(flatten)]
        chosen: Chosen,
    },
    /// Ends the lock of an account before its time.
    Unlock {
        /// Whose.
        username: String,
    },
    /// Lists a user's live sessions, the newest first.
    ListSessions {
        /// Whose.
        username: String,
    },
}

/// A user to be added.
#[derive(Debug, Args)]
pub(super) struct NewUser {
    /// The name to sign in with.
    username: String,
    /// His address.
    #[arg(long)]
    email: String,
    /// His name.
    #[arg(long)]
    full_name: String,
    /// A way to reach him.
    #[arg(long)]
    phone: Option<String>,
    /// A role by its name; may be given several times.
    #[arg(long = "role")]
    roles: Vec<String>,
    /// Ties him to a branch.
    #[arg(long)]
    branch_id: Option<i64>,
    /// Ties him to a funder.
    #[arg(long)]
    funder_id: Option<i64>,
    #[command(flatten)]
    chosen: Chosen,
}

/// Where a password comes from. It is no argument: those are seen by every user of the machine.
#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// Reads the password from a line of the input; without it one is made and printed once.
    #[arg(long)]
    password_stdin: bool,
}

impl Chosen {
    fn read(&self) -> Result<Given, StartError> {
        if !self.password_stdin {
            return Ok(Given { text: random_hex::<12>(&SystemEntropy), is_made: true });
        }
        let mut line = String::new();
        stdin().read_line(&mut line).map_err(refused)?;
        Ok(Given { text: line.trim_end_matches(['\r', '\n']).to_owned(), is_made: false })
    }
}

/// A password, made here or not.
struct Given {
    text: String,
    is_made: bool,
}

impl Given {
    /// Shown once, and only if nobody knows it yet.
    fn tell(&self) {
        if self.is_made {
            println!("Its password is {}", self.text);
            println!("It is shown this once.");
        }
    }
}

pub(super) fn run(config: &Config, order: Order) -> Result<(), StartError> {
    let store = open_store(config, Migrate::Refuse)?;
    let hasher = Bcrypt::new(config.bcrypt_cost);
    match order {
        Order::CreateUser(new) => create(&store, &hasher, new),
        Order::ResetPassword { username, chosen } => reset(&store, &hasher, &username, &chosen),
        Order::Unlock { username } => free(&store, &username),
        Order::ListSessions { username } => sessions(&store, &username),
    }
}

fn create(store: &Store, hasher: &Bcrypt, new: NewUser) -> Result<(), StartError> {
    let NewUser { username, email, full_name, phone, roles, branch_id, funder_id, chosen } = new;
    let password = chosen.read()?;
    let role_ids = store.read(|tx| role_ids(tx, &roles))?;
    let details = RawDetails { username, email, full_name, phone, branch_id, funder_id };
    let raw = RawUser { details, password: password.text.clone(), role_ids };
    let command = CreateUser::check(raw).map_err(AuthError::from).map_err(told)?;
    let hash = hashed(hasher, command.password())?;
    let system = Actor::system();
    let user = store
        .write("create_user", |tx| create_user(tx, &system, command.clone(), hash.clone()))
        .map_err(told)?;
    println!(
        "The user {} was added with the id {}",
        user.user.details.username.as_str(),
        user.user.id
    );
    password.tell();
    Ok(())
}

fn reset(
    store: &Store,
    hasher: &Bcrypt,
    username: &str,
    chosen: &Chosen,
) -> Result<(), StartError> {
    let password = chosen.read()?;
    let mut faults = Faults::new();
    let parsed = faults.take(Password::parse("password", &password.text));
    let parsed = faults.finish(parsed).map_err(AuthError::from).map_err(told)?;
    let hash = hashed(hasher, &parsed)?;
    change(store, "reset_password", username, |tx, by, id| reset_password(tx, by, id, &hash))?;
    println!("{username} has a new password and no session");
    password.tell();
    Ok(())
}

fn free(store: &Store, username: &str) -> Result<(), StartError> {
    change(store, "unlock", username, |tx, by, id| unlock(tx, by, id))?;
    println!("{username} may sign in again");
    Ok(())
}

fn sessions(store: &Store, username: &str) -> Result<(), StartError> {
    let system = Actor::system();
    println!(
        "{}",
        Line(["id", "opened", "refreshed", "ends", "address", "device"].map(str::to_owned))
    );
    let mut page = PageRequest { limit: PageRequest::MAX_LIMIT, ..PageRequest::default() };
    loop {
        let rows = store
            .read_snapshot(|tx| {
                let user = user_named(tx, username)?;
                list_sessions(tx, &system, user, &page)
            })
            .map_err(told)?;
        rows.data.iter().for_each(|session| println!("{}", Line::of(session)));
        match rows.next {
            Some(next) => page.after = Some(next),
            None => return Ok(()),
        }
    }
}

/// A line of the list.
struct Line([String; 6]);

impl Line {
    fn of(session: &Session) -> Self {
        let Session { id, ip_address, device_info, created_at, last_used_at, expired_at, .. } =
            session;
        let time = |time: &chrono::DateTime<chrono::Utc>| time.format("%Y-%m-%d %H:%M").to_string();
        Self([
            id.to_string(),
            time(created_at),
            time(last_used_at),
            time(expired_at),
            ip_address.map_or_else(|| "-".to_owned(), |address| address.to_string()),
            device_info.clone().unwrap_or_else(|| "-".to_owned()),
        ])
    }
}

impl Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([id, opened, refreshed, ends, address, device]) = self;
        write!(f, "{id:>8}  {opened:16}  {refreshed:16}  {ends:16}  {address:15}  {device}")
    }
}

fn change(
    store: &Store,
    name: &'static str,
    username: &str,
    work: impl Fn(&mut Tx<'_>, &Actor, UserId) -> Result<(), AuthError>,
) -> Result<(), StartError> {
    let system = Actor::system();
    let write = |tx: &mut Tx<'_>| {
        let user = user_named(tx, username)?;
        work(tx, &system, user)
    };
    store.write(name, write).map_err(told)
}

fn user_named(tx: &mut Tx<'_>, username: &str) -> Result<UserId, AuthError> {
    let mut faults = Faults::new();
    let name = faults.take(Username::parse("username", username));
    let account = tx.account_named(&faults.finish(name)?)?;
    account.map(|account| account.user.id).ok_or_else(|| {
        let mut faults = Faults::new();
        faults.add("username", "unknown", format!("there is no user {username}"));
        faults.into()
    })
}

fn role_ids(tx: &mut Tx<'_>, names: &[String]) -> Result<Vec<i64>, StartError> {
    let mut ids = Vec::with_capacity(names.len());
    for name in names {
        let role = tx.role_named(name)?;
        let role = role.ok_or_else(|| StartError::Other(format!("there is no role {name}")))?;
        ids.push(RoleId::get(role.id));
    }
    Ok(ids)
}

fn hashed(hasher: &Bcrypt, password: &Password) -> Result<PasswordHash, StartError> {
    hasher.hash(password).map_err(refused)
}

fn refused(error: impl Display) -> StartError {
    StartError::Other(error.to_string())
}

/// A refusal with every field at fault, for somebody at a terminal.
fn told(error: AuthError) -> StartError {
    let faults = error.fields().iter().map(|fault| format!("{} {}", fault.field, fault.message));
    let faults: Vec<String> = faults.collect();
    if faults.is_empty() { refused(error) } else { StartError::Other(faults.join("; ")) }
}
