//! Contracts.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, ContractId, Expected, FunderId, Moment, StorageError,
};
use pensipro_members::StoredFile;

use crate::{
    Contract, ContractDetails, ContractRepository, FunderRepository, FundingError,
    RawContractChange,
};

/// Enters a contract of a funder's, with its paper if that came with it; for users bound to no branch. Two at one time are one after the
/// other, since the funder is locked.
pub fn add_contract<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
    details: &ContractDetails,
    document: Option<&StoredFile>,
) -> Result<Contract, FundingError>
where
    Tx: FunderRepository + ContractRepository + AuditLog,
{
    by.whole_house()?;
    if !tx.lock_funder(funder, by.scope)?.details.is_active {
        return Err(FundingError::FunderNotActive);
    }
    let others = tx.contracts(funder)?;
    if let Some(other) = others.iter().find(|other| other.details.number == details.number) {
        return Err(FundingError::DuplicateContract { existing: Some(other.id) });
    }
    refuse_overlap(&others, details)?;
    let contract =
        tx.add_contract(funder, details, document, by.user_id).map_err(FundingError::from_save)?;
    let paper = document.map(|file| file.sha256.to_string());
    let view = contract.details.audit_view().with("document_sha256", paper);
    tx.audit(by, entry("contract.create", contract.id).is(view))?;
    Ok(contract)
}

/// The paper of a contract.
pub fn contract_document<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (funder, id): (FunderId, ContractId),
) -> Result<StoredFile, FundingError>
where
    Tx: FunderRepository + ContractRepository,
{
    tx.funder(funder, by.scope)?;
    let document = tx.contract(funder, id)?.document;
    Ok(document.ok_or(StorageError::not_found("document of contract", id.get()))?)
}

/// Changes a contract's limit or last day; for users bound to no branch.
pub fn update_contract<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (funder, id): (FunderId, ContractId),
    expected: Expected,
    change: RawContractChange,
    at: Moment,
) -> Result<Contract, FundingError>
where
    Tx: FunderRepository + ContractRepository + AuditLog,
{
    by.whole_house()?;
    tx.lock_funder(funder, by.scope)?;
    let before = tx.contract(funder, id)?;
    expected.check("contract", before.version)?;
    let mut after = Contract { details: before.details.changed(change)?, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    let mut others = tx.contracts(funder)?;
    others.retain(|other| other.id != id);
    refuse_overlap(&others, &after.details)?;
    after.version = tx.save_contract(&after)?;
    after.updated_at = at.now;
    let entry = entry("contract.update", id).was(before.details.audit_view());
    tx.audit(by, entry.is(after.details.audit_view()))?;
    Ok(after)
}

/// All contracts of a funder, by first day.
pub fn list_contracts<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
) -> Result<Vec<Contract>, FundingError>
where
    Tx: FunderRepository + ContractRepository,
{
    tx.funder(funder, by.scope)?;
    Ok(tx.contracts(funder)?)
}

fn refuse_overlap(others: &[Contract], details: &ContractDetails) -> Result<(), FundingError> {
    match others.iter().find(|other| other.details.conflicts_with(details)) {
        Some(other) => Err(FundingError::ContractsOverlap { existing: other.id }),
        None => Ok(()),
    }
}

fn entry(action: &'static str, id: ContractId) -> AuditEntry {
    AuditEntry::new(action, "funder_contracts", id.get())
}
