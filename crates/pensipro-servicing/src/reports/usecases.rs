//! Reading reports.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, JobKind, JobRuns, Period, Scope};

use super::{
    Aging, AgingEntry, AgingRepository, AsOf, GroupBy, LoanQuality, PartedQuality, ProvisionPolicy,
    QualityRepository, StandingRepository, entries_of, from_entries, standing::Standing,
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

/// The aging of a month, whole and by part; of a closed month, for the whole house, as it was kept.
pub fn read_aging<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
) -> Result<Aging, ServicingError>
where
    Tx: StandingRepository + AgingRepository + JobRuns,
{
    if scope == Scope::WholeHouse
        && matches!(request.as_of, AsOf::MonthEnd(_))
        && let Some(kept) = from_entries(&tx.kept_aging(request.periode, by)?)
    {
        return Ok(kept);
    }
    let standings = standings(tx, request, by, scope)?;
    Ok(Aging::of(&standings, request.as_of.date()))
}

/// The aging of a month that is over, parted in every way, to be kept.
pub fn aging_of_month<Tx>(tx: &mut Tx, periode: Period) -> Result<Vec<AgingEntry>, ServicingError>
where
    Tx: StandingRepository + JobRuns,
{
    let request = RequestReport { periode, as_of: AsOf::MonthEnd(periode.last_day()) };
    let mut entries = Vec::new();
    for by in std::iter::once(None).chain(GroupBy::ALL.iter().copied().map(Some)) {
        let standings = standings(tx, request, by, Scope::WholeHouse)?;
        entries.extend(entries_of(&Aging::of(&standings, request.as_of.date()), by));
    }
    Ok(entries)
}

/// Keeps the aging of a month, unless it is kept already; gives how many figures it kept.
pub fn store_aging<Tx: AgingRepository>(
    tx: &mut Tx,
    periode: Period,
    entries: &[AgingEntry],
) -> Result<u64, ServicingError> {
    if !tx.kept_aging(periode, None)?.is_empty() {
        return Ok(0);
    }
    tx.keep_aging(periode, entries)?;
    Ok(u64::try_from(entries.len()).unwrap_or(u64::MAX))
}

/// The quality of a month that is over, to be kept.
pub fn quality_of_month<Tx>(
    tx: &mut Tx,
    periode: Period,
    bounds: &KolektibilitasBounds,
    provision: &ProvisionPolicy,
) -> Result<LoanQuality, ServicingError>
where
    Tx: StandingRepository + JobRuns,
{
    let as_of = AsOf::MonthEnd(periode.last_day());
    let standings = standings(tx, RequestReport { periode, as_of }, None, Scope::WholeHouse)?;
    Ok(LoanQuality::of(&standings, as_of.date(), bounds, provision))
}

/// Keeps the quality of a month, unless it is kept already; gives how many figures it kept.
pub fn store_quality<Tx: QualityRepository>(
    tx: &mut Tx,
    periode: Period,
    quality: &LoanQuality,
) -> Result<u64, ServicingError> {
    if !tx.kept_quality(periode, periode)?.is_empty() {
        return Ok(0);
    }
    let entries = quality.entries();
    tx.keep_quality(periode, &entries)?;
    Ok(u64::try_from(entries.len()).unwrap_or(u64::MAX))
}

/// The quality of a month, whole and by part; of a closed month, for the whole house and not parted, as it
/// was kept.
pub fn read_quality<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
    bounds: &KolektibilitasBounds,
    provision: &ProvisionPolicy,
) -> Result<PartedQuality, ServicingError>
where
    Tx: StandingRepository + QualityRepository + JobRuns,
{
    let is_kept = by.is_none() && scope == Scope::WholeHouse;
    if is_kept && matches!(request.as_of, AsOf::MonthEnd(_)) {
        let kept = tx.kept_quality(request.periode, request.periode)?;
        let entries: Vec<_> = kept.into_iter().map(|(_, entry)| entry).collect();
        if let Some(total) = LoanQuality::from_entries(&entries) {
            return Ok(PartedQuality { total, ..PartedQuality::default() });
        }
    }
    let standings = standings(tx, request, by, scope)?;
    Ok(PartedQuality::of(&standings, request.as_of.date(), bounds, provision))
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
