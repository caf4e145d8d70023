//! Targets of sales people and branches.

use std::collections::BTreeMap;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, Moment, Page, PageRequest, Permission, TargetId, UserId,
};

use crate::{
    BranchRepository, Months, NewTarget, Owner, Realised, SalesError, SalesRepository, SetTarget,
    Target, TargetFilter, TargetProgress, TargetRepository, TargetStatus,
};

/// Sets a month's target as a draft. A draft of the month takes the new figures; an approved target
/// goes on counting until another is approved.
pub fn set_target<Tx>(
    tx: &mut Tx,
    by: &Actor,
    owner: Owner,
    set: SetTarget,
    at: Moment,
) -> Result<TargetProgress, SalesError>
where
    Tx: SalesRepository + BranchRepository + TargetRepository + AuditLog,
{
    lock_owner(tx, by, owner)?;
    let draft = tx.target_of_month(owner, set.periode, TargetStatus::Draft)?;
    let target = match &draft {
        Some(draft) => {
            let mut target = draft.set_anew(set.goal, by, at);
            target.version = tx.save_target(&target)?;
            target
        }
        None => tx.add_target(&NewTarget { owner, set }, by.user_id)?,
    };
    let entry = entry("target.set", target.id).is(target.audit_view());
    tx.audit(by, draft.iter().fold(entry, |entry, draft| entry.was(draft.audit_view())))?;
    progress(tx, target)
}

/// Approves a draft; neither its author nor the sales person himself does. The month's approved target
/// so far is superseded.
pub fn approve_target<Tx>(
    tx: &mut Tx,
    by: &Actor,
    owner: Owner,
    id: TargetId,
    at: Moment,
) -> Result<TargetProgress, SalesError>
where
    Tx: SalesRepository + BranchRepository + TargetRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ApproveTarget)?;
    let own_user = lock_owner(tx, by, owner)?;
    let draft = tx.target(owner, id)?;
    let mut target = draft.approve(by, own_user, at)?;
    let approved = tx.target_of_month(owner, draft.periode, TargetStatus::Approved)?;
    if let Some(replaced) = &approved {
        let after = replaced.superseded();
        tx.save_target(&after)?;
        let entry = entry("target.supersede", replaced.id).was(replaced.audit_view());
        tx.audit(by, entry.is(after.audit_view()))?;
    }
    target.version = tx.save_target(&target)?;
    let entry = entry("target.approve", id).was(draft.audit_view());
    tx.audit(by, entry.is(target.audit_view()))?;
    progress(tx, target)
}

/// A page of targets with what became of each: two queries, and one for the owner.
pub fn list_targets<Tx>(
    tx: &mut Tx,
    by: &Actor,
    owner: Owner,
    filter: &TargetFilter,
    page: &PageRequest,
) -> Result<Page<TargetProgress>, SalesError>
where
    Tx: SalesRepository + BranchRepository + TargetRepository,
{
    require_owner(tx, by, owner)?;
    let targets = tx.targets(owner, filter, page)?;
    let periods = || targets.data.iter().map(|target| target.periode);
    let realised = match periods().min().zip(periods().max()) {
        Some((first, last)) => tx.realised(owner, Months::between(first, last))?,
        None => Vec::new(),
    };
    let realised: BTreeMap<_, Realised> = realised.into_iter().collect();
    Ok(targets.map(|target| {
        let realised = realised.get(&target.periode).copied().unwrap_or_default();
        TargetProgress { target, realised }
    }))
}

/// The owner is there and within the caller's scope.
pub(super) fn require_owner<Tx>(tx: &mut Tx, by: &Actor, owner: Owner) -> Result<(), SalesError>
where
    Tx: SalesRepository + BranchRepository,
{
    match owner {
        Owner::Sales(id) => tx.sales_person(id, by.scope).map(drop)?,
        Owner::Branch(id) => tx.branch(id, by.scope).map(drop)?,
    }
    Ok(())
}

/// Locks the owner, so that his targets are set one after the other; gives the user whose own target
/// it is.
fn lock_owner<Tx>(tx: &mut Tx, by: &Actor, owner: Owner) -> Result<Option<UserId>, SalesError>
where
    Tx: SalesRepository + BranchRepository,
{
    match owner {
        Owner::Sales(id) => Ok(tx.lock_sales_person(id, by.scope)?.details.user_id),
        Owner::Branch(id) => {
            tx.lock_branch(id, by.scope)?;
            Ok(None)
        }
    }
}

fn progress<Tx: TargetRepository>(
    tx: &mut Tx,
    target: Target,
) -> Result<TargetProgress, SalesError> {
    let months = tx.realised(target.owner, Months::of(target.periode))?;
    let realised = months.first().map(|(_, realised)| *realised).unwrap_or_default();
    Ok(TargetProgress { target, realised })
}

fn entry(action: &'static str, id: TargetId) -> AuditEntry {
    AuditEntry::new(action, "sales_targets", id.get())
}
