//! Destroying what is held of a member.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, MemberId, Moment, Permission,
};

use crate::{Member, MemberError, PersonalDataRepository, RetentionPolicy};

/// What was destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destroyed {
    /// Files that are to be removed from the file store.
    pub files: usize,
}

/// Anonymises a member, deleted or not, once nothing of his is open and the time of keeping is over:
/// his data key is destroyed, which makes unreadable at once whatever is sealed with it, wherever it
/// lies; what is in clear of him is cleared, with both indexes; his files are to be removed. Sums, the
/// ledger and the audit trail stay as they are.
///
/// # Errors
/// [`MemberError::Active`], [`MemberError::Retained`], [`MemberError::Anonymised`].
pub fn anonymise_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: MemberId,
    policy: RetentionPolicy,
    at: Moment,
) -> Result<Destroyed, MemberError>
where
    Tx: PersonalDataRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ManagePersonalData)?;
    let holding = tx.lock_holding(id, by.scope)?;
    holding.may_be_destroyed(policy, at.today)?;
    let files = tx.destroy_personal_data(id)?;
    let view = AuditValue::new()
        .text("last_event_on", holding.last_event_on)
        .text("kept_until", holding.kept_until(policy))
        .with("retention_years", policy.years)
        .with("files", files);
    tx.audit(by, AuditEntry::new("member.anonymise", "members", id.get()).of_member(id).is(view))?;
    Ok(Destroyed { files })
}

/// Notes that everything held of a member, deleted or not, is handed out, before it is; gives the
/// member himself.
pub fn note_personal_data_export<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: MemberId,
) -> Result<Member, MemberError>
where
    Tx: PersonalDataRepository + AuditLog,
{
    let member = tx.held_member(id, by.scope)?;
    let entry = AuditEntry::new("member.personal_data.export", "members", id.get());
    tx.audit(by, entry.of_member(id))?;
    Ok(member)
}
