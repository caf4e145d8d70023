//! The end of a day: loans are brought to it.
//!
//! An account brought to a day is as if it had been brought to each day before it, so that a run for a
//! day stands for all days that were missed; only the ends of months among them leave something of
//! their own behind, and are written in their order.

mod bring;
mod month_end;
mod period;
mod repository;
mod run;

pub use bring::{Day, Reminder, ReminderPolicy, Standing, StatusChange, bring_loans, remind_ahead};
pub use month_end::{LoanAtMonthEnd, MonthEnd, write_month_ends, written_month_ends};
pub use period::close_period;
pub use repository::{DueBetween, EndOfDayRepository, Late};
pub use run::{
    DayTally, Place, RequestDay, Step, due_within_lead, finish_day, open_day, steps_of_day,
};
