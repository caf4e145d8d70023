//! The proof of the trail: what was sealed is as it was, and what is there was sealed.
//!
//! Seals are gone through in their order, then the rows without an entry. A stretch is one call, so
//! that memory holds little, nothing is locked, and who stops goes on where he was. Entries are
//! believed once they give their seal's root, and rows are compared with entries that are believed.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditId, StorageError};

use super::{
    chain::{Head, MOST_ENTRIES, Seal, SealEntry},
    hash::{Digest, SealHash},
    repository::SealRepository,
    row::RowHasher,
    sealing::{SETTLED_AFTER, unsealed_behind},
};

/// Entries that are compared with their rows at once.
const ROWS_AT_ONCE: u32 = 5_000;

/// Rows that are looked through for entries at once.
const IDS_AT_ONCE: u32 = 50_000;

/// Rows without an entry whose age is looked at in one stretch.
const STRAYS_AT_ONCE: usize = 1_000;

/// Altered rows among which a swapped one's partner is looked for.
const MOST_SUSPECTS: usize = 10_000;

/// What was found first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrailFault {
    /// A row differs from what was sealed.
    Altered(AuditId),
    /// Two rows hold what the other held.
    Swapped(AuditId, AuditId),
    /// A row that was sealed is gone.
    Missing(AuditId),
    /// A row that is long there was passed over when those after it were sealed.
    Inserted(AuditId),
    /// A row that is long there waits to be sealed, behind all that were: the sealer stands still.
    Unsealed(AuditId),
    /// A seal has fewer entries than it was made of.
    EntryMissing(i64),
    /// A seal has more entries than it was made of.
    EntryAdded(i64),
    /// A seal's entries, count, time or root differ from what it was made of.
    SealAltered(i64),
    /// A seal does not follow from the one before it, or is gone.
    ChainBroken(i64),
    /// The chain ends before a seal that was there.
    TailCut(i64),
    /// A seal has another root than the head that was kept of it: the chain was made anew.
    HeadDiffers(i64),
}

impl TrailFault {
    /// Stable, snake_case.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Altered(_) => "altered",
            Self::Swapped(..) => "swapped",
            Self::Missing(_) => "missing",
            Self::Inserted(_) => "inserted",
            Self::Unsealed(_) => "unsealed",
            Self::EntryMissing(_) => "entry_missing",
            Self::EntryAdded(_) => "entry_added",
            Self::SealAltered(_) => "seal_altered",
            Self::ChainBroken(_) => "chain_broken",
            Self::TailCut(_) => "tail_cut",
            Self::HeadDiffers(_) => "head_differs",
        }
    }

    /// The row, where it is one.
    pub const fn row(self) -> Option<AuditId> {
        match self {
            Self::Altered(id)
            | Self::Swapped(id, _)
            | Self::Missing(id)
            | Self::Inserted(id)
            | Self::Unsealed(id) => Some(id),
            _ => None,
        }
    }

    /// The row that it was swapped with.
    pub const fn other_row(self) -> Option<AuditId> {
        match self {
            Self::Swapped(_, other) => Some(other),
            _ => None,
        }
    }

    /// The seal, where it is one.
    pub const fn seal(self) -> Option<i64> {
        match self {
            Self::EntryMissing(no)
            | Self::EntryAdded(no)
            | Self::SealAltered(no)
            | Self::ChainBroken(no)
            | Self::TailCut(no)
            | Self::HeadDiffers(no) => Some(no),
            _ => None,
        }
    }
}

impl fmt::Display for TrailFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Altered(id) => write!(f, "row {id} differs from what was sealed"),
            Self::Swapped(id, other) => write!(f, "rows {id} and {other} hold each other's values"),
            Self::Missing(id) => write!(f, "row {id} was sealed and is gone"),
            Self::Inserted(id) => write!(f, "row {id} was put in among sealed ones"),
            Self::Unsealed(id) => write!(f, "row {id} waits to be sealed for longer than it may"),
            Self::EntryMissing(no) => write!(f, "an entry of seal {no} is gone"),
            Self::EntryAdded(no) => write!(f, "seal {no} has an entry too many"),
            Self::SealAltered(no) => write!(f, "seal {no} differs from what it was made of"),
            Self::ChainBroken(no) => write!(f, "seal {no} does not follow from the one before it"),
            Self::TailCut(no) => write!(f, "seal {no} was cut off the end of the chain"),
            Self::HeadDiffers(no) => {
                write!(f, "seal {no} has another root than the head kept of it")
            }
        }
    }
}

/// What part of the trail is proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// From this seal; the first where none is named.
    pub from: Option<i64>,
    /// To this seal; where none is named to the last, and then the rows without an entry too.
    pub to: Option<i64>,
}

/// A proof that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Request {
    /// Of what.
    pub part: Part,
    /// A head that was kept elsewhere.
    pub head: Option<Head>,
    /// Where an earlier stretch of the same proof ended.
    pub place: Option<Place>,
}

/// How far a proof came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// At this seal.
    Seal(i64),
    /// At the rows without an entry, after this one.
    Row(AuditId),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seal(no) => write!(f, "seal-{no}"),
            Self::Row(id) => write!(f, "row-{id}"),
        }
    }
}

/// A text that is no place of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no place of a proof")]
pub struct NoPlace;

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (what, number) = text.split_once('-').ok_or(NoPlace)?;
        let number: i64 = number.parse().ok().filter(|number| *number >= 0).ok_or(NoPlace)?;
        match what {
            "seal" if number > 0 => Ok(Self::Seal(number)),
            "row" => Ok(Self::Row(AuditId::new(number))),
            _ => Err(NoPlace),
        }
    }
}

/// A proof under way.
#[derive(Debug)]
pub struct Proof {
    part: Part,
    head: Option<Head>,
    place: Option<Place>,
    previous: Option<SealHash>,
    suspects: Vec<Suspect>,
    fault: Option<TrailFault>,
    /// Rows that are as they were sealed.
    pub rows: u64,
    /// Seals that were gone through.
    pub seals: u64,
}

/// A row that differs from its entry.
#[derive(Debug, Clone, Copy)]
struct Suspect {
    entry: SealEntry,
    content: SealHash,
}

impl Proof {
    /// A proof that begins, or goes on.
    pub fn new(request: Request) -> Self {
        let Request { part, head, place } = request;
        let first = Place::Seal(part.from.unwrap_or(1).max(1));
        Self {
            part,
            head,
            place: Some(place.unwrap_or(first)),
            previous: None,
            suspects: Vec::new(),
            fault: None,
            rows: 0,
            seals: 0,
        }
    }

    /// Where it goes on; none once it is done.
    pub fn place(&self) -> Option<Place> {
        self.place
    }

    /// What was found first. A row that is altered may turn out to be swapped until the proof is done.
    pub fn fault(&self) -> Option<TrailFault> {
        let altered = self.suspects.first().map(|first| TrailFault::Altered(first.entry.id));
        self.fault.or(altered)
    }

    /// Proves the next stretch: a seal, or so many rows without an entry.
    ///
    /// Cost: a seal's entries and rows, 5,000 at once, by their keys.
    pub fn step<Tx: SealRepository>(
        &mut self,
        tx: &mut Tx,
        now: DateTime<Utc>,
        digest: Digest,
    ) -> Result<(), StorageError> {
        let found = match self.place {
            None => return Ok(()),
            Some(Place::Seal(no)) => self.seal(tx, no, digest)?,
            Some(Place::Row(after)) => self.strays(tx, after, now)?,
        };
        if let Some(fault) = found {
            // A row that differs was known before, and that it was swapped is what is found of it; any other
            // fault came later.
            if self.suspects.is_empty() || matches!(fault, TrailFault::Swapped(..)) {
                self.fault = Some(fault);
            }
            self.place = None;
        }
        Ok(())
    }

    fn seal<Tx: SealRepository>(
        &mut self,
        tx: &mut Tx,
        no: i64,
        digest: Digest,
    ) -> Result<Option<TrailFault>, StorageError> {
        if self.part.to.is_some_and(|to| no > to) {
            self.place = None;
            return self.kept_head(tx);
        }
        let Some(seal) = tx.seal(no)? else { return self.end(tx, no) };
        let previous = match self.previous {
            Some(previous) => Some(previous),
            None if no == 1 => Some(SealHash::NONE),
            None => tx.seal(no.saturating_sub(1))?.map(|seal| seal.root),
        };
        if previous != Some(seal.previous) {
            return Ok(Some(TrailFault::ChainBroken(no)));
        }
        let entries = match entries(tx, &seal, digest)? {
            Ok(entries) => entries,
            Err(fault) => return Ok(Some(fault)),
        };
        self.previous = Some(seal.root);
        self.seals = self.seals.saturating_add(1);
        self.place = Some(Place::Seal(no.saturating_add(1)));
        self.rows_of(tx, &entries, digest)
    }

    /// Rows against entries that are believed.
    fn rows_of<Tx: SealRepository>(
        &mut self,
        tx: &mut Tx,
        entries: &[SealEntry],
        digest: Digest,
    ) -> Result<Option<TrailFault>, StorageError> {
        let mut hasher = RowHasher::new(digest);
        for page in entries.chunks(usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX)) {
            let ids: Vec<AuditId> = page.iter().map(|entry| entry.id).collect();
            let mut rows = tx.raw_rows(&ids)?.into_iter().peekable();
            for entry in page {
                let Some(row) = rows.next_if(|row| row.id == entry.id) else {
                    return Ok(Some(TrailFault::Missing(entry.id)));
                };
                let content = hasher.content(&row);
                if hasher.row(entry.id, content) == entry.hash {
                    self.rows = self.rows.saturating_add(1);
                } else if self.suspects.len() < MOST_SUSPECTS {
                    self.suspects.push(Suspect { entry: *entry, content });
                }
            }
        }
        Ok(self.swapped(&mut hasher))
    }

    /// The first row that differs, if another that does holds what it held.
    fn swapped(&self, hasher: &mut RowHasher) -> Option<TrailFault> {
        let (first, others) = self.suspects.split_first()?;
        let mut holds = |one: &Suspect, other: &Suspect| {
            hasher.row(one.entry.id, other.content) == one.entry.hash
        };
        let other = others.iter().find(|other| holds(first, other) && holds(other, first))?;
        Some(TrailFault::Swapped(first.entry.id, other.entry.id))
    }

    /// There is no such seal: the chain has ended, or one of it is gone.
    fn end<Tx: SealRepository>(
        &mut self,
        tx: &mut Tx,
        no: i64,
    ) -> Result<Option<TrailFault>, StorageError> {
        let last = tx.last_seal()?.map_or(0, |seal| seal.no);
        if no <= last {
            return Ok(Some(TrailFault::ChainBroken(no)));
        }
        if let Some(beyond) = tx.entry_beyond(last)? {
            return Ok(Some(TrailFault::TailCut(beyond)));
        }
        let found = self.kept_head(tx)?;
        self.place = match (found, self.part.to) {
            (None, None) => Some(Place::Row(self.first_row(tx)?)),
            _ => None,
        };
        Ok(found)
    }

    /// Behind which row a part's rows begin.
    fn first_row<Tx: SealRepository>(&self, tx: &mut Tx) -> Result<AuditId, StorageError> {
        let Some(from) = self.part.from else { return Ok(AuditId::new(i64::MIN)) };
        let first = tx.seal_entries(from, AuditId::new(i64::MIN), 1)?;
        Ok(AuditId::new(first.first().map_or(0, |entry| entry.id.get().saturating_sub(1))))
    }

    fn kept_head<Tx: SealRepository>(
        &self,
        tx: &mut Tx,
    ) -> Result<Option<TrailFault>, StorageError> {
        let Some(head) = self.head else { return Ok(None) };
        Ok(match tx.seal(head.no)? {
            None => Some(TrailFault::TailCut(head.no)),
            Some(seal) if seal.root != head.root => Some(TrailFault::HeadDiffers(head.no)),
            Some(_) => None,
        })
    }

    /// Rows that are long there and have no entry.
    fn strays<Tx: SealRepository>(
        &mut self,
        tx: &mut Tx,
        after: AuditId,
        now: DateTime<Utc>,
    ) -> Result<Option<TrailFault>, StorageError> {
        let (ids, through) = unsealed_behind(tx, after, IDS_AT_ONCE)?;
        for ids in ids.chunks(STRAYS_AT_ONCE) {
            let rows = tx.raw_rows(ids)?;
            let old = rows.iter().find(|row| now - row.created_at > SETTLED_AFTER);
            if let Some(row) = old {
                let highest = tx.highest_sealed()?;
                let is_among = highest.is_some_and(|highest| row.id < highest);
                return Ok(Some(match is_among {
                    true => TrailFault::Inserted(row.id),
                    false => TrailFault::Unsealed(row.id),
                }));
            }
        }
        self.place = through.map(Place::Row);
        Ok(None)
    }
}

/// A seal's entries, once they give its root.
fn entries<Tx: SealRepository>(
    tx: &mut Tx,
    seal: &Seal,
    digest: Digest,
) -> Result<Result<Vec<SealEntry>, TrailFault>, StorageError> {
    let most = u32::try_from(MOST_ENTRIES).unwrap_or(u32::MAX);
    let Some(count) = u32::try_from(seal.count).ok().filter(|count| *count <= most) else {
        return Ok(Err(TrailFault::SealAltered(seal.no)));
    };
    let entries = tx.seal_entries(seal.no, AuditId::new(i64::MIN), count.saturating_add(1))?;
    let found = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    Ok(match found.cmp(&seal.count) {
        std::cmp::Ordering::Less => Err(TrailFault::EntryMissing(seal.no)),
        std::cmp::Ordering::Greater => Err(TrailFault::EntryAdded(seal.no)),
        std::cmp::Ordering::Equal if seal.root_over(&entries, digest) != seal.root => {
            Err(TrailFault::SealAltered(seal.no))
        }
        std::cmp::Ordering::Equal => Ok(entries),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_back() {
        for place in [Place::Seal(3), Place::Row(AuditId::new(0))] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in ["", "seal-0", "seal--1", "row", "row-x", "head-1"] {
            assert_eq!(text.parse::<Place>(), Err(NoPlace), "{text}");
        }
    }
}
