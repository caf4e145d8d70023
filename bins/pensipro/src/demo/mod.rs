//! `pensipro demo`: an empty database filled with a portfolio that looks like one that grew, through
//! the use cases that requests go through; a big one is taken over in bulk instead, by the same rules.
//! The same seed gives the same people and loans.

mod bulk;
mod crowd;
mod force;
mod lending;
mod months;
mod offers;
mod people;
mod staff;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc};
use fastrand::Rng;
use pensipro_auth::PasswordHash;
use pensipro_kernel::{Clock, Entropy, Period, ProductId};
use pensipro_members::FileStore;
use pensipro_notifications::OutboxQueue;
use pensipro_persistence::{Store, Tx};

use crate::{http::Problem, policy::Policies};
use force::Force;
use people::Person;
pub use staff::NAMES as STAFF_NAMES;
use staff::Staff;

/// Events that are noted as told in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 5_000;

/// How loans come to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// One by one, from the sales person's visit to the disbursement.
    OneByOne,
    /// As a portfolio that is taken over: without visits, papers, committee and commissions.
    InBulk,
}

/// What to make.
#[derive(Debug, Clone)]
pub struct Plan {
    /// How the loans come to be.
    pub manner: Manner,
    /// How many loans.
    pub loans: u32,
    /// How many members who do not borrow.
    pub members: u32,
    /// Chance's beginning.
    pub seed: u64,
    /// Over how many past months they were disbursed.
    pub months: u32,
    /// The longest tenor, in months.
    pub longest_tenor: u16,
    /// The password of every member of the staff.
    pub password: String,
    /// Its hash.
    pub password_hash: PasswordHash,
}

/// The clock of the demonstration: it is set from day to day, and every transaction moves it on.
#[derive(Debug)]
pub struct Timeline {
    now: Mutex<DateTime<Utc>>,
    end: NaiveDate,
}

impl Timeline {
    /// A clock that goes through the past up to the business day `end`.
    pub fn until(end: NaiveDate) -> Self {
        Self { now: Mutex::new(morning(end)), end }
    }

    fn set(&self, day: NaiveDate) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = morning(day);
    }

    fn end(&self) -> NaiveDate {
        self.end
    }
}

/// Eight o'clock in Jakarta.
fn morning(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::from_hms_opt(1, 0, 0).unwrap_or_default()).and_utc()
}

impl Clock for Timeline {
    fn now(&self) -> DateTime<Utc> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now += TimeDelta::milliseconds(5);
        *now
    }

    fn today(&self) -> NaiveDate {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).date_naive()
    }
}

/// What the demonstration works with.
pub struct World<'a> {
    /// The database, opened with the timeline as its clock.
    pub store: &'a Store,
    /// Where documents go.
    pub files: &'a dyn FileStore,
    /// Chance for keys.
    pub entropy: &'a dyn Entropy,
    /// The clock.
    pub timeline: &'a Arc<Timeline>,
    /// Told of every loan made, and of every month billed.
    pub progress: &'a dyn Progress,
}

/// Who is told how far it is.
pub trait Progress: Sync {
    /// So many loans more.
    fn lent(&self, loans: u64);
    /// So many members more who do not borrow.
    fn registered(&self, members: u64);
    /// A month's cuts are done.
    fn billed(&self, periode: Period);
}

pub(crate) struct House<'a> {
    store: &'a Store,
    files: &'a dyn FileStore,
    entropy: &'a dyn Entropy,
    policies: Policies,
    staff: Staff,
    force: Force,
    products: Vec<ProductId>,
    longest_tenor: u16,
    /// Chance's beginning, where loans are taken over in bulk.
    in_bulk: Option<u64>,
    document_digest: [u8; 32],
}

/// Loans a transaction.
const BATCH: u32 = 20;

/// True while nobody works here but the administrator.
pub fn is_empty(store: &Store) -> Result<bool, Problem> {
    let filter = pensipro_members::MemberFilter::default();
    let page = pensipro_kernel::PageRequest::default();
    let scope = pensipro_kernel::Scope::default();
    Ok(store
        .read(|tx| pensipro_members::MemberRepository::members(tx, &filter, &page, scope))?
        .data
        .is_empty())
}

/// Fills the database.
pub fn fill(world: &World<'_>, policies: &Policies, plan: &Plan) -> Result<(), Problem> {
    let mut random = Rng::with_seed(plan.seed);
    let end = world.timeline.end();
    let first = Period::of(end.checked_sub_months(Months::new(plan.months)).unwrap_or(end));
    world.timeline.set(first.first_day());
    let house = open_house(world, policies, plan)?;
    let months = first.first_day()..=end;
    let periods: Vec<_> = std::iter::successors(Some(first), |period| Some(period.next()))
        .take_while(|period| months.contains(&period.first_day()))
        .collect();
    let (mut number, mut left) = (1, plan.loans);
    for (index, period) in periods.iter().enumerate() {
        let months_left = u32::try_from(periods.len() - index).unwrap_or(1);
        let share = left.div_ceil(months_left);
        begin_month(&house, world.timeline, *period, share)?;
        months::bill_month(&house, world.timeline, &mut random, *period)?;
        world.progress.billed(*period);
        number = lend_month(&house, world, &mut random, *period, share, number)?;
        left -= share;
    }
    world.timeline.set(end);
    crowd::register_crowd(&house, world.progress, &mut random, number, plan.members)?;
    // Nobody is told of all that at once when the house opens.
    while world.store.write("demo_told", forget_events)? > 0 {}
    world.store.write("demo_end", |tx| house.staff.sign_out(tx))
}

/// Notes some events as told; gives how many.
fn forget_events(tx: &mut Tx<'_>) -> Result<usize, Problem> {
    let events = tx.take_events(FORGOTTEN_AT_ONCE)?;
    let ids: Vec<i64> = events.iter().filter_map(|event| event.id).collect();
    tx.mark_told(&ids)?;
    Ok(ids.len())
}

fn open_house<'a>(
    world: &World<'a>,
    policies: &Policies,
    plan: &Plan,
) -> Result<House<'a>, Problem> {
    let policies = policies.clone();
    let (staff, force, products) = world.store.write("demo_begin", |tx| {
        let at = tx.moment();
        let staff = Staff::hire(tx, &plan.password, &plan.password_hash, at)?;
        let force = Force::make(tx, &staff)?;
        let products = offers::make(tx, &policies, at)?;
        Ok::<_, Problem>((staff, force, products))
    })?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, lending::DOCUMENT);
    Ok(House {
        store: world.store,
        files: world.files,
        entropy: world.entropy,
        policies,
        staff,
        force,
        products,
        longest_tenor: plan.longest_tenor,
        in_bulk: (plan.manner == Manner::InBulk).then_some(plan.seed),
        document_digest: digest.as_ref().try_into().unwrap_or_default(),
    })
}

impl House<'_> {
    /// The `number`th pensioner, as his sales person brings him.
    fn person(&self, random: &mut Rng, number: u32, today: NaiveDate) -> Person {
        let mut person = people::person(random, number, today);
        let (sales, branch) = self.force.of_member(number);
        (person.member.sales_id, person.member.branch_id) = (Some(sales), Some(branch));
        person
    }
}

/// Sets the month's targets, and pays what sales people earned in the month before.
fn begin_month(
    house: &House<'_>,
    timeline: &Timeline,
    period: Period,
    loans: u32,
) -> Result<(), Problem> {
    timeline.set(period.first_day());
    house.store.write("demo_targets", |tx| {
        let at = tx.moment();
        house.force.set_targets(tx, &house.staff, period, loans, at)
    })?;
    let pay = || {
        house.store.write("demo_commissions", |tx| {
            let at = tx.moment();
            Force::pay_commissions(tx, &house.staff, period, at)
        })
    };
    while pay()? > 0 {}
    Ok(())
}

/// The month's share of the loans, on its later days in order.
fn lend_month(
    house: &House<'_>,
    world: &World<'_>,
    random: &mut Rng,
    period: Period,
    share: u32,
    first: u32,
) -> Result<u32, Problem> {
    let (from, to) = (period.day(20), period.day(28).min(world.timeline.end()));
    let days = u64::try_from((to - from).num_days().max(0)).unwrap_or(0);
    let (mut number, mut made) = (first, 0);
    while made < share {
        let day = from + Days::new(days * u64::from(made) / u64::from(share));
        world.timeline.set(day.min(world.timeline.end()));
        let left = share - made;
        let (lent, next) = match house.in_bulk {
            Some(seed) => bulk::take_over(house, seed, number, left)?,
            None => lend_some(house, random, number, left)?,
        };
        (made, number) = (made + lent, next);
        world.progress.lent(lent.into());
    }
    Ok(number)
}

/// Lends to the next pensioners in one transaction; gives how many loans that made, and the next number.
fn lend_some(
    house: &House<'_>,
    random: &mut Rng,
    number: u32,
    left: u32,
) -> Result<(u32, u32), Problem> {
    let before = random.clone();
    let (next, lent, after) = house.store.write("demo_lend", |tx| {
        let mut random = before.clone();
        lend_batch(tx, house, &mut random, number, BATCH.min(left))
            .map(|(next, lent)| (next, lent, random))
    })?;
    *random = after;
    Ok((lent, next))
}

fn lend_batch(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    random: &mut Rng,
    mut number: u32,
    batch: u32,
) -> Result<(u32, u32), Problem> {
    let (at, mut lent) = (tx.moment(), 0);
    while lent < batch {
        lent += u32::from(lending::lend(tx, house, random, number, at)?.is_some());
        number += 1;
    }
    Ok((number, lent))
}
