//! Random histories of a loan, entered in no order of time.

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Money, Rate};
use pensipro_pricing::{
    AllocationOrder, InstalmentUnit, InterestUnit, Method, PenaltyBasis, PenaltyKind, PenaltyParts,
    PenaltyTerms, Repayment, RepaymentParts, ScheduleRuleParts, ScheduleRules,
};
use pensipro_servicing::*;
use proptest::prelude::*;

use super::*;

/// What is held back of every loan here.
pub(crate) const DEPOSIT: Money = Money::from_sen(40_000);

/// A loan's terms, holds and inputs. Inputs have ids from 1 in no order of time.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) order: AllocationOrder,
    pub(crate) late: Option<PenaltyTerms>,
    pub(crate) freeze_interest_on_death: bool,
    pub(crate) owed: Vec<Instalment>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) inputs: Vec<Input>,
}

impl Story {
    pub(crate) fn shelf(&self) -> Shelf {
        let plafon = self.owed.iter().map(|row| row.principal);
        let plafon = Money::checked_sum(plafon).unwrap();
        let mut terms = terms(self.order, self.late.clone());
        if self.freeze_interest_on_death {
            terms = freezing(&terms);
        }
        let loan = pending_loan(7, plafon, terms);
        let policy = ServicingPolicy { default_after_days: 40, ..ServicingPolicy::default() };
        Shelf::new(loan, self.holds.clone(), policy)
    }

    pub(crate) fn told(&self) -> Shelf {
        let mut shelf = self.shelf();
        for input in &self.inputs {
            shelf.post(input.clone());
        }
        shelf
    }
}

pub(crate) fn money(max: i64) -> impl Strategy<Value = Money> {
    prop_oneof![Just(0), 0..=max].prop_map(Money::from_sen)
}

pub(crate) fn owed() -> impl Strategy<Value = Vec<Instalment>> {
    let row = (prop_oneof![1 => Just(0), 4 => 1..=90_000_i64], money(20_000), money(500)).prop_map(
        |(principal, interest, fee)| Instalment {
            principal: Money::from_sen(principal),
            interest,
            fee,
        },
    );
    prop::collection::vec(row, 1..=8)
}

pub(crate) fn late() -> impl Strategy<Value = Option<PenaltyTerms>> {
    let basis = prop_oneof![
        (0..30_000_i64).prop_map(|units| PenaltyBasis::PercentPerDay(Rate::from_units(units))),
        (0..100_000_i64).prop_map(|units| PenaltyBasis::PercentOnce(Rate::from_units(units))),
        (0..3_000_i64).prop_map(|sen| PenaltyBasis::Fixed(Money::from_sen(sen))),
    ];
    let cap = prop::option::of((0..400_000_i64).prop_map(Rate::from_units));
    prop::option::of((basis, 0..20_u16, cap).prop_map(|(basis, grace_days, cap_pct)| {
        let kind = PenaltyKind::Late;
        let parts = PenaltyParts { kind, basis, steps: Vec::new(), grace_days, cap_pct };
        PenaltyTerms::new(parts).unwrap()
    }))
}

pub(crate) fn date() -> impl Strategy<Value = NaiveDate> {
    (0..330_u64).prop_map(on)
}

pub(crate) fn payment() -> impl Strategy<Value = InputKind> {
    let excess_to = prop_oneof![Just(ExcessTo::PrepayNext), Just(ExcessTo::Refund)];
    let amount = prop_oneof![1..=3_000_i64, 1..=250_000_i64].prop_map(Money::from_sen);
    let paid_as = prop_oneof![
        4 => Just(PaidAs::Ordinary),
        2 => Just(PaidAs::PensionCut),
        1 => Just(PaidAs::Settlement),
    ];
    (amount, date(), money(2_000), excess_to, paid_as).prop_map(
        |(amount, due_through, tolerance, excess_to, paid_as)| {
            InputKind::Payment(PaymentInput { amount, due_through, tolerance, excess_to, paid_as })
        },
    )
}

pub(crate) fn by_hand() -> impl Strategy<Value = InputKind> {
    fn set<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = Setting<T>> {
        prop::sample::select(all).prop_map(|to| Setting { to, of_death: None })
    }
    prop_oneof![
        set(StatusByHand::ALL).prop_map(InputKind::Status),
        set(Collection::ALL).prop_map(InputKind::Collection),
    ]
}

pub(crate) fn failed_cut() -> impl Strategy<Value = InputKind> {
    (date(), 0..70_u64).prop_map(|(due_from, days)| {
        let due_through = due_from + chrono::Days::new(days);
        InputKind::FailedCut(FailedCut { due_from, due_through })
    })
}

pub(crate) fn amount() -> impl Strategy<Value = Money> {
    prop_oneof![1..=3_000_i64, 1..=150_000_i64].prop_map(Money::from_sen)
}

/// A row of the first disbursement, there or not.
pub(crate) fn some_row() -> impl Strategy<Value = Option<RowKey>> {
    prop::option::of((1..=9_u16).prop_map(|no| RowKey::new(tx(1), no)))
}

/// What people do to an account, and refunds of inputs that may be payments.
pub(crate) fn acts() -> impl Strategy<Value = InputKind> {
    let payment = || (2..18_i64).prop_map(tx);
    prop_oneof![
        (amount(), some_row())
            .prop_map(|(amount, row)| InputKind::ManualPenalty(ManualPenalty { amount, row })),
        (amount(), prop::sample::select(Waivable::ALL), some_row()).prop_map(
            |(amount, component, row)| InputKind::Waiver(Waiver { amount, component, row })
        ),
        amount().prop_map(InputKind::DepositApplied),
        amount().prop_map(InputKind::DepositReleased),
        amount().prop_map(|early_penalty| InputKind::Settlement(Settlement { early_penalty })),
        Just(InputKind::WriteOff),
        Just(InputKind::InterestFreeze),
        (payment(), amount())
            .prop_map(|(payment, amount)| InputKind::RefundPaid(RefundPaid { payment, amount })),
        payment().prop_map(|payment| InputKind::RefundRefused(RefundRefused { payment })),
    ]
}

pub(crate) fn holds() -> impl Strategy<Value = Vec<Hold>> {
    let hold = (1..=8_u32, date(), 0..60_u64).prop_map(|(no, after, days)| Hold {
        due_date: pensipro_kernel::add_months(on(0), no),
        after,
        until: after + chrono::Days::new(days),
    });
    prop::collection::vec(hold, 0..8)
}

/// Agreements of any kind, for a principal that need not be what is owed.
pub(crate) fn restructure() -> impl Strategy<Value = (NaiveDate, InputKind)> {
    let rules = (prop::sample::select(Method::ALL), 0..400_000_i64, 0..2_u16);
    let rules = rules.prop_map(|(method, rate, grace)| {
        let parts = ScheduleRuleParts::usual(method, Rate::ZERO);
        let parts = ScheduleRuleParts { instalment_unit: InstalmentUnit::Sen, ..parts };
        let parts = ScheduleRuleParts { interest_unit: InterestUnit::Sen, ..parts };
        let rules = ScheduleRules::new(parts).unwrap();
        rules.renewed(Rate::from_units(rate), grace).unwrap()
    });
    let arrears = prop::sample::select(Arrears::ALL);
    let figures = (1..60_u64, 3..8_u16, 0..3_u16, 1..60_000_i64, money(60_000));
    (date(), rules, arrears, figures).prop_map(|(date, rules, arrears, figures)| {
        let (gap, rows, holiday, step, settled) = figures;
        let first_due = date + chrono::Days::new(gap);
        let repayment = Repayment::new(RepaymentParts {
            rules,
            starts_on: first_due - chrono::Days::new(30),
            first_due,
            due_day: u8::try_from(first_due.day()).unwrap(),
            rows: rows + holiday,
            holiday,
            step: Money::from_sen(step),
        });
        let repayment = repayment.unwrap();
        let agreed = Restructured { repayment, arrears, settled };
        (date, InputKind::Restructure(Box::new(agreed)))
    })
}

/// One disbursement, sometimes another, restructures, and payments, failed cuts, deaths and settings by hand on any
/// day, before and after.
pub(crate) fn story() -> impl Strategy<Value = Story> {
    let order = prop_oneof![Just(AllocationOrder::RowFirst), Just(AllocationOrder::PrincipalLast)];
    let kind = prop_oneof![
        8 => payment(),
        2 => failed_cut(),
        1 => Just(InputKind::Death),
        1 => by_hand(),
        4 => acts(),
    ];
    let other = prop_oneof![8 => (date(), kind), 1 => restructure()];
    let others = prop::collection::vec(other, 0..16);
    let again = prop::option::weighted(0.2, date());
    let terms = (order, late(), any::<bool>());
    (terms, owed(), holds(), others, again, 0..10_u64).prop_flat_map(
        |(terms, owed, holds, others, again, first)| {
            let mut inputs = vec![with_deposit(disbursement(1, on(first), &owed), DEPOSIT)];
            let late_ones = (2..).zip(others).map(|(id, (date, kind))| input(id, date, kind));
            inputs.extend(late_ones);
            inputs.extend(again.map(|date| disbursement(100, date, &owed)));
            Just(inputs).prop_shuffle().prop_map(move |inputs| {
                let (order, late, freeze_interest_on_death) = terms.clone();
                let (owed, holds) = (owed.clone(), holds.clone());
                Story { order, late, freeze_interest_on_death, owed, holds, inputs }
            })
        },
    )
}
