//! What members want to be told by which channel.

use pensipro_kernel::{Actor, AuditEntry, AuditLog, Expected, MemberId, Moment};

use crate::{MemberPreferences, NotificationError, PreferenceRepository, RawPreferences};

/// A member's preferences; those of one who never chose switch nothing off.
pub fn show_preferences<Tx: PreferenceRepository>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
) -> Result<MemberPreferences, NotificationError> {
    Ok(tx.preferences(member, by.scope)?)
}

/// Changes what a member wants; what is not named stays.
pub fn change_preferences<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    expected: Expected,
    change: &RawPreferences,
    at: Moment,
) -> Result<MemberPreferences, NotificationError>
where
    Tx: PreferenceRepository + AuditLog,
{
    let before = tx.lock_preferences(member, by.scope)?;
    expected.check("preferences", before.version)?;
    let preferences = before.preferences.changed(change)?;
    if preferences == before.preferences {
        return Ok(before);
    }
    let after = MemberPreferences {
        preferences,
        version: before.version.next(),
        updated_at: Some(at.now),
        ..before
    };
    tx.save_preferences(&after, by.user_id)?;
    let entry = AuditEntry::new("member.preferences.update", "member_preferences", member.get());
    let entry = entry.of_member(member).was(before.preferences.audit_view());
    tx.audit(by, entry.is(after.preferences.audit_view()))?;
    Ok(after)
}
