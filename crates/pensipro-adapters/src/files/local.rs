//! Files in a local folder.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use pensipro_members::{FileDraft, FileKey, FileStore, FileStoreError, OpenFile};

use super::draft::LocalDraft;

/// A draft this old was left by a crash: no file takes so long to write.
const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);

/// A folder of files, readable by their owner alone. A file is there whole or not at all: it is
/// written beside its place, synced, and moved there.
#[derive(Debug)]
pub struct LocalFiles {
    folder: PathBuf,
    durability: Durability,
}

/// Whether a file that was put survives a power cut at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Durability {
    Synced,
    Whenever,
}

impl LocalFiles {
    /// The files of a folder, which is made if it is not there. What a crash left unfinished long
    /// ago is swept out; several processes may share the folder.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let files = Self { folder: folder.to_owned(), durability: Durability::Synced };
        make_folder(&files.drafts())?;
        for draft in fs::read_dir(files.drafts())? {
            let draft = draft?;
            let age = draft.metadata()?.modified()?.elapsed().unwrap_or_default();
            if age > ABANDONED {
                fs::remove_file(draft.path())?;
            }
        }
        Ok(files)
    }

    /// The same files without waiting for the disk: for portfolios that can be made again.
    #[must_use]
    pub fn unsynced(mut self) -> Self {
        self.durability = Durability::Whenever;
        self
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        match self.durability {
            Durability::Synced => file.sync_all(),
            Durability::Whenever => Ok(()),
        }
    }

    fn drafts(&self) -> PathBuf {
        self.folder.join(".drafts")
    }

    fn path(&self, key: &FileKey) -> PathBuf {
        self.folder.join(key.as_str())
    }

    /// Where a file is written before it is moved to its place. Keys are unique, hence so are
    /// drafts.
    fn draft(&self, key: &FileKey) -> PathBuf {
        self.drafts().join(key.as_str().replace('/', "-"))
    }

    fn write(&self, key: &FileKey, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(key);
        let folder = path.parent().unwrap_or(&self.folder);
        make_folder(folder)?;
        let draft = self.draft(key);
        let mut file = create(&draft)?;
        let written = file.write_all(bytes).and_then(|()| self.sync(&file));
        let moved = written.and_then(|()| fs::rename(&draft, &path));
        if moved.is_err() {
            // The first fault counts; a draft that stays is swept out at a later start.
            let _ = fs::remove_file(&draft);
        }
        match self.durability {
            Durability::Synced => moved.and_then(|()| sync_folders(folder, &self.folder)),
            Durability::Whenever => moved,
        }
    }

    fn old_files(&self, area: &str, age: Duration) -> io::Result<Vec<FileKey>> {
        let mut old = Vec::new();
        for shelf in entries(&self.folder.join(area))? {
            for file in entries(&shelf)? {
                let written = fs::metadata(&file)?.modified()?;
                let key = file.strip_prefix(&self.folder).ok().and_then(Path::to_str);
                let key = key.and_then(|key| key.parse().ok());
                if written.elapsed().unwrap_or_default() >= age {
                    old.extend(key);
                }
            }
        }
        Ok(old)
    }
}

impl FileStore for LocalFiles {
    fn put(&self, key: &FileKey, bytes: &[u8]) -> Result<(), FileStoreError> {
        self.write(key, bytes).map_err(|error| failed(key, &error))
    }

    fn get(&self, key: &FileKey) -> Result<Vec<u8>, FileStoreError> {
        fs::read(self.path(key)).map_err(|error| not_read(key, &error))
    }

    fn delete(&self, key: &FileKey) -> Result<(), FileStoreError> {
        match fs::remove_file(self.path(key)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(key, &error)),
            _ => Ok(()),
        }
    }

    fn discard(&self, key: &FileKey) {
        if let Err(error) = self.delete(key) {
            log::warn!("a file without a row stays: {error}");
        }
    }

    fn begin(&self, key: &FileKey) -> Result<Box<dyn FileDraft>, FileStoreError> {
        let draft = LocalDraft::create(self.draft(key), self.path(key), self.folder.clone());
        Ok(Box::new(draft.map_err(|error| failed(key, &error))?))
    }

    fn open(&self, key: &FileKey) -> Result<Box<dyn OpenFile>, FileStoreError> {
        let file = File::open(self.path(key)).map_err(|error| not_read(key, &error))?;
        Ok(Box::new(file))
    }

    fn older_than(&self, area: &str, age: Duration) -> Result<Vec<FileKey>, FileStoreError> {
        self.old_files(area, age)
            .map_err(|error| FileStoreError::Failed(format!("{area}: {error}")))
    }
}

/// The paths in a folder; none where there is no folder yet.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A new file that its owner alone can read.
pub(super) fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)
}

pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// A name is durable once its folder is synced, and the folder's own name once its parent's is.
pub(super) fn sync_folders(from: &Path, up_to: &Path) -> io::Result<()> {
    for folder in from.ancestors() {
        File::open(folder)?.sync_all()?;
        if folder == up_to {
            break;
        }
    }
    Ok(())
}

fn failed(key: &FileKey, error: &io::Error) -> FileStoreError {
    FileStoreError::Failed(format!("{key}: {error}"))
}

fn not_read(key: &FileKey, error: &io::Error) -> FileStoreError {
    match error.kind() {
        ErrorKind::NotFound => FileStoreError::NotFound(key.clone()),
        _ => failed(key, error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn key(text: &str) -> FileKey {
        text.parse().unwrap()
    }

    #[test]
    fn files_are_their_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::open(folder.path()).unwrap();
        files.put(&key("members/ab/ab1"), b"one").unwrap();
        let mode = |path: &str| {
            fs::metadata(folder.path().join(path)).unwrap().permissions().mode() & 0o777
        };
        assert_eq!((mode("members"), mode("members/ab/ab1")), (0o700, 0o600));
    }

    #[test]
    fn no_draft_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::open(folder.path()).unwrap();
        files.put(&key("members/ab/ab1"), b"one").unwrap();
        assert_eq!(fs::read_dir(files.drafts()).unwrap().count(), 0);
    }

    #[test]
    fn old_drafts_are_swept_out_and_young_ones_are_left_to_their_writers() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::open(folder.path()).unwrap();
        let young = files.drafts().join("young");
        let old = files.drafts().join("old");
        fs::write(&young, b"x").unwrap();
        let draft = File::create(&old).unwrap();
        draft.set_modified(std::time::UNIX_EPOCH).unwrap();
        LocalFiles::open(folder.path()).unwrap();
        assert!(young.exists() && !old.exists());
    }
}
