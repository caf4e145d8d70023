//! Who may be registered: nobody twice.

use std::collections::HashMap;

use pensipro_kernel::{Actor, Faults, MemberId, Permission};

use crate::{Holders, KeyHolder, MemberDetails, MemberError, Nik, NoPensiun, Presence, UniqueKey};

/// What became of one of many registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// He is a member now.
    Registered(MemberId),
    /// He was a member already: both identifiers are his. Nothing was changed.
    Present(MemberId),
    /// He is not registered.
    Refused(Faults),
}

/// What is to become of a batch of registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged(Vec<Judgement>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Judgement {
    New,
    /// The same person as an earlier, new one of the batch.
    Again(usize),
    Present(MemberId),
    Refused(Faults),
}

/// Refuses an identifier that somebody holds: [`MemberError::Duplicate`].
pub(crate) fn refuse_holders(holders: &Holders, by: &Actor) -> Result<(), MemberError> {
    let nik = holders.nik.values().next().map(|holder| (UniqueKey::Nik, holder));
    let number = holders.no_pensiun.values().next();
    let number = number.map(|holder| (UniqueKey::NoPensiun, holder));
    match nik.or(number) {
        Some((key, holder)) => {
            Err(MemberError::Duplicate { key, existing: shown(holder, by).then_some(holder.id) })
        }
        None => Ok(()),
    }
}

/// True if the caller may learn who holds an identifier.
fn shown(holder: &KeyHolder, by: &Actor) -> bool {
    holder.presence == Presence::Present
        && by.scope.sees_branch(holder.branch_id)
        && by.may(Permission::ViewMember)
}

/// Judges a batch by who holds its identifiers. Within it the first of an identifier counts.
pub fn judge_registrations(batch: &[MemberDetails], holders: &Holders, by: &Actor) -> Judged {
    let (mut niks, mut numbers) = (HashMap::new(), HashMap::new());
    let mut judged = Vec::with_capacity(batch.len());
    for (place, details) in batch.iter().enumerate() {
        let judgement = judge(details, holders, (&niks, &numbers), by);
        if judgement == Judgement::New {
            niks.insert(&details.nik, place);
            numbers.insert(&details.no_pensiun, place);
        }
        judged.push(judgement);
    }
    Judged(judged)
}

/// The places of the new ones so far.
type Seen<'a> = (&'a HashMap<&'a Nik, usize>, &'a HashMap<&'a NoPensiun, usize>);

fn judge(details: &MemberDetails, holders: &Holders, seen: Seen<'_>, by: &Actor) -> Judgement {
    let MemberDetails { nik, no_pensiun, .. } = details;
    if let (Some(one), Some(other)) = (seen.0.get(nik), seen.1.get(no_pensiun))
        && one == other
    {
        return Judgement::Again(*one);
    }
    let (by_nik, by_number) = (holders.nik.get(nik), holders.no_pensiun.get(no_pensiun));
    if let (Some(one), Some(other)) = (by_nik, by_number)
        && one.id == other.id
        && shown(one, by)
    {
        return Judgement::Present(one.id);
    }
    let mut faults = Faults::new();
    let is_taken = |key: UniqueKey| format!("another member has this {}", key.field());
    if by_nik.is_some() || seen.0.contains_key(nik) {
        faults.add("nik", "duplicate_nik", is_taken(UniqueKey::Nik));
    }
    if by_number.is_some() || seen.1.contains_key(no_pensiun) {
        faults.add("no_pensiun", "duplicate_no_pensiun", is_taken(UniqueKey::NoPensiun));
    }
    if faults.is_empty() { Judgement::New } else { Judgement::Refused(faults) }
}

impl Judged {
    /// Those of the batch who are to be registered, in their order.
    pub(crate) fn take_new(&self, batch: Vec<MemberDetails>) -> Vec<MemberDetails> {
        let judged = batch.into_iter().zip(&self.0);
        judged
            .filter(|(_, judgement)| **judgement == Judgement::New)
            .map(|(details, _)| details)
            .collect()
    }

    /// What became of each, once the new ones were registered under these ids; `None` if there are
    /// too few.
    pub(crate) fn settle(
        self,
        ids: impl IntoIterator<Item = MemberId>,
    ) -> Option<Vec<Registration>> {
        let mut ids = ids.into_iter();
        let mut settled = Vec::with_capacity(self.0.len());
        for judgement in self.0 {
            settled.push(match judgement {
                Judgement::New => Registration::Registered(ids.next()?),
                Judgement::Again(place) => match settled.get(place)? {
                    Registration::Registered(id) => Registration::Present(*id),
                    _ => return None,
                },
                Judgement::Present(id) => Registration::Present(id),
                Judgement::Refused(faults) => Registration::Refused(faults),
            });
        }
        Some(settled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, raw_member, today};
    use pensipro_kernel::{BranchId, Scope};

    fn clerk() -> Actor {
        Actor { scope: Scope::Branch(BranchId::new(1)), ..actor(1) }
    }

    fn holder(id: i64, branch: i64, presence: Presence) -> KeyHolder {
        KeyHolder { id: MemberId::new(id), branch_id: Some(BranchId::new(branch)), presence }
    }

    fn person(nik: u32, number: u32) -> MemberDetails {
        let nik = Some(format!("317305170857{:04}", nik + 1));
        let no_pensiun = Some(format!("14001234567{number:04}"));
        let raw = crate::RawMember { nik, no_pensiun, ..raw_member() };
        MemberDetails::check(raw, today()).unwrap()
    }

    fn codes(registration: &Registration) -> Vec<&'static str> {
        match registration {
            Registration::Registered(_) => vec!["registered"],
            Registration::Present(_) => vec!["present"],
            Registration::Refused(faults) => faults.list().iter().map(|fault| fault.code).collect(),
        }
    }

    #[test]
    fn a_duplicate_names_only_a_member_the_caller_may_see() {
        let named = |holder| {
            let nik = HashMap::from([(person(1, 1).nik, holder)]);
            match refuse_holders(&Holders { nik, ..Holders::default() }, &clerk()) {
                Err(MemberError::Duplicate { key: UniqueKey::Nik, existing }) => existing,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(named(holder(9, 1, Presence::Present)), Some(MemberId::new(9)));
        assert_eq!(named(holder(9, 2, Presence::Present)), None);
        assert_eq!(named(holder(9, 1, Presence::Deleted)), None);
        assert!(refuse_holders(&Holders::default(), &clerk()).is_ok());
    }

    #[test]
    fn of_a_batch_each_gets_its_own_verdict() {
        let own = holder(7, 1, Presence::Present);
        let holders = Holders {
            nik: HashMap::from([
                (person(7, 0).nik, own),
                (person(8, 0).nik, holder(8, 2, Presence::Present)),
            ]),
            no_pensiun: HashMap::from([
                (person(0, 7).no_pensiun, own),
                (person(0, 8).no_pensiun, holder(8, 2, Presence::Present)),
            ]),
        };
        let batch = vec![
            person(1, 1),
            person(7, 7),
            person(8, 8),
            person(1, 1),
            person(1, 2),
            person(3, 7),
            person(4, 4),
        ];
        let judged = judge_registrations(&batch, &holders, &clerk());
        let new = judged.take_new(batch);
        assert_eq!(new, [person(1, 1), person(4, 4)]);
        let settled = judged.settle([21, 22].map(MemberId::new)).unwrap();
        assert_eq!(
            settled.iter().map(codes).collect::<Vec<_>>(),
            [
                vec!["registered"],
                vec!["present"],
                vec!["duplicate_nik", "duplicate_no_pensiun"],
                vec!["present"],
                vec!["duplicate_nik"],
                vec!["duplicate_no_pensiun"],
                vec!["registered"],
            ]
        );
        assert_eq!(settled[3], Registration::Present(MemberId::new(21)));
        assert_eq!(settled[6], Registration::Registered(MemberId::new(22)));
    }
}
