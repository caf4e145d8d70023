//! The keys of an installation: wrapped by the master key in the database, in clear only here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{Entropy, MemberId, StorageError};
use zeroize::Zeroizing;

use super::{
    index::{IndexKey, Lookup, LookupKey},
    sealing::{KEY_LEN, SealingKey},
};
use crate::{OpenError, connection::DbConnection, migrations, schema::installation_keys};

/// The key that wraps all others; the caller makes and keeps it.
#[derive(Clone)]
pub struct MasterKey(Zeroizing<[u8; KEY_LEN]>);

impl MasterKey {
    /// The key of these 32 bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    fn sealing(&self) -> SealingKey {
        SealingKey::new(&self.0)
    }
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// Whether the database has keys yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installation {
    /// It is empty: a master key may be made.
    New,
    /// It was made with a master key, which is needed.
    Existing,
}

/// Unwrapped members' keys kept at once; past it the cache starts anew.
const CACHED_KEYS: usize = 4_096;

const DATA: &str = "data";
const INDEX: &str = "index";
const CHECK: &str = "check";
const CHECK_VALUE: &[u8] = b"pensipro master key";

pub(crate) struct KeyRing {
    master: SealingKey,
    installation: Arc<SealingKey>,
    index: IndexKey,
    members: Mutex<HashMap<MemberId, Arc<SealingKey>>>,
}

impl KeyRing {
    /// Finds the installation's keys and proves the master key, or makes them.
    pub(crate) fn open(
        conn: &mut DbConnection,
        entropy: &dyn Entropy,
        now: DateTime<Utc>,
        master_key: impl FnOnce(Installation) -> Result<MasterKey, OpenError>,
    ) -> Result<Self, OpenError> {
        migrations::exclusively(conn, |conn| {
            let stored = load(conn).map_err(|error| OpenError::Unreachable(error.to_string()))?;
            if stored.is_empty() {
                let master = master_key(Installation::New)?.sealing();
                let made = make(&master, entropy);
                store(conn, &made, now)?;
                return Self::unwrap(master, &made);
            }
            let master = master_key(Installation::Existing)?.sealing();
            Self::unwrap(master, &stored)
        })
    }

    fn unwrap(master: SealingKey, stored: &HashMap<String, Vec<u8>>) -> Result<Self, OpenError> {
        let open = |name: &str| {
            let wrapped = stored.get(name).ok_or(OpenError::WrongMasterKey)?;
            master.open(&place(name), wrapped).map_err(|_| OpenError::WrongMasterKey)
        };
        if open(CHECK)? != CHECK_VALUE {
            return Err(OpenError::WrongMasterKey);
        }
        let key = |name| key_bytes(open(name)?).map_err(|_| OpenError::WrongMasterKey);
        Ok(Self {
            installation: Arc::new(SealingKey::new(&*key(DATA)?)),
            index: IndexKey::new(&*key(INDEX)?),
            members: Mutex::default(),
            master,
        })
    }

    /// The key for what belongs to no member yet.
    pub(crate) fn installation(&self) -> Arc<SealingKey> {
        Arc::clone(&self.installation)
    }

    pub(crate) fn lookup(&self, kind: LookupKey, value: &str) -> Lookup {
        self.index.entry(kind, value)
    }

    /// The installation's keys, wrapped by another master key.
    pub(crate) fn rewrapped_installation(
        &self,
        conn: &mut DbConnection,
        new: &MasterKey,
        entropy: &dyn Entropy,
    ) -> diesel::QueryResult<()> {
        let new = new.sealing();
        for (name, wrapped) in load(conn)? {
            let place = place(&name);
            let bytes = self.master.open(&place, &wrapped).map_err(unreadable)?;
            let bytes = Zeroizing::new(bytes);
            diesel::update(installation_keys::table.find(&name))
                .set(installation_keys::wrapped.eq(new.seal(entropy, &place, &bytes)))
                .execute(conn)?;
        }
        Ok(())
    }

    /// A member's wrapped key, wrapped by another master key.
    pub(crate) fn rewrapped_member(
        &self,
        new: &MasterKey,
        entropy: &dyn Entropy,
        member: MemberId,
        wrapped: &[u8],
    ) -> Result<Vec<u8>, StorageError> {
        let place = member_place(member);
        let bytes = Zeroizing::new(self.master.open(&place, wrapped)?);
        Ok(new.sealing().seal(entropy, &place, &bytes))
    }

    /// A new member's key and its wrapped form, which the row keeps.
    pub(crate) fn new_member_key(
        &self,
        entropy: &dyn Entropy,
        member: MemberId,
    ) -> (Arc<SealingKey>, Vec<u8>) {
        let bytes = SealingKey::random(entropy);
        let wrapped = self.master.seal(entropy, &member_place(member), bytes.as_slice());
        (Arc::new(SealingKey::new(&bytes)), wrapped)
    }

    pub(crate) fn unwrap_member_key(
        &self,
        member: MemberId,
        wrapped: &[u8],
    ) -> Result<Arc<SealingKey>, StorageError> {
        let bytes = key_bytes(self.master.open(&member_place(member), wrapped)?)?;
        let key = Arc::new(SealingKey::new(&bytes));
        self.remember([(member, Arc::clone(&key))]);
        Ok(key)
    }

    pub(crate) fn cached(&self, member: MemberId) -> Option<Arc<SealingKey>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner).get(&member).cloned()
    }

    /// Keeps committed members' keys.
    pub(crate) fn remember(&self, keys: impl IntoIterator<Item = (MemberId, Arc<SealingKey>)>) {
        let mut members = self.members.lock().unwrap_or_else(PoisonError::into_inner);
        for (member, key) in keys {
            if members.len() >= CACHED_KEYS {
                members.clear();
            }
            members.insert(member, key);
        }
    }
}

fn make(master: &SealingKey, entropy: &dyn Entropy) -> HashMap<String, Vec<u8>> {
    let wrap =
        |name: &str, bytes: &[u8]| (name.to_owned(), master.seal(entropy, &place(name), bytes));
    HashMap::from([
        wrap(CHECK, CHECK_VALUE),
        wrap(DATA, SealingKey::random(entropy).as_slice()),
        wrap(INDEX, SealingKey::random(entropy).as_slice()),
    ])
}

fn place(name: &str) -> String {
    format!("installation_keys.{name}")
}

fn member_place(member: MemberId) -> String {
    format!("member_keys.{member}")
}

fn key_bytes(bytes: Vec<u8>) -> Result<Zeroizing<[u8; KEY_LEN]>, StorageError> {
    let bytes = Zeroizing::new(bytes);
    <[u8; KEY_LEN]>::try_from(bytes.as_slice())
        .map(Zeroizing::new)
        .map_err(|_| StorageError::Failed("a wrapped key has the wrong length".into()))
}

fn unreadable(error: StorageError) -> diesel::result::Error {
    diesel::result::Error::QueryBuilderError(error.to_string().into())
}

fn load(conn: &mut DbConnection) -> diesel::QueryResult<HashMap<String, Vec<u8>>> {
    installation_keys::table
        .select((installation_keys::name, installation_keys::wrapped))
        .load::<(String, Vec<u8>)>(conn)
        .map(HashMap::from_iter)
}

fn store(
    conn: &mut DbConnection,
    keys: &HashMap<String, Vec<u8>>,
    now: DateTime<Utc>,
) -> Result<(), OpenError> {
    conn.transaction(|conn| {
        for (name, wrapped) in keys {
            diesel::insert_into(installation_keys::table)
                .values((
                    installation_keys::name.eq(name),
                    installation_keys::wrapped.eq(wrapped),
                    installation_keys::created_at.eq(now.naive_utc()),
                ))
                .execute(conn)?;
        }
        Ok(())
    })
    .map_err(|error: diesel::result::Error| OpenError::Unreachable(error.to_string()))
}
