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
mod configuration;
mod error;
mod lockout;
mod module;
mod password;
mod repository;
mod role;
mod session;
mod settings;
mod sign_in;
mod usecases;
mod user;

pub use authority::{Standing, recheck};
pub use bootstrap::{FirstAdmin, bootstrap};
pub use claims::{AUDIENCE, Claims, ISSUER};
pub use configuration::{CONFIGURATION, Configuration, Declared, ValueType};
pub use error::AuthError;
pub use lockout::Lockout;
pub use module::{Module, ModuleCode};
pub use password::{Password, PasswordHash, PasswordHasher};
pub use repository::{
    ConfigurationRepository, ModuleRepository, Revocations, RoleRepository, SessionRepository,
    UserRepository,
};
pub use role::{
    ADMIN, Role, RoleFilter, RoleRef, RoleSort, SEED_ROLES, SeedRole, StoredPermission,
};
pub use session::{Digest, EndReason, NewSession, RefreshDigest, Session, SessionLife};
pub use settings::Settings;
pub use sign_in::{
    CheckedPassword, LoginAttempt, SignedIn, TokenSeed, check_password, login, logout, refresh,
};
pub use usecases::{
    UserView, assign_role, create_user, get_user, list_roles, list_users, remove_role,
};
pub use user::{Account, CreateUser, NewUser, RawUser, User, UserFilter, UserSort, Username};
