//! Restructures by example, with figures worked out by hand.

mod support;

use chrono::NaiveDate;
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{
    AllocationOrder, FirstDuePolicy, InstalmentUnit, Method, PenaltyBasis, PenaltyKind,
    PenaltyParts, PenaltyTerms, ScheduleRuleParts, ScheduleRules, Terms, TermsParts,
};
use pensipro_servicing::*;
use support::*;

/// An annuity of 12 % a year, with a penalty of a tenth of a percent a day.
fn annuity_terms() -> Terms {
    let late = PenaltyParts {
        kind: PenaltyKind::Late,
        basis: PenaltyBasis::PercentPerDay(Rate::from_units(1_000)),
        steps: Vec::new(),
        grace_days: 0,
        cap_pct: None,
    };
    let rules = ScheduleRuleParts {
        instalment_unit: InstalmentUnit::Rupiah1000,
        ..ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12))
    };
    Terms::new(TermsParts {
        rules: ScheduleRules::new(rules).unwrap(),
        late: Some(PenaltyTerms::new(late).unwrap()),
        ..(*terms(AllocationOrder::RowFirst, None)).clone()
    })
    .unwrap()
}

/// Rp 12,000,000 over 12 months from 10 January 2026, as the engine schedules it: the first interest
/// is Rp 120,000.
fn loan() -> Shelf {
    let terms = annuity_terms();
    let facts = PlanFacts {
        plafon: rupiah(12_000_000),
        tenor: 12,
        terms: &terms,
        starts_on: on(0),
        first_due: FirstDue::Following(FirstDuePolicy::default()),
        age: None,
    };
    let plan = RepaymentPlan::compute(&facts).unwrap();
    let mut shelf = Shelf::new(
        pending_loan(7, rupiah(12_000_000), terms.clone()),
        vec![],
        ServicingPolicy::default(),
    );
    shelf.post(input(1, on(0), InputKind::Disbursement(plan.disbursed(tx(1)))));
    shelf.loan.disbursed_on = Some(on(0));
    shelf.loan.first_due_date = day("2026-02-10");
    shelf
}

fn asked(date: &str, arrears: Arrears) -> RestructureTerms {
    let effective_on = day(date);
    RestructureTerms { effective_on, extra_months: 0, new_rate: None, holiday: None, arrears }
}

fn preview(shelf: &Shelf, terms: RestructureTerms) -> Result<RestructurePreview, ServicingError> {
    RestructurePreview::of(&terms, &shelf.open_with_history(), &shelf.policy.restructure)
}

/// Posts what the terms come to, and gives their preview.
fn restructure(shelf: &mut Shelf, id: i64, terms: RestructureTerms) -> RestructurePreview {
    let preview = preview(shelf, terms).unwrap();
    let kind = InputKind::Restructure(Box::new(preview.agreed));
    shelf.post(input(id, terms.effective_on, kind));
    shelf.check().unwrap();
    preview
}

fn rows_of(shelf: &Shelf, maker: i64) -> Vec<(u16, NaiveDate, i64, i64)> {
    let own = shelf.rows.values().filter(|row| row.key.made_by == tx(maker));
    let rupiah = |amount: Money| amount.sen() / 100;
    own.map(|row| (row.key.no, row.due_date, rupiah(row.principal), rupiah(row.interest))).collect()
}

fn owed(shelf: &Shelf, date: &str) -> Outstanding {
    shelf.open_with_history().outstanding_on(&Default::default(), day(date)).unwrap()
}

/// The first instalment was never paid: on 10 March Rp 120,000 of interest and Rp 28 days of penalty on
/// the instalment are in arrears.
const MARCH: &str = "2026-03-05";

#[test]
fn an_extension_repays_the_same_over_more_months() {
    let mut shelf = loan();
    shelf.post(cash(2, day("2026-02-10"), rupiah(1_067_000)));
    let preview = restructure(
        &mut shelf,
        3,
        RestructureTerms { extra_months: 13, ..asked("2026-02-20", Arrears::Waive) },
    );
    // 12,000,000 − 947,000 left; 11 rows and 13 more at 1 % a month.
    assert_eq!(preview.principal, rupiah(11_053_000));
    assert_eq!((preview.replaced, preview.rows.len()), (11, 24));
    assert_eq!(preview.instalment, rupiah(521_000));
    assert_eq!((preview.capitalised, preview.waived), (Money::ZERO, Money::ZERO));
    let rows = rows_of(&shelf, 3);
    assert_eq!(rows[0], (1, day("2026-03-10"), 521_000 - 110_530, 110_530));
    assert_eq!(rows[23].1, day("2028-02-10"));
    assert_eq!(rows.iter().map(|row| row.2).sum::<i64>(), 11_053_000);
    let state = shelf.balances.unwrap().state;
    assert_eq!(state.dates.unwrap().maturity_date, day("2028-02-10"));
    let statuses: Vec<_> = shelf.rows.values().map(|row| row.status(&shelf.rules())).collect();
    assert_eq!(statuses[0], RowStatus::Paid);
    assert!(statuses[1..12].iter().all(|status| *status == RowStatus::Superseded));
    assert_eq!(owed(&shelf, "2026-03-10").total_due, rupiah(521_000));
}

#[test]
fn arrears_become_principal() {
    let mut shelf = loan();
    let before = owed(&shelf, MARCH);
    // 23 days on 1,067,000 at a tenth of a percent.
    assert_eq!((before.interest_due, before.penalty), (rupiah(120_000), rupiah(24_541)));
    let preview = restructure(
        &mut shelf,
        2,
        RestructureTerms { extra_months: 1, ..asked(MARCH, Arrears::Capitalise) },
    );
    assert_eq!(preview.capitalised, rupiah(144_541));
    assert_eq!(preview.principal, rupiah(12_144_541));
    let after = owed(&shelf, MARCH);
    assert_eq!((after.principal, after.interest_due), (rupiah(12_144_541), Money::ZERO));
    assert_eq!((after.penalty, after.total_due, after.dpd), (Money::ZERO, Money::ZERO, 0));
    assert_eq!(shelf.loan.status, LoanStatus::Active);
    // Interest and penalty read as paid, by principal that is owed.
    let first = &shelf.rows[&RowKey::new(tx(1), 1)];
    assert_eq!((first.interest_paid, first.penalty_paid), (rupiah(120_000), rupiah(24_541)));
    assert_eq!(shelf.sums[&(tx(2), RowKey::NONE, Component::Principal)], -14_454_100);
}

#[test]
fn arrears_are_waived_or_carried_as_a_row_of_their_own() {
    let mut waived = loan();
    let terms =
        RestructureTerms { new_rate: Some(Rate::percent(9)), ..asked(MARCH, Arrears::Waive) };
    let preview = restructure(&mut waived, 2, terms);
    assert_eq!((preview.waived, preview.principal), (rupiah(144_541), rupiah(12_000_000)));
    assert_eq!(
        rows_of(&waived, 2)[0],
        (1, day("2026-03-10"), preview.instalment.sen() / 100 - 90_000, 90_000)
    );
    assert_eq!(owed(&waived, MARCH).total_due, Money::ZERO);

    let mut carried = loan();
    let preview =
        restructure(&mut carried, 2, RestructureTerms { arrears: Arrears::Carry, ..terms });
    assert_eq!((preview.capitalised, preview.waived), (Money::ZERO, Money::ZERO));
    let rows = rows_of(&carried, 2);
    assert_eq!(rows.len(), 12);
    assert_eq!(rows[0], (1, day(MARCH), 947_000, 120_000));
    let now = owed(&carried, MARCH);
    assert_eq!((now.principal, now.principal_due), (rupiah(12_000_000), rupiah(947_000)));
    assert_eq!((now.penalty, now.dpd), (rupiah(24_541), 0));
    assert_eq!(owed(&carried, "2026-03-08").dpd, 3);
}

#[test]
fn in_a_holiday_interest_is_paid_or_becomes_principal() {
    let holiday = |kind| RestructureTerms {
        holiday: Some(Holiday { months: 2, kind }),
        ..asked("2026-01-20", Arrears::Waive)
    };
    let mut paid = loan();
    let preview = restructure(&mut paid, 2, holiday(HolidayKind::InterestOnly));
    let rows = rows_of(&paid, 2);
    assert_eq!((rows.len(), preview.instalment), (14, rupiah(1_067_000)));
    assert_eq!(
        rows[..3].iter().map(|row| (row.2, row.3)).collect::<Vec<_>>(),
        [(0, 120_000), (0, 120_000), (947_000, 120_000)]
    );
    let mut added = loan();
    let preview = restructure(&mut added, 2, holiday(HolidayKind::Capitalise));
    assert_eq!((preview.capitalised, preview.principal), (rupiah(241_200), rupiah(12_241_200)));
    let rows = rows_of(&added, 2);
    assert_eq!((rows[0].3, rows[1].3, rows[2].3), (120_000, 121_200, 122_412));
    assert_eq!(owed(&added, "2026-02-10").total_due, Money::ZERO);
    // Paid off in the holiday, its interest is owed for the days that have passed.
    let settles = |date| {
        let open = added.open_with_history();
        SettlementTotal::of(
            &open.account_on(day(date)).unwrap(),
            open.rules(),
            day(date),
            day(date),
        )
        .total
    };
    assert_eq!(settles("2026-02-10"), rupiah(12_120_000));
    assert_eq!(settles("2026-03-10"), rupiah(12_241_200));
}

#[test]
fn a_late_payment_before_a_restructure_takes_from_its_last_rows() {
    let mut shelf = loan();
    let terms = RestructureTerms { extra_months: 1, ..asked(MARCH, Arrears::Capitalise) };
    let preview = restructure(&mut shelf, 2, terms);
    let agreed = rows_of(&shelf, 2);
    // On its due date after all: less is capitalised than was agreed, as nothing was in arrears.
    shelf.post(cash(3, day("2026-02-10"), rupiah(1_067_000)));
    shelf.check().unwrap();
    let rows = rows_of(&shelf, 2);
    assert_eq!(rows.len(), agreed.len());
    assert_eq!(rows.iter().map(|row| row.2).sum::<i64>(), 11_053_000);
    let instalments = |rows: &[(u16, NaiveDate, i64, i64)]| -> Vec<_> {
        rows.iter().map(|row| row.2 + row.3).collect()
    };
    let (before, after) = (instalments(&agreed), instalments(&rows));
    assert!(after[..10].iter().all(|instalment| *instalment == preview.instalment.sen() / 100));
    assert_eq!(before[..10], after[..10]);
    assert!(after[11] < before[11]);
    shelf.reverse(4, tx(3)).unwrap();
    shelf.check().unwrap();
    assert_eq!(rows_of(&shelf, 2), agreed);
}

#[test]
fn the_loan_may_have_been_paid_off_before() {
    let mut shelf = loan();
    restructure(
        &mut shelf,
        2,
        RestructureTerms { extra_months: 6, ..asked(MARCH, Arrears::Capitalise) },
    );
    shelf.post(cash(3, day("2026-02-10"), rupiah(20_000_000)));
    shelf.check().unwrap();
    assert_eq!(shelf.loan.status, LoanStatus::Closed);
    shelf.reverse(4, tx(3)).unwrap();
    shelf.check().unwrap();
    assert_eq!(shelf.loan.status, LoanStatus::Active);
}

#[test]
fn taken_back_it_leaves_the_rows_before() {
    let mut shelf = loan();
    let before = shelf.balances;
    let agreed = shelf.live_rows().into_iter().cloned().collect::<Vec<_>>();
    restructure(
        &mut shelf,
        2,
        RestructureTerms { extra_months: 6, ..asked(MARCH, Arrears::Waive) },
    );
    let pays = cash(3, day("2026-03-10"), rupiah(700_000));
    shelf.post(pays);
    shelf.reverse(4, tx(3)).unwrap();
    shelf.reverse(5, tx(2)).unwrap();
    shelf.check().unwrap();
    assert_eq!(shelf.balances, before);
    assert_eq!(shelf.live_rows().into_iter().cloned().collect::<Vec<_>>(), agreed);
    assert_eq!(shelf.rows.len(), 12 + 17);
}

#[test]
fn a_loan_is_restructured_again_and_again() {
    let mut shelf = loan();
    let lower = |rate| Some(Rate::percent(rate));
    restructure(
        &mut shelf,
        2,
        RestructureTerms { new_rate: lower(10), ..asked("2026-02-01", Arrears::Waive) },
    );
    let same =
        preview(&shelf, RestructureTerms { new_rate: lower(10), ..asked(MARCH, Arrears::Waive) });
    assert!(
        matches!(same, Err(ServicingError::Invalid(_))),
        "below the present rate, not the first"
    );
    let second = restructure(
        &mut shelf,
        3,
        RestructureTerms { extra_months: 3, ..asked(MARCH, Arrears::Capitalise) },
    );
    assert_eq!(second.agreed.repayment.rules.interest_rate, Rate::percent(10));
    // One that is entered late, between them.
    restructure(
        &mut shelf,
        4,
        RestructureTerms { extra_months: 2, ..asked("2026-02-15", Arrears::Carry) },
    );
    let mut makers: Vec<_> = shelf.live_rows().iter().map(|row| row.key.made_by).collect();
    makers.dedup();
    assert_eq!(makers, [tx(3)]);
    assert_eq!(owed(&shelf, MARCH).principal, second.principal);
}

#[test]
fn a_default_ends_and_a_settlement_that_failed_comes_first() {
    let mut shelf = loan();
    let status =
        |shelf: &Shelf, date| shelf.open_with_history().account_on(day(date)).unwrap().status();
    assert_eq!(status(&shelf, "2026-06-01"), LoanStatus::Default);
    let terms = RestructureTerms { extra_months: 12, ..asked("2026-06-01", Arrears::Capitalise) };
    restructure(&mut shelf, 2, terms);
    assert_eq!(shelf.loan.status, LoanStatus::Active);
    let settlement = Settlement { early_penalty: Money::ZERO };
    shelf.post(input(3, day("2026-06-05"), InputKind::Settlement(settlement)));
    let again = asked("2026-06-10", Arrears::Waive);
    let refused = preview(&shelf, RestructureTerms { extra_months: 2, ..again });
    assert!(matches!(refused, Err(ServicingError::LoanSettled)));
    // Entered late before the restructure, a settlement leaves nothing to run.
    shelf.post(input(4, day("2026-05-20"), InputKind::Settlement(settlement)));
    shelf.check().unwrap();
    assert!(shelf.live_rows().iter().all(|row| row.key.made_by == tx(1)));
}

#[test]
fn a_matured_loan_begins_anew() {
    let mut shelf = loan();
    let terms = RestructureTerms { extra_months: 6, ..asked("2027-02-01", Arrears::Waive) };
    restructure(&mut shelf, 2, terms);
    let rows = rows_of(&shelf, 2);
    assert_eq!((rows.len(), rows[0].1, rows[5].1), (6, day("2027-03-10"), day("2027-08-10")));
    let none = RestructureTerms {
        new_rate: Some(Rate::percent(9)),
        ..asked("2027-09-01", Arrears::Waive)
    };
    assert!(matches!(preview(&shelf, none), Err(ServicingError::Invalid(_))), "leaves no row");
}

#[test]
fn what_was_paid_ahead_stays_paid() {
    let mut shelf = loan();
    // The first row and Rp 60,000 of the interest of the second.
    shelf.post(cash(2, day("2026-01-12"), rupiah(1_127_000)));
    let terms = RestructureTerms { extra_months: 1, ..asked("2026-01-20", Arrears::Waive) };
    let preview = restructure(&mut shelf, 3, terms);
    assert_eq!(preview.rows[0].due_date, day("2026-03-10"));
    let first = shelf.rows[&RowKey::new(tx(3), 1)].clone();
    assert_eq!(first.interest_paid, rupiah(60_000), "it pays the row that takes its place");
    assert_eq!(shelf.rows[&RowKey::new(tx(1), 2)].interest_paid, Money::ZERO);
}

#[test]
fn a_new_row_waits_for_the_payer_as_the_one_that_was_billed() {
    let hold =
        Hold { due_date: day("2026-02-10"), after: day("2026-01-15"), until: day("2026-02-20") };
    let mut shelf = Shelf { holds: vec![hold], ..loan() };
    let terms = RestructureTerms { extra_months: 1, ..asked("2026-01-25", Arrears::Waive) };
    restructure(&mut shelf, 2, terms);
    assert_eq!(owed(&shelf, "2026-02-20").penalty, Money::ZERO);
    assert!(owed(&shelf, "2026-02-21").penalty.is_positive());
}

#[test]
fn frozen_interest_stays_frozen() {
    let mut shelf = loan();
    shelf.post(input(2, day("2026-02-10"), InputKind::InterestFreeze));
    shelf.check().unwrap();
    let later = owed(&shelf, "2026-04-01");
    assert_eq!((later.interest_due, later.interest_to_come), (rupiah(120_000), Money::ZERO));
    restructure(
        &mut shelf,
        3,
        RestructureTerms { extra_months: 1, ..asked(MARCH, Arrears::Capitalise) },
    );
    assert_eq!(owed(&shelf, "2026-04-01").interest_due, Money::ZERO);
    shelf.reverse(4, tx(2)).unwrap();
    shelf.check().unwrap();
    assert!(owed(&shelf, "2026-04-01").interest_due.is_positive());
}
