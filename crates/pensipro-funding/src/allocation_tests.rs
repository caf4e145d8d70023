use super::*;
use crate::{ContractDetails, RawContract};
use pensipro_kernel::Version;
use proptest::prelude::*;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn rupiah(rupiah: i64) -> Money {
    Money::from_rupiah(rupiah).unwrap()
}

fn contract(funder: i64, limit: Option<i64>) -> Contract {
    let raw = RawContract {
        number: Some("PKS".into()),
        scheme: Some("participation".into()),
        share_pct: Some(Rate::percent(70)),
        limit: limit.map(rupiah),
        valid_from: Some(date("2026-01-01")),
        valid_to: Some(date("2026-12-31")),
        ..RawContract::default()
    };
    Contract {
        id: ContractId::new(funder * 10),
        funder_id: FunderId::new(funder),
        details: ContractDetails::check(raw).unwrap(),
        document: None,
        version: Version::FIRST,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn loan() -> LoanFacts {
    let (plafon, outstanding) = (rupiah(50_000_000), rupiah(20_000_000));
    LoanFacts { id: LoanId::new(1), plafon, outstanding, locked_to: None }
}

fn share(pct: Option<i32>, from: &str) -> Allocate {
    let kind = AllocationKind::Participation;
    let share = pct.map_or(Share::Agreed, |pct| Share::Percent(Rate::percent(pct)));
    Allocate { kind, share, valid_from: date(from) }
}

/// What a change leaves stored.
fn applied(before: &[Allocation], change: &Reallocation) -> Vec<Allocation> {
    let mut after = before.to_vec();
    for allocation in after.iter_mut().filter(|it| change.ended.contains(&it.id)) {
        allocation.ended_on = Some(change.ended_on);
    }
    after.extend(change.added.map(|content| Allocation {
        id: AllocationId::new(i64::try_from(before.len()).unwrap() + 1),
        content,
        ended_on: None,
        created_at: DateTime::UNIX_EPOCH,
        created_by: None,
    }));
    after
}

fn allocated(held: &[Allocation], funder: i64, command: Allocate) -> Vec<Allocation> {
    let change = Holdings(held).allocate(&loan(), &contract(funder, None), command, Money::ZERO);
    applied(held, &change.unwrap())
}

#[test]
fn a_share_is_the_contract_s_unless_another_is_named() {
    let held = allocated(&[], 1, share(None, "2026-03-01"));
    assert_eq!(held[0].content.principal, rupiah(35_000_000));
    assert_eq!(held[0].share_pct(loan().plafon), Rate::percent(70));
    let held = allocated(&held, 1, share(Some(40), "2026-05-01"));
    let on = |day: &str| {
        let standing = Holdings(&held).on(date(day)).map(|it| it.content.principal);
        standing.collect::<Vec<_>>()
    };
    assert_eq!(on("2026-02-28"), []);
    assert_eq!(on("2026-04-30"), [rupiah(35_000_000)]);
    assert_eq!(on("2026-05-01"), [rupiah(20_000_000)]);
}

#[test]
fn shares_never_pass_the_whole_on_any_day() {
    let held = allocated(&[], 1, share(Some(60), "2026-06-01"));
    let second = |pct, from| {
        Holdings(&held).allocate(&loan(), &contract(2, None), share(Some(pct), from), Money::ZERO)
    };
    assert!(second(40, "2026-06-01").is_ok());
    let Err(FundingError::SharesExceeded { left }) = second(41, "2026-06-01") else { panic!() };
    assert_eq!(left, Rate::percent(40));
    // Earlier there is room, but the day comes on which there is not.
    assert!(matches!(second(41, "2026-03-01"), Err(FundingError::SharesExceeded { .. })));
    let whole = Allocate { kind: AllocationKind::Assignment, ..share(None, "2026-07-01") };
    let taken = Holdings(&held).allocate(&loan(), &contract(2, None), whole, Money::ZERO);
    assert!(matches!(taken, Err(FundingError::SharesExceeded { .. })));
    let own = allocated(&held, 1, whole);
    assert_eq!(own.last().unwrap().content.principal, loan().plafon);
}

#[test]
fn the_outstanding_share_stays_within_the_contract_s_limit() {
    // 70 % of the 20 million that are outstanding.
    let tried = |exposure| {
        let contract = contract(1, Some(100_000_000));
        let command = share(None, "2026-03-01");
        Holdings(&[]).allocate(&loan(), &contract, command, rupiah(exposure))
    };
    assert!(tried(86_000_000).is_ok());
    let Err(FundingError::LimitExceeded { room }) = tried(86_000_001) else { panic!() };
    assert_eq!(room, rupiah(13_999_999));
}

#[test]
fn what_is_outstanding_on_several_loans_is_added_up() {
    let held = |outstanding| {
        let (principal, plafon) = (rupiah(1), rupiah(3));
        HeldLoan { outstanding: rupiah(outstanding), principal, plafon }
    };
    assert_eq!(exposure_of(&[held(30), held(0), held(3)]), rupiah(11));
    let half = |amount, part, whole| scaled(Money::from_sen(amount), part, whole).sen();
    assert_eq!((half(1, 1, 2), half(5, 0, 0), half(-1, 1, 2)), (1, 0, -1), "half away from zero");
}

#[test]
fn contract_and_product_allow_it() {
    let tried = |loan: LoanFacts, from: &str| {
        Holdings(&[]).allocate(&loan, &contract(1, None), share(None, from), Money::ZERO)
    };
    for outside in ["2025-12-31", "2027-01-01"] {
        let refused = tried(loan(), outside);
        assert!(matches!(refused, Err(FundingError::ContractNotValid { .. })), "{outside}");
    }
    let locked = |funder| LoanFacts { locked_to: Some(FunderId::new(funder)), ..loan() };
    assert!(tried(locked(1), "2026-03-01").is_ok());
    let refused = tried(locked(2), "2026-03-01");
    assert!(matches!(refused, Err(FundingError::ProductLocked { .. })));
}

#[test]
fn buying_back_ends_every_share_and_shares_change_in_order() {
    let held = allocated(&[], 1, share(Some(30), "2026-03-01"));
    let held = allocated(&held, 2, share(Some(30), "2026-04-01"));
    let early = Holdings(&held).buy_back(date("2026-03-31"));
    assert!(matches!(early, Err(FundingError::LaterAllocation { .. })));
    let held = applied(&held, &Holdings(&held).buy_back(date("2026-05-01")).unwrap());
    assert_eq!(Holdings(&held).on(date("2026-05-01")).count(), 0);
    assert_eq!(Holdings(&held).on(date("2026-04-30")).count(), 2);
    let again = Holdings(&held).buy_back(date("2026-06-01"));
    assert!(matches!(again, Err(FundingError::NothingAllocated)));
}

proptest! {
    /// Whatever is accepted, no day passes the whole, and a funder holds one share at a time.
    #[test]
    fn no_history_passes_the_whole(
        steps in prop::collection::vec((1_i64..4, 1_i32..101, 1_u32..28, any::<bool>()), 1..30),
    ) {
        let mut held: Vec<Allocation> = Vec::new();
        for (funder, pct, day, back) in steps {
            let from = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
            let holdings = Holdings(&held);
            let change = if back && pct > 80 {
                holdings.buy_back(from)
            } else {
                let command = share(Some(pct), &from.to_string());
                holdings.allocate(&loan(), &contract(funder, None), command, Money::ZERO)
            };
            if let Ok(change) = change {
                held = applied(&held, &change);
            }
        }
        for day in 1..32 {
            let day = NaiveDate::from_ymd_opt(2026, 3, day).unwrap();
            let standing: Vec<_> = Holdings(&held).on(day).collect();
            let sum = Money::checked_sum(standing.iter().map(|it| it.content.principal)).unwrap();
            prop_assert!(sum <= loan().plafon);
            let mut funders: Vec<_> = standing.iter().map(|it| it.content.funder_id).collect();
            funders.sort_unstable();
            funders.dedup();
            prop_assert_eq!(funders.len(), standing.len());
        }
    }
}
