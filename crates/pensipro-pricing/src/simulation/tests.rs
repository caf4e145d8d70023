use super::*;
use crate::codes::{AllocationOrder, DayCount};
use crate::{FeeBasis, FeeParts, FeeTerms, PerMilleBand, ScheduleRuleParts, TermsParts};

fn rupiah(rupiah: i64) -> Money {
    Money::from_rupiah(rupiah).unwrap()
}

fn fee(kind: FeeKind, basis: FeeBasis, collection: Collection) -> FeeTerms {
    FeeTerms::new(FeeParts { kind, basis, collection }).unwrap()
}

fn terms(parts: ScheduleRuleParts, fees: Vec<FeeTerms>) -> Terms {
    Terms::new(TermsParts {
        rules: ScheduleRules::new(parts).unwrap(),
        allocation_order: AllocationOrder::RowFirst,
        freeze_interest_on_death: false,
        fees,
        late: None,
        early_settlement: None,
    })
    .unwrap()
}

fn limits() -> Limits {
    Limits {
        plafon_min: rupiah(5_000_000),
        plafon_max: rupiah(500_000_000),
        plafon_step: rupiah(1_000_000),
        tenor_min: 6,
        tenor_max: 180,
        dsr_limit: Rate::percent(90),
        umur_maksimal: 75,
        max_benefit_pct: Rate::percent(95),
    }
}

fn request() -> SimulationRequest {
    SimulationRequest {
        plafon: rupiah(120_000_000),
        tenor: 96,
        disbursed_on: "2021-12-09".parse().unwrap(),
        first_due_date: Some("2022-01-09".parse().unwrap()),
        birth_date: Some("1954-06-01".parse().unwrap()),
        monthly_benefit: Some(rupiah(3_688_600)),
        obligations: Money::ZERO,
        takeover: "99625465.44".parse().unwrap(),
    }
}

fn pension_loan() -> Terms {
    let band = PerMilleBand {
        age_from: 67,
        age_to: 67,
        tenor_from: 85,
        tenor_to: 96,
        per_mille: "78.5".parse().unwrap(),
    };
    terms(
        ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(14)),
        vec![
            fee(FeeKind::Admin, FeeBasis::Percent(Rate::percent(1)), Collection::Upfront),
            fee(FeeKind::Asuransi, FeeBasis::PerMilleTable(vec![band]), Collection::Upfront),
            fee(FeeKind::Blokir, FeeBasis::Instalments(2), Collection::Upfront),
        ],
    )
}

fn simulated(terms: &Terms, request: &SimulationRequest) -> Simulation {
    simulate(terms, &limits(), request, FirstDuePolicy::default()).unwrap()
}

/// A bank's pension loan simulation, scribd.com/document/399356433; its instalment is not rounded, ours
/// is, up to the rupiah.
#[test]
fn a_pension_loan_with_takeover() {
    let simulation = simulated(&pension_loan(), &request());
    assert_eq!(simulation.instalment, rupiah(2_084_581));
    assert_eq!(simulation.total_fees, rupiah(1_200_000 + 9_420_000 + 2 * 2_084_581));
    assert_eq!(simulation.net_disbursement, "5585372.56".parse().unwrap());
    assert_eq!(simulation.schedule.len(), 96);
    assert_eq!(simulation.nominal_effective_rate, Rate::percent(14));
    let eligibility = simulation.eligibility.unwrap();
    assert_eq!(eligibility.max_plafon, rupiah(191_000_000));
    assert_eq!(eligibility.age_at_end, 75);
    let failing: Vec<_> = eligibility.rules.iter().filter(|rule| !rule.passed).collect();
    assert_eq!(failing.len(), 1);
    assert_eq!((failing[0].rule.as_str(), failing[0].limit.as_str()), ("age", "2029-06-01"));
    assert!(!eligibility.passed);
}

#[test]
fn fees_make_the_loan_dearer_and_deposits_come_back() {
    let usual = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12));
    let rate = |fees| simulated(&terms(usual, fees), &request()).effective_rate.unwrap();
    let bare = rate(vec![]);
    // (1 + 1 %)^12 − 1 = 12.68 % but for the months' uneven days and the rounded rows.
    assert!((Rate::from_units(126_000)..Rate::from_units(127_500)).contains(&bare), "{bare}");
    let amount = FeeBasis::Fixed(rupiah(3_000_000));
    let deposit = rate(vec![fee(FeeKind::Blokir, amount.clone(), Collection::Upfront)]);
    let billed = rate(vec![fee(FeeKind::Admin, amount.clone(), Collection::FirstInstalment)]);
    let upfront = rate(vec![fee(FeeKind::Admin, amount, Collection::Upfront)]);
    assert!(bare < deposit && deposit < billed && billed < upfront);
}

#[test]
fn fees_above_the_plafon_leave_no_rate() {
    let all = fee(FeeKind::Admin, FeeBasis::Percent(Rate::HUNDRED), Collection::Upfront);
    let usual = ScheduleRuleParts::usual(Method::Flat, Rate::percent(12));
    let simulation = simulated(&terms(usual, vec![all]), &request());
    assert_eq!(simulation.effective_rate, None);
    assert!(simulation.net_disbursement.is_negative());
    assert_eq!(simulation.flat_rate, Rate::percent(12));
}

#[test]
fn without_a_member_the_ranges_are_faults() {
    let request = SimulationRequest {
        plafon: rupiah(1_000_000),
        tenor: 5,
        birth_date: None,
        obligations: rupiah(-1),
        ..request()
    };
    let faults =
        simulate(&pension_loan(), &limits(), &request, FirstDuePolicy::default()).unwrap_err();
    let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["obligations", "plafon", "tenor"]);
}

#[test]
fn a_member_gets_every_failing_rule() {
    let usual = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(14));
    let request = SimulationRequest { plafon: rupiah(600_000_000), tenor: 200, ..request() };
    let eligibility = simulated(&terms(usual, vec![]), &request).eligibility.unwrap();
    assert!(eligibility.rules.iter().take(4).all(|rule| !rule.passed));
    assert_eq!(eligibility.rules.len(), 5);
}

/// No plafon one step higher passes, whatever the method, and the one found does.
#[test]
fn the_largest_plafon_is_the_largest() {
    for (method, day_count) in [
        (Method::Flat, DayCount::Thirty360),
        (Method::Anuitas, DayCount::Thirty360),
        (Method::Efektif, DayCount::Thirty360),
    ] {
        for unit in InstalmentUnit::ALL {
            let parts = ScheduleRuleParts {
                day_count,
                instalment_unit: *unit,
                ..ScheduleRuleParts::usual(method, Rate::percent(14))
            };
            let terms = terms(parts, vec![]);
            let found = simulated(&terms, &request()).eligibility.unwrap().max_plafon;
            let passes = |plafon| {
                let eligibility = simulated(&terms, &SimulationRequest { plafon, ..request() });
                eligibility.eligibility.unwrap().rules[2].passed
            };
            assert!(passes(found), "{method} {unit} {found}");
            assert!(!passes(found.checked_add(rupiah(1_000_000)).unwrap()), "{method} {unit}");
        }
    }
}

#[test]
fn where_nothing_is_left_of_the_pension_no_plafon_passes() {
    let request = SimulationRequest { obligations: rupiah(3_500_000), ..request() };
    let eligibility = simulated(&pension_loan(), &request).eligibility.unwrap();
    assert_eq!(eligibility.max_plafon, Money::ZERO);
}
