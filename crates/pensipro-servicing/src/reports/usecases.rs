//! Reading reports.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, JobKind, JobRuns, Period, Scope};

use super::{
    Aging, AgingEntry, AgingRepository, AsOf, GroupBy, KeptView, PartedQuality, Portfolio,
    ProvisionPolicy, QualityEntry, QualityRepository, StandingRepository, entries_of, from_entries,
    standing::Standing,
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

    /// What may have been kept that answers it.
    fn kept_of(&self, scope: Scope, by: Option<GroupBy>) -> Option<(KeptView, Option<GroupBy>)> {
        let view = KeptView::of(scope);
        let kept_by = view.kept_by(by)?;
        matches!(self.as_of, AsOf::MonthEnd(_)).then_some((view, kept_by))
    }
}

/// What is kept of a month that is closed: of all loans and of each branch's, whole and parted in every way.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MonthFigures {
    /// Its aging.
    pub aging: Vec<AgingEntry>,
    /// Its quality.
    pub quality: Vec<QualityEntry>,
}

impl MonthFigures {
    /// The figures of a month that is over.
    pub fn of<Tx>(
        tx: &mut Tx,
        periode: Period,
        bounds: &KolektibilitasBounds,
        provision: &ProvisionPolicy,
    ) -> Result<Self, ServicingError>
    where
        Tx: StandingRepository + JobRuns,
    {
        let as_of = AsOf::MonthEnd(periode.last_day());
        day_is_done(tx, periode, as_of)?;
        let mut figures = Self::default();
        for by in std::iter::once(None).chain(GroupBy::ALL.iter().copied().map(Some)) {
            let branches = tx.standings_by_branch(as_of, by)?;
            let mut keep = |portfolio, standings: &[&Standing]| {
                let standings = standings.iter().copied();
                let aging = Aging::of(standings.clone(), as_of.date());
                let quality = PartedQuality::of(standings, as_of.date(), bounds, provision);
                figures.aging.extend(entries_of(&aging, portfolio, by));
                figures.quality.extend(quality.entries(portfolio, by));
            };
            keep(Portfolio::Whole, &branches.values().flatten().collect::<Vec<_>>());
            for (branch, standings) in &branches {
                keep(Portfolio::Branch(*branch), &standings.iter().collect::<Vec<_>>());
            }
        }
        Ok(figures)
    }
}

/// The aging of a month, whole and by part; of a closed month as it was kept.
pub fn read_aging<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
) -> Result<Aging, ServicingError>
where
    Tx: StandingRepository + AgingRepository + JobRuns,
{
    if let Some((view, kept_by)) = request.kept_of(scope, by) {
        let kept = tx.kept_aging(request.periode, view.portfolio, kept_by)?;
        if let Some(kept) = from_entries(&view.seen(kept, by, |entry| &mut entry.of)) {
            return Ok(kept);
        }
    }
    let standings = standings(tx, request, by, scope)?;
    Ok(Aging::of(&standings, request.as_of.date()))
}

/// Keeps the aging of a month, unless it is kept already; gives how many figures it kept.
pub fn store_aging<Tx: AgingRepository>(
    tx: &mut Tx,
    periode: Period,
    entries: &[AgingEntry],
) -> Result<u64, ServicingError> {
    if !tx.kept_aging(periode, Portfolio::Whole, None)?.is_empty() {
        return Ok(0);
    }
    tx.keep_aging(periode, entries)?;
    Ok(u64::try_from(entries.len()).unwrap_or(u64::MAX))
}

/// Keeps the quality of a month, unless it is kept already; gives how many figures it kept.
pub fn store_quality<Tx: QualityRepository>(
    tx: &mut Tx,
    periode: Period,
    entries: &[QualityEntry],
) -> Result<u64, ServicingError> {
    if !tx.kept_quality(periode, Portfolio::Whole, None)?.is_empty() {
        return Ok(0);
    }
    tx.keep_quality(periode, entries)?;
    Ok(u64::try_from(entries.len()).unwrap_or(u64::MAX))
}

/// The quality of a month, whole and by part; of a closed month as it was kept.
pub fn read_quality<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
    bounds: &KolektibilitasBounds,
    provision: &ProvisionPolicy,
) -> Result<PartedQuality, ServicingError>
where
    Tx: StandingRepository + AgingRepository + QualityRepository + JobRuns,
{
    if let Some((view, kept_by)) = request.kept_of(scope, by) {
        let kept = tx.kept_quality(request.periode, view.portfolio, kept_by)?;
        if let Some(kept) = PartedQuality::from_entries(view.seen(kept, by, |entry| &mut entry.of))
        {
            return Ok(kept);
        }
    }
    let standings = standings(tx, request, by, scope)?;
    Ok(PartedQuality::of(&standings, request.as_of.date(), bounds, provision))
}

/// Open loans by how they stand; none where it is kept that a branch had none.
fn standings<Tx>(
    tx: &mut Tx,
    request: RequestReport,
    by: Option<GroupBy>,
    scope: Scope,
) -> Result<Vec<Standing>, ServicingError>
where
    Tx: StandingRepository + AgingRepository + JobRuns,
{
    day_is_done(tx, request.periode, request.as_of)?;
    let is_closed = request.kept_of(scope, None).is_some();
    let is_branch = matches!(scope, Scope::Branch(_));
    if is_closed && is_branch && tx.is_kept_by_branch(request.periode)? {
        return Ok(Vec::new());
    }
    Ok(tx.standings(request.as_of, by, scope)?)
}

fn day_is_done<Tx: JobRuns>(
    tx: &mut Tx,
    period: Period,
    as_of: AsOf,
) -> Result<(), ServicingError> {
    if let AsOf::MonthEnd(day) = as_of {
        let through = tx.done_through(JobKind::EndOfDay)?;
        if through.is_none_or(|through| through < day) {
            return Err(ServicingError::EndOfDayBehind { period, through });
        }
    }
    Ok(())
}
