//! Seals, each over the hashes of its rows and the seal before it.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use pensipro_kernel::AuditId;

use super::hash::{Digest, Fields, SealHash};

/// Rows that a seal holds at most.
pub const MOST_ENTRIES: usize = 20_000;

/// A row's place in a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealEntry {
    /// The row.
    pub id: AuditId,
    /// Its hash, as it was when it was sealed.
    pub hash: SealHash,
}

/// A seal. The first is number 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// Its place in the chain.
    pub no: i64,
    /// How many rows it holds.
    pub count: i64,
    /// The hash over its rows, its place, its time and the seal before it.
    pub root: SealHash,
    /// The root of the seal before it.
    pub previous: SealHash,
    /// When it was made.
    pub sealed_at: DateTime<Utc>,
}

/// A seal by its number and root, as it is kept elsewhere: `12:9f86d0…`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The seal.
    pub no: i64,
    /// Its root.
    pub root: SealHash,
}

impl Seal {
    /// The seal of rows that follows the last one; none of no rows. The order of the rows does not
    /// matter.
    pub fn after(
        last: Option<&Self>,
        entries: &mut [SealEntry],
        sealed_at: DateTime<Utc>,
        digest: Digest,
    ) -> Option<Self> {
        let count = i64::try_from(entries.len()).ok().filter(|count| *count > 0)?;
        let no = last.map_or(0, |last| last.no).checked_add(1)?;
        let previous = last.map_or(SealHash::NONE, |last| last.root);
        entries.sort_unstable_by_key(|entry| entry.id);
        let unrooted = Self { no, count, root: SealHash::NONE, previous, sealed_at };
        Some(Self { root: unrooted.root_over(entries, digest), ..unrooted })
    }

    /// The root that these rows give, in rising order of their ids.
    pub(super) fn root_over(&self, entries: &[SealEntry], digest: Digest) -> SealHash {
        let Self { no, count, root: _, previous, sealed_at } = self;
        let mut fields = Fields::default();
        fields
            .begin("pensipro.audit.seal.1")
            .number(Some(*no))
            .number(Some(*count))
            .hash(*previous)
            .number(Some(sealed_at.timestamp_micros()));
        for SealEntry { id, hash } in entries {
            fields.number(Some(id.get())).hash(*hash);
        }
        fields.digest(digest)
    }

    /// In place of a seal that cannot be read: it follows from none.
    pub const fn unreadable(no: i64) -> Self {
        let none = SealHash::new([0xff; 32]);
        Self { no, count: -1, root: none, previous: none, sealed_at: DateTime::UNIX_EPOCH }
    }

    /// What to keep of it elsewhere.
    pub const fn head(&self) -> Head {
        Head { no: self.no, root: self.root }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.no, self.root)
    }
}

/// A text that is no head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a seal's number and root, such as 12:9f86d081…")]
pub struct NoHead;

impl FromStr for Head {
    type Err = NoHead;

    fn from_str(text: &str) -> Result<Self, NoHead> {
        let (no, root) = text.trim().split_once(':').ok_or(NoHead)?;
        let no = no.parse().ok().filter(|no| *no > 0).ok_or(NoHead)?;
        Ok(Self { no, root: root.parse().map_err(|_| NoHead)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{super::hash::mixed, *};

    /// Makes stretches differ at a place.
    type Change = fn(&mut Vec<Vec<i64>>, usize, i64);

    fn entries(ids: &[i64]) -> Vec<SealEntry> {
        let entry = |id: &i64| SealEntry { id: AuditId::new(*id), hash: mixed(&id.to_be_bytes()) };
        ids.iter().map(entry).collect()
    }

    fn chain(stretches: &[Vec<i64>]) -> Vec<Seal> {
        let mut seals: Vec<Seal> = Vec::new();
        for ids in stretches {
            let at = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
            seals.extend(Seal::after(seals.last(), &mut entries(ids), at, mixed));
        }
        seals
    }

    #[test]
    fn heads_read_back() {
        let head = chain(&[vec![1, 2], vec![3]])[1].head();
        assert_eq!((head.no, head.to_string().parse()), (2, Ok(head)));
        for text in ["", "1", "1:", "0:00", "x:9f", ":"] {
            assert!(text.parse::<Head>().is_err(), "{text}");
        }
        assert!(Seal::after(None, &mut [], DateTime::UNIX_EPOCH, mixed).is_none());
    }

    proptest! {
        /// Whatever differs in any stretch shows in the head: rows, their order among stretches,
        /// their number; but not the order within one.
        #[test]
        fn the_head_tells_every_difference(
            stretches in prop::collection::vec(prop::collection::vec(1_i64..1_000, 1..6), 1..5),
            place in any::<prop::sample::Index>(),
            id in 1_000_i64..2_000,
        ) {
            let head = chain(&stretches).last().map(Seal::head);
            let mut turned = stretches.clone();
            turned.iter_mut().for_each(|ids| ids.reverse());
            prop_assert_eq!(chain(&turned).last().map(Seal::head), head);

            let at = place.index(stretches.len());
            let changes: [Change; 4] = [
                |all, at, id| all[at][0] = id,
                |all, at, id| all[at].push(id),
                |all, at, id| all.insert(at, vec![id]),
                |all, at, _| { all[at].pop(); },
            ];
            for change in changes {
                let mut other = stretches.clone();
                change(&mut other, at, id);
                prop_assert_ne!(chain(&other).last().map(Seal::head), head);
            }
        }
    }
}
