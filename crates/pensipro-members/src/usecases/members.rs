//! Registering, changing and deleting a member.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuthorityError, Expected, Faults, MemberId, Moment, Permission,
};

use crate::{
    KeyHolder, Member, MemberDetails, MemberError, MemberRepository, Presence, RawMemberChange,
    RawStatus, SalesDirectory, StatusCommand, UniqueKey, decide_status_change,
};

/// A change of a member's fields, of his status, or of both.
#[derive(Clone, Default)]
pub struct UpdateMember {
    /// The fields.
    pub change: RawMemberChange,
    /// The status.
    pub status: RawStatus,
}

/// Registers a member. A missing sales person is the caller himself, a missing branch the
/// caller's. A NIK or pension number that exists is [`MemberError::Duplicate`].
pub fn register_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    mut details: MemberDetails,
) -> Result<Member, MemberError>
where
    Tx: MemberRepository + SalesDirectory + AuditLog,
{
    if let (None, Some(user)) = (details.sales_id, by.user_id) {
        details.sales_id = tx.sales_of_user(user)?;
    }
    details.branch_id = details.branch_id.or(by.scope.branch());
    check_references(tx, by, &details)?;
    let nik = tx.holder_of_nik(&details.nik)?;
    refuse_holder(nik, UniqueKey::Nik, by)?;
    let no_pensiun = tx.holder_of_no_pensiun(&details.no_pensiun)?;
    refuse_holder(no_pensiun, UniqueKey::NoPensiun, by)?;
    let member = tx.add_member(&details, by.user_id).map_err(MemberError::from_insert)?;
    tx.audit(by, entry("member.register", member.id).is(member.audit_view()))?;
    Ok(member)
}

/// Changes a member. Fields need `EDIT_MEMBER`, the status `CHANGE_MEMBER_STATUS`. A status that
/// would reach open loans or applications is refused as [`MemberError::InUse`].
pub fn update_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: MemberId,
    expected: Expected,
    command: UpdateMember,
    at: Moment,
) -> Result<Member, MemberError>
where
    Tx: MemberRepository + SalesDirectory + AuditLog,
{
    let UpdateMember { change, status } = command;
    let status_alone = change.is_empty() && !status.is_empty();
    if !status_alone {
        require(by, Permission::EditMember)?;
    }
    if !status.is_empty() {
        require(by, Permission::ChangeMemberStatus)?;
    }
    let before = tx.lock_member(id, by.scope)?;
    expected.check("member", before.version)?;
    let mut faults = Faults::new();
    let details = faults.take_all(before.details.changed(change, at.today));
    let command = match status.is_empty() {
        true => None,
        false => faults.take_all(StatusCommand::check(&status, at.today)),
    };
    let mut after = Member { details: faults.finish(details)?, ..before.clone() };
    if let Some(command) = &command {
        change_status(tx, by, &mut after, command)?;
    }
    if after == before {
        return Ok(before);
    }
    check_changed(tx, by, &before.details, &after.details)?;
    after.version = tx.save_member(&after).map_err(MemberError::from_insert)?;
    after.updated_at = at.now;
    let reason = command.and_then(|command| command.reason);
    let view = after.audit_view().personal("reason", reason);
    tx.audit(by, entry("member.update", id).was(before.audit_view()).is(view))?;
    Ok(after)
}

/// Deletes a member softly; his identifiers stay taken. Refused as [`MemberError::InUse`] while an
/// application is open or a loan is not closed or cancelled.
pub fn delete_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: MemberId,
    expected: Expected,
) -> Result<(), MemberError>
where
    Tx: MemberRepository + AuditLog,
{
    let member = tx.lock_member(id, by.scope)?;
    expected.check("member", member.version)?;
    let obligations = tx.obligations(id)?;
    if !obligations.are_none() {
        return Err(MemberError::InUse(obligations));
    }
    tx.delete_member(&member)?;
    tx.audit(by, entry("member.delete", id).was(member.audit_view()))?;
    Ok(())
}

fn change_status<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: &mut Member,
    command: &StatusCommand,
) -> Result<(), MemberError>
where
    Tx: MemberRepository,
{
    let has = tx.obligations(member.id)?;
    match decide_status_change(member, has, by, command)? {
        Some(decision) if decision.touches(has) => Err(MemberError::InUse(has)),
        Some(decision) => {
            member.standing = decision.standing;
            Ok(())
        }
        None => Ok(()),
    }
}

fn check_changed<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: &MemberDetails,
    after: &MemberDetails,
) -> Result<(), MemberError>
where
    Tx: MemberRepository + SalesDirectory,
{
    if (before.sales_id, before.branch_id) != (after.sales_id, after.branch_id) {
        check_references(tx, by, after)?;
    }
    if before.nik != after.nik {
        refuse_holder(tx.holder_of_nik(&after.nik)?, UniqueKey::Nik, by)?;
    }
    if before.no_pensiun != after.no_pensiun {
        let holder = tx.holder_of_no_pensiun(&after.no_pensiun)?;
        refuse_holder(holder, UniqueKey::NoPensiun, by)?;
    }
    Ok(())
}

/// The sales person and the branch exist, and the branch lies within the caller's scope.
fn check_references<Tx>(tx: &mut Tx, by: &Actor, details: &MemberDetails) -> Result<(), MemberError>
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

fn refuse_holder(holder: Option<KeyHolder>, key: UniqueKey, by: &Actor) -> Result<(), MemberError> {
    let Some(holder) = holder else { return Ok(()) };
    let visible = holder.presence == Presence::Present
        && by.scope.sees_branch(holder.branch_id)
        && by.may(Permission::ViewMember);
    Err(MemberError::Duplicate { key, existing: visible.then_some(holder.id) })
}

fn require(by: &Actor, permission: Permission) -> Result<(), AuthorityError> {
    if by.may(permission) { Ok(()) } else { Err(AuthorityError::Denied(permission)) }
}

fn entry(action: &'static str, id: MemberId) -> AuditEntry {
    AuditEntry::new(action, "members", id.get()).of_member(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::actor;
    use pensipro_kernel::{BranchId, Scope};

    #[test]
    fn a_duplicate_names_only_a_member_the_caller_may_see() {
        let holder = |branch: i64, presence| {
            let branch_id = Some(BranchId::new(branch));
            Some(KeyHolder { id: MemberId::new(9), branch_id, presence })
        };
        let mut clerk = actor(1);
        clerk.scope = Scope::Branch(BranchId::new(1));
        let named = |holder| match refuse_holder(holder, UniqueKey::Nik, &clerk) {
            Err(MemberError::Duplicate { existing, .. }) => existing,
            other => panic!("{other:?}"),
        };
        assert_eq!(named(holder(1, Presence::Present)), Some(MemberId::new(9)));
        assert_eq!(named(holder(2, Presence::Present)), None);
        assert_eq!(named(holder(1, Presence::Deleted)), None);
        assert!(refuse_holder(None, UniqueKey::Nik, &clerk).is_ok());
    }
}
