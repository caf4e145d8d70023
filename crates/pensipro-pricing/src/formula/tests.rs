//! Published figures. Each printed cell is the unrounded figure, rounded once, half upwards.

use bigdecimal::{BigDecimal, RoundingMode};
use proptest::prelude::*;

use super::*;
use crate::codes::Method;

fn decimal(text: &str) -> BigDecimal {
    text.parse().unwrap()
}

fn printed(number: &BigDecimal, places: i64) -> BigDecimal {
    number.with_scale_round(places, RoundingMode::HalfUp)
}

fn loan(principal: &str, yearly: &str, months: u32, method: Method) -> ExactLoan {
    let monthly = monthly_rate(yearly.parse().unwrap());
    ExactLoan::new(decimal(principal), monthly, months, method).unwrap()
}

/// Rows of `principal,interest,instalment,balance`; an empty cell was not printed by the source.
fn assert_table(loan: &ExactLoan, places: i64, table: &str) -> u32 {
    let mut cells = 0;
    for (row, line) in (1..).zip(table.split_whitespace()) {
        let figures =
            [loan.principal(row), loan.interest(row), loan.payment(row), loan.balance_after(row)];
        for (figure, cell) in
            figures.iter().zip(line.split(',')).filter(|(_, cell)| !cell.is_empty())
        {
            assert_eq!(printed(figure, places), decimal(cell), "row {row}: {line}");
            cells += 1;
        }
    }
    cells
}

/// "Angsuran Bunga Efektif", a rural bank's table, scribd.com/document/365074965: 18.1 % over 120 months,
/// rows 1 to 31.
#[test]
fn annuity_of_a_rural_bank() {
    let loan = loan("200000000", "18.1", 120, Method::Anuitas);
    let cells = assert_table(&loan, 2, include_str!("tables/annuity_18_1_percent_120.csv"));
    assert_eq!(cells, 124);
}

/// "Simulasi angsuran KPR", id.scribd.com/doc/87151512: 16 % over 36 months, rows 1 to 20.
#[test]
fn annuity_of_a_mortgage() {
    let loan = loan("200000000", "16", 36, Method::Anuitas);
    let cells = assert_table(&loan, 0, include_str!("tables/annuity_16_percent_36.csv"));
    assert_eq!(cells, 79);
    assert_eq!(printed(&loan.total_interest(), 0), decimal("53130638"));
}

/// id.scribd.com/document/634173092: falling interest, 24 % over 6 months.
#[test]
fn falling_interest_over_six_months() {
    let loan = loan("60000000", "24", 6, Method::Efektif);
    let table = "10000000,1200000,11200000,50000000 10000000,1000000,11000000,40000000
        10000000,800000,10800000,30000000 10000000,600000,10600000,20000000
        10000000,400000,10400000,10000000 10000000,200000,10200000,0";
    assert_eq!(assert_table(&loan, 2, table), 24);
    assert_eq!(loan.total_interest(), decimal("4200000"));
}

/// ilmusoftware.com/2009/07/relasi-tabel-modul-pinjaman.html: a cooperative's loan, 2.2 % a month over 10.
#[test]
fn falling_interest_of_a_cooperative() {
    let loan = loan("5000000", "26.4", 10, Method::Efektif);
    let table = "500000,110000,610000,4500000 500000,99000,599000,4000000
        500000,88000,588000,3500000 500000,77000,577000,3000000 500000,66000,566000,2500000
        500000,55000,555000,2000000 500000,44000,544000,1500000 500000,33000,533000,1000000
        500000,22000,522000,500000 500000,11000,511000,0";
    assert_eq!(assert_table(&loan, 2, table), 40);
}

/// id.scribd.com/document/497185523: a cooperative's flat loan, 12 % over 12 months.
#[test]
fn flat_interest_of_a_cooperative() {
    let loan = loan("30000000", "12", 12, Method::Flat);
    for row in 1..=12 {
        assert_eq!(loan.principal(row), decimal("2500000"));
        assert_eq!(loan.interest(row), decimal("300000"));
        assert_eq!(loan.payment(row), decimal("2800000"));
        assert_eq!(loan.balance_after(row), decimal("2500000") * whole(12 - row));
    }
    assert_eq!(loan.total_interest(), decimal("3600000"));
}

/// "Simulasi Pembiayaan Pensiun" of a bank's sales team, scribd.com/document/399356433: 14 % over 96
/// months, net pension 3,688,600, of which 90 % may be paid.
#[test]
fn pension_loan_simulation() {
    let loan = loan("120000000", "14", 96, Method::Anuitas);
    let instalment = loan.payment(1);
    assert_eq!(printed(&instalment, 2), decimal("2084580.12"));
    assert_eq!(printed(&(decimal("3688600") - &instalment), 2), decimal("1604019.88"));

    let largest = decimal("3688600") * decimal("0.90");
    assert_eq!(largest, decimal("3319740"));
    let value = present_value(&largest, &monthly_rate("14".parse().unwrap()), 96);
    let step = decimal("1000000");
    let plafon = (&value / &step).with_scale_round(0, RoundingMode::Down) * &step;
    assert_eq!(plafon, decimal("191000000"));

    let blocked = &instalment * whole(2);
    assert_eq!(printed(&blocked, 2), decimal("4169160.25"));
    let fees = decimal("120000000") * (decimal("0.01") + decimal("0.0785")) + blocked;
    assert_eq!(printed(&fees, 2), decimal("14789160.25"));
    let net = decimal("120000000") - fees - decimal("99625465.44");
    assert_eq!(printed(&net, 2), decimal("5585374.31"));
}

/// Regulation Z (12 CFR 1026), appendix J, section (c)(1): $5,000 repaid by 24 payments of $230; $6,000
/// repaid by 36 payments of $200 with a first period of one month and 19 days.
#[test]
fn regulation_z_appendix_j() {
    let apr = |advance, payment, count: usize, odd_days| {
        let first = FirstPeriod { periods: 1, odd_days, days_per_period: 30 };
        let payments = vec![decimal(payment); count];
        let rate = actuarial_apr(&decimal(advance), &payments, first, 12).unwrap();
        printed(&(rate * whole(100)), 2)
    };
    assert_eq!(apr("5000", "230", 24, 0), decimal("9.69"));
    assert_eq!(apr("6000", "200", 36, 19), decimal("11.82"));
}

/// The example of the XIRR function's documentation, support.microsoft.com: 0.373362535.
#[test]
fn yearly_rate_of_dated_flows() {
    let flow =
        |date: &str, amount: i32| DatedFlow { date: date.parse().unwrap(), amount: amount.into() };
    let flows = [
        flow("2008-01-01", -10_000),
        flow("2008-03-01", 2_750),
        flow("2008-10-30", 4_250),
        flow("2009-02-15", 3_250),
        flow("2009-04-01", 2_750),
    ];
    let rate = yearly_rate(&flows).unwrap();
    assert!((rate - decimal("0.373362535")).abs() < decimal("0.00000001"));
    let loss = [flow("2026-01-01", -1000), flow("2027-01-01", 900)];
    assert_eq!(printed(&yearly_rate(&loss).unwrap(), 15), decimal("-0.1"));
    assert_eq!(yearly_rate(&flows[1..]), None);
    assert_eq!(yearly_rate(&[]), None);
}

#[test]
fn flat_twenty_percent_over_sixty_months() {
    let effective = flat_to_effective(&decimal("0.2"), 60).unwrap();
    assert_eq!(printed(&effective, 3), decimal("0.316"));
    assert_eq!(printed(&effective_to_flat(&effective, 60).unwrap(), 20), decimal("0.2"));
    assert_eq!(rate_from_payment(&whole(100), &whole(9), 10), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_rate_is_found_again(units in 0_i64..=6_000_000, months in 1_u32..=600) {
        let monthly = monthly_rate(Rate::from_units(units));
        let payment = payment(&whole(1_000_000), &monthly, months).unwrap();
        let found = rate_from_payment(&whole(1_000_000), &payment, months).unwrap();
        prop_assert!((found - monthly).abs() < decimal("1e-18"));
    }

    #[test]
    fn balances_follow_from_rows(units in 0_i64..=1_000_000, months in 1_u32..=240, method in
        prop::sample::select(Method::ALL)) {
        let loan = ExactLoan::new(whole(1_000_000), monthly_rate(Rate::from_units(units)), months, method)
            .unwrap();
        let row = months.div_ceil(2);
        let fallen = loan.balance_after(row - 1) - loan.principal(row);
        prop_assert!((fallen - loan.balance_after(row)).abs() < decimal("1e-20"));
        prop_assert!(loan.balance_after(months).is_zero());
    }
}
