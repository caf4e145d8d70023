//! Registering members, one by one and many at once.

use pensipro_kernel::{Actor, AuditLog, BranchId, Faults, SalesId, StorageError};

use super::members::entry;
use crate::{
    Judged, Member, MemberDetails, MemberError, MemberRegistry, Registration, SalesDirectory, Seen,
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
    default_place(tx, by, &mut details.sales_id, &mut details.branch_id)?;
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
    let judged = judge_batch(tx, by, &batch, &mut Seen::default())?;
    let new = judged.take_new(batch);
    let members = tx.add_members(new, by.user_id)?;
    let registered = |member: &Member| entry("member.register", member.id).is(member.audit_view());
    tx.audit_all(by, members.iter().map(registered).collect())?;
    let settled = judged.settle(members.into_iter().map(|member| member.id));
    Ok(settled.ok_or_else(|| StorageError::Failed("a batch came back short".into()))?)
}

/// Tells what would become of many, and changes nothing. `seen` are those of earlier batches.
pub fn foresee_members<Tx: MemberRegistry>(
    tx: &mut Tx,
    by: &Actor,
    batch: &[MemberDetails],
    seen: &mut Seen,
) -> Result<Vec<Registration>, MemberError> {
    Ok(judge_batch(tx, by, batch, seen)?.foreseen())
}

fn judge_batch<Tx: MemberRegistry>(
    tx: &mut Tx,
    by: &Actor,
    batch: &[MemberDetails],
    seen: &mut Seen,
) -> Result<Judged, StorageError> {
    let niks: Vec<_> = batch.iter().map(|details| details.nik.clone()).collect();
    let numbers: Vec<_> = batch.iter().map(|details| details.no_pensiun.clone()).collect();
    Ok(judge_registrations(batch, &tx.holders(&niks, &numbers)?, seen, by))
}

/// Who sold, and where, if that is not stated.
pub(super) fn default_place<Tx>(
    tx: &mut Tx,
    by: &Actor,
    sales_id: &mut Option<SalesId>,
    branch_id: &mut Option<BranchId>,
) -> Result<(), MemberError>
where
    Tx: SalesDirectory,
{
    let seller = match (*sales_id, by.user_id) {
        (Some(sales), _) => tx.seller(sales, by.scope)?,
        (None, Some(user)) => tx.seller_of_user(user)?,
        (None, None) => None,
    };
    let seller = seller.filter(|seller| by.scope.sees_branch(Some(seller.branch_id)));
    *sales_id = sales_id.or(seller.map(|seller| seller.id));
    let own_branch = by.scope.branch().or(seller.map(|seller| seller.branch_id));
    *branch_id = branch_id.or(own_branch);
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
    if before.is_none_or(|before| before.sales_id != after.sales_id) {
        check_sales(tx, by, after.sales_id, &mut faults)?;
    }
    if before.is_none_or(|before| before.branch_id != after.branch_id) {
        check_branch(tx, by, after.branch_id, &mut faults)?;
    }
    Ok(faults.finish(Some(()))?)
}

/// The sales person, if one is named.
pub(super) fn check_sales<Tx: SalesDirectory>(
    tx: &mut Tx,
    by: &Actor,
    sales: Option<SalesId>,
    faults: &mut Faults,
) -> Result<(), StorageError> {
    if let Some(sales) = sales {
        let known = tx.seller(sales, by.scope)?.is_some();
        faults.require(known, "sales_id", "unknown", "is no sales person of yours");
    }
    Ok(())
}

/// The branch, which may be none for who is tied to none.
pub(super) fn check_branch<Tx: SalesDirectory>(
    tx: &mut Tx,
    by: &Actor,
    branch: Option<BranchId>,
    faults: &mut Faults,
) -> Result<(), StorageError> {
    let visible = by.scope.sees_branch(branch);
    let known = match branch {
        Some(branch) if visible => tx.branch_is_open(branch)?,
        _ => visible,
    };
    faults.require(known, "branch_id", "unknown", "is no branch of yours");
    Ok(())
}
