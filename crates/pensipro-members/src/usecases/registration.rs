//! Registering members, one by one and many at once.

use pensipro_kernel::{Actor, AuditLog, Faults, StorageError};

use super::members::entry;
use crate::{
    Member, MemberDetails, MemberError, MemberRegistry, Registration, SalesDirectory,
    judge_registrations, refuse_holders,
};

/// Registers a member. A missing sales person is the caller himself, a missing branch the
/// caller's. A NIK or pension number that exists is [`MemberError::Duplicate`].
pub fn register_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    mut details: MemberDetails,
) -> Result<Member, MemberError>
where
    Tx: MemberRegistry + SalesDirectory + AuditLog,
{
    if let (None, Some(user)) = (details.sales_id, by.user_id) {
        details.sales_id = tx.sales_of_user(user)?;
    }
    details.branch_id = details.branch_id.or(by.scope.branch());
    check_references(tx, by, &details)?;
    let (nik, number) = (details.nik.clone(), details.no_pensiun.clone());
    refuse_holders(&tx.holders(&[nik], &[number])?, by)?;
    let member = tx.add_member(&details, by.user_id).map_err(MemberError::from_insert)?;
    tx.audit(by, entry("member.register", member.id).is(member.audit_view()))?;
    Ok(member)
}

/// Registers many at once, each whole or not at all, and tells what became of each, in their order.
/// The sales persons and branches that they name exist.
///
/// Cost: two queries for who is there already and a batch each of members, keys and audit rows,
/// however many there are. A member that somebody else registers at the same moment is
/// [`StorageError::Duplicate`]; the whole batch is to be tried again.
pub fn register_members<Tx>(
    tx: &mut Tx,
    by: &Actor,
    batch: Vec<MemberDetails>,
) -> Result<Vec<Registration>, MemberError>
where
    Tx: MemberRegistry + AuditLog,
{
    let niks: Vec<_> = batch.iter().map(|details| details.nik.clone()).collect();
    let numbers: Vec<_> = batch.iter().map(|details| details.no_pensiun.clone()).collect();
    let judged = judge_registrations(&batch, &tx.holders(&niks, &numbers)?, by);
    let new = judged.take_new(batch);
    let members = tx.add_members(new, by.user_id)?;
    let registered = |member: &Member| entry("member.register", member.id).is(member.audit_view());
    tx.audit_all(by, members.iter().map(registered).collect())?;
    let settled = judged.settle(members.into_iter().map(|member| member.id));
    Ok(settled.ok_or_else(|| StorageError::Failed("a batch came back short".into()))?)
}

/// The sales person and the branch exist, and the branch lies within the caller's scope.
pub(super) fn check_references<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &MemberDetails,
) -> Result<(), MemberError>
where
    Tx: SalesDirectory,
{
    let mut faults = Faults::new();
    if let Some(sales) = details.sales_id {
        faults.require(tx.sales_exists(sales)?, "sales_id", "unknown", "is no sales person");
    }
    let visible = by.scope.sees_branch(details.branch_id);
    let known = match details.branch_id {
        Some(branch) if visible => tx.branch_exists(branch)?,
        _ => visible,
    };
    faults.require(known, "branch_id", "unknown", "is no branch of yours");
    Ok(faults.finish(Some(()))?)
}
