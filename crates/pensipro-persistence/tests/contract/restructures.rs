//! Requests to restructure, and what they become.

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Rate, Scope, StorageError};
use pensipro_persistence::testing::on_each_backend;
use pensipro_pricing::{Method, Repayment, RepaymentParts, ScheduleRuleParts, ScheduleRules};
use pensipro_servicing::{
    Arrears, Holiday, HolidayKind, InputKind, LoanRepository, NewRestructure, OpenLoan,
    Restructure, RestructurePreview, RestructureRepository, RestructureStatus, RestructureTerms,
    Restructured, ServicingPolicy, with_history, write_month_ends,
};

use crate::{
    fixtures::{date, read, rupiah, write},
    lending::{POLICY, enter, pay, reverse},
    servicing::{one_loan, pay_now, prove},
};

/// Nine rows, the first of them a holiday, whatever is owed.
pub(crate) fn agreed(first_due: NaiveDate, arrears: Arrears) -> Restructured {
    let rules = ScheduleRules::new(ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(9)));
    let repayment = Repayment::new(RepaymentParts {
        rules: rules.unwrap().renewed(Rate::percent(9), 1).unwrap(),
        starts_on: first_due - chrono::Days::new(30),
        first_due,
        due_day: u8::try_from(first_due.day()).unwrap(),
        rows: 9,
        holiday: 1,
        step: rupiah(700_000),
    });
    Restructured { repayment: repayment.unwrap(), arrears, settled: rupiah(150_000) }
}

/// A request waits, is decided, and knows of its reversal; a loan has one that waits.
#[test]
fn a_restructure_is_asked_for_decided_and_taken_back() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let terms = RestructureTerms {
            effective_on: date("2026-02-20"),
            extra_months: 6,
            new_rate: Some(Rate::percent(9)),
            holiday: Some(Holiday { months: 2, kind: HolidayKind::Capitalise }),
            arrears: Arrears::Capitalise,
        };
        let policy = ServicingPolicy::default();
        let preview = read(database, |tx| {
            let open = OpenLoan::new(tx.stored_loan(id, Scope::default())?, &policy);
            let open = with_history(tx, open).unwrap();
            Ok(RestructurePreview::of(&terms, &open, &policy.restructure).unwrap())
        });
        let new = NewRestructure {
            loan_id: id,
            terms,
            reason: "dipotong bank lain".into(),
            preview: preview.clone(),
            requested_on: date("2026-02-20"),
        };
        let asked = write(database, |tx| tx.add_restructure(new.clone(), None));
        assert_eq!((asked.terms, &asked.preview), (terms, &preview));
        let second = database.store().write("test", |tx| tx.add_restructure(new.clone(), None));
        assert!(matches!(second, Err(StorageError::Duplicate { .. })), "{second:?}");
        let kind = InputKind::Restructure(Box::new(preview.agreed));
        let transaction = write(database, |tx| enter(tx, id, terms.effective_on, kind.clone()));
        prove(database, id);
        let decided = Restructure {
            status: RestructureStatus::Approved,
            decided_on: Some(date("2026-02-21")),
            notes: Some("setuju".into()),
            transaction_id: Some(transaction),
            ..asked
        };
        write(database, |tx| tx.save_restructure(&decided));
        assert_eq!(read(database, |tx| tx.restructure(id, decided.id)), decided);
        let rows = read(database, |tx| tx.stored_loan(id, Scope::default())).rows;
        assert!(rows.iter().all(|row| row.key.made_by == transaction), "others are not read");
        // What comes later is posted in place, to rows of the new plan.
        pay_now(database, id, &pay("2026-06-10", rupiah(1_500_000)));
        prove(database, id);
        write(database, |tx| reverse(tx, id, transaction));
        prove(database, id);
        let [taken_back] = &read(database, |tx| tx.restructures(id))[..] else { panic!() };
        assert!(taken_back.reversed_by.is_some());
    });
}

/// Where something came after a month's end, the restructure before it is folded from what was entered.
#[test]
fn a_month_end_after_a_restructure_is_the_same_when_it_is_written_late() {
    on_each_backend(|database| {
        let id = one_loan(database).id;
        let kind =
            InputKind::Restructure(Box::new(agreed(date("2026-07-06"), Arrears::Capitalise)));
        write(database, |tx| enter(tx, id, date("2026-06-20"), kind.clone()));
        let day = date("2026-06-30");
        let month_end = || {
            let open = write(database, |tx| {
                write_month_ends(tx, day, &[id], &POLICY()).map_err(|error| panic!("{error}"))
            });
            assert_eq!(open, 1);
            database.texts("SELECT dpd || ' ' || outstanding AS text FROM loan_month_ends")
        };
        let in_time = month_end();
        pay_now(database, id, &pay("2026-07-10", rupiah(2_500_000)));
        assert_eq!(month_end(), in_time);
        assert!(in_time[0].starts_with("0 "), "nothing is late any more: {in_time:?}");
    });
}
