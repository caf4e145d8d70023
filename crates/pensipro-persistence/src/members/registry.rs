//! Who is registered already, and new members, one or many at once.

use std::{collections::HashMap, hash::Hash};

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{BranchId, MemberId, StorageError, UserId, Version};
use pensipro_members::{
    Holders, KeyHolder, Member, MemberDetails, MemberRegistry, Nik, NoPensiun, Presence, Standing,
};

use super::member_rows::MemberColumns;
use crate::{
    Tx,
    convert::from_time,
    crypto::{Lookup, LookupKey},
    schema::members,
    sql::{First, ForEach, Probe, Second, hex},
};

#[derive(QueryableByName)]
#[diesel(table_name = members)]
struct HolderRow {
    nik: Option<Vec<u8>>,
    no_pensiun: Option<Vec<u8>>,
    id: i64,
    branch_id: Option<i64>,
    deleted_at: Option<NaiveDateTime>,
}

impl HolderRow {
    fn holder(&self) -> KeyHolder {
        KeyHolder {
            id: MemberId::new(self.id),
            branch_id: self.branch_id.map(BranchId::new),
            presence: if self.deleted_at.is_some() { Presence::Deleted } else { Presence::Present },
        }
    }
}

/// Identifiers that are asked for, by their entries in the keyed index.
struct Asked<'a, T>(HashMap<Lookup, &'a T>);

impl<T: Clone + Eq + Hash> Asked<'_, T> {
    fn entries(&self, kind: &'static str) -> Vec<(String, &'static str)> {
        self.0.keys().map(|entry| (hex(entry.bytes()), kind)).collect()
    }

    /// The holders by the identifiers that were asked for.
    fn named(
        &self,
        rows: &[HolderRow],
        entry: impl Fn(&HolderRow) -> Option<&[u8]>,
    ) -> HashMap<T, KeyHolder> {
        let held = rows.iter().filter_map(|row| {
            let asked = self.0.get(&Lookup::from_stored(entry(row)?)?)?;
            Some(((*asked).clone(), row.holder()))
        });
        held.collect()
    }
}

impl Tx<'_> {
    fn asked<'a, T>(
        &self,
        kind: LookupKey,
        identifiers: &'a [T],
        text: impl Fn(&T) -> &str,
    ) -> Asked<'a, T> {
        let entry = |identifier| (self.lookup(kind, text(identifier)), identifier);
        Asked(identifiers.iter().map(entry).collect())
    }

    /// The members with these entries, by the condition that finds one's.
    fn holder_rows(
        &mut self,
        condition: &'static str,
        entries: Vec<(String, &'static str)>,
    ) -> Result<Vec<HolderRow>, StorageError> {
        if entries.is_empty() {
            return Ok(Vec::new());
        }
        let probe = ForEach {
            select: "t.nik, t.no_pensiun, t.id, t.branch_id, t.deleted_at",
            table: "members",
            condition,
            joins: "",
            probe: Probe::Read,
            pairs: (First::Bytes, Second::Code),
        };
        let backend = self.backend();
        self.run(|conn| probe.of(backend, &entries)?.load(conn))
    }
}

impl MemberRegistry for Tx<'_> {
    fn holders(&mut self, niks: &[Nik], numbers: &[NoPensiun]) -> Result<Holders, StorageError> {
        let niks = self.asked(LookupKey::Nik, niks, Nik::as_str);
        let numbers = self.asked(LookupKey::NoPensiun, numbers, NoPensiun::as_str);
        let by_nik = self.holder_rows("t.nik = wanted.one", niks.entries("nik"))?;
        let by_number =
            self.holder_rows("t.no_pensiun = wanted.one", numbers.entries("no_pensiun"))?;
        Ok(Holders {
            nik: niks.named(&by_nik, |row| row.nik.as_deref()),
            no_pensiun: numbers.named(&by_number, |row| row.no_pensiun.as_deref()),
        })
    }

    fn add_members(
        &mut self,
        details: Vec<MemberDetails>,
        by: Option<UserId>,
    ) -> Result<Vec<Member>, StorageError> {
        let ids = self.reserve_ids("members", details.len())?;
        let now = from_time(self.now());
        let member = |(id, details)| Member {
            id: MemberId::new(id),
            details,
            standing: Standing::Active,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
            created_by: by,
        };
        let members: Vec<Member> = ids.into_iter().zip(details).map(member).collect();
        let keys: Vec<_> = members.iter().map(|member| self.new_member_key(member.id)).collect();
        let keyed = members.iter().zip(&keys);
        let rows = keyed.map(|(member, new)| self.member_columns(&new.key, member)).collect();
        self.insert_all::<MemberColumns>(rows)?;
        self.add_member_keys(keys)?;
        Ok(members)
    }
}
