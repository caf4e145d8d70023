//! What a settlement reads of loans. A chunk of loans costs about ten statements, whatever their number:
//! of the transactions only those are read that may not be settled as they stand now.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_funding::{
    Allocation, SettlementRepository, SettlementWindow, Sharing,
    settlement::{
        Coverage, HeldLine, LineKind, LoanRates, PaidBy, PaidPart, PaidTransaction, SettledLoan,
    },
};
use pensipro_kernel::{ContractId, LoanId, Money, Rate, StorageError, TransactionId};
use pensipro_pricing::Terms;
use pensipro_servicing::{Channel, Component, PaidAs, TransactionKind};

use super::{
    allocations::Row as AllocationRow, settlement_rows::LineRow, settlements::final_codes,
};
use crate::{
    Tx,
    convert::{code, from_json, from_time},
    schema::{
        funder_allocations as allocations, funder_contracts as contracts,
        funder_settlement_lines as lines, funder_settlements as settlements, loan_payments,
        loan_restructures, loan_schedules, loan_terms, loan_transaction_allocations as deltas,
        loan_transactions as transactions, loans,
    },
    sql::{List, one_of},
};

/// From when on something may have changed since the last final settlement.
#[derive(Debug, Clone, Copy)]
struct Since {
    /// Bookings of this day and later; of all days without one.
    booked_on: Option<NaiveDate>,
    /// Allocations entered or ended after this time.
    entered_at: Option<DateTime<Utc>>,
    /// Bookings until this day.
    through: NaiveDate,
}

/// The next loans of a settlement, by id.
pub(super) fn loans(
    tx: &mut Tx<'_>,
    window: &SettlementWindow<'_>,
) -> Result<Vec<SettledLoan>, StorageError> {
    let coverage = window.settlement.coverage;
    let follows = coverage.follows.map(|id| tx.any_settlement(id)).transpose()?;
    let since = Since {
        // Of the last day itself more may have been booked after it was generated.
        booked_on: follows.as_ref().map(|follows| follows.coverage.through),
        entered_at: follows.as_ref().map(|follows| follows.generated.0),
        through: coverage.through,
    };
    let ids = next_ids(tx, window)?;
    let (shares, hindsight) = shares(tx, &ids, since)?;
    let unsettled = unsettled(tx, &ids, &hindsight, since)?;
    let paid = paid(tx, &unsettled, since.through)?;
    let held = held(tx, coverage, &ids, &unsettled)?;
    let rates = rates(tx, coverage, &ids)?;
    put_together(tx, &ids, Parts { shares, paid, held, rates })
}

/// What is known of loans, by their ids.
struct Parts {
    shares: HashMap<i64, Vec<Allocation>>,
    paid: HashMap<i64, Vec<PaidTransaction>>,
    held: HashMap<i64, Vec<HeldLine>>,
    rates: HashMap<i64, LoanRates>,
}

fn next_ids(tx: &mut Tx<'_>, window: &SettlementWindow<'_>) -> Result<Vec<i64>, StorageError> {
    let SettlementWindow { settlement, limit } = *window;
    let query = allocations::table
        .filter(allocations::funder_id.eq(settlement.coverage.funder_id.get()))
        .filter(allocations::loan_id.gt(settlement.cursor.map_or(0, LoanId::get)))
        .select(allocations::loan_id)
        .distinct()
        .order(allocations::loan_id)
        .limit(limit.into());
    tx.run(|conn| query.load(conn))
}

fn put_together(
    tx: &mut Tx<'_>,
    ids: &[i64],
    mut parts: Parts,
) -> Result<Vec<SettledLoan>, StorageError> {
    let query = loans::table.filter(one_of(loans::id, list(tx, ids))).order(loans::id).select((
        loans::id,
        loans::plafon,
        loans::disbursed_on,
    ));
    let rows: Vec<(i64, i64, Option<NaiveDate>)> = tx.run(|conn| query.load(conn))?;
    let loan = |(id, plafon, disbursed_on)| SettledLoan {
        id: LoanId::new(id),
        plafon: Money::from_sen(plafon),
        disbursed_on,
        rates: parts.rates.remove(&id).unwrap_or_default(),
        allocations: parts.shares.remove(&id).unwrap_or_default(),
        paid: parts.paid.remove(&id).unwrap_or_default(),
        held: parts.held.remove(&id).unwrap_or_default(),
    };
    Ok(rows.into_iter().map(loan).collect())
}

fn list<'i>(tx: &Tx<'_>, ids: impl IntoIterator<Item = &'i i64>) -> List {
    List::numbers(tx.backend(), ids.into_iter().copied())
}

/// Everyone's shares by loan, and for loans whose shares were changed since: from which day on.
#[expect(clippy::type_complexity, reason = "two maps by loan")]
fn shares(
    tx: &mut Tx<'_>,
    ids: &[i64],
    since: Since,
) -> Result<(HashMap<i64, Vec<Allocation>>, HashMap<i64, NaiveDate>), StorageError> {
    let query = allocations::table
        .filter(one_of(allocations::loan_id, list(tx, ids)))
        .select((AllocationRow::as_select(), allocations::ended_at));
    let mut rows: Vec<(AllocationRow, Option<NaiveDateTime>)> = tx.run(|conn| query.load(conn))?;
    // Put in order here: asked to, a database without statistics reads the whole table by its ids.
    rows.sort_unstable_by_key(|(row, _)| row.id);
    let (mut shares, mut hindsight) = (HashMap::<i64, Vec<_>>::new(), HashMap::new());
    for (row, ended_at) in rows {
        let share = Allocation::try_from(row)?;
        let loan = share.content.loan_id.get();
        if let Some(since) = since.entered_at {
            let entered = (share.created_at >= since).then_some(share.content.valid_from);
            let ended = ended_at.filter(|at| from_time(*at) >= since).and(share.ended_on);
            for day in entered.into_iter().chain(ended) {
                let from = hindsight.entry(loan).or_insert(day);
                *from = day.min(*from);
            }
        }
        shares.entry(loan).or_default().push(share);
    }
    Ok((shares, hindsight))
}

/// Transactions that may not be settled as they stand now: booked since, changed by what was booked since, or
/// shared otherwise since.
fn unsettled(
    tx: &mut Tx<'_>,
    ids: &[i64],
    hindsight: &HashMap<i64, NaiveDate>,
    since: Since,
) -> Result<BTreeSet<i64>, StorageError> {
    let mut booked = transactions::table
        .filter(one_of(transactions::loan_id, list(tx, ids)))
        .filter(transactions::booked_on.le(since.through))
        .select(transactions::id)
        .into_boxed::<crate::connection::MultiBackend>();
    if let Some(day) = since.booked_on {
        booked = booked.filter(transactions::booked_on.ge(day));
    }
    let booked: Vec<i64> = tx.run(|conn| booked.load(conn))?;
    let changed = deltas::table
        .filter(one_of(deltas::caused_by, list(tx, &booked)))
        .filter(deltas::caused_by.ne(deltas::transaction_id))
        .select(deltas::transaction_id)
        .distinct();
    let changed: Vec<i64> = tx.run(|conn| changed.load(conn))?;
    let mut found: BTreeSet<i64> = booked.into_iter().chain(changed).collect();
    if !hindsight.is_empty() {
        let query = transactions::table
            .filter(one_of(transactions::loan_id, list(tx, hindsight.keys())))
            .filter(transactions::booked_on.le(since.through))
            .select((transactions::id, transactions::loan_id, transactions::effective_on));
        let rows: Vec<(i64, i64, NaiveDate)> = tx.run(|conn| query.load(conn))?;
        let is_later = |(_, loan, on): &(i64, i64, NaiveDate)| hindsight.get(loan) <= Some(on);
        found.extend(rows.into_iter().filter(is_later).map(|(id, ..)| id));
    }
    Ok(found)
}

type Head = (i64, i64, String, NaiveDate, Option<String>, Option<String>);

/// The transactions with what they pay, by loan.
fn paid(
    tx: &mut Tx<'_>,
    ids: &BTreeSet<i64>,
    through: NaiveDate,
) -> Result<HashMap<i64, Vec<PaidTransaction>>, StorageError> {
    let mut parts = parts(tx, ids, through)?;
    let reversed = reversed(tx, ids, through)?;
    let query = transactions::table
        .left_join(loan_payments::table.on(loan_payments::id.eq(transactions::id)))
        .filter(one_of(transactions::id, list(tx, ids)))
        .order(transactions::id)
        .select((
            transactions::id,
            transactions::loan_id,
            transactions::kind,
            transactions::effective_on,
            transactions::paid_as,
            loan_payments::channel.nullable(),
        ));
    let heads: Vec<Head> = tx.run(|conn| query.load(conn))?;
    let mut paid: HashMap<i64, Vec<PaidTransaction>> = HashMap::new();
    for (id, loan, kind, effective_on, paid_as, channel) in heads {
        let kind: TransactionKind = code("loan_transactions.kind", &kind)?;
        if !kind.is_paid_in() {
            continue;
        }
        let source = source(kind, paid_as.as_deref(), channel.as_deref())?;
        paid.entry(loan).or_default().push(PaidTransaction {
            id: TransactionId::new(id),
            effective_on,
            source,
            is_reversed: reversed.contains(&id),
            parts: parts.remove(&id).unwrap_or_default(),
        });
    }
    Ok(paid)
}

fn source(
    kind: TransactionKind,
    paid_as: Option<&str>,
    channel: Option<&str>,
) -> Result<PaidBy, StorageError> {
    let paid_as: Option<PaidAs> =
        paid_as.map(|paid_as| code("loan_transactions.paid_as", paid_as)).transpose()?;
    let channel: Option<Channel> =
        channel.map(|channel| code("loan_payments.channel", channel)).transpose()?;
    Ok(match (kind, channel, paid_as) {
        (TransactionKind::Recovery, ..) => PaidBy::Recovery,
        (_, Some(Channel::Insurance), _) => PaidBy::Insurer,
        (_, _, Some(PaidAs::Settlement)) => PaidBy::Payoff,
        _ => PaidBy::Member,
    })
}

fn reversed(
    tx: &mut Tx<'_>,
    ids: &BTreeSet<i64>,
    through: NaiveDate,
) -> Result<BTreeSet<i64>, StorageError> {
    let query = transactions::table
        .filter(one_of(transactions::reverses, list(tx, ids)))
        .filter(transactions::reverses.is_not_null())
        .filter(transactions::booked_on.le(through))
        .select(transactions::reverses.assume_not_null());
    let rows: Vec<i64> = tx.run(|conn| query.load(conn))?;
    Ok(rows.into_iter().collect())
}

/// What transactions pay of principal and interest, by row.
fn parts(
    tx: &mut Tx<'_>,
    ids: &BTreeSet<i64>,
    through: NaiveDate,
) -> Result<HashMap<i64, Vec<PaidPart>>, StorageError> {
    let of_row = loan_schedules::loan_id
        .eq(deltas::loan_id)
        .and(loan_schedules::made_by.eq(deltas::made_by))
        .and(loan_schedules::no.eq(deltas::no));
    let query = deltas::table
        .inner_join(loan_schedules::table.on(of_row))
        .filter(one_of(deltas::transaction_id, list(tx, ids)))
        .filter(deltas::booked_on.le(through))
        .select((
            deltas::transaction_id,
            deltas::made_by,
            loan_schedules::due_date,
            deltas::component,
            deltas::amount,
        ));
    let rows: Vec<(i64, i64, NaiveDate, String, i64)> = tx.run(|conn| query.load(conn))?;
    let mut sums: BTreeMap<(i64, NaiveDate, i64), (i64, i64)> = BTreeMap::new();
    for (transaction, made_by, due_date, component, amount) in rows {
        let (principal, interest) = sums.entry((transaction, due_date, made_by)).or_default();
        match code("loan_transaction_allocations.component", &component)? {
            Component::Principal => *principal = principal.saturating_add(amount),
            Component::Interest => *interest = interest.saturating_add(amount),
            // Fees and penalties are the cooperative's; excess is the member's.
            Component::DueFromMember | Component::Penalty | Component::Fee | Component::Excess => {}
        }
    }
    let mut parts: HashMap<i64, Vec<PaidPart>> = HashMap::new();
    for ((transaction, due_date, made_by), (principal, interest)) in sums {
        if (principal, interest) != (0, 0) {
            parts.entry(transaction).or_default().push(PaidPart {
                due_date,
                made_by: TransactionId::new(made_by),
                principal: Money::from_sen(principal),
                interest: Money::from_sen(interest),
            });
        }
    }
    Ok(parts)
}

/// What the funder's final settlements hold of the transactions, and of fees on the loans' principal.
fn held(
    tx: &mut Tx<'_>,
    coverage: Coverage,
    ids: &[i64],
    transactions: &BTreeSet<i64>,
) -> Result<HashMap<i64, Vec<HeldLine>>, StorageError> {
    let mut held: HashMap<i64, Vec<HeldLine>> = HashMap::new();
    if coverage.follows.is_none() {
        return Ok(held);
    }
    let finals = settlements::table
        .filter(settlements::funder_id.eq(coverage.funder_id.get()))
        .filter(settlements::status.eq_any(final_codes()))
        .select(settlements::id);
    let finals: Vec<i64> = tx.run(|conn| finals.load(conn))?;
    // By transaction and loan alone: joined with settlements, a database may read all lines of each.
    let of_transactions = lines::table
        .filter(one_of(lines::transaction_id, list(tx, transactions)))
        .filter(lines::transaction_id.is_not_null())
        .select(LineRow::as_select());
    let origination = lines::table
        .filter(one_of(lines::loan_id, list(tx, ids)))
        .filter(lines::kind.eq(LineKind::Origination.code()))
        .select(LineRow::as_select());
    let mut rows: Vec<LineRow> = tx.run(|conn| of_transactions.load(conn))?;
    rows.extend(tx.run(|conn| origination.load::<LineRow>(conn))?);
    rows.retain(|row| finals.contains(&row.settlement_id));
    for row in rows {
        if let Some(loan) = row.loan() {
            held.entry(loan.get()).or_default().push(row.held());
        }
    }
    Ok(held)
}

/// The loans' rates, where a contract of the funder's needs them.
fn rates(
    tx: &mut Tx<'_>,
    coverage: Coverage,
    ids: &[i64],
) -> Result<HashMap<i64, LoanRates>, StorageError> {
    let by_rate = contracts::table
        .filter(contracts::funder_id.eq(coverage.funder_id.get()))
        .filter(contracts::sharing.eq(Sharing::FunderRate.code()))
        .count();
    let count: i64 = tx.run(|conn| by_rate.get_result(conn))?;
    if count == 0 {
        return Ok(HashMap::new());
    }
    let changes = loan_restructures::table
        .filter(one_of(loan_restructures::loan_id, list(tx, ids)))
        .filter(loan_restructures::transaction_id.is_not_null())
        .filter(loan_restructures::new_rate.is_not_null())
        .select((
            loan_restructures::loan_id,
            loan_restructures::transaction_id.assume_not_null(),
            loan_restructures::new_rate.assume_not_null(),
        ));
    let changes: Vec<(i64, i64, i64)> = tx.run(|conn| changes.load(conn))?;
    let terms = loan_terms::table
        .filter(one_of(loan_terms::loan_id, list(tx, ids)))
        .select((loan_terms::loan_id, loan_terms::terms));
    let terms: Vec<(i64, String)> = tx.run(|conn| terms.load(conn))?;
    let rates = |(loan, terms): (i64, String)| {
        let terms: Terms = from_json("loan_terms.terms", &terms)?;
        let later = changes.iter().filter(|(of, ..)| *of == loan);
        let later = later.map(|(_, id, rate)| (TransactionId::new(*id), Rate::from_units(*rate)));
        Ok((loan, LoanRates::new(terms.rules.interest_rate, later)))
    };
    terms.into_iter().map(rates).collect()
}

/// The contracts under which loans were open on some day of the months covered.
pub(super) fn served_contracts(
    tx: &mut Tx<'_>,
    coverage: &Coverage,
) -> Result<Vec<ContractId>, StorageError> {
    let (first, last) = (coverage.periode.first_day(), coverage.periode.last_day());
    let query = allocations::table
        .inner_join(loans::table)
        .filter(allocations::funder_id.eq(coverage.funder_id.get()))
        .filter(allocations::valid_from.le(last))
        .filter(allocations::ended_on.is_null().or(allocations::ended_on.gt(first)))
        .filter(loans::disbursed_on.le(last))
        .filter(loans::closed_on.is_null().or(loans::closed_on.ge(first)))
        .select(allocations::contract_id)
        .distinct()
        .order(allocations::contract_id);
    let ids: Vec<i64> = tx.run(|conn| query.load(conn))?;
    Ok(ids.into_iter().map(ContractId::new).collect())
}
