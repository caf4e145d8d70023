//! Database URLs: the scheme chooses the backend.

use std::{fmt, path::PathBuf, str::FromStr};

use crate::{Backend, OpenError};

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A file: `sqlite:///absolute/path.db`, or `sqlite://relative/path.db`.
    Sqlite(PathBuf),
    /// A server, as libpq reads it: `postgres://user@host/database?sslmode=prefer`.
    Postgres(String),
}

impl DatabaseUrl {
    /// The database it speaks of.
    pub fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }
}

impl FromStr for DatabaseUrl {
    type Err = OpenError;

    fn from_str(url: &str) -> Result<Self, OpenError> {
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        match scheme {
            "sqlite" if rest.is_empty() || rest.contains(":memory:") => Err(OpenError::NoFile),
            "sqlite" => Ok(Self::Sqlite(PathBuf::from(rest))),
            "postgres" | "postgresql" => {
                refuse_missing_tls(rest)?;
                Ok(Self::Postgres(url.to_owned()))
            }
            // No more than the scheme: the rest may hold a password.
            _ => Err(OpenError::UnknownScheme(scheme.to_owned())),
        }
    }
}

/// A server that must be reached by TLS is refused by a build without it, in words instead of
/// libpq's.
fn refuse_missing_tls(rest: &str) -> Result<(), OpenError> {
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let mode = query.split('&').find_map(|pair| pair.strip_prefix("sslmode="));
    match mode {
        Some(mode @ ("require" | "verify-ca" | "verify-full")) if !cfg!(feature = "tls") => {
            Err(OpenError::TlsNotBuilt(mode.to_owned()))
        }
        _ => Ok(()),
    }
}

impl fmt::Display for DatabaseUrl {
    /// The URL without its password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite://{}", path.display()),
            Self::Postgres(url) => f.write_str(&without_password(url)),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn without_password(url: &str) -> String {
    let (start, rest) = url.split_once("://").unwrap_or(("", url));
    let (place, query) = rest.split_once('?').map_or((rest, None), |(a, b)| (a, Some(b)));
    let place = match place.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => place.to_owned(),
        },
        None => place.to_owned(),
    };
    let secret = |pair: &str| pair.starts_with("password=") || pair.starts_with("sslpassword=");
    let query = query.map_or_else(String::new, |query| {
        let shown: Vec<&str> = query.split('&').filter(|pair| !secret(pair)).collect();
        format!("?{}", shown.join("&"))
    });
    format!("{start}://{place}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_and_others_are_refused() {
        let path = |url: &str| url.parse::<DatabaseUrl>().ok();
        assert_eq!(path("sqlite:///var/p.db"), Some(DatabaseUrl::Sqlite("/var/p.db".into())));
        assert_eq!(path("sqlite://data/p.db"), Some(DatabaseUrl::Sqlite("data/p.db".into())));
        assert!(matches!(path("postgres://h/d"), Some(DatabaseUrl::Postgres(_))));
        for url in ["mysql://h/d", "data/p.db", "", "sqlite:p.db"] {
            assert!(
                matches!(url.parse::<DatabaseUrl>(), Err(OpenError::UnknownScheme(_))),
                "{url}"
            );
        }
        assert!(matches!("sqlite://".parse::<DatabaseUrl>(), Err(OpenError::NoFile)));
        assert!(matches!("sqlite://:memory:".parse::<DatabaseUrl>(), Err(OpenError::NoFile)));
    }

    #[test]
    fn a_refused_url_does_not_tell_its_password() {
        let error = "mysql://u:secret@h/d".parse::<DatabaseUrl>().unwrap_err();
        assert!(!error.to_string().contains("secret"));
    }

    #[test]
    #[cfg(not(feature = "tls"))]
    fn demanded_tls_is_refused_without_the_feature() {
        for mode in ["require", "verify-ca", "verify-full"] {
            let url = format!("postgres://h/d?application_name=x&sslmode={mode}");
            assert!(matches!(url.parse::<DatabaseUrl>(), Err(OpenError::TlsNotBuilt(_))), "{mode}");
        }
        assert!("postgres://h/d?sslmode=prefer".parse::<DatabaseUrl>().is_ok());
    }

    #[test]
    fn passwords_are_not_printed() {
        let url: DatabaseUrl =
            "postgres://u:se:cr@t@h/d?password=x&sslmode=prefer".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://u:***@h/d?sslmode=prefer");
    }
}
