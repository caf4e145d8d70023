//! Months are closed, and take no booking any more.

use chrono::{DateTime, NaiveDate};
use pensipro_kernel::{Actor, JobKind, JobRun, JobRunStatus, JobRuns, Moment, NewJobRun, Period};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_servicing::{AccountingPeriods, PeriodState, ServicingError, close_period};
use serde_json::json;

use crate::fixtures::{date, write};

fn june() -> Period {
    "2026-06".parse().unwrap()
}

fn on(today: &str) -> Moment {
    Moment { now: DateTime::UNIX_EPOCH, today: date(today) }
}

fn close(database: &TestDatabase, today: &str) -> Result<(), ServicingError> {
    let system = Actor::system();
    database.store().write("close", |tx| close_period(tx, &system, june(), on(today)))
}

/// The end of a day, run on another.
fn end_of_day(database: &TestDatabase, day: NaiveDate, run_on: NaiveDate) {
    let job = JobKind::EndOfDay;
    let new = NewJobRun { job, date: day, run_on, result: json!({}), created_by: None };
    write(database, |tx| {
        let run = tx.begin_job_run(&new)?.expect("no other runs");
        tx.save_job_run(&JobRun { status: JobRunStatus::Done, ..run })
    });
}

#[test]
fn a_month_is_closed_when_it_is_over_and_its_last_day_is_done() {
    on_each_backend(|database| {
        let early = close(database, "2026-06-30");
        assert!(matches!(early, Err(ServicingError::PeriodNotOver(period)) if period == june()));
        let behind = close(database, "2026-07-01");
        assert!(matches!(behind, Err(ServicingError::EndOfDayBehind { through: None, .. })));
        // A day that is not over yet is not done for good.
        end_of_day(database, date("2026-06-30"), date("2026-06-30"));
        let behind = close(database, "2026-07-01");
        assert!(matches!(behind, Err(ServicingError::EndOfDayBehind { .. })), "{behind:?}");
        end_of_day(database, date("2026-07-01"), date("2026-07-01"));
        close(database, "2026-07-01").unwrap();
        close(database, "2026-07-01").unwrap();
        let told = database.texts(
            "SELECT action || ' ' || ref_id AS text FROM audit_trails WHERE action = 'period.close'",
        );
        assert_eq!(told, ["period.close 202606"], "once");
    });
}

#[test]
fn a_closed_month_takes_no_booking() {
    on_each_backend(|database| {
        let state = || write(database, |tx| tx.share_period(june()));
        assert_eq!([state(), state()], [PeriodState::Open; 2]);
        write(database, |tx| {
            assert_eq!(tx.hold_period(june())?, PeriodState::Open);
            tx.close_period(june(), None)
        });
        assert_eq!(state(), PeriodState::Closed);
        let booked = |day| {
            let day = date(day);
            database.store().write("book", |tx| tx.book_on(day))
        };
        let refused = booked("2026-06-30");
        assert!(matches!(refused, Err(ServicingError::PeriodClosed(period)) if period == june()));
        booked("2026-07-01").unwrap();
    });
}
