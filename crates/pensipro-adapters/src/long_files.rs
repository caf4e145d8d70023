//! Files too long for memory: written and read piece by piece.

use std::{
    fs::{self, File},
    io::{self, ErrorKind, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use pensipro_members::{FileKey, FileStoreError};

use crate::{
    LocalFiles,
    local_files::{create, failed, make_folder, sync_folders},
};

/// A file in the making. [`Draft::finish`] puts it in its place, whole and durable; dropped before,
/// it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    file: File,
    draft: PathBuf,
    path: PathBuf,
    root: PathBuf,
}

impl LocalFiles {
    /// Begins a long file under a new key.
    pub fn begin(&self, key: &FileKey) -> Result<Draft, FileStoreError> {
        let draft = self.draft(key);
        let file = create(&draft).map_err(|error| failed(key, &error))?;
        Ok(Draft { file, draft, path: self.path(key), root: self.folder().to_owned() })
    }

    /// A long file, to be read from its start.
    pub fn open_long(&self, key: &FileKey) -> Result<File, FileStoreError> {
        File::open(self.path(key)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => FileStoreError::NotFound(key.clone()),
            _ => failed(key, &error),
        })
    }

    /// The keys of an area whose files were last written so long ago or longer.
    pub fn older_than(&self, area: &str, age: Duration) -> io::Result<Vec<FileKey>> {
        let mut old = Vec::new();
        for shelf in entries(&self.folder().join(area))? {
            for file in entries(&shelf)? {
                let written = fs::metadata(&file)?.modified()?;
                let key = file.strip_prefix(self.folder()).ok().and_then(Path::to_str);
                let key = key.and_then(|key| key.parse().ok());
                if written.elapsed().unwrap_or_default() >= age {
                    old.extend(key);
                }
            }
        }
        Ok(old)
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

impl Draft {
    /// Puts the file in its place.
    pub fn finish(self) -> io::Result<()> {
        self.file.sync_all()?;
        let folder = self.path.parent().unwrap_or(&self.root);
        make_folder(folder)?;
        fs::rename(&self.draft, &self.path)?;
        sync_folders(folder, &self.root)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After `finish` it is gone already; one that stays is swept out at a later start.
        let _ = fs::remove_file(&self.draft);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use pensipro_members::FileStore;

    use super::*;

    fn key(text: &str) -> FileKey {
        text.parse().unwrap()
    }

    #[test]
    fn a_draft_is_there_whole_once_it_is_finished_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::open(folder.path()).unwrap();
        let mut draft = files.begin(&key("spool/ab/ab1")).unwrap();
        draft.write_all(b"one ").unwrap();
        draft.write_all(b"two").unwrap();
        assert!(files.open_long(&key("spool/ab/ab1")).is_err());
        draft.finish().unwrap();
        let mut text = String::new();
        files.open_long(&key("spool/ab/ab1")).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "one two");
    }

    #[test]
    fn a_draft_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::open(folder.path()).unwrap();
        let mut draft = files.begin(&key("spool/ab/ab1")).unwrap();
        draft.write_all(b"one").unwrap();
        drop(draft);
        assert_eq!(fs::read_dir(folder.path().join(".drafts")).unwrap().count(), 0);
    }

    #[test]
    fn old_files_of_an_area_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let files = LocalFiles::open(folder.path()).unwrap();
        assert!(files.older_than("spool", Duration::ZERO).unwrap().is_empty());
        files.put(&key("spool/ab/ab1"), b"x").unwrap();
        files.put(&key("members/ab/ab2"), b"x").unwrap();
        assert_eq!(files.older_than("spool", Duration::ZERO).unwrap(), [key("spool/ab/ab1")]);
        assert!(files.older_than("spool", Duration::from_secs(3_600)).unwrap().is_empty());
    }
}
