//! The laws of the fold, over random histories.

mod support;

use chrono::NaiveDate;
use pensipro_kernel::{Money, Period, Rate};
use pensipro_pricing::{PenaltyBasis, PenaltyKind, PenaltyParts, PenaltyTerms};
use pensipro_servicing::*;
use proptest::prelude::*;
use support::{story::*, *};

fn asked() -> impl Strategy<Value = RestructureTerms> {
    let holiday = (1..4_u16, prop::sample::select(HolidayKind::ALL))
        .prop_map(|(months, kind)| Holiday { months, kind });
    let rate = prop::option::of((0..120_000_i64).prop_map(Rate::from_units));
    let arrears = prop::sample::select(Arrears::ALL);
    (date(), 0..9_u16, rate, prop::option::of(holiday), arrears).prop_map(
        |(effective_on, extra_months, new_rate, holiday, arrears)| RestructureTerms {
            effective_on,
            extra_months,
            new_rate,
            holiday,
            arrears,
        },
    )
}

fn early(basis: PenaltyBasis) -> PenaltyTerms {
    let (kind, steps) = (PenaltyKind::EarlySettlement, Vec::new());
    PenaltyTerms::new(PenaltyParts { kind, basis, steps, grace_days: 0, cap_pct: None }).unwrap()
}

fn check(shelf: &Shelf) -> Result<(), TestCaseError> {
    shelf.check().map_err(TestCaseError::fail)
}

/// The ends of months, each written when its day was over.
#[derive(Debug, Default)]
struct Months {
    written: Vec<WrittenMonthEnd>,
}

impl Months {
    fn write_before(&mut self, today: NaiveDate, shelf: &Shelf) {
        loop {
            let day =
                Period::of(self.written.last().map_or(on(0), |end| end.day.succ_opt().unwrap()));
            let day = day.last_day();
            if day >= today {
                return;
            }
            self.written.push(WrittenMonthEnd {
                day,
                written: shelf.stands_on(day),
                bounds: Some(shelf.policy.kolektibilitas),
                is_left_out: false,
            });
        }
    }
}

/// Of which ends of months a verification tells.
fn month_end_differences(book: &LoanBook, shelf: &Shelf) -> Vec<String> {
    let differences = verify_loan(book, &shelf.policy, on(2_000)).into_iter();
    differences.filter(|it| it.check == "loan.month_end").map(|it| it.thing).collect()
}

fn fold(story: &Story) -> Replay {
    let shelf = story.shelf();
    replay(&shelf.rules(), &Holds::new(story.holds.clone()), &story.inputs)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Inputs entered in any order, each applied in place where none comes later: what is stored
    /// after every one of them is what all of them give in order.
    #[test]
    fn entered_late_is_as_entered_in_order(story in story()) {
        let mut shelf = story.shelf();
        for input in &story.inputs {
            shelf.post(input.clone());
            check(&shelf)?;
        }
        let mut ordered = story.clone();
        ordered.inputs.sort_by_key(Input::order);
        let in_order = ordered.told();
        prop_assert_eq!(&shelf.balances, &in_order.balances);
        prop_assert_eq!(shelf.live_rows(), in_order.live_rows());
    }

    /// An input and its reversal leave the account as without both, whatever came between.
    #[test]
    fn a_reversal_is_absence(
        story in story(),
        picks in prop::collection::vec((any::<prop::sample::Index>(), 0..17_usize), 1..4),
    ) {
        let mut shelf = story.shelf();
        let mut gone = Vec::new();
        for (place, input) in story.inputs.iter().enumerate() {
            shelf.post(input.clone());
            for (pick, _) in picks.iter().filter(|(_, when)| *when == place) {
                let of = pick.get(&story.inputs[..=place]).id;
                let reversal = 1_000 + i64::try_from(gone.len()).unwrap();
                match shelf.reverse(reversal, of) {
                    Ok(_) => gone.push(of),
                    Err(error) => {
                        let again = matches!(error, ServicingError::AlreadyReversed(it) if it == of);
                        prop_assert!(again && gone.contains(&of));
                    }
                }
                check(&shelf)?;
            }
        }
        let mut without = story.clone();
        without.inputs.retain(|input| !gone.contains(&input.id));
        prop_assert_eq!(shelf.replayed(), fold(&without));
        check(&shelf)?;
    }

    /// Nothing is negative or paid beyond what is owed; every payment is allocated in full, to the
    /// sen, and what moves no money only moves what payments paid; what rows say was paid is what
    /// payments say they paid; principal of the rows owed, with what was paid of those they replaced, is
    /// the plafon and what was capitalised.
    #[test]
    fn every_sen_has_its_place(story in story()) {
        let Replay { account, allocations } = fold(&story);
        let rules = story.shelf().rules();
        let paid_to = |row: RowKey, component| {
            let parts = allocations.iter().filter(|it| it.row == row && it.component == component);
            Money::from_sen(parts.map(|part| part.amount.sen()).sum())
        };
        for input in &story.inputs {
            let parts = || allocations.iter().filter(|part| part.transaction == input.id);
            let sum: i64 = parts().map(|part| part.amount.sen()).sum();
            match &input.kind {
                InputKind::Payment(payment) | InputKind::Recovery(payment) => {
                    prop_assert_eq!(sum, payment.amount.sen());
                }
                // What of it was there, and needed.
                InputKind::DepositApplied(amount) => prop_assert!(0 <= sum && sum <= amount.sen()),
                InputKind::Settlement(_) => prop_assert!(0 <= sum && sum <= DEPOSIT.sen()),
                // What of it was not there.
                InputKind::DepositReleased(amount) => prop_assert!(-amount.sen() <= sum && sum <= 0),
                InputKind::RefundPaid(refund) => prop_assert_eq!(sum, -refund.amount.sen()),
                _ => prop_assert_eq!(sum, 0),
            }
        }
        for row in account.rows() {
            for (component, paid, owed) in [
                (Component::Principal, row.principal_paid, row.principal),
                (Component::Interest, row.interest_paid, row.interest_charged()),
                (Component::Fee, row.fee_paid, row.fee.minus_or_zero(row.fee_waived)),
                (
                    Component::Penalty,
                    row.penalty_paid,
                    row.penalty(&rules).minus_or_zero(row.penalty_waived),
                ),
            ] {
                prop_assert_eq!(paid_to(row.key, component), paid);
                prop_assert!(Money::ZERO <= paid && paid <= owed, "{component} {paid} of {owed}");
            }
            prop_assert!(row.counted.sen_days >= 0 && row.held.sen_days >= 0);
            prop_assert!(!row.tolerated.is_negative());
        }
        let state = account.state();
        prop_assert_eq!(paid_to(RowKey::NONE, Component::Excess), state.excess);
        let claimed = paid_to(RowKey::NONE, Component::DueFromMember).sen();
        prop_assert_eq!(-claimed, state.due_from_member.sen());
        for amount in [
            state.excess,
            state.due_from_member,
            state.deposit,
            state.loan_penalty,
            state.discount,
        ] {
            prop_assert!(!amount.is_negative());
        }
        let principal = |row: &Row| if row.is_live() { row.principal } else { row.principal_paid };
        let principal = Money::checked_sum(account.rows().iter().map(principal)).unwrap();
        let capitalised = paid_to(RowKey::NONE, Component::Principal).sen();
        prop_assert!(capitalised <= 0);
        prop_assert_eq!(principal.sen() + capitalised, story.shelf().loan.plafon.sen());
    }

    /// A restructure makes the rows of its preview, to the sen, and asks for nothing beside them that was
    /// not asked for before.
    #[test]
    fn a_preview_is_what_is_made(story in story(), asked in asked()) {
        let mut shelf = story.told();
        let open = shelf.open_with_history();
        let preview = match RestructurePreview::of(&asked, &open, &shelf.policy.restructure) {
            Ok(preview) => preview,
            Err(
                ServicingError::LoanNotOpen { .. }
                | ServicingError::BeforeDisbursement { .. }
                | ServicingError::LoanSettled
                | ServicingError::NothingToRestructure
                | ServicingError::Invalid(_),
            ) => return Ok(()),
            Err(other) => return Err(TestCaseError::fail(format!("{other}"))),
        };
        let rows = preview.rows.iter().map(|row| row.principal);
        prop_assert_eq!(Money::checked_sum(rows), Some(preview.principal));
        let kind = InputKind::Restructure(Box::new(preview.agreed));
        shelf.post(input(500, asked.effective_on, kind));
        check(&shelf)?;
        let replayed = shelf.replayed().account;
        let made = replayed.rows().iter().filter(|row| row.key.made_by == tx(500));
        let made: Vec<_> = made.map(|row| (row.key.no, row.due_date, row.principal, row.interest)).collect();
        let asks = |(_, _, principal, interest): &&(u16, NaiveDate, Money, Money)| {
            principal.is_positive() || interest.is_positive()
        };
        let mut made: Vec<_> = made.iter().filter(asks).copied().collect();
        made.sort_unstable_by_key(|(no, ..)| *no);
        let wanted: Vec<_> = preview.rows.iter().map(|row| (row.no, row.due_date, row.principal, row.interest)).collect();
        let wanted: Vec<_> = wanted.iter().filter(asks).copied().collect();
        prop_assert_eq!(made, wanted);
    }

    /// A statement's lines lead from its opening balance to its closing one, wherever it is cut.
    #[test]
    fn a_statement_adds_up(story in story(), first in 0..330_u64, then in 0..200_u64) {
        let shelf = story.told();
        let open = shelf.open_with_history();
        let of = |from, to| Statement::of(&open, &shelf.policy, StatementPeriod { from, to });
        let (first, last) = (on(first), on(first + then));
        let whole = of(on(0), last);
        let (early, late) = (of(on(0), first), of(first.succ_opt().unwrap(), last));
        prop_assert_eq!(early.closing.principal, late.opening.principal);
        prop_assert_eq!([early.lines, late.lines].concat(), whole.lines.clone());
        let mut principal = Money::ZERO;
        for line in &whole.lines {
            match line.kind {
                TransactionKind::Disbursement | TransactionKind::WriteOff => {}
                // What is written off is owed no more.
                _ if principal.is_zero() => {}
                _ => prop_assert_eq!(
                    line.principal_left.sen(), principal.sen() - line.paid.principal.sen()
                ),
            }
            principal = line.principal_left;
        }
        prop_assert_eq!(whole.closing.principal, principal);
        prop_assert_eq!(whole.closing, open.outstanding_on(&shelf.policy.kolektibilitas, last).unwrap());
    }

    /// Time brought forward in steps is time brought forward at once, defaults included.
    #[test]
    fn days_add_up(story in story(), first in 0..200_u64, then in 0..200_u64) {
        let shelf = story.told();
        let open = shelf.open();
        let from = open.account().on().unwrap();
        let (first, last) = (from + chrono::Days::new(first), from + chrono::Days::new(first + then));
        let step = open.account_on(first).unwrap();
        let at_once = open.account_on(last).unwrap();
        prop_assert_eq!(step.brought_to(open.rules(), open.holds(), last), at_once);
    }

    /// The account on a day in the past, from the stored one or from all inputs, is the same.
    #[test]
    fn a_day_reads_the_same_from_both_sides(story in story(), later in 0..300_u64) {
        let shelf = story.told();
        let open = shelf.open();
        let date = open.account().on().unwrap() + chrono::Days::new(later);
        let holds = Holds::new(story.holds.clone());
        let whole = replay_as_of(open.rules(), &holds, &story.inputs, date).account;
        let bounds = KolektibilitasBounds::default();
        prop_assert_eq!(
            open.outstanding_on(&bounds, date).unwrap(),
            Outstanding::of(&whole, open.rules(), &bounds, date)
        );
        let account = open.account_on(date).unwrap();
        prop_assert_eq!(account.status(), whole.status());
        prop_assert_eq!(
            SettlementTotal::of(&account, open.rules(), date, date),
            SettlementTotal::of(&whole, open.rules(), date, date)
        );
    }

    /// What was written down at the ends of months, by what was entered until then, is proved, whatever
    /// was entered for those months or taken back later; and what was changed behind that is told.
    #[test]
    fn what_was_written_at_the_ends_of_months_is_proved(
        story in story(),
        waits in prop::collection::vec(0..40_u64, 18),
        gone in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 18),
        changed in any::<prop::sample::Index>(),
        how in 0..3,
    ) {
        let mut shelf = story.shelf();
        let mut months = Months::default();
        let mut today = on(0);
        for ((place, input), (wait, (of, takes_back))) in
            story.inputs.iter().enumerate().zip(waits.into_iter().zip(gone))
        {
            let next = today + chrono::Days::new(wait);
            months.write_before(next, &shelf);
            today = next;
            shelf.post(Input { booked_on: today, ..input.clone() });
            if takes_back {
                let of = of.get(&story.inputs[..=place]).id;
                let _ = shelf.reverse_on(today, 1_000 + i64::try_from(place).unwrap(), of);
            }
        }
        months.write_before(today + chrono::Days::new(60), &shelf);
        let mut book = shelf.book(months.written);
        prop_assert_eq!(month_end_differences(&book, &shelf), Vec::<String>::new());
        let place = changed.index(book.month_ends.len());
        let end = &mut book.month_ends[place];
        end.written = match end.written {
            None => Some(MonthEnd {
                loan_id: shelf.loan.id,
                dpd: 0,
                kolektibilitas: Kolektibilitas::Current,
                outstanding: Money::ZERO,
            }),
            Some(end) if how == 0 => Some(MonthEnd { dpd: end.dpd + 1, ..end }),
            Some(end) if how == 1 => {
                let outstanding = Money::from_sen(end.outstanding.sen() + 1);
                Some(MonthEnd { outstanding, ..end })
            }
            Some(end) => {
                let better = end.kolektibilitas.level() % 5 + 1;
                let kolektibilitas = Kolektibilitas::at_level(better).unwrap();
                Some(MonthEnd { kolektibilitas, ..end })
            }
        };
        let told = format!("loan {} on {}", shelf.loan.id, end.day);
        prop_assert_eq!(month_end_differences(&book, &shelf), [told]);
    }

    /// Paying what a quote says closes the loan, to the sen, and leaves nothing over; its parts add up.
    #[test]
    fn a_quote_settles(story in story(), on_day in 0..400_u64, months in 0..4_u16) {
        let mut shelf = story.told();
        let date = on(on_day);
        let open = shelf.open_with_history();
        let account = open.account_on(date).unwrap();
        if !account.status().is_open() {
            return Ok(());
        }
        let early = early(PenaltyBasis::MonthsOfInterest(months));
        let quote = Quote::of(&account, open.rules(), Some(&early), 8, date);
        let Quote { owed, early_penalty, deposit, discount, total } = quote;
        let charged = owed.gross().sen() + early_penalty.sen();
        let credited = owed.prepaid_interest.sen() + deposit.sen() + discount.sen();
        prop_assert_eq!(total.sen(), (charged - credited).max(0), "{:?}", quote);
        let settlement = InputKind::Settlement(Settlement { early_penalty });
        let (mut settled, mut parts) = (account.clone(), Vec::new());
        settled.apply(open.rules(), open.holds(), &input(500, date, settlement.clone()), &mut parts);
        let before = settled.state().excess;
        let settling = |id| cash_of_settlement(id, date, total);
        if total.is_positive() {
            settled.apply(open.rules(), open.holds(), &settling(501), &mut parts);
        }
        prop_assert_eq!(settled.status(), LoanStatus::Closed);
        prop_assert_eq!(settled.state().excess, before);
        // Stored as two inputs among the others, the shortfall of a bounced payment is due at once.
        shelf.post(input(500, date, settlement));
        check(&shelf)?;
        if total.is_positive() {
            shelf.post(settling(501));
            check(&shelf)?;
            shelf.reverse(502, tx(501)).unwrap();
            check(&shelf)?;
        }
        shelf.reverse(503, tx(500)).unwrap();
        check(&shelf)?;
        prop_assert_eq!(shelf.replayed(), fold(&story));
    }

    /// What the counter accepts, the account takes whole: a payment that may prepay leaves nothing
    /// over on the day it is dated, and nothing that comes later makes it fail.
    #[test]
    fn what_is_accepted_is_taken(story in story(), amount in 1..400_000_i64, paid in 0..330_u64) {
        let mut shelf = story.told();
        let raw = RawPayment {
            paid_on: Some(on(paid)),
            amount: Some(Money::from_sen(amount)),
            channel: Some("tunai".into()),
            ..RawPayment::default()
        };
        let command = RecordPayment::check(raw, on(1_000)).unwrap();
        let open = shelf.open_with_history();
        let account = open.account_on(on(paid)).unwrap();
        let rules = *open.rules();
        match command.accept(&open, &shelf.policy) {
            Ok(accepted) => {
                let mut alone = account.clone();
                let mut parts = Vec::new();
                let input = input(500, on(paid), InputKind::Payment(accepted));
                alone.apply(&rules, open.holds(), &input, &mut parts);
                prop_assert_eq!(alone.state().excess, account.state().excess);
                shelf.post(input);
                check(&shelf)?;
            }
            Err(ServicingError::AmountExceedsOutstanding { total }) => {
                prop_assert!(total < Money::from_sen(amount));
            }
            Err(ServicingError::LoanNotOpen { status }) => prop_assert_eq!(account.status(), status),
            Err(ServicingError::BeforeDisbursement { disbursed_on }) => {
                prop_assert!(on(paid) < disbursed_on);
            }
            Err(other) => return Err(TestCaseError::fail(format!("{other}"))),
        }
    }
}
