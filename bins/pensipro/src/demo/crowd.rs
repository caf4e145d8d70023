//! Members who do not borrow: many at once, by the rules of a registration.

use fastrand::Rng;
use pensipro_members::{MemberDetails, Registration, usecases::register_members};

use super::{House, Progress};
use crate::{http::Problem, jobs::rows_of_a_batch};

/// Registers `count` pensioners whose numbers begin at `first`.
pub(super) fn register_crowd(
    house: &House<'_>,
    progress: &dyn Progress,
    random: &mut Rng,
    first: u32,
    count: u32,
) -> Result<(), Problem> {
    let chunk = u32::try_from(rows_of_a_batch(house.store.backend())).unwrap_or(u32::MAX);
    let (mut number, mut left) = (first, count);
    while left > 0 {
        let size = left.min(chunk);
        let before = random.clone();
        let (registered, after) = house.store.write("demo_members", |tx| {
            let (today, mut random) = (tx.moment().today, before.clone());
            let people =
                (number..number + size).map(|number| house.person(&mut random, number, today));
            let details = people.map(|person| MemberDetails::check(person.member, today));
            let batch = details.collect::<Result<Vec<_>, _>>()?;
            let settled = register_members(tx, house.staff.of("SALES"), batch)?;
            let is_new = |one: &&Registration| matches!(one, Registration::Registered(_));
            let registered = settled.iter().filter(is_new).count();
            Ok::<_, Problem>((u32::try_from(registered).unwrap_or(size), random))
        })?;
        // Two numbers may make one NIK, once in a million: somebody else comes in his place.
        (*random, number, left) = (after, number + size, left - registered);
        progress.registered(registered.into());
    }
    Ok(())
}
