//! Profiles that an installation has of its own, beside the built-in ones or in their place.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Expected, Moment, PayerProfileId, StorageError,
};

use crate::{
    BillingError, OwnProfile, PayerProfile, built_in,
    repository::{ImportRepository, ProfileRepository},
};

/// A profile in force, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownProfile {
    /// The product's.
    BuiltIn(PayerProfile),
    /// The installation's own.
    Own(OwnProfile),
}

impl KnownProfile {
    /// What it says.
    pub const fn profile(&self) -> &PayerProfile {
        match self {
            Self::BuiltIn(profile) => profile,
            Self::Own(own) => &own.profile,
        }
    }
}

/// Every profile in force: the installation's own, and the built-in ones that none of them replaces.
pub fn list_profiles<Tx: ProfileRepository>(
    tx: &mut Tx,
) -> Result<Vec<KnownProfile>, BillingError> {
    let own = tx.own_profiles()?;
    let is_replaced = |profile: &PayerProfile| {
        own.iter().any(|own| own.profile.code().eq_ignore_ascii_case(profile.code()))
    };
    let kept: Vec<_> = built_in().into_iter().filter(|profile| !is_replaced(profile)).collect();
    let kept = kept.into_iter().map(KnownProfile::BuiltIn);
    Ok(own.into_iter().map(KnownProfile::Own).chain(kept).collect())
}

/// Adds a profile; one with a built-in one's code replaces that, unless a file is being read by it.
pub fn add_profile<Tx>(
    tx: &mut Tx,
    by: &Actor,
    profile: &PayerProfile,
) -> Result<OwnProfile, BillingError>
where
    Tx: ProfileRepository + ImportRepository + AuditLog,
{
    by.whole_house()?;
    let is_same = |own: &OwnProfile| own.profile.code().eq_ignore_ascii_case(profile.code());
    if tx.own_profiles()?.iter().any(is_same) {
        return Err(BillingError::ProfileTaken { code: profile.code().to_owned() });
    }
    refuse_while_read(tx, profile.code())?;
    let added = tx.add_profile(profile, by.user_id).map_err(|error| taken(error, profile))?;
    tx.audit(by, entry("billing.profile.create", added.id).is(view(&added.profile)))?;
    Ok(added)
}

/// Changes what a profile says, unless a file is being read by it. Its code stays: exports and imports
/// name it.
pub fn change_profile<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: PayerProfileId,
    expected: Expected,
    profile: PayerProfile,
    at: Moment,
) -> Result<OwnProfile, BillingError>
where
    Tx: ProfileRepository + ImportRepository + AuditLog,
{
    by.whole_house()?;
    let before = tx.lock_profile(id)?;
    expected.check("payer profile", before.version)?;
    if profile.code() != before.profile.code() {
        return Err(BillingError::ProfileRenamed { code: before.profile.code().to_owned() });
    }
    refuse_while_read(tx, before.profile.code())?;
    let mut after = OwnProfile { profile, updated_at: at.now, ..before.clone() };
    after.version = tx.save_profile(&after)?;
    let entry = entry("billing.profile.update", id).was(view(&before.profile));
    tx.audit(by, entry.is(view(&after.profile)))?;
    Ok(after)
}

/// Removes a profile: a built-in one of its code stands again. One in which files were written or read,
/// and that no built-in one replaces, stays; so does one by which a file is being read.
pub fn remove_profile<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: PayerProfileId,
    expected: Expected,
) -> Result<(), BillingError>
where
    Tx: ProfileRepository + ImportRepository + AuditLog,
{
    by.whole_house()?;
    let own = tx.lock_profile(id)?;
    expected.check("payer profile", own.version)?;
    let code = own.profile.code();
    refuse_while_read(tx, code)?;
    let stands_again = built_in().iter().any(|known| known.code().eq_ignore_ascii_case(code));
    if !stands_again && tx.is_profile_in_use(code)? {
        return Err(BillingError::ProfileInUse { code: code.to_owned() });
    }
    tx.remove_profile(id)?;
    Ok(tx.audit(by, entry("billing.profile.delete", id).was(view(&own.profile)))?)
}

/// An import that goes on after a restart reads the rest of its file by the profile of its code: what
/// that says must not change in between. Cost: a query for each unfinished import.
fn refuse_while_read<Tx: ImportRepository>(tx: &mut Tx, code: &str) -> Result<(), BillingError> {
    for import_id in tx.unfinished_imports()? {
        if tx.import(import_id)?.profile.eq_ignore_ascii_case(code) {
            return Err(BillingError::ProfileBeingRead { code: code.to_owned(), import_id });
        }
    }
    Ok(())
}

fn taken(error: StorageError, profile: &PayerProfile) -> BillingError {
    match error {
        StorageError::Duplicate { .. } => {
            BillingError::ProfileTaken { code: profile.code().to_owned() }
        }
        other => other.into(),
    }
}

fn entry(action: &'static str, id: PayerProfileId) -> AuditEntry {
    AuditEntry::new(action, "payer_profiles", id.get())
}

fn view(profile: &PayerProfile) -> AuditValue {
    let definition = serde_json::to_value(profile).unwrap_or_default();
    AuditValue::new().with("code", profile.code()).with("definition", definition)
}
