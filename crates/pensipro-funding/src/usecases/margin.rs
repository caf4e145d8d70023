//! The margins of a month.

use pensipro_kernel::{Actor, Period, Scope};

use crate::{FunderMargin, FunderRepository, FundingError, SettlementRepository};

/// The funders whose settlement of a month is made, by code, with what it holds; for users bound to no
/// branch or funder.
pub fn funder_margins<Tx>(
    tx: &mut Tx,
    by: &Actor,
    periode: Period,
) -> Result<Vec<FunderMargin>, FundingError>
where
    Tx: FunderRepository + SettlementRepository,
{
    by.whole_house()?;
    let mut margins = Vec::new();
    for settlement in tx.settlements_of_month(periode)? {
        if settlement.is_complete() {
            let funder = tx.funder(settlement.coverage.funder_id, Scope::WholeHouse)?;
            margins.push(FunderMargin { funder, settlement });
        }
    }
    margins.sort_by(|one, other| one.funder.details.code.cmp(&other.funder.details.code));
    Ok(margins)
}
