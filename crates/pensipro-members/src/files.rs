//! Where the bytes of uploaded files lie. Tables hold a file's key, size and hash alone; the bytes
//! are stored first and recorded after, so a file without a row is harmless.

use std::{
    fmt,
    io::{self, Read, Seek, Write},
    str::FromStr,
    time::Duration,
};

use pensipro_kernel::{Entropy, StorageError};

use crate::ContentType;

/// A store of files under generated keys. A file is there whole or not at all. Its functions block.
pub trait FileStore: Send + Sync {
    /// Stores the bytes under a new key, durably.
    fn put(&self, key: &FileKey, bytes: &[u8]) -> Result<(), FileStoreError>;
    /// The bytes under a key.
    fn get(&self, key: &FileKey) -> Result<Vec<u8>, FileStoreError>;
    /// Removes a key; one that is not there is no error.
    fn delete(&self, key: &FileKey) -> Result<(), FileStoreError>;
    /// Removes a key that no row names, without waiting for a far store. A fault is logged: such a
    /// file is harmless.
    fn discard(&self, key: &FileKey);
    /// Begins a file too long for memory under a new key.
    fn begin(&self, key: &FileKey) -> Result<Box<dyn FileDraft>, FileStoreError>;
    /// A file too long for memory, to be read from its start.
    fn open(&self, key: &FileKey) -> Result<Box<dyn OpenFile>, FileStoreError>;
    /// The keys of an area whose files were last written so long ago or longer.
    fn older_than(&self, area: &str, age: Duration) -> Result<Vec<FileKey>, FileStoreError>;
}

/// A file in the making. [`FileDraft::finish`] puts it in its place, whole and durable; dropped
/// before, it leaves nothing behind.
pub trait FileDraft: Write + Send {
    /// Puts the file in its place. [`io::ErrorKind::HostUnreachable`] tells of a store that does
    /// not answer, here and of a write.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// A file of which any part can be read.
pub trait OpenFile: Read + Seek + Send {}

impl<F: Read + Seek + Send> OpenFile for F {}

/// What can go wrong with a file store.
#[derive(Debug, thiserror::Error)]
pub enum FileStoreError {
    /// No file under this key.
    #[error("no file {0}")]
    NotFound(FileKey),
    /// It does not answer, and was asked more than once; that was logged.
    #[error("the file store is out of reach")]
    OutOfReach,
    /// Full, broken or refusing: text for the log alone.
    #[error("the file store failed: {0}")]
    Failed(String),
}

/// A recorded file must be there, so its absence is a fault of ours like any other.
impl From<FileStoreError> for StorageError {
    fn from(error: FileStoreError) -> Self {
        match error {
            FileStoreError::OutOfReach => Self::FilesOutOfReach,
            other => Self::Failed(other.to_string()),
        }
    }
}

/// A generated name of a file: segments of lower-case letters, digits and dashes, joined by `/`.
/// Nothing that a client sends becomes part of it, and it cannot leave its folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileKey(String);

/// A text that is no file key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a file key")]
pub struct FileKeyError;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

/// A text that is no digest in 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a SHA-256 digest has 64 hexadecimal digits")]
pub struct Sha256Error;

/// A file as tables record it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// Where the bytes lie.
    pub key: FileKey,
    /// What they are, by content.
    pub content_type: ContentType,
    /// How many they are.
    pub size: i64,
    /// Their digest.
    pub sha256: Sha256,
}

impl FileKey {
    /// A new key in an area (`members`, `applications`), from 128 bits of chance.
    pub fn generate(area: &'static str, entropy: &dyn Entropy) -> Self {
        let mut bytes = [0_u8; 16];
        entropy.fill(&mut bytes);
        let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let shelf: String = name.chars().take(2).collect();
        Self(format!("{area}/{shelf}/{name}"))
    }

    /// The key's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileKey {
    type Err = FileKeyError;

    fn from_str(text: &str) -> Result<Self, FileKeyError> {
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        let segment = |part: &str| (1..=64).contains(&part.len()) && part.bytes().all(plain);
        let shallow = text.split('/').count() <= 4;
        if shallow && text.split('/').all(segment) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FileKeyError)
        }
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Sha256 {
    type Err = Sha256Error;

    fn from_str(text: &str) -> Result<Self, Sha256Error> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let digest = pairs.iter().map(|[high, low]| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            let value = digit(*high)?.checked_mul(16)?.checked_add(digit(*low)?)?;
            u8::try_from(value).ok()
        });
        let bytes: Option<Vec<u8>> = digest.collect();
        match (bytes.map(<[u8; 32]>::try_from), rest) {
            (Some(Ok(digest)), []) => Ok(Self(digest)),
            _ => Err(Sha256Error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(self.0);
        }
    }

    #[test]
    fn keys_are_generated_and_cannot_leave_their_folder() {
        let key = FileKey::generate("members", &Fixed(0xab));
        assert_eq!(key.as_str(), "members/ab/abababababababababababababababab");
        assert_eq!(key.as_str().parse(), Ok(key));
        for text in ["", "/etc", "a/../b", "a//b", "a/", "A", "a.b", "a\\b", "a/b/c/d/e"] {
            assert_eq!(text.parse::<FileKey>(), Err(FileKeyError), "{text}");
        }
    }

    proptest! {
        #[test]
        fn digests_read_back(bytes: [u8; 32]) {
            let digest = Sha256(bytes);
            prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        }

        #[test]
        fn any_text_is_a_digest_or_refused(text in "\\PC{0,70}") {
            let _ = text.parse::<Sha256>();
        }
    }
}
