//! Profiles that an installation configures.

use diesel::prelude::*;
use pensipro_billing::{PayerProfile, ProfileRepository};
use pensipro_kernel::StorageError;

use crate::{Tx, convert::unreadable, schema::payer_profiles};

impl ProfileRepository for Tx<'_> {
    fn configured_profiles(&mut self) -> Result<Vec<PayerProfile>, StorageError> {
        let query =
            payer_profiles::table.order(payer_profiles::code).select(payer_profiles::definition);
        let definitions: Vec<String> = self.run(|conn| query.load(conn))?;
        let read = |json: String| {
            serde_json::from_str(&json).map_err(|_| unreadable("payer_profiles.definition"))
        };
        definitions.into_iter().map(read).collect()
    }
}
