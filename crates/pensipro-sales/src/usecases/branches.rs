//! Branches.

use pensipro_kernel::{Actor, AuditEntry, AuditLog, BranchId, Expected, Moment, Page, PageRequest};

use crate::{Branch, BranchDetails, BranchFilter, BranchRepository, RawBranchChange, SalesError};

/// Makes a branch; for users bound to none.
pub fn create_branch<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &BranchDetails,
) -> Result<Branch, SalesError>
where
    Tx: BranchRepository + AuditLog,
{
    by.whole_house()?;
    refuse_taken_code(tx, &details.code)?;
    let branch = tx.add_branch(details, by.user_id).map_err(SalesError::from_save)?;
    tx.audit(by, entry("branch.create", branch.id).is(branch.details.audit_view()))?;
    Ok(branch)
}

/// Changes a branch or switches it off; for users bound to none.
pub fn update_branch<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: BranchId,
    expected: Expected,
    change: RawBranchChange,
    at: Moment,
) -> Result<Branch, SalesError>
where
    Tx: BranchRepository + AuditLog,
{
    by.whole_house()?;
    let before = tx.lock_branch(id, by.scope)?;
    expected.check("branch", before.version)?;
    let mut after = Branch { details: before.details.changed(change)?, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    if after.details.code != before.details.code {
        refuse_taken_code(tx, &after.details.code)?;
    }
    after.version = tx.save_branch(&after).map_err(SalesError::from_save)?;
    after.updated_at = at.now;
    let entry = entry("branch.update", id).was(before.details.audit_view());
    tx.audit(by, entry.is(after.details.audit_view()))?;
    Ok(after)
}

/// A branch.
pub fn get_branch<Tx>(tx: &mut Tx, by: &Actor, id: BranchId) -> Result<Branch, SalesError>
where
    Tx: BranchRepository,
{
    Ok(tx.branch(id, by.scope)?)
}

/// A page of branches.
pub fn list_branches<Tx>(
    tx: &mut Tx,
    by: &Actor,
    filter: &BranchFilter,
    page: &PageRequest,
) -> Result<Page<Branch>, SalesError>
where
    Tx: BranchRepository,
{
    Ok(tx.branches(filter, page, by.scope)?)
}

fn refuse_taken_code<Tx: BranchRepository>(tx: &mut Tx, code: &str) -> Result<(), SalesError> {
    match tx.branch_with_code(code)? {
        None => Ok(()),
        existing => Err(SalesError::DuplicateBranch { existing }),
    }
}

fn entry(action: &'static str, id: BranchId) -> AuditEntry {
    AuditEntry::new(action, "sales_branches", id.get())
}
