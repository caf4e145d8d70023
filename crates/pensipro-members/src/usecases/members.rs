//! Changing and deleting a member.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuthorityError, Expected, Faults, MemberId, Moment, Permission,
};

use super::registration::check_references;
use crate::{
    Member, MemberDetails, MemberError, MemberRegistry, MemberRepository, RawMemberChange,
    RawStatus, SalesDirectory, StatusCommand, StatusDecision, decide_status_change, refuse_holders,
};

/// A change of a member's fields, of his status, or of both.
#[derive(Clone, Default)]
pub struct UpdateMember {
    /// The fields.
    pub change: RawMemberChange,
    /// The status.
    pub status: RawStatus,
}

/// A member as he was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpdatedMember {
    /// The member.
    pub member: Member,
    /// What his new status does to his loans and applications, to be carried out in the same
    /// transaction; `None` where the status is what it was.
    pub decision: Option<StatusDecision>,
}

/// Changes a member. Fields need `EDIT_MEMBER`, the status `CHANGE_MEMBER_STATUS`.
pub fn update_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: MemberId,
    expected: Expected,
    command: UpdateMember,
    at: Moment,
) -> Result<UpdatedMember, MemberError>
where
    Tx: MemberRepository + MemberRegistry + SalesDirectory + AuditLog,
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
    let decision = match &command {
        Some(command) => decide_status_change(&after, tx.obligations(id)?, by, command)?,
        None => None,
    };
    if let Some(decision) = &decision {
        after.standing = decision.standing;
    }
    if after == before {
        return Ok(UpdatedMember { member: before, decision });
    }
    check_changed(tx, by, &before.details, &after.details)?;
    after.version = tx.save_member(&after).map_err(MemberError::from_insert)?;
    after.updated_at = at.now;
    let reason = command.and_then(|command| command.reason);
    let view = after.audit_view().personal("reason", reason);
    tx.audit(by, entry("member.update", id).was(before.audit_view()).is(view))?;
    Ok(UpdatedMember { member: after, decision })
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

fn check_changed<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: &MemberDetails,
    after: &MemberDetails,
) -> Result<(), MemberError>
where
    Tx: MemberRegistry + SalesDirectory,
{
    check_references(tx, by, Some(before), after)?;
    let nik = (before.nik != after.nik).then(|| after.nik.clone());
    let number = (before.no_pensiun != after.no_pensiun).then(|| after.no_pensiun.clone());
    refuse_holders(&tx.holders(nik.as_slice(), number.as_slice())?, by)
}

fn require(by: &Actor, permission: Permission) -> Result<(), AuthorityError> {
    if by.may(permission) { Ok(()) } else { Err(AuthorityError::Denied(permission)) }
}

pub(super) fn entry(action: &'static str, id: MemberId) -> AuditEntry {
    AuditEntry::new(action, "members", id.get()).of_member(id)
}
