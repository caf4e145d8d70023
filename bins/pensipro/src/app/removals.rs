//! Files that no row names any more are removed from the file store, after the transaction that gave
//! them up: a crash in between leaves them to the next look.

use pensipro_members::PersonalDataRepository;

use super::App;
use crate::{http::Problem, uploads::aside};

/// Files that are removed at once.
const FILES: u16 = 100;

impl App {
    /// Removes what is to be removed. What cannot be stays noted for the next time.
    pub(crate) async fn remove_files(&self) {
        self.chore_ended("files.remove", &self.remove_given_up().await);
    }

    async fn remove_given_up(&self) -> Result<(), Problem> {
        loop {
            let keys = self.load(|tx, _| Ok(tx.files_to_remove(FILES)?)).await?;
            if keys.is_empty() {
                return Ok(());
            }
            let (app, gone) = (self.clone(), keys.clone());
            let remove = move || {
                for key in &gone {
                    app.files.delete(key).map_err(pensipro_kernel::StorageError::from)?;
                }
                Ok(())
            };
            aside(remove).await?;
            self.change("forget_removed_files", move |tx, _| Ok(tx.forget_removed_files(&keys)?))
                .await?;
        }
    }
}
