//! A big portfolio: loans as if taken over from elsewhere, thousands in a transaction, by the rules of a
//! single one.

use std::thread;

use fastrand::Rng;
use pensipro_flows::{LoanTakenOver, take_over_loans};
use pensipro_kernel::Moment;
use pensipro_members::{AccountDetails, ContactDetails, MemberDetails, RawContact};
use pensipro_origination::Request;
use pensipro_persistence::Backend;

use super::{
    House,
    lending::{plafon, purpose, tenor},
    people::{Person, pick},
};
use crate::http::Problem;

/// Loans a transaction.
const BATCH: u32 = 2_000;

/// Puts about `wanted` loans on the books, of pensioners from number `first` on, in as many transactions
/// at once as the database takes writers; gives how many loans there are, and the next number.
pub(super) fn take_over(
    house: &House<'_>,
    seed: u64,
    first: u32,
    wanted: u32,
) -> Result<(u32, u32), Problem> {
    let writers = match house.store.backend() {
        Backend::Sqlite => 1,
        Backend::Postgres => thread::available_parallelism().map_or(1, |cores| cores.get()),
    };
    let size = wanted.div_ceil(u32::try_from(writers).unwrap_or(1)).clamp(1, BATCH);
    let mut starts = vec![first];
    while starts.len() < writers && size * u32::try_from(starts.len()).unwrap_or(1) < wanted {
        starts.push(starts[starts.len() - 1] + size);
    }
    let made = thread::scope(|scope| {
        let batch = |start| move || take_batch_over(house, seed, start, size);
        let working: Vec<_> = starts.iter().map(|start| scope.spawn(batch(*start))).collect();
        let join = |work: thread::ScopedJoinHandle<'_, _>| {
            work.join().unwrap_or_else(|_| Err(Problem::internal("a batch of loans panicked")))
        };
        working.into_iter().map(join).sum::<Result<u32, Problem>>()
    })?;
    let next = first + size * u32::try_from(starts.len()).unwrap_or(1);
    Ok((made, next))
}

fn take_batch_over(house: &House<'_>, seed: u64, first: u32, size: u32) -> Result<u32, Problem> {
    house.store.write("demo_take_over", |tx| {
        let at = tx.moment();
        // A batch has a chance of its own, whoever makes it and in which order.
        let mut random = Rng::with_seed(seed ^ (u64::from(first) << 20));
        let loans = (first..first + size).map(|number| loan(house, &mut random, number, at));
        let batch = loans.collect::<Result<Vec<_>, Problem>>()?;
        let finance = house.staff.of("FINANCE");
        let made = take_over_loans(tx, finance, batch, &house.policies.disbursement, at)?;
        Ok(u32::try_from(made.len()).unwrap_or(size))
    })
}

/// The `number`th pensioner with his loan.
fn loan(
    house: &House<'_>,
    random: &mut Rng,
    number: u32,
    at: Moment,
) -> Result<LoanTakenOver, Problem> {
    let Person { member, account, phone, monthly_benefit, birth_date } =
        house.person(random, number, at.today);
    let tenor = tenor(random, birth_date, at.today, house.longest_tenor);
    let plafon = plafon(random, monthly_benefit, tenor);
    let contact =
        RawContact { kind: Some("phone".to_owned()), value: Some(phone), ..RawContact::default() };
    Ok(LoanTakenOver {
        member: MemberDetails::check(member, at.today)?,
        account: AccountDetails::check(account)?,
        contact: ContactDetails::check(contact)?,
        product_id: pick(random, &house.products),
        request: Request::check(plafon, Some(tenor), Some(purpose(random)), None)?,
    })
}
