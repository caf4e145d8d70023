//! Secrets: given as settings, or made at the first start and kept in the data folder, readable by
//! their owner alone.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use pensipro_kernel::Entropy;
use pensipro_persistence::{Installation, MasterKey, OpenError};

use super::{Config, ConfigError, Secret, invalid};
use crate::clock::{hex, random_hex};

/// The fewest bytes of a secret.
const MIN_BYTES: usize = 32;

/// What signs tokens.
#[derive(Clone)]
pub enum SigningSecret {
    /// HS256.
    Shared(Vec<u8>),
    /// RS256: keys in PEM.
    Rsa {
        /// The private key that signs, and checks.
        signs: Vec<u8>,
        /// Keys, private or public, that check beside it.
        checks: Vec<Vec<u8>>,
    },
}

impl SigningSecret {
    /// The one that the settings name, else the kept one, else a new one that is kept.
    pub fn find(config: &Config, entropy: &dyn Entropy) -> Result<Self, ConfigError> {
        if let Some(path) = &config.jwt_private_key {
            let read = |key: &str, path: &PathBuf| {
                let fault =
                    |error| invalid(key, format!("{} cannot be read: {error}", path.display()));
                fs::read(path).map_err(fault)
            };
            let checks = config.jwt_verify_keys.iter().map(|path| read("jwt_verify_keys", path));
            let checks = checks.collect::<Result<_, _>>()?;
            return Ok(Self::Rsa { signs: read("jwt_private_key", path)?, checks });
        }
        let secret = match &config.jwt_secret {
            Some(secret) => secret.reveal().to_owned(),
            None => kept(&config.data_dir.join("jwt.secret"), || random_hex::<32>(entropy))?,
        };
        if secret.len() < MIN_BYTES {
            return Err(invalid("jwt_secret", "must have at least 32 bytes"));
        }
        Ok(Self::Shared(secret.into_bytes()))
    }
}

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub struct MasterKeys {
    given: Option<[u8; 32]>,
    next: Option<[u8; 32]>,
    file: PathBuf,
}

impl MasterKeys {
    /// Checks the setting; the kept key is read only when it is needed.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        let read = |key: &str, text: &Option<Secret>| {
            let fault = || invalid(key, "must be 32 bytes as 64 hexadecimal digits");
            let bytes = text.as_ref().map(|text| from_hex(text.reveal()).ok_or_else(fault));
            bytes.transpose()
        };
        let given = read("master_key", &config.master_key)?;
        let next = read("master_key_next", &config.master_key_next)?;
        Ok(Self { given, next, file: config.data_dir.join("master.key") })
    }

    /// The key for an installation: a new one may make it, and has kept it when this returns; an
    /// existing one must have it.
    pub fn find(
        &self,
        installation: Installation,
        entropy: &dyn Entropy,
    ) -> Result<[u8; 32], OpenError> {
        if let Some(key) = self.given {
            return Ok(key);
        }
        if installation == Installation::Existing && !self.file.exists() {
            return Err(OpenError::MasterKeyMissing);
        }
        let text = kept(&self.file, || random_hex::<32>(entropy))
            .map_err(|error| OpenError::MasterKey(error.to_string()))?;
        from_hex(&text).ok_or_else(|| {
            OpenError::MasterKey(format!("{} holds no key of 32 bytes", self.file.display()))
        })
    }

    /// The same as storage takes it, with the key that is to follow.
    pub fn for_store(
        &self,
        installation: Installation,
        entropy: &dyn Entropy,
    ) -> Result<MasterKey, OpenError> {
        let key = self.find(installation, entropy).map(MasterKey::new)?;
        Ok(match self.next {
            Some(next) => key.followed_by(next),
            None => key,
        })
    }

    /// Lets the kept file hold the next key, once that wraps everything, and gives its path. The old
    /// one stays beside it: backups need it. `None` where the key is a setting.
    pub fn keep_next(&self) -> Result<Option<PathBuf>, ConfigError> {
        let (None, Some(next)) = (self.given, self.next) else { return Ok(None) };
        let old = self.file.with_extension("key.old");
        fs::copy(&self.file, &old).map_err(fault(&old))?;
        keep(&self.file, &hex(&next))?;
        Ok(Some(self.file.clone()))
    }
}

/// The text of a file, which is made first if it is not there.
fn kept(path: &Path, make: impl FnOnce() -> String) -> Result<String, ConfigError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let text = make();
            keep(path, &text)?;
            Ok(text)
        }
        Err(error) => Err(fault(path)(error)),
    }
}

/// Writes a secret's file, whole or not at all, 0600, in place of one that is there.
fn keep(path: &Path, text: &str) -> Result<(), ConfigError> {
    let fault = fault(path);
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(&fault)?;
    let draft = path.with_extension("draft");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&draft)
        .map_err(&fault)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(&fault)?;
    fs::rename(&draft, path).map_err(&fault)?;
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(&fault)
}

fn fault(path: &Path) -> impl Fn(std::io::Error) -> ConfigError {
    let path = path.display().to_string();
    move |error| ConfigError::DataFolder { path: path.clone(), fault: error.to_string() }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0_u8; 32];
    for (byte, digits) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::{clock::SystemEntropy, config::Source};

    fn config(folder: &Path, pairs: &[(&str, &str)]) -> Config {
        let folder = folder.to_str().unwrap();
        let all = pairs.iter().copied().chain([("data_dir", folder)]);
        Config::read(&Source::of(all)).unwrap()
    }

    #[test]
    fn made_once_and_readable_by_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path(), &[]);
        let find = || match SigningSecret::find(&config, &SystemEntropy).unwrap() {
            SigningSecret::Shared(secret) => secret,
            SigningSecret::Rsa { .. } => panic!("no RSA key was named"),
        };
        assert_eq!(find(), find());
        let mode = fs::metadata(folder.path().join("jwt.secret")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn short_secrets_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let short = config(folder.path(), &[("jwt_secret", "0123456789012345678901234567890")]);
        assert!(SigningSecret::find(&short, &SystemEntropy).is_err());
        for key in ["abcd", &"zz".repeat(32)] {
            assert!(MasterKeys::new(&config(folder.path(), &[("master_key", key)])).is_err());
        }
    }

    #[test]
    fn an_existing_installation_never_gets_a_new_master_key() {
        let folder = tempfile::tempdir().unwrap();
        let keys = MasterKeys::new(&config(folder.path(), &[])).unwrap();
        let existing = keys.find(Installation::Existing, &SystemEntropy);
        assert!(matches!(existing, Err(OpenError::MasterKeyMissing)));
        let made = keys.find(Installation::New, &SystemEntropy).unwrap();
        assert_eq!(keys.find(Installation::Existing, &SystemEntropy).unwrap(), made);
    }
}
