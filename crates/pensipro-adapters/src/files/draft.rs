//! A long file on its way into a local folder.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::PathBuf,
};

use pensipro_members::FileDraft;

use super::local::{create, make_folder, sync_folders};

/// Written beside its place; moved there, durable, when it is finished.
#[derive(Debug)]
pub(super) struct LocalDraft {
    file: File,
    draft: PathBuf,
    path: PathBuf,
    root: PathBuf,
}

impl LocalDraft {
    pub(super) fn create(draft: PathBuf, path: PathBuf, root: PathBuf) -> io::Result<Self> {
        Ok(Self { file: create(&draft)?, draft, path, root })
    }
}

impl FileDraft for LocalDraft {
    fn finish(self: Box<Self>) -> io::Result<()> {
        self.file.sync_all()?;
        let folder = self.path.parent().unwrap_or(&self.root);
        make_folder(folder)?;
        fs::rename(&self.draft, &self.path)?;
        sync_folders(folder, &self.root)
    }
}

impl Write for LocalDraft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for LocalDraft {
    fn drop(&mut self) {
        // After `finish` it is gone already; one that stays is swept out at a later start.
        let _ = fs::remove_file(&self.draft);
    }
}
