//! Performance of a sales person or a branch, and the ranking of sales people.

use pensipro_kernel::{Actor, BranchId, Page, PageRequest, Period, Position};

use super::targets::require_owner;
use crate::{
    BranchRepository, Measure, Months, Owner, Performance, PerformanceRepository, PipelineStage,
    Ranked, SalesError, SalesRepository, rank,
};

/// What an owner achieved in a month, and what is open now: three queries.
pub fn performance<Tx>(
    tx: &mut Tx,
    by: &Actor,
    owner: Owner,
    periode: Period,
) -> Result<Performance, SalesError>
where
    Tx: SalesRepository + BranchRepository + PerformanceRepository,
{
    require_owner(tx, by, owner)?;
    let figures = tx.figures(owner, Months::of(periode))?;
    let pipeline = PipelineStage::every(&tx.pipeline(owner)?);
    Ok(Performance { owner, periode, figures, pipeline })
}

/// A page of the sales people, the first first. One query; the memory of one row for each of them.
pub fn ranking<Tx>(
    tx: &mut Tx,
    by: &Actor,
    months: Months,
    branch: Option<BranchId>,
    measure: Measure,
    page: &PageRequest,
) -> Result<Page<Ranked>, SalesError>
where
    Tx: PerformanceRepository,
{
    let ranked = rank(tx.contenders(months, branch, by.scope)?, measure);
    Ok(part(ranked, page))
}

fn part(ranked: Vec<Ranked>, page: &PageRequest) -> Page<Ranked> {
    let total = page.count.then(|| i64::try_from(ranked.len()).unwrap_or(i64::MAX));
    let last = page.after.as_ref().map(|after| after.id);
    let last = last.and_then(|id| ranked.iter().position(|each| each.contender.id.get() == id));
    let begin = last.map_or(0, |place| place.saturating_add(1));
    let rows = usize::from(page.limit).saturating_add(1);
    let rows: Vec<Ranked> = ranked.into_iter().skip(begin).take(rows).collect();
    let position = |each: &Ranked| Position { key: String::new(), id: each.contender.id.get() };
    Page { total, ..Page::from_rows(rows, page.limit, position) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contender, Figures};
    use pensipro_kernel::SalesId;

    #[test]
    fn pages_follow_each_other() {
        let contender = |id: i64| Contender {
            id: SalesId::new(id),
            code: format!("S{id}"),
            name: String::new(),
            branch_id: BranchId::new(1),
            is_active: true,
            figures: Figures::default(),
        };
        let ranked = || rank((1..=5).map(contender).collect(), Measure::Visits);
        let mut page = PageRequest { limit: 2, count: true, ..PageRequest::default() };
        let mut seen = Vec::new();
        loop {
            let part = part(ranked(), &page);
            assert_eq!(part.total, Some(5));
            seen.extend(part.data.iter().map(|each| each.contender.id.get()));
            match part.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5]);
    }
}
