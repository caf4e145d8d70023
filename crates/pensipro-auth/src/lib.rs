//! Who may do what: users, roles, permissions, sessions, modules and the configuration that rules
//! read.
//!
//! ```
//! use pensipro_auth::{Settings, Username};
//! let settings = Settings::default();
//! assert_eq!(settings.max_login_attempts, 5);
//! assert_eq!(Username::parse("username", " Budi ").unwrap().as_str(), "budi");
//! ```
//!
//! It never hashes a password, signs a token, draws a random number or reads the clock: the shell
//! does, and hands over what came of it.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::as_conversions,
        clippy::float_arithmetic
    )
)]

mod authority;
mod bootstrap;
mod claims;
mod code;
mod configuration;
mod error;
mod lockout;
mod module;
mod password;
mod permission;
mod repository;
mod role;
mod session;
mod settings;
mod sign_in;
mod usecases;
mod user;
mod user_input;

pub use authority::{Standing, recheck};
pub use bootstrap::{FirstAdmin, bootstrap};
pub use claims::{AUDIENCE, Claims, ISSUER};
pub use configuration::{Configuration, NewConfiguration, RawConfiguration, ValueType};
pub use error::AuthError;
pub use lockout::Lockout;
pub use module::{Module, ModuleCode, NewModule};
pub use password::{ChangePassword, Password, PasswordHash, PasswordHasher};
pub use permission::{NewPermission, StoredPermission};
pub use repository::{
    ConfigurationRepository, ModuleRepository, Revocations, RoleRepository, SessionRepository,
    UserRepository,
};
pub use role::{
    ADMIN, NewRole, Role, RoleChange, RoleFilter, RoleRef, RoleSort, SEED_ROLES, SeedRole,
};
pub use session::{Digest, EndReason, NewSession, RefreshDigest, Session, SessionLife};
pub use settings::{CONFIGURATION, Declared, Settings};
pub use sign_in::{
    CheckedPassword, LoginAttempt, SignedIn, TokenSeed, check_password, login, logout, refresh,
};
pub use usecases::*;
pub use user::{Account, NewUser, User, UserDetails, UserFilter, UserSort, Username};
pub use user_input::{CreateUser, RawDetails, RawUser, UserChange};
