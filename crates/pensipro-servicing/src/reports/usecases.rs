//! Reading reports.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, JobKind, JobRuns, Period, Scope};

use super::{
    Aging, AsOf, GroupBy, LoanQuality, ProvisionPolicy, StandingRepository, standing::Standing,
};
use crate::{error::ServicingError, rules::KolektibilitasBounds};

/// The wish for a report of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestReport {
    /// The month.
    pub periode: Period,
    /// Its day, and where its figures are.
    pub as_of: AsOf,
}

impl RequestReport {
    /// A month that has begun; the present one where none is named.
    pub fn check(periode: Option<Period>, today: NaiveDate) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let periode = periode.unwrap_or(Period::of(today));
        let begun = periode.first_day() <= today;
        faults.require(begun, "periode", "date_in_future", "has not begun");
        faults.finish(Some(Self { periode, as_of: AsOf::of(periode, today) }))
    }
}

/// The aging of a month, whole and by part.
pub fn read_aging<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
) -> Result<Aging, ServicingError>
where
    Tx: StandingRepository + JobRuns,
{
    let standings = standings(tx, request, by, scope)?;
    Ok(Aging::of(&standings, request.as_of.date()))
}

/// The quality of a month.
pub fn read_quality<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    scope: Scope,
    bounds: &KolektibilitasBounds,
    provision: &ProvisionPolicy,
) -> Result<LoanQuality, ServicingError>
where
    Tx: StandingRepository + JobRuns,
{
    let standings = standings(tx, request, None, scope)?;
    Ok(LoanQuality::of(&standings, request.as_of.date(), bounds, provision))
}

fn standings<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
) -> Result<Vec<Standing>, ServicingError>
where
    Tx: StandingRepository + JobRuns,
{
    if let AsOf::MonthEnd(day) = request.as_of {
        let through = tx.done_through(JobKind::EndOfDay)?;
        if through.is_none_or(|through| through < day) {
            return Err(ServicingError::EndOfDayBehind { period: request.periode, through });
        }
    }
    Ok(tx.standings(request.as_of, by, scope)?)
}
