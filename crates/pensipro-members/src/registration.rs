//! Who may be registered: nobody twice.

use std::collections::HashMap;

use pensipro_kernel::{Actor, Faults, MemberId, Permission};

use crate::{
    Holders, KeyHolder, MemberDetails, MemberError, Presence, ReadRow, Registration, UniqueKey,
};

/// What is to become of a batch of registrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Judged(Vec<Judgement>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Judgement {
    New,
    /// The same person as an earlier, new one, by his place.
    Again(usize),
    Present(MemberId),
    Refused(Faults),
}

/// The new ones so far, by their places: some hundred bytes each.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    judged: usize,
    niks: HashMap<[u8; 16], usize>,
    numbers: HashMap<[u8; 20], usize>,
}

impl Seen {
    fn places(&self, details: &MemberDetails) -> (Option<usize>, Option<usize>) {
        let (nik, number) = keys(details);
        (self.niks.get(&nik).copied(), self.numbers.get(&number).copied())
    }

    /// What is known of the people of these rows: all that matters to a verdict on them.
    #[must_use]
    pub fn among(&self, rows: &[ReadRow]) -> Self {
        let mut among = Self { judged: self.judged, ..Self::default() };
        for details in rows.iter().filter_map(|row| Some(&row.person.as_ref().ok()?.details)) {
            let (nik, number) = keys(details);
            among.niks.extend(self.niks.get(&nik).map(|place| (nik, *place)));
            among.numbers.extend(self.numbers.get(&number).map(|place| (number, *place)));
        }
        among
    }

    /// Adds what became known.
    pub fn absorb(&mut self, known: Self) {
        let Self { judged, niks, numbers } = known;
        self.judged = judged;
        self.niks.extend(niks);
        self.numbers.extend(numbers);
    }

    fn add(&mut self, details: &MemberDetails) {
        let (nik, number) = keys(details);
        self.niks.insert(nik, self.judged);
        self.numbers.insert(number, self.judged);
    }
}

/// Identifiers in place, without a text's overhead; they are at most so long.
fn keys(MemberDetails { nik, no_pensiun, .. }: &MemberDetails) -> ([u8; 16], [u8; 20]) {
    (padded(nik.as_str()), padded(no_pensiun.as_str()))
}

fn padded<const N: usize>(text: &str) -> [u8; N] {
    let mut bytes = [0; N];
    bytes.iter_mut().zip(text.bytes()).for_each(|(place, byte)| *place = byte);
    bytes
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

/// Judges a batch by who holds its identifiers and who was seen before it. Of several with one
/// identifier the first counts.
pub(crate) fn judge_registrations(
    batch: &[MemberDetails],
    holders: &Holders,
    seen: &mut Seen,
    by: &Actor,
) -> Judged {
    let mut judged = Vec::with_capacity(batch.len());
    for details in batch {
        let judgement = judge(details, holders, seen.places(details), by);
        if judgement == Judgement::New {
            seen.add(details);
        }
        seen.judged = seen.judged.saturating_add(1);
        judged.push(judgement);
    }
    Judged(judged)
}

fn judge(
    MemberDetails { nik, no_pensiun, .. }: &MemberDetails,
    holders: &Holders,
    (nik_seen, number_seen): (Option<usize>, Option<usize>),
    by: &Actor,
) -> Judgement {
    if let (Some(one), Some(other)) = (nik_seen, number_seen)
        && one == other
    {
        return Judgement::Again(one);
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
    if by_nik.is_some() || nik_seen.is_some() {
        faults.add("nik", "duplicate_nik", is_taken(UniqueKey::Nik));
    }
    if by_number.is_some() || number_seen.is_some() {
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
    /// too few. The batch was the first to be seen.
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
                    Registration::Registered(id) => Registration::Present(Some(*id)),
                    _ => return None,
                },
                Judgement::Present(id) => Registration::Present(Some(id)),
                Judgement::Refused(faults) => Registration::Refused(faults),
            });
        }
        Some(settled)
    }

    /// What would become of each.
    pub(crate) fn foreseen(self) -> Vec<Registration> {
        let foreseen = |judgement| match judgement {
            Judgement::New => Registration::Acceptable,
            Judgement::Again(_) => Registration::Present(None),
            Judgement::Present(id) => Registration::Present(Some(id)),
            Judgement::Refused(faults) => Registration::Refused(faults),
        };
        self.0.into_iter().map(foreseen).collect()
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
            Registration::Refused(faults) => faults.list().iter().map(|fault| fault.code).collect(),
            other => vec![other.kind().code()],
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
        let judged = judge_registrations(&batch, &holders, &mut Seen::default(), &clerk());
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
        assert_eq!(settled[3], Registration::Present(Some(MemberId::new(21))));
        assert_eq!(settled[6], Registration::Registered(MemberId::new(22)));
    }

    #[test]
    fn what_is_foreseen_batch_by_batch_is_what_comes_of_the_whole() {
        let batch = [person(1, 1), person(1, 1), person(1, 2), person(3, 3), person(4, 3)];
        let holders = Holders::default();
        let mut seen = Seen::default();
        let parts = batch
            .chunks(1)
            .flat_map(|part| judge_registrations(part, &holders, &mut seen, &clerk()).foreseen());
        let foreseen: Vec<_> = parts.map(|verdict| codes(&verdict)).collect();
        let whole = judge_registrations(&batch, &holders, &mut Seen::default(), &clerk());
        let settled = whole.settle([1, 2].map(MemberId::new)).unwrap();
        let settled: Vec<_> = settled.iter().map(codes).collect();
        let acceptable = foreseen.iter().map(|codes| match codes[..] {
            ["acceptable"] => vec!["registered"],
            _ => codes.clone(),
        });
        assert_eq!(settled, acceptable.collect::<Vec<_>>());
        assert_eq!(
            settled[2..],
            [vec!["duplicate_nik"], vec!["registered"], vec!["duplicate_no_pensiun"]]
        );
    }
}
