//! Settlements of loans: the lines of one, and laws over many months.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    AllocationId, ContractId, FunderId, FunderSettlementId, LoanId, Moment, Money, Period, Rate,
    TransactionId, UserId, Version,
};
use proptest::prelude::*;

use super::*;
use crate::{
    Allocation, AllocationKind, ContractDetails, Fee, FundingError, NewAllocation, OriginatorBase,
    Scheme, ServicingBase, SharingTerms, Validity,
};

const PLAFON: i64 = 100_000_000;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn sen(sen: i64) -> Money {
    Money::from_sen(sen)
}

fn terms() -> ContractDetails {
    ContractDetails {
        number: "PKS-01".into(),
        scheme: Scheme::Participation,
        share_pct: Rate::percent(70),
        sharing: SharingTerms::PariPassu,
        originator: Fee { pct: Rate::ZERO, base: OriginatorBase::Principal },
        servicing: Fee { pct: Rate::percent(2), base: ServicingBase::Interest },
        servicing_minimum: None,
        limit: None,
        validity: Validity { from: day("2026-01-01"), to: day("2030-12-31") },
    }
}

/// A funder's share: his id is his contract's too.
fn share(id: i64, funder: i64, principal: i64, from: &str, until: Option<&str>) -> Allocation {
    Allocation {
        id: AllocationId::new(id),
        content: NewAllocation {
            loan_id: LoanId::new(1),
            funder_id: FunderId::new(funder),
            contract_id: ContractId::new(funder),
            kind: AllocationKind::Participation,
            principal: sen(principal),
            valid_from: day(from),
        },
        ended_on: until.map(day),
        created_at: DateTime::UNIX_EPOCH,
        created_by: None,
    }
}

fn paid(id: i64, on: &str, parts: &[(&str, i64, i64)]) -> PaidTransaction {
    let part = |(due, principal, interest): &(&str, i64, i64)| PaidPart {
        due_date: day(due),
        made_by: TransactionId::new(1),
        principal: sen(*principal),
        interest: sen(*interest),
    };
    PaidTransaction {
        id: TransactionId::new(id),
        effective_on: day(on),
        source: PaidBy::Member,
        is_reversed: false,
        parts: parts.iter().map(part).collect(),
    }
}

fn loan(allocations: Vec<Allocation>, paid: Vec<PaidTransaction>) -> SettledLoan {
    SettledLoan {
        id: LoanId::new(1),
        plafon: sen(PLAFON),
        disbursed_on: Some(day("2026-01-05")),
        rates: LoanRates::new(Rate::percent(18), []),
        allocations,
        paid,
        held: Vec::new(),
    }
}

fn lines(loan: &SettledLoan, funder: i64, terms: ContractDetails, periode: &str) -> Vec<NewLine> {
    let contracts = BTreeMap::from([(ContractId::new(funder), terms)]);
    let periode: Period = periode.parse().unwrap();
    let funder = FunderId::new(funder);
    Settling { funder, contracts: &contracts, periode, through: periode.last_day() }.lines(loan)
}

fn held(lines: &[NewLine], settlement: i64) -> Vec<HeldLine> {
    let held = |line: &NewLine| HeldLine {
        settlement: FunderSettlementId::new(settlement),
        contract_id: line.contract_id,
        transaction: line.transaction,
        received: line.received,
        origination: line.origination,
    };
    lines.iter().map(held).collect()
}

fn figures(line: &NewLine) -> (LineKind, i64, i64, i64) {
    let Received { principal, interest_on_share, interest, .. } = line.received;
    (line.kind, principal.sen(), interest_on_share.sen(), interest.sen())
}

#[test]
fn a_payment_is_parted_into_what_was_due_before_the_month_and_the_rest() {
    let parts = [("2026-02-05", 60_000, 15_000), ("2026-03-05", 61_000, 14_000)];
    let loan = loan(
        vec![share(1, 7, PLAFON / 10 * 7, "2026-01-05", None)],
        vec![paid(9, "2026-03-02", &parts)],
    );
    let lines = lines(&loan, 7, terms(), "2026-03");
    let expected =
        [(LineKind::Late, 42_000, 10_500, 10_500), (LineKind::Instalment, 42_700, 9_800, 9_800)];
    assert_eq!(lines.iter().map(figures).collect::<Vec<_>>(), expected);
    assert!(lines.iter().all(|line| line.corrects.is_none()));
}

#[test]
fn what_came_by_another_way_is_called_by_it() {
    let kinds = [
        (PaidBy::Payoff, LineKind::Payoff),
        (PaidBy::Insurer, LineKind::Claim),
        (PaidBy::Recovery, LineKind::Recovery),
        (PaidBy::Member, LineKind::Instalment),
    ];
    for (source, kind) in kinds {
        let payment =
            PaidTransaction { source, ..paid(9, "2026-03-02", &[("2026-03-05", 500, 100)]) };
        let loan = loan(vec![share(1, 7, PLAFON, "2026-01-05", None)], vec![payment]);
        let lines = lines(&loan, 7, terms(), "2026-03");
        assert_eq!(lines.iter().map(figures).collect::<Vec<_>>(), [(kind, 500, 100, 100)]);
    }
}

#[test]
fn interest_is_shared_as_the_contract_says() {
    let payment = || paid(9, "2026-03-02", &[("2026-03-05", 50_000, 18_000)]);
    let loan = loan(vec![share(1, 7, PLAFON / 2, "2026-01-05", None)], vec![payment()]);
    let interest = |sharing| {
        let terms = ContractDetails { sharing, ..terms() };
        lines(&loan, 7, terms, "2026-03").iter().map(figures).collect::<Vec<_>>()
    };
    let of = |taken| [(LineKind::Instalment, 25_000, 9_000, taken)];
    assert_eq!(interest(SharingTerms::PariPassu), of(9_000));
    assert_eq!(interest(SharingTerms::InterestShare(Rate::percent(70))), of(6_300));
    // 10 % where the member pays 18 %.
    assert_eq!(interest(SharingTerms::FunderRate(Rate::percent(10))), of(5_000));
    // He never takes more than the member paid on his share.
    assert_eq!(interest(SharingTerms::FunderRate(Rate::percent(20))), of(9_000));
}

#[test]
fn a_restructured_rate_counts_for_the_rows_that_it_made() {
    let mut payment =
        paid(9, "2026-08-02", &[("2026-06-05", 0, 18_000), ("2026-07-05", 0, 12_000)]);
    payment.parts.last_mut().unwrap().made_by = TransactionId::new(5);
    let loan = SettledLoan {
        rates: LoanRates::new(Rate::percent(18), [(TransactionId::new(5), Rate::percent(12))]),
        ..loan(vec![share(1, 7, PLAFON, "2026-01-05", None)], vec![payment])
    };
    let terms = ContractDetails { sharing: SharingTerms::FunderRate(Rate::percent(6)), ..terms() };
    let lines = lines(&loan, 7, terms, "2026-06");
    assert_eq!(
        lines.iter().map(figures).collect::<Vec<_>>(),
        [(LineKind::Instalment, 0, 30_000, 12_000)]
    );
}

#[test]
fn a_settled_payment_that_is_taken_back_is_a_line_that_names_what_it_corrects() {
    let share = share(1, 7, PLAFON / 3, "2026-01-05", None);
    let before = loan(vec![share], vec![paid(9, "2026-03-02", &[("2026-03-05", 1_001, 100)])]);
    let first = lines(&before, 7, terms(), "2026-03");
    let taken_back = PaidTransaction { is_reversed: true, ..paid(9, "2026-03-02", &[]) };
    let after = SettledLoan { paid: vec![taken_back], held: held(&first, 3), ..before.clone() };
    let second = lines(&after, 7, terms(), "2026-04");
    assert_eq!(
        second.iter().map(figures).collect::<Vec<_>>(),
        [(LineKind::Reversal, -334, -33, -33)]
    );
    let line = second.first().unwrap();
    assert_eq!(line.corrects, Some(FunderSettlementId::new(3)));
    assert_eq!(line.received.paid_principal, sen(-1_001));
    // Once that is settled too, nothing is left to correct.
    let settled = [held(&first, 3), held(&second, 4)].concat();
    assert_eq!(lines(&SettledLoan { held: settled, ..after }, 7, terms(), "2026-05"), []);
}

#[test]
fn a_share_that_changes_in_hindsight_moves_the_money() {
    let payment = || paid(9, "2026-03-20", &[("2026-03-05", 1_000, 0)]);
    let before = loan(vec![share(1, 7, PLAFON, "2026-01-05", None)], vec![payment()]);
    let first = held(&lines(&before, 7, terms(), "2026-03"), 3);
    let allocations = vec![
        share(1, 7, PLAFON, "2026-01-05", Some("2026-03-10")),
        share(2, 8, PLAFON / 4, "2026-03-10", None),
    ];
    let after = SettledLoan { allocations, held: first, ..before };
    let of = |funder, held| {
        let loan = SettledLoan { held, ..after.clone() };
        lines(&loan, funder, terms(), "2026-04").iter().map(figures).collect::<Vec<_>>()
    };
    assert_eq!(of(7, after.held.clone()), [(LineKind::Adjustment, -1_000, 0, 0)]);
    assert_eq!(of(8, Vec::new()), [(LineKind::Late, 250, 0, 0)]);
}

#[test]
fn the_fee_on_principal_is_taken_once_for_every_rupiah() {
    let originator = Fee { pct: Rate::percent(1), base: OriginatorBase::Principal };
    let terms = ContractDetails { originator, ..terms() };
    let shares = |more: &[Allocation]| {
        let first = share(1, 7, PLAFON / 2, "2026-01-05", Some("2026-02-01"));
        [vec![first], more.to_vec()].concat()
    };
    let fees = |loan: &SettledLoan, periode| {
        let lines = lines(loan, 7, terms.clone(), periode);
        let fee = |line: &NewLine| (line.kind, line.origination.sen(), line.corrects.is_some());
        (lines.iter().map(fee).collect::<Vec<_>>(), held(&lines, 3))
    };
    let pending = SettledLoan { disbursed_on: None, ..loan(shares(&[]), Vec::new()) };
    assert_eq!(fees(&pending, "2026-01").0, []);
    let january = loan(shares(&[]), Vec::new());
    let (first, held) = fees(&january, "2026-01");
    assert_eq!(first, [(LineKind::Origination, 500_000, false)]);
    // Back to 30 %, then 70 %: the fee is on the 20 % that he never had before.
    let back = share(2, 7, PLAFON / 10 * 3, "2026-02-01", Some("2026-02-10"));
    let more = share(3, 7, PLAFON / 10 * 7, "2026-02-10", None);
    let february = SettledLoan { held, ..loan(shares(&[back, more]), Vec::new()) };
    assert_eq!(fees(&february, "2026-02").0, [(LineKind::Origination, 200_000, true)]);
    // A disbursement that is taken back gives the fee back.
    let undone = SettledLoan { disbursed_on: None, ..february };
    assert_eq!(fees(&undone, "2026-02").0, [(LineKind::Origination, -500_000, true)]);
}

#[test]
fn a_minimum_is_topped_up_for_each_month() {
    let terms = ContractDetails { servicing_minimum: Some(sen(10_000)), ..terms() };
    let id = ContractId::new(7);
    let with = |fee| ContractTotals { fee_servicing: sen(fee), ..ContractTotals::new(id) };
    let top_up = |fee, months| {
        let line = with(fee).top_up(5, &terms, months);
        line.map(|line| (line.no, line.of.kind, line.fee_servicing.sen()))
    };
    assert_eq!(top_up(4_000, 1), Some((5, LineKind::Minimum, 6_000)));
    assert_eq!(top_up(4_000, 3), Some((5, LineKind::Minimum, 26_000)));
    assert_eq!(top_up(10_000, 1), None);
}

fn moment() -> Moment {
    Moment {
        now: "2026-04-01T02:00:00Z".parse::<DateTime<Utc>>().unwrap(),
        today: day("2026-04-01"),
    }
}

fn draft() -> Settlement {
    Settlement {
        id: FunderSettlementId::new(1),
        coverage: Coverage {
            funder_id: FunderId::new(7),
            periode: "2026-03".parse().unwrap(),
            through: day("2026-03-31"),
            open_month: false,
            follows: None,
            months: 1,
            tax_rates: TaxRates { ppn: Rate::percent(11), pph23: Rate::percent(2) },
        },
        status: SettlementStatus::Generating,
        cursor: None,
        lines: 0,
        received: Received {
            principal: sen(1_000_000),
            interest: sen(200_000),
            ..Received::default()
        },
        fee_originator: sen(6_000),
        fee_servicing: sen(4_000),
        taxes: Taxes::default(),
        corrections: Vec::new(),
        generated: (moment().now, None),
        finalised: None,
        paid: None,
        version: Version::FIRST,
    }
    .drafted()
}

#[test]
fn the_funder_gets_his_share_less_fees_with_their_taxes_and_corrections() {
    let draft = draft();
    assert_eq!(draft.taxes, Taxes { ppn: sen(1_100), pph23: sen(200) });
    assert_eq!(draft.net_to_funder(), sen(1_200_000 - 10_000 - 1_100 + 200));
    let raw = RawSettlementChange {
        status: None,
        corrections: Some(vec![RawCorrection {
            amount: Some(sen(-500)),
            reason: Some("selisih bulan lalu".into()),
        }]),
    };
    let change = SettlementChange::check(raw).unwrap();
    let corrected = draft.clone().changed(change, None, moment()).unwrap();
    assert_eq!(corrected.net_to_funder().sen(), draft.net_to_funder().sen() - 500);
}

#[test]
fn a_draft_becomes_final_and_another_person_pays_it() {
    let to = |status| SettlementChange { status: Some(status), corrections: None };
    let (one, other) = (Some(UserId::new(1)), Some(UserId::new(2)));
    let code = |result: Result<Settlement, FundingError>| match result {
        Ok(settlement) => settlement.status.code(),
        Err(error) => pensipro_kernel::DomainError::kind(&error).code,
    };
    let fixed = draft().changed(to(SettlementStatus::Final), one, moment()).unwrap();
    let change = |settlement: &Settlement, status, by| {
        code(settlement.clone().changed(to(status), by, moment()))
    };
    assert_eq!(change(&draft(), SettlementStatus::Paid, one), "invalid_transition");
    assert_eq!(change(&fixed, SettlementStatus::Final, one), "invalid_transition");
    assert_eq!(change(&fixed, SettlementStatus::Paid, one), "same_person");
    assert_eq!(change(&fixed, SettlementStatus::Paid, other), "paid");
    let corrections = SettlementChange { status: None, corrections: Some(Vec::new()) };
    assert_eq!(code(fixed.changed(corrections, other, moment())), "invalid_transition");
}

#[test]
fn what_cannot_be_taken_names_each_field() {
    let raw = RawSettlementChange {
        status: Some("draft".into()),
        corrections: Some(vec![RawCorrection { amount: Some(Money::ZERO), reason: None }]),
    };
    let faults = SettlementChange::check(raw).unwrap_err();
    let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
    assert_eq!(fields, ["status", "corrections[0].reason", "corrections[0].amount"]);
}

/// A month: payments of it, which earlier ones are taken back in it, and whether funders trade a share.
#[derive(Debug, Clone)]
struct Month {
    payments: Vec<(i64, i64)>,
    taken_back: Vec<prop::sample::Index>,
    trade: Option<(u8, u8)>,
}

fn month() -> impl Strategy<Value = Month> {
    let payments = prop::collection::vec((0..9_000_000_i64, 0..900_000_i64), 0..3);
    let taken_back = prop::collection::vec(any::<prop::sample::Index>(), 0..2);
    let trade = prop::option::of((0..28_u8, 0..3_u8));
    (payments, taken_back, trade).prop_map(|(payments, taken_back, trade)| Month {
        payments,
        taken_back,
        trade,
    })
}

/// A loan that three funders hold whole, through so many months, and what was settled with each.
struct World {
    loan: SettledLoan,
    held: BTreeMap<i64, Vec<HeldLine>>,
}

const FUNDERS: [i64; 3] = [7, 8, 9];

impl World {
    fn new() -> Self {
        let third = PLAFON / 3;
        let shares = [third, third, PLAFON - 2 * third];
        let allocations = FUNDERS.iter().zip(shares).zip(1..);
        let allocations = allocations
            .map(|((funder, part), id)| share(id, *funder, part, "2026-01-01", None))
            .collect();
        let held = FUNDERS.map(|funder| (funder, Vec::new())).into();
        Self { loan: loan(allocations, Vec::new()), held }
    }

    fn live(&mut self, periode: Period, month: &Month) {
        for index in &month.taken_back {
            if !self.loan.paid.is_empty() {
                let paid = index.get(&self.loan.paid).id;
                let paid = self.loan.paid.iter_mut().find(|each| each.id == paid).unwrap();
                paid.is_reversed = true;
                paid.parts.clear();
            }
        }
        for (principal, interest) in &month.payments {
            let id = i64::try_from(self.loan.paid.len()).unwrap() + 1;
            let (due, on) = (periode.day(5).to_string(), periode.day(20).to_string());
            self.loan.paid.push(paid(id, &on, &[(&due, *principal, *interest)]));
        }
        if let Some((on, giver)) = month.trade {
            self.trade(periode.day(u32::from(on) + 1), usize::from(giver));
        }
    }

    /// One gives all that he has to the next, from a day on that may lie before payments of the month.
    fn trade(&mut self, on: NaiveDate, giver: usize) {
        let (giver, taker) = (FUNDERS[giver], FUNDERS[(giver + 1) % 3]);
        let mut moved = 0;
        for allocation in &mut self.loan.allocations {
            let funder = allocation.content.funder_id.get();
            if allocation.ended_on.is_none()
                && (funder == giver || funder == taker)
                && allocation.content.valid_from <= on
            {
                moved += allocation.content.principal.sen();
                allocation.ended_on = Some(on);
            }
        }
        if moved > 0 {
            let id = i64::try_from(self.loan.allocations.len()).unwrap() + 1;
            self.loan.allocations.push(share(id, taker, moved, &on.to_string(), None));
        }
    }

    fn settle(&mut self, funder: i64, periode: Period, sharing: SharingTerms) {
        let held_before = self.held.get_mut(&funder).unwrap();
        let loan = SettledLoan { held: held_before.clone(), ..self.loan.clone() };
        let terms = ContractDetails { sharing, ..terms() };
        let lines = lines(&loan, funder, terms, &periode.to_string());
        let no = i64::try_from(held_before.len()).unwrap();
        held_before.extend(held(&lines, no));
    }

    fn settled(&self, funder: i64, of: Option<TransactionId>) -> Received {
        let lines = self.held[&funder]
            .iter()
            .filter(|line| of.is_none_or(|of| line.transaction == Some(of)));
        Received::sum(lines.map(|line| line.received))
    }
}

proptest! {
    #[test]
    fn what_all_holders_got_is_what_members_paid(
        months in prop::collection::vec((month(), any::<[bool; 3]>()), 1..8),
    ) {
        let mut world = World::new();
        let mut periode: Period = "2026-01".parse().unwrap();
        for (month, settled) in &months {
            world.live(periode, month);
            for (funder, settle) in FUNDERS.iter().zip(settled) {
                if *settle {
                    world.settle(*funder, periode, SharingTerms::PariPassu);
                }
            }
            periode = periode.next();
        }
        FUNDERS.iter().for_each(|funder| world.settle(*funder, periode, SharingTerms::PariPassu));
        for paid in &world.loan.paid {
            let all = Received::sum(FUNDERS.map(|funder| world.settled(funder, Some(paid.id))));
            let sum = |figure: fn(&PaidPart) -> Money| -> i64 {
                paid.parts.iter().map(|part| figure(part).sen()).sum()
            };
            prop_assert_eq!(all.principal.sen(), sum(|part| part.principal));
            prop_assert_eq!(all.interest.sen(), sum(|part| part.interest));
        }
    }

    #[test]
    fn settling_every_month_comes_to_what_settling_once_does(
        months in prop::collection::vec(month(), 1..8), pct in 1..100_i32, which in 0..3_u8,
    ) {
        let sharing = match which {
            0 => SharingTerms::PariPassu,
            1 => SharingTerms::InterestShare(Rate::percent(pct)),
            _ => SharingTerms::FunderRate(Rate::percent(pct / 5)),
        };
        let (mut monthly, mut once) = (World::new(), World::new());
        let mut periode: Period = "2026-01".parse().unwrap();
        for month in &months {
            monthly.live(periode, month);
            once.live(periode, month);
            FUNDERS.iter().for_each(|funder| monthly.settle(*funder, periode, sharing));
            periode = periode.next();
        }
        for funder in FUNDERS {
            monthly.settle(funder, periode, sharing);
            once.settle(funder, periode, sharing);
            prop_assert_eq!(monthly.settled(funder, None), once.settled(funder, None));
        }
    }

    #[test]
    fn fees_of_lines_add_up_to_the_percentage_of_the_whole(
        interests in prop::collection::vec(-500_000..5_000_000_i64, 1..60), pct in 1..2_000_000_i64,
    ) {
        let servicing = Fee { pct: Rate::from_units(pct / 20), base: ServicingBase::Interest };
        let terms = ContractDetails { servicing, ..terms() };
        let mut totals = ContractTotals::new(ContractId::new(7));
        let mut fees = 0;
        for (interest, no) in interests.iter().zip(1..) {
            let received = Received { interest: sen(*interest), ..Received::default() };
            let line = NewLine {
                contract_id: ContractId::new(7),
                loan_id: Some(LoanId::new(1)),
                transaction: Some(TransactionId::new(1)),
                kind: LineKind::Instalment,
                corrects: None,
                received,
                origination: Money::ZERO,
            };
            let (after, line) = totals.take(line, no, &terms);
            totals = after;
            fees += line.fee_servicing.sen();
        }
        let whole: i64 = interests.iter().sum();
        let exact = crate::allocation::percentage_of(sen(whole), terms.servicing.pct);
        prop_assert_eq!((fees, totals.fee_servicing), (exact.sen(), exact));
    }
}
