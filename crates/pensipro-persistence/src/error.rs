//! Why a store does not open.

/// Why a store does not open. The text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL's scheme is none of `sqlite` and `postgres`.
    #[error("the database URL must begin with sqlite:// or postgres://, not {0:?}")]
    UnknownScheme(String),
    /// The URL names no file.
    #[error("the database URL names no file: sqlite:///absolute/path.db or sqlite://relative.db")]
    NoFile,
    /// TLS is demanded of a build without it.
    #[error(
        "sslmode={0} needs a build with the feature `tls`; this one has none. Use sslmode=prefer or \
         sslmode=disable over a private network or a Unix socket, or build with --features tls"
    )]
    TlsNotBuilt(String),
    /// The database cannot be reached or made.
    #[error("the database cannot be opened: {0}")]
    Unreachable(String),
    /// A migration failed; the one before it stands.
    #[error("the database cannot be brought to this version's schema: {0}")]
    Migration(String),
    /// The schema is older than this program, and migrating was not asked for.
    #[error("the database's schema is older than this program; run `pensipro migrate`")]
    SchemaOutdated,
    /// The database holds encrypted data and no master key was given.
    #[error(
        "the database holds encrypted data, and the master key that opens it is missing: give it as \
         PENSIPRO_MASTER_KEY, or restore the key file"
    )]
    MasterKeyMissing,
    /// The master key is not the one that the database was made with.
    #[error("the master key does not belong to this database; nothing was changed")]
    WrongMasterKey,
    /// The master key could not be made or kept.
    #[error("the master key cannot be made: {0}")]
    MasterKey(String),
}
