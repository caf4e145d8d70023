//! The rows of a schedule as their maker agreed them, packed: about a dozen bytes each.
//!
//! Per row: number, days from the due date before to the start, days from the start to the due date,
//! principal, interest, fee; each as a variable-length integer (seven bits a byte, signed ones in
//! zigzag). They are read in place of the schedule's rows, which say the same.

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Money, StorageError, TransactionId};
use pensipro_servicing::{Instalment, Row, RowKey};

use crate::convert::unreadable;

const FORMAT: u8 = 1;

/// Packs rows, of which only what was agreed is kept.
pub(super) fn pack<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Vec<u8> {
    let mut out = vec![FORMAT];
    let mut day = 0;
    for row in rows {
        let (starts, due) = (days(row.starts_on), days(row.due_date));
        put(&mut out, row.key.no.into());
        put_signed(&mut out, starts - day);
        put_signed(&mut out, due - starts);
        for amount in [row.principal, row.interest, row.fee] {
            put_signed(&mut out, amount.sen());
        }
        day = due;
    }
    out
}

/// The packed rows.
pub(super) fn unpack(
    made_by: TransactionId,
    packed: &[u8],
) -> impl Iterator<Item = Result<Row, StorageError>> {
    let known = packed.first() == Some(&FORMAT);
    let mut rest = if known { &packed[1..] } else { packed };
    let mut day = 0;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let row = if known { next(&mut rest, &mut day, made_by) } else { None };
        if row.is_none() {
            rest = &[];
        }
        Some(row.ok_or_else(|| unreadable("loan_terms.plan")))
    })
}

fn next(rest: &mut &[u8], day: &mut i64, made_by: TransactionId) -> Option<Row> {
    let no = u16::try_from(take(rest)?).ok()?;
    let starts = day.checked_add(take_signed(rest)?)?;
    let due = starts.checked_add(take_signed(rest)?)?;
    let mut amount = || take_signed(rest).map(Money::from_sen);
    let owed = Instalment { principal: amount()?, interest: amount()?, fee: amount()? };
    *day = due;
    Some(Row::new(RowKey::new(made_by, no), date(starts)?, date(due)?, owed))
}

fn days(date: NaiveDate) -> i64 {
    date.num_days_from_ce().into()
}

fn date(days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()?)
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)) as u64);
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (byte, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

fn take_signed(rest: &mut &[u8]) -> Option<i64> {
    let number = take(rest)?;
    Some((number >> 1) as i64 ^ -((number & 1) as i64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MAKER: TransactionId = TransactionId::new(7);

    proptest! {
        #[test]
        fn rows_come_back(
            parts in prop::collection::vec(
                (0..200_i32, 0..60_i32, 0..i64::MAX, 0..i64::MAX, 0..1_000_i64), 0..40,
            )
        ) {
            let mut day = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap();
            let mut rows = Vec::new();
            for (place, (gap, term, principal, interest, fee)) in parts.into_iter().enumerate() {
                let starts_on = day + chrono::Days::new(gap as u64);
                day = starts_on + chrono::Days::new(term as u64);
                let [principal, interest, fee] = [principal, interest, fee].map(Money::from_sen);
                let key = RowKey::new(MAKER, place as u16 + 1);
                rows.push(Row::new(key, starts_on, day, Instalment { principal, interest, fee }));
            }
            let packed = pack(&rows);
            let unpacked: Vec<_> = unpack(MAKER, &packed).collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(unpacked, rows);
        }

        #[test]
        fn any_bytes_are_rows_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = unpack(MAKER, &bytes).collect::<Result<Vec<_>, _>>();
        }
    }
}
