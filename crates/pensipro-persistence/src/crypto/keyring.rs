//! The keys of an installation: wrapped by the master key in the database, in clear only here.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{Entropy, MemberId, StorageError};
use zeroize::Zeroizing;

use super::{
    index::{IndexKey, Lookup, LookupKey},
    masters::{MasterKey, Masters},
    sealing::{KEY_LEN, SealingKey},
};
use crate::{OpenError, connection::DbConnection, migrations, schema::installation_keys};

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
    masters: Masters,
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
                let masters = Masters::new(&master_key(Installation::New)?);
                let made = make(&masters, entropy);
                store(conn, &made, now)?;
                return Self::unwrap(masters, &made);
            }
            let masters = Masters::new(&master_key(Installation::Existing)?);
            Self::unwrap(masters, &stored)
        })
    }

    fn unwrap(masters: Masters, stored: &HashMap<String, Vec<u8>>) -> Result<Self, OpenError> {
        let open = |name: &str| {
            let wrapped = stored.get(name).ok_or(OpenError::WrongMasterKey)?;
            masters.open(&place(name), wrapped).map_err(|_| OpenError::WrongMasterKey)
        };
        if open(CHECK)? != CHECK_VALUE {
            return Err(OpenError::WrongMasterKey);
        }
        if let Some(check) = stored.get(CHECK) {
            masters.follow(&place(CHECK), check);
        }
        let key = |name| key_bytes(open(name)?).map_err(|_| OpenError::WrongMasterKey);
        Ok(Self {
            installation: Arc::new(SealingKey::new(&*key(DATA)?)),
            index: IndexKey::new(&*key(INDEX)?),
            members: Mutex::default(),
            masters,
        })
    }

    /// The key for what belongs to no member yet.
    pub(crate) fn installation(&self) -> Arc<SealingKey> {
        Arc::clone(&self.installation)
    }

    pub(crate) fn lookup(&self, kind: LookupKey, value: &str) -> Lookup {
        self.index.entry(kind, value)
    }

    /// 32 bytes that follow from the installation's keys and from nothing else: the same on every
    /// instance, whatever master key wraps them.
    pub(crate) fn derived(&self, label: &str) -> [u8; KEY_LEN] {
        self.index.derived(label)
    }

    /// Looks whether the installation's keys are wrapped by the next master key by now; from then on
    /// it wraps new ones too.
    pub(crate) fn follow_master(&self, conn: &mut DbConnection) -> diesel::QueryResult<()> {
        if let Some(check) = load(conn)?.get(CHECK) {
            self.masters.follow(&place(CHECK), check);
        }
        Ok(())
    }

    /// Wraps the installation's keys by the next master key, where that is not done yet.
    pub(crate) fn rewrap_installation(
        &self,
        conn: &mut DbConnection,
        entropy: &dyn Entropy,
    ) -> diesel::QueryResult<()> {
        for (name, wrapped) in load(conn)? {
            let rewrapped = self.masters.rewrapped(entropy, &place(&name), &wrapped);
            if let Some(wrapped) = rewrapped.map_err(unreadable)? {
                diesel::update(installation_keys::table.find(&name))
                    .set(installation_keys::wrapped.eq(wrapped))
                    .execute(conn)?;
            }
        }
        Ok(())
    }

    /// A member's wrapped key, wrapped by the next master key; `None` where it is already.
    pub(crate) fn rewrapped_member(
        &self,
        entropy: &dyn Entropy,
        member: MemberId,
        wrapped: &[u8],
    ) -> Result<Option<Vec<u8>>, StorageError> {
        self.masters.rewrapped(entropy, &member_place(member), wrapped)
    }

    /// True while a next master key is there and the present one still wraps.
    pub(crate) fn awaits_next_master(&self) -> bool {
        self.masters.awaits_next()
    }

    /// True if a master key is to follow the present one.
    pub(crate) fn has_next_master(&self) -> bool {
        self.masters.has_next()
    }

    /// A new member's key and its wrapped form, which the row keeps.
    pub(crate) fn new_member_key(
        &self,
        entropy: &dyn Entropy,
        member: MemberId,
    ) -> (Arc<SealingKey>, Vec<u8>) {
        let bytes = SealingKey::random(entropy);
        let wrapped = self.masters.seal(entropy, &member_place(member), bytes.as_slice());
        (Arc::new(SealingKey::new(&bytes)), wrapped)
    }

    pub(crate) fn unwrap_member_key(
        &self,
        member: MemberId,
        wrapped: &[u8],
    ) -> Result<Arc<SealingKey>, StorageError> {
        let bytes = key_bytes(self.masters.open(&member_place(member), wrapped)?)?;
        let key = Arc::new(SealingKey::new(&bytes));
        self.remember([(member, Arc::clone(&key))]);
        Ok(key)
    }

    pub(crate) fn cached(&self, member: MemberId) -> Option<Arc<SealingKey>> {
        self.members().get(&member).cloned()
    }

    /// Forgets members' keys, which were destroyed.
    pub(crate) fn forget(&self, members: impl IntoIterator<Item = MemberId>) {
        let mut kept = self.members();
        for member in members {
            kept.remove(&member);
        }
    }

    fn members(&self) -> MutexGuard<'_, HashMap<MemberId, Arc<SealingKey>>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps committed members' keys.
    pub(crate) fn remember(&self, keys: impl IntoIterator<Item = (MemberId, Arc<SealingKey>)>) {
        let mut members = self.members();
        for (member, key) in keys {
            if members.len() >= CACHED_KEYS {
                members.clear();
            }
            members.insert(member, key);
        }
    }
}

fn make(masters: &Masters, entropy: &dyn Entropy) -> HashMap<String, Vec<u8>> {
    let wrap =
        |name: &str, bytes: &[u8]| (name.to_owned(), masters.seal(entropy, &place(name), bytes));
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
