//! The portfolio.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, FunderId, Money, Page, PageRequest};

use crate::{
    ContractRepository, Exposure, FunderRepository, FundingError, PortfolioFilter, PortfolioLoan,
    PortfolioRepository,
};

/// A page of the loans in which a funder has a share today, by id.
pub fn list_portfolio<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
    filter: &PortfolioFilter,
    (page, today): (&PageRequest, NaiveDate),
) -> Result<Page<PortfolioLoan>, FundingError>
where
    Tx: FunderRepository + PortfolioRepository,
{
    tx.funder(funder, by.scope)?;
    Ok(tx.portfolio(funder, filter, page, today)?)
}

/// What a funder has outstanding, against what his contracts of today allow.
pub fn funder_exposure<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
    today: NaiveDate,
) -> Result<Exposure, FundingError>
where
    Tx: FunderRepository + ContractRepository + PortfolioRepository,
{
    tx.funder(funder, by.scope)?;
    let contracts = tx.contracts(funder)?;
    let valid = contracts.iter().filter(|it| it.details.validity.holds_on(today));
    let limits: Option<Vec<Money>> = valid.map(|contract| contract.details.limit).collect();
    let limit = limits.filter(|limits| !limits.is_empty()).and_then(Money::checked_sum);
    Ok(Exposure { limit, exposure: tx.exposure(funder, today)? })
}
