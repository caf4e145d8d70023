//! What happened to a member, from everything that keeps a time and a name: the newest first.
//!
//! What people do one by one stands in the trail. Files of pension cuts leave one row there for many
//! lines: their detail comes from the ledger, from the exports and from the refund requests. No
//! event stands in two of the sources.

use std::{cmp::Reverse, collections::HashMap};

use chrono::{DateTime, Utc};
use pensipro_kernel::{MemberId, Page, PageRequest, Position, StorageError, UserId, codes};

use crate::FieldChange;

codes! {
    /// Where an event is kept.
    pub enum TimelineSource {
        /// The audit trail, by the member whom a row is about.
        Trail = "trail",
        /// The ledger: payments and failures that came with files of pension cuts.
        Ledger = "ledger",
        /// The exports: instalments that were billed to the payer.
        Cut = "cut",
        /// The refund requests.
        Refund = "refund",
        /// The audit trail, by the refund request that a row is about.
        RefundTrail = "refund_trail",
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEvent {
    /// Where it is kept.
    pub source: TimelineSource,
    /// Its number there.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What, as a stable verb: `loan.disburse`.
    pub event: String,
    /// Who; `None` for the system itself.
    pub actor_id: Option<UserId>,
    /// The table of the thing that it is about.
    pub ref_table: String,
    /// The thing's id.
    pub ref_id: i64,
    /// What it did to the thing, as far as that is nobody's secret.
    pub changes: Vec<FieldChange>,
    /// The names of personal fields that it changed; their values stand in the rectifications.
    pub personal: Vec<String>,
}

/// A page of a timeline, with the names of those who acted.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// The events, newest first.
    pub page: Page<TimelineEvent>,
    /// Full names of the users among them.
    pub actors: HashMap<UserId, String>,
}

/// An event's place in the order of all sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: DateTime<Utc>,
    source: TimelineSource,
    id: i64,
}

/// The time and number that the events of one source come before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Before {
    /// The time.
    pub at: DateTime<Utc>,
    /// The number; of events at that very time.
    pub id: i64,
}

/// What a timeline needs from storage.
pub trait TimelineRepository {
    /// At most so many events of a source, in falling order of time and number. By an index: what
    /// it costs depends on the member's own things alone.
    fn timeline_of(
        &mut self,
        member: MemberId,
        source: TimelineSource,
        before: Option<Before>,
        limit: u16,
    ) -> Result<Vec<TimelineEvent>, StorageError>;
    /// How many events a source has.
    fn timeline_count(
        &mut self,
        member: MemberId,
        source: TimelineSource,
    ) -> Result<i64, StorageError>;
    /// Full names of users.
    fn names_of_users(&mut self, users: &[UserId])
    -> Result<HashMap<UserId, String>, StorageError>;
}

impl TimelineEvent {
    fn place(&self) -> Place {
        Place { at: self.at, source: self.source, id: self.id }
    }
}

impl Place {
    fn position(self) -> Position {
        let Self { at, source, id } = self;
        Position { key: format!("{} {source}", at.timestamp_micros()), id }
    }

    fn of(position: &Position) -> Option<Self> {
        let (micros, source) = position.key.split_once(' ')?;
        let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
        Some(Self { at, source: source.parse().ok()?, id: position.id })
    }

    /// Where a source goes on after this place.
    fn bound(self, source: TimelineSource) -> Before {
        let id = match source.cmp(&self.source) {
            std::cmp::Ordering::Less => i64::MAX,
            std::cmp::Ordering::Equal => self.id,
            std::cmp::Ordering::Greater => i64::MIN,
        };
        Before { at: self.at, id }
    }
}

/// A page of what happened to a member whom the caller may see.
///
/// Cost: one query for each source and one for names; `count` asks each source once more. In memory
/// there is a page of each source at most.
pub fn member_timeline<Tx: TimelineRepository>(
    tx: &mut Tx,
    member: MemberId,
    page: &PageRequest,
) -> Result<Timeline, StorageError> {
    let after = page.after.as_ref().map(place).transpose()?;
    let wanted = page.limit.saturating_add(1);
    let mut events = Vec::new();
    for source in TimelineSource::ALL {
        let before = after.map(|place| place.bound(*source));
        events.extend(tx.timeline_of(member, *source, before, wanted)?);
    }
    events.sort_by_key(|event| Reverse(event.place()));
    let mut page_of_all = Page::from_rows(events, page.limit, |event| event.place().position());
    if page.count {
        let mut total = 0_i64;
        for source in TimelineSource::ALL {
            total = total.saturating_add(tx.timeline_count(member, *source)?);
        }
        page_of_all.total = Some(total);
    }
    let mut users: Vec<UserId> =
        page_of_all.data.iter().filter_map(|event| event.actor_id).collect();
    users.sort_unstable();
    users.dedup();
    Ok(Timeline { actors: tx.names_of_users(&users)?, page: page_of_all })
}

fn place(position: &Position) -> Result<Place, StorageError> {
    let place = Place::of(position);
    place.ok_or_else(|| StorageError::Failed("a timeline's position is none".to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sources that are known as a whole.
    struct Kept(Vec<TimelineEvent>);

    impl TimelineRepository for Kept {
        fn timeline_of(
            &mut self,
            _: MemberId,
            source: TimelineSource,
            before: Option<Before>,
            limit: u16,
        ) -> Result<Vec<TimelineEvent>, StorageError> {
            let mut events: Vec<_> =
                self.0.iter().filter(|event| event.source == source).cloned().collect();
            events.retain(|event| {
                before.is_none_or(|before| (event.at, event.id) < (before.at, before.id))
            });
            events.sort_by_key(|event| Reverse((event.at, event.id)));
            events.truncate(usize::from(limit));
            Ok(events)
        }

        fn timeline_count(
            &mut self,
            _: MemberId,
            source: TimelineSource,
        ) -> Result<i64, StorageError> {
            let events = self.0.iter().filter(|event| event.source == source);
            Ok(i64::try_from(events.count()).unwrap())
        }

        fn names_of_users(
            &mut self,
            users: &[UserId],
        ) -> Result<HashMap<UserId, String>, StorageError> {
            Ok(users.iter().map(|user| (*user, user.to_string())).collect())
        }
    }

    fn event(source: TimelineSource, id: i64, second: i64) -> TimelineEvent {
        TimelineEvent {
            source,
            id,
            at: DateTime::from_timestamp(second, 0).unwrap(),
            event: "loan.payment".into(),
            actor_id: Some(UserId::new(id % 3)),
            ref_table: "loans".into(),
            ref_id: 1,
            changes: Vec::new(),
            personal: Vec::new(),
        }
    }

    fn events() -> impl Strategy<Value = Vec<TimelineEvent>> {
        let one = (prop::sample::select(TimelineSource::ALL), 0_i64..6);
        prop::collection::vec(one, 0..60).prop_map(|kept| {
            let numbered = kept.into_iter().zip(1..);
            numbered.map(|((source, second), id)| event(source, id, second)).collect()
        })
    }

    proptest! {
        #[test]
        fn pages_give_every_event_once_newest_first(kept in events(), limit in 1_u16..9) {
            let mut all = kept.clone();
            all.sort_by_key(|event| Reverse(event.place()));
            let (mut found, mut after, mut sources) = (Vec::new(), None, Kept(kept));
            loop {
                let page = PageRequest { limit, after, count: true };
                let timeline = member_timeline(&mut sources, MemberId::new(1), &page).unwrap();
                prop_assert_eq!(timeline.page.total, Some(i64::try_from(all.len()).unwrap()));
                for event in &timeline.page.data {
                    prop_assert!(timeline.actors.contains_key(&event.actor_id.unwrap()));
                }
                found.extend(timeline.page.data);
                after = timeline.page.next;
                if after.is_none() {
                    break;
                }
            }
            prop_assert_eq!(found, all);
        }
    }

    #[test]
    fn a_position_reads_back() {
        for source in TimelineSource::ALL {
            let place = event(*source, 7, 1_780_000_000).place();
            assert_eq!(Place::of(&place.position()), Some(place));
        }
        assert_eq!(Place::of(&Position { key: "x trail".into(), id: 1 }), None);
    }
}
