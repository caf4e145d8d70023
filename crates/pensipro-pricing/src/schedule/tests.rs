//! Published tables and the laws of every schedule.

use bigdecimal::{RoundingMode, ToPrimitive};
use pensipro_kernel::{Money, Rate};
use proptest::prelude::*;

use super::*;
use crate::codes::*;
use crate::formula;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn amount(text: &str) -> Money {
    text.parse().unwrap()
}

fn dates() -> DueDates {
    DueDates::from_first(date("2026-01-10"), date("2026-02-10")).unwrap()
}

fn schedule(plafon: &str, tenor: u16, parts: ScheduleRuleParts) -> Schedule {
    let rules = ScheduleRules::new(parts).unwrap();
    Schedule::new(amount(plafon), tenor, &rules, dates()).unwrap()
}

fn to_the_sen(day_count: DayCount) -> ScheduleRules {
    ScheduleRules::new(ScheduleRuleParts {
        day_count,
        rounding: InstalmentRounding::HalfEven,
        instalment_unit: InstalmentUnit::Sen,
        interest_unit: InterestUnit::Sen,
        ..ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12))
    })
    .unwrap()
}

fn assert_rows(schedule: &Schedule, expected: &[[&str; 5]]) {
    let rows: Vec<_> = schedule.dated_rows().collect();
    assert_eq!(rows.len(), expected.len());
    for (row, [due, principal, interest, instalment, balance]) in rows.iter().zip(expected) {
        assert_eq!(row.due_date, date(due));
        assert_eq!(row.principal, amount(principal), "principal of row {}", row.no);
        assert_eq!(row.interest, amount(interest), "interest of row {}", row.no);
        assert_eq!(row.instalment, amount(instalment), "instalment of row {}", row.no);
        assert_eq!(row.balance, amount(balance), "balance of row {}", row.no);
    }
}

/// github.com/apache/fineract, EMICalculation-Part1.feature, TestRail C3152 (figures only).
#[test]
fn fineract_c3152_actual_days() {
    let dates = DueDates::from_first(date("2023-12-12"), date("2024-01-12")).unwrap();
    let rules = to_the_sen(DayCount::ActAct);
    let schedule = Schedule::new(amount("10000"), 6, &rules, dates).unwrap();
    assert_rows(
        &schedule,
        &[
            ["2024-01-12", "1623.75", "101.81", "1725.56", "8376.25"],
            ["2024-02-12", "1640.42", "85.14", "1725.56", "6735.83"],
            ["2024-03-12", "1661.51", "64.05", "1725.56", "5074.32"],
            ["2024-04-12", "1673.98", "51.58", "1725.56", "3400.34"],
            ["2024-05-12", "1692.11", "33.45", "1725.56", "1708.23"],
            ["2024-06-12", "1708.23", "17.36", "1725.59", "0"],
        ],
    );
}

/// github.com/apache/fineract, EMICalculation-Part1.feature, TestRail C3154 (figures only).
#[test]
fn fineract_c3154_months_of_thirty_days() {
    let dates = DueDates::from_first(date("2024-01-01"), date("2024-02-01")).unwrap();
    let rules = to_the_sen(DayCount::Thirty360);
    let schedule = Schedule::new(amount("100"), 6, &rules, dates).unwrap();
    assert_rows(
        &schedule,
        &[
            ["2024-02-01", "16.25", "1.00", "17.25", "83.75"],
            ["2024-03-01", "16.41", "0.84", "17.25", "67.34"],
            ["2024-04-01", "16.58", "0.67", "17.25", "50.76"],
            ["2024-05-01", "16.74", "0.51", "17.25", "34.02"],
            ["2024-06-01", "16.91", "0.34", "17.25", "17.11"],
            ["2024-07-01", "17.11", "0.17", "17.28", "0"],
        ],
    );
}

#[test]
fn level_keeps_the_last_instalment() {
    let parts = ScheduleRuleParts {
        instalment_unit: InstalmentUnit::Rupiah1000,
        last_instalment: LastInstalment::Level,
        ..ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12))
    };
    let level = schedule("50000000", 36, parts);
    assert!(level.rows().all(|row| row.instalment() == level.instalment()));
    let adjust = schedule(
        "50000000",
        36,
        ScheduleRuleParts { last_instalment: LastInstalment::Adjust, ..parts },
    );
    assert!(adjust.rows().last().unwrap().instalment() < level.instalment());
}

#[test]
fn flat_rounds_the_one_exact_fraction() {
    // 10,000,000/36 + 10,000,000·1.5 % = 427,777.77…
    let parts = ScheduleRuleParts::usual(Method::Flat, Rate::percent(18));
    let flat = schedule("10000000", 36, parts);
    assert_eq!(flat.instalment(), amount("427778"));
    let rows: Vec<_> = flat.rows().collect();
    assert!(rows.iter().all(|row| row.interest == amount("150000")));
    assert_eq!(rows[35].principal, amount("277770"));
}

#[test]
fn efektif_divides_the_principal_to_the_nearest() {
    let parts = ScheduleRuleParts {
        instalment_unit: InstalmentUnit::Rupiah1000,
        ..ScheduleRuleParts::usual(Method::Efektif, Rate::percent(24))
    };
    let efektif = schedule("10000000", 36, parts);
    let rows: Vec<_> = efektif.rows().collect();
    assert_eq!(rows[0].principal, amount("278000"));
    assert_eq!(rows[0].interest, amount("200000"));
    assert_eq!(efektif.instalment(), amount("478000"));
    assert_eq!(rows[35].principal, amount("270000"));
}

#[test]
fn grace_rows_pay_interest_only() {
    for method in Method::ALL {
        let parts = ScheduleRuleParts {
            principal_grace: 3,
            ..ScheduleRuleParts::usual(*method, Rate::percent(12))
        };
        let rows: Vec<_> = schedule("12000000", 15, parts).rows().collect();
        for row in &rows[..3] {
            assert_eq!((row.principal, row.interest), (Money::ZERO, amount("120000")), "{method}");
        }
        assert!(rows[3].principal.is_positive());
    }
}

#[test]
fn a_unit_that_is_too_coarse_gives_way_to_the_next() {
    let parts = ScheduleRuleParts {
        instalment_unit: InstalmentUnit::Rupiah1000,
        ..ScheduleRuleParts::usual(Method::Anuitas, Rate::ZERO)
    };
    // 120,000 over 100 rows: 1,200 a row. Steps of 1,000 or 500 run out after 60 or 80 rows.
    let fallen = schedule("120000", 100, parts);
    assert_eq!(fallen.finer_unit(), Some(InstalmentUnit::Rupiah100));
    assert_eq!(fallen.instalment(), amount("1200"));
    assert_eq!(schedule("120000000", 100, parts).finer_unit(), None);
}

#[test]
fn a_broken_first_period_costs_its_days_beyond_a_month() {
    let parts = ScheduleRuleParts {
        broken_period: BrokenPeriod::Add,
        ..ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12))
    };
    let rules = ScheduleRules::new(parts).unwrap();
    let interest = |start, rules: &ScheduleRules| {
        let dates = DueDates::from_first(date(start), date("2026-03-25")).unwrap();
        let schedule = Schedule::new(amount("36000000"), 12, rules, dates).unwrap();
        schedule.rows().next().unwrap().interest
    };
    // 36,000,000 · 12 % · 15/360 = 180,000 beside the month's 360,000.
    assert_eq!(interest("2026-02-10", &rules), amount("540000"));
    assert_eq!(interest("2026-02-25", &rules), amount("360000"));
    assert_eq!(interest("2026-03-10", &rules), amount("360000"));
    let none = ScheduleRuleParts { broken_period: BrokenPeriod::None, ..parts };
    assert_eq!(interest("2026-02-10", &ScheduleRules::new(none).unwrap()), amount("360000"));
}

#[test]
fn impossible_figures_are_named() {
    let rules = |grace, rate| {
        ScheduleRules::new(ScheduleRuleParts {
            principal_grace: grace,
            ..ScheduleRuleParts::usual(Method::Anuitas, rate)
        })
        .unwrap()
    };
    let usual = rules(0, Rate::percent(12));
    let refused = |plafon, tenor, rules| {
        Schedule::new(Money::from_sen(plafon), tenor, &rules, dates()).unwrap_err().fault().code
    };
    assert_eq!(refused(0, 12, usual), "out_of_range");
    assert_eq!(refused(-1, 12, usual), "out_of_range");
    assert_eq!(refused(i64::MAX, 12, usual), "out_of_range");
    assert_eq!(refused(100_000_000, 0, usual), "out_of_range");
    assert_eq!(refused(100_000_000, 601, usual), "out_of_range");
    assert_eq!(refused(100_000_000, 6, rules(6, Rate::ZERO)), "too_short_for_grace");
    assert_eq!(refused(5, 12, usual), "not_repayable");
    assert_eq!(refused(100_000_000, 600, rules(0, MAX_RATE)), "not_repayable");
}

#[test]
fn a_distant_first_due_date_is_refused_where_its_interest_would_not_fit() {
    let parts = ScheduleRuleParts {
        broken_period: BrokenPeriod::Add,
        ..ScheduleRuleParts::usual(Method::Flat, MAX_RATE)
    };
    let rules = ScheduleRules::new(parts).unwrap();
    let dates = DueDates::from_first(date("2026-01-10"), date("2099-02-10")).unwrap();
    assert!(Schedule::new(Money::MAX_INPUT, 12, &rules, dates).is_err());
    assert!(Schedule::new(amount("1000000"), 12, &rules, dates).is_ok());
}

fn codes<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = T> {
    prop::sample::select(all)
}

prop_compose! {
    fn rule_parts()(
        rate in prop_oneof![Just(0_i64), 1..=10_i64, 10_000..=600_000_i64, 0..=10_000_000_i64],
        method in codes(Method::ALL), day_count in codes(DayCount::ALL),
        rounding in codes(InstalmentRounding::ALL), instalment_unit in codes(InstalmentUnit::ALL),
        interest_unit in codes(InterestUnit::ALL), last_instalment in codes(LastInstalment::ALL),
        principal_grace in prop_oneof![3 => Just(0_u16), 1 => 0..=24_u16],
        broken_period in codes(BrokenPeriod::ALL), due_day in prop::option::of(1..=31_u8),
    ) -> ScheduleRuleParts {
        ScheduleRuleParts {
            interest_rate: Rate::from_units(rate), method, day_count, rounding, instalment_unit,
            interest_unit, last_instalment, principal_grace, broken_period, due_day,
        }
    }
}

prop_compose! {
    fn schedules()(
        parts in rule_parts(),
        principal in prop_oneof![
            1..=1_000_000_i64, 100_000_000..=50_000_000_000_i64, 1..=Money::MAX_INPUT.sen(),
            (1..=5_000_i64).prop_map(|million| million * 100_000_000),
        ],
        tenor in prop_oneof![1..=12_u16, 12..=180_u16, 1..=MAX_TENOR],
        day in 0..=4000_u64,
    ) -> Option<(ScheduleRuleParts, Schedule)> {
        let rules = ScheduleRules::new(parts).ok()?;
        let start = date("2020-01-01") + chrono::Days::new(day);
        let dates = DueDates::following(start, parts.due_day, FirstDuePolicy::default());
        Some((parts, Schedule::new(Money::from_sen(principal), tenor, &rules, dates).ok()?))
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6000, ..Default::default() })]

    #[test]
    fn principals_add_up_and_nothing_is_negative(made in schedules()) {
        let Some((parts, schedule)) = made else { return Ok(()) };
        let mut balance = money(schedule.terms.principal);
        for row in schedule.rows() {
            let repaying = row.no > parts.principal_grace;
            prop_assert_eq!(row.principal.is_positive(), repaying);
            prop_assert!(!row.interest.is_negative());
            balance = balance.checked_sub(row.principal).unwrap();
            prop_assert_eq!(row.balance, balance);
            prop_assert_eq!(row.balance.is_zero(), row.no == schedule.terms.tenor);
        }
        prop_assert_eq!(schedule.rows().len(), usize::from(schedule.terms.tenor));
    }

    #[test]
    fn instalments_are_level_and_multiples_of_the_unit(made in schedules()) {
        let Some((parts, schedule)) = made else { return Ok(()) };
        let unit = schedule.unit.money().sen();
        let last = schedule.terms.tenor;
        for row in schedule.rows().filter(|row| row.no > parts.principal_grace.max(1) && row.no < last) {
            if parts.method == Method::Efektif {
                prop_assert_eq!(row.principal.sen() % unit, 0);
            } else {
                prop_assert_eq!(row.instalment(), schedule.instalment());
                prop_assert_eq!(row.instalment().sen() % unit, 0);
            }
        }
    }

    #[test]
    fn coarser_units_would_have_run_out(made in schedules()) {
        let Some((parts, schedule)) = made else { return Ok(()) };
        let rules = ScheduleRules::new(parts).unwrap();
        let exact = Exact::new(&rules, schedule.terms, &schedule.interest);
        for unit in parts.instalment_unit.and_finer().take_while(|unit| *unit != schedule.unit) {
            prop_assert!(settle(schedule.terms, &schedule.interest, &rules, exact, unit).is_none());
        }
    }

    /// The fixed point against forty decimal digits.
    #[test]
    fn instalments_are_the_formulas_rounded_once(
        principal in 100_000_i64..=Money::MAX_INPUT.sen(), tenor in 2..=360_u16,
        rate in 0_i64..=600_000, grace in 0..2_u16, rounding in codes(InstalmentRounding::ALL),
    ) {
        let rules = ScheduleRules::new(ScheduleRuleParts {
            rounding, principal_grace: grace, interest_unit: InterestUnit::Sen,
            instalment_unit: InstalmentUnit::Sen,
            ..ScheduleRuleParts::usual(Method::Anuitas, Rate::from_units(rate))
        });
        let rules = rules.unwrap();
        let Ok(schedule) = Schedule::new(Money::from_sen(principal), tenor, &rules, dates()) else {
            return Ok(());
        };
        if schedule.terms.rows() == 1 {
            return Ok(());
        }
        let months = (tenor - grace).into();
        let monthly = formula::monthly_rate(rules.interest_rate);
        let exact = formula::payment(&principal.into(), &monthly, months).unwrap();
        let mode = match rounding {
            InstalmentRounding::Up => RoundingMode::Up,
            InstalmentRounding::Nearest => RoundingMode::HalfUp,
            InstalmentRounding::HalfEven => RoundingMode::HalfEven,
        };
        // What forty digits leave of a whole number counts as none, as in the engine.
        let exact = exact.with_scale_round(13, RoundingMode::HalfEven);
        let expected = exact.with_scale_round(0, mode).to_i64().unwrap();
        prop_assert_eq!(schedule.instalment().sen(), expected);
    }

    /// Under actual days too, the last instalment differs only by what rounding left.
    #[test]
    fn the_last_row_takes_no_more_than_the_roundings(
        million in 1_i64..=500, tenor in 2..=180_u16, rate in 10_000_i64..=360_000,
        day_count in codes(DayCount::ALL), principal_grace in 0..=6_u16,
    ) {
        let parts = ScheduleRuleParts {
            day_count, principal_grace, rounding: InstalmentRounding::Nearest,
            instalment_unit: InstalmentUnit::Sen, interest_unit: InterestUnit::Sen,
            ..ScheduleRuleParts::usual(Method::Anuitas, Rate::from_units(rate))
        };
        let rules = ScheduleRules::new(parts).unwrap();
        let principal = Money::from_rupiah(million * 1_000_000).unwrap();
        let Ok(schedule) = Schedule::new(principal, tenor, &rules, dates()) else { return Ok(()) };
        let last = schedule.rows().last().unwrap().instalment();
        let off = last.sen().abs_diff(schedule.instalment().sen());
        // A sen a row, grown by 3 % a month for 180 months at the most.
        prop_assert!(off < 40 * 205, "{} sen", off);
    }

    /// The shortcut never says more than the rows do.
    #[test]
    fn what_surely_repays_repays(made in schedules()) {
        let Some((parts, schedule)) = made else { return Ok(()) };
        if parts.method != Method::Anuitas || schedule.terms.rows() == 1 {
            return Ok(());
        }
        let rules = ScheduleRules::new(parts).unwrap();
        let (terms, interest) = (schedule.terms, &schedule.interest);
        let exact = Exact::new(&rules, terms, interest);
        for unit in InstalmentUnit::ALL {
            let Some(amount) = exact.rounded(unit.money().sen().unsigned_abs(), rounding(&rules)) else {
                continue;
            };
            if surely_repays(terms, interest, exact, amount) {
                prop_assert!(walk(terms, interest, amount));
            }
        }
    }
}
