//! Registering members, one by one and many at once.

use pensipro_kernel::{Actor, AuditLog, Faults, StorageError};

use super::members::entry;
use crate::{
    Member, MemberDetails, MemberError, MemberRegistry, Registration, SalesDirectory,
    judge_registrations, refuse_holders,
};

/// Registers a member. A missing sales person is the caller himself; a missing branch is the caller's,
/// else the sales person's. A NIK or pension number that exists is [`MemberError::Duplicate`].
pub fn register_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    mut details: MemberDetails,
) -> Result<Member, MemberError>
where
    Tx: MemberRegistry + SalesDirectory + AuditLog,
{
    default_place(tx, by, &mut details)?;
    check_references(tx, by, None, &details)?;
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

/// Who sold, and where, if that is not stated.
fn default_place<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &mut MemberDetails,
) -> Result<(), MemberError>
where
    Tx: SalesDirectory,
{
    let seller = match (details.sales_id, by.user_id) {
        (Some(sales), _) => tx.seller(sales, by.scope)?,
        (None, Some(user)) => tx.seller_of_user(user)?,
        (None, None) => None,
    };
    let seller = seller.filter(|seller| by.scope.sees_branch(Some(seller.branch_id)));
    details.sales_id = details.sales_id.or(seller.map(|seller| seller.id));
    let own_branch = by.scope.branch().or(seller.map(|seller| seller.branch_id));
    details.branch_id = details.branch_id.or(own_branch);
    Ok(())
}

/// The sales person and the branch, where they are new, are in use and lie within the caller's scope.
pub(super) fn check_references<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: Option<&MemberDetails>,
    after: &MemberDetails,
) -> Result<(), MemberError>
where
    Tx: SalesDirectory,
{
    let mut faults = Faults::new();
    let sales = after.sales_id.filter(|_| before.is_none_or(|it| it.sales_id != after.sales_id));
    if let Some(sales) = sales {
        let known = tx.seller(sales, by.scope)?.is_some();
        faults.require(known, "sales_id", "unknown", "is no sales person of yours");
    }
    if before.is_none_or(|before| before.branch_id != after.branch_id) {
        let visible = by.scope.sees_branch(after.branch_id);
        let known = match after.branch_id {
            Some(branch) if visible => tx.branch_is_open(branch)?,
            _ => visible,
        };
        faults.require(known, "branch_id", "unknown", "is no branch of yours");
    }
    Ok(faults.finish(Some(()))?)
}
