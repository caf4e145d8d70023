//! Members' data keys, and what is sealed with them.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{MemberId, StorageError};

use crate::{
    Tx,
    crypto::{Lookup, LookupKey, SealingKey},
    schema::{member_keys, members},
    sql::batch_row,
};

/// Members' keys, to open many rows with.
pub(crate) type MemberKeys = HashMap<MemberId, Arc<SealingKey>>;

/// A new member's key, in clear and wrapped by the master key.
pub(crate) struct NewKey {
    member: MemberId,
    pub(crate) key: Arc<SealingKey>,
    wrapped: Vec<u8>,
}

#[derive(Insertable)]
#[diesel(table_name = member_keys)]
#[diesel(treat_none_as_default_value = false)]
struct KeyRow {
    member_id: i64,
    wrapped: Vec<u8>,
    created_at: NaiveDateTime,
}
batch_row!(KeyRow => member_keys);

impl Tx<'_> {
    /// An identifier's entry in the keyed index.
    pub fn lookup(&self, kind: LookupKey, value: &str) -> Lookup {
        self.keys().lookup(kind, value)
    }

    /// A new member's key, not stored yet.
    pub(crate) fn new_member_key(&self, member: MemberId) -> NewKey {
        let (key, wrapped) = self.keys().new_member_key(self.entropy(), member);
        NewKey { member, key, wrapped }
    }

    /// Stores new members' keys, once the members are stored.
    pub(crate) fn add_member_keys(&mut self, keys: Vec<NewKey>) -> Result<(), StorageError> {
        let created_at = self.now();
        let mut rows = Vec::with_capacity(keys.len());
        for NewKey { member, key, wrapped } in keys {
            self.note_new_key(member, key);
            rows.push(KeyRow { member_id: member.get(), wrapped, created_at });
        }
        self.insert_all(rows)
    }

    /// Destroys a member's key: nothing that is sealed with it opens again. On this instance it is
    /// forgotten with the commit, on others when they look ([`Tx::refresh_keys`]).
    pub(crate) fn destroy_member_key(&mut self, member: MemberId) -> Result<(), StorageError> {
        use member_keys::dsl;
        self.run(|conn| {
            diesel::delete(dsl::member_keys.filter(dsl::member_id.eq(member.get()))).execute(conn)
        })?;
        self.note_destroyed_key(member);
        Ok(())
    }

    /// Forgets the keys of members who were anonymised at this time or later, and lets the next
    /// master key wrap what is new if it wraps the installation's keys by now. One query; two while
    /// a master key is about to follow.
    pub fn refresh_keys(&mut self, since: DateTime<Utc>) -> Result<(), StorageError> {
        self.follow_master()?;
        let since = since.naive_utc();
        let gone: Vec<i64> = self.run(|conn| {
            members::table.filter(members::anonymised_at.ge(since)).select(members::id).load(conn)
        })?;
        self.keys().forget(gone.into_iter().map(MemberId::new));
        Ok(())
    }

    pub(crate) fn follow_master(&mut self) -> Result<(), StorageError> {
        let keys = self.keys();
        match keys.awaits_next_master() {
            true => self.run(|conn| keys.follow_master(conn)),
            false => Ok(()),
        }
    }

    /// A member's key.
    pub(crate) fn member_key(&mut self, member: MemberId) -> Result<Arc<SealingKey>, StorageError> {
        let keys = self.member_keys(&[member])?;
        keys.get(&member).cloned().ok_or(StorageError::not_found("member", member.get()))
    }

    /// The keys of these members, as far as they were not destroyed. One query for those that are
    /// not in the cache.
    pub(crate) fn member_keys(&mut self, members: &[MemberId]) -> Result<MemberKeys, StorageError> {
        let mut found = MemberKeys::with_capacity(members.len());
        let mut missing = Vec::new();
        for member in members {
            match self.new_key(*member).or_else(|| self.keys().cached(*member)) {
                Some(key) => {
                    found.insert(*member, key);
                }
                None => missing.push(member.get()),
            }
        }
        if !missing.is_empty() {
            missing.sort_unstable();
            missing.dedup();
            found.extend(self.load_keys(missing)?);
        }
        Ok(found)
    }

    /// The same without those that this instance cannot open, which are told of in the log: one of them
    /// holds up nobody else.
    pub(crate) fn readable_member_keys(
        &mut self,
        members: &[MemberId],
    ) -> Result<MemberKeys, StorageError> {
        match self.member_keys(members) {
            Err(StorageError::Failed(_)) => {}
            found => return found,
        }
        let mut found = MemberKeys::with_capacity(members.len());
        for member in members {
            match self.member_keys(&[*member]) {
                Ok(one) => found.extend(one),
                Err(StorageError::Failed(_)) => {
                    log::error!("the key of member {member} cannot be opened");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn load_keys(&mut self, members: Vec<i64>) -> Result<MemberKeys, StorageError> {
        use member_keys::dsl;
        let rows: Vec<(i64, Vec<u8>)> = self.run(|conn| {
            dsl::member_keys
                .filter(dsl::member_id.eq_any(members))
                .select((dsl::member_id, dsl::wrapped))
                .load(conn)
        })?;
        rows.into_iter()
            .map(|(member, wrapped)| {
                let member = MemberId::new(member);
                Ok((member, self.keys().unwrap_member_key(member, &wrapped)?))
            })
            .collect()
    }

    /// The key of this member, or the installation's for what belongs to nobody yet.
    pub(crate) fn subject_key(
        &mut self,
        subject: Option<MemberId>,
    ) -> Result<Arc<SealingKey>, StorageError> {
        match subject {
            Some(member) => self.member_key(member),
            None => Ok(self.keys().installation()),
        }
    }

    /// Seals the bytes of a file: a member's with his key, others with the installation's.
    pub fn seal_file(
        &mut self,
        subject: Option<MemberId>,
        plain: &[u8],
    ) -> Result<Vec<u8>, StorageError> {
        Ok(self.subject_key(subject)?.seal(self.entropy(), FILE, plain))
    }

    /// The bytes that were sealed by [`Tx::seal_file`] for the same subject.
    pub fn open_file(
        &mut self,
        subject: Option<MemberId>,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StorageError> {
        self.subject_key(subject)?.open(FILE, sealed)
    }
}

const FILE: &str = "file";

#[cfg(test)]
mod tests {
    use crate::testing::{is_by_index, on_each_backend, query_plan};

    /// It is asked for twice a second, however many members there are.
    #[test]
    fn who_was_anonymised_lately_is_found_by_an_index() {
        on_each_backend(|database| {
            let sql = "SELECT id FROM members WHERE anonymised_at >= '2026-06-15 00:00:00'";
            let plan = query_plan(database, sql);
            assert!(is_by_index(&plan), "{plan:#?}");
        });
    }
}
