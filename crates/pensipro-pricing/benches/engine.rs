//! Rows per second of the schedule engine: annuities over 180 months, the instalment computed for each.
//! `python/schedule.py` does the same work by the same rules and prints the same checksum.

use std::hint::black_box;

use chrono::NaiveDate;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{
    DueDates, InstalmentUnit, Method, Row, Schedule, ScheduleRuleParts, ScheduleRules,
};

const LOANS: i64 = 1000;
const TENOR: u16 = 180;

fn rules(method: Method) -> ScheduleRules {
    let parts = ScheduleRuleParts {
        instalment_unit: InstalmentUnit::Rupiah100,
        ..ScheduleRuleParts::usual(method, Rate::from_units(181_000))
    };
    ScheduleRules::new(parts).unwrap()
}

fn dates() -> DueDates {
    let date = |month| NaiveDate::from_ymd_opt(2026, month, 1).unwrap();
    DueDates::from_first(date(1), date(2)).unwrap()
}

/// Rp 50 million and up, Rp 123,456 apart.
fn plafon(loan: i64) -> Money {
    Money::from_rupiah(50_000_000 + loan * 123_456).unwrap()
}

fn rows(loan: i64, rules: &ScheduleRules, dates: DueDates) -> impl Iterator<Item = Row> {
    Schedule::new(black_box(plafon(loan)), TENOR, rules, dates).unwrap().rows()
}

/// Every figure of every row, in order.
fn checksum(rules: &ScheduleRules, dates: DueDates) -> u64 {
    let all = (0..LOANS).flat_map(|loan| rows(loan, rules, dates));
    all.fold(0, |sum, row| {
        [row.principal, row.interest, row.balance].iter().fold(sum, |sum: u64, amount| {
            sum.wrapping_mul(31).wrapping_add(amount.sen().unsigned_abs())
        })
    })
}

fn engine(criterion: &mut Criterion) {
    println!("checksum {}", checksum(&rules(Method::Anuitas), dates()));
    let mut group = criterion.benchmark_group("schedule_180");
    group.throughput(Throughput::Elements(LOANS.unsigned_abs() * u64::from(TENOR)));
    for method in Method::ALL {
        let (rules, dates) = (rules(*method), dates());
        group.bench_function(method.code(), |bencher| {
            bencher.iter(|| {
                for loan in 0..LOANS {
                    rows(loan, &rules, dates).for_each(|row| {
                        black_box(row);
                    });
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, engine);
criterion_main!(benches);
