//! Funders.

use pensipro_kernel::{Actor, AuditEntry, AuditLog, Expected, FunderId, Moment, Page, PageRequest};

use crate::{Funder, FunderDetails, FunderFilter, FunderRepository, FundingError, RawFunderChange};

/// Enters a funder; for users bound to no branch.
pub fn create_funder<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &FunderDetails,
) -> Result<Funder, FundingError>
where
    Tx: FunderRepository + AuditLog,
{
    by.whole_house()?;
    refuse_taken_code(tx, &details.code)?;
    let funder = tx.add_funder(details, by.user_id).map_err(FundingError::from_save)?;
    tx.audit(by, entry("funder.create", funder.id).is(funder.details.audit_view()))?;
    Ok(funder)
}

/// Changes a funder or switches it off; for users bound to no branch.
pub fn update_funder<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: FunderId,
    expected: Expected,
    change: RawFunderChange,
    at: Moment,
) -> Result<Funder, FundingError>
where
    Tx: FunderRepository + AuditLog,
{
    by.whole_house()?;
    let before = tx.lock_funder(id, by.scope)?;
    expected.check("funder", before.version)?;
    let mut after = Funder { details: before.details.changed(change)?, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    if after.details.code != before.details.code {
        refuse_taken_code(tx, &after.details.code)?;
    }
    after.version = tx.save_funder(&after).map_err(FundingError::from_save)?;
    after.updated_at = at.now;
    let entry = entry("funder.update", id).was(before.details.audit_view());
    tx.audit(by, entry.is(after.details.audit_view()))?;
    Ok(after)
}

/// A funder.
pub fn get_funder<Tx: FunderRepository>(
    tx: &mut Tx,
    by: &Actor,
    id: FunderId,
) -> Result<Funder, FundingError> {
    Ok(tx.funder(id, by.scope)?)
}

/// A page of funders by code.
pub fn list_funders<Tx: FunderRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &FunderFilter,
    page: &PageRequest,
) -> Result<Page<Funder>, FundingError> {
    Ok(tx.funders(filter, page, by.scope)?)
}

fn refuse_taken_code<Tx: FunderRepository>(tx: &mut Tx, code: &str) -> Result<(), FundingError> {
    match tx.funder_with_code(code)? {
        None => Ok(()),
        existing => Err(FundingError::DuplicateFunder { existing }),
    }
}

fn entry(action: &'static str, id: FunderId) -> AuditEntry {
    AuditEntry::new(action, "funders", id.get())
}
