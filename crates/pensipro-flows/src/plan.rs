//! From an application's or a loan's terms and dates to its repayment plan.

use chrono::NaiveDate;
use pensipro_origination::Application;
use pensipro_pricing::{
    DueDates, FeeFacts, FirstDuePolicy, Schedule, ScheduleError, charges, completed_years,
};
use pensipro_servicing::{Loan, RepaymentPlan};

use crate::FlowError;

/// The plan of an approved application, as if it were disbursed on the day.
pub(crate) fn provisional_plan(
    application: &Application,
    birth_date: NaiveDate,
    first_due: FirstDuePolicy,
    today: NaiveDate,
) -> Result<RepaymentPlan, FlowError> {
    let schedule = application.schedule(today, first_due)?;
    let fees = &application.terms.fees;
    plan_of(&schedule, application.request.plafon, application.request.tenor, fees, birth_date)
}

/// The plan and schedule of a loan disbursed on a day; a given first due date sets the due day.
pub(crate) fn final_plan(
    loan: &Loan,
    birth_date: NaiveDate,
    disbursed_on: NaiveDate,
    given_first: Option<NaiveDate>,
    first_due: FirstDuePolicy,
) -> Result<(Schedule, RepaymentPlan), FlowError> {
    let rules = &loan.terms.rules;
    let dates = match given_first {
        Some(first) => DueDates::from_first(disbursed_on, first)?,
        None => DueDates::following(disbursed_on, rules.due_day, first_due),
    };
    let schedule = Schedule::new(loan.plafon, loan.tenor, rules, dates)?;
    let plan = plan_of(&schedule, loan.plafon, loan.tenor, &loan.terms.fees, birth_date)?;
    Ok((schedule, plan))
}

fn plan_of(
    schedule: &Schedule,
    plafon: pensipro_kernel::Money,
    tenor: u16,
    fees: &[pensipro_pricing::FeeTerms],
    birth_date: NaiveDate,
) -> Result<RepaymentPlan, FlowError> {
    let starts_on = schedule.dates().start();
    let age = Some(completed_years(birth_date, starts_on));
    let facts = FeeFacts { plafon, tenor, instalment: schedule.instalment(), age };
    let charges = charges(fees, facts)?;
    let plan = RepaymentPlan::new(starts_on, schedule.dated_rows().collect(), charges);
    // A schedule has at least one row, so that the plan is always there.
    Ok(plan.ok_or(ScheduleError::Tenor { tenor })?)
}
