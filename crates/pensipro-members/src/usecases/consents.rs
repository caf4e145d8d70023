//! Texts that members consent to, and their consents.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, ConsentId, Faults, MemberId, Moment, Page,
    PageRequest, StorageError,
};

use crate::{
    Consent, ConsentRepository, ConsentText, GiveConsent, MemberError, MemberRepository,
    NewConsentText, Sha256, WithdrawConsent,
};

/// Enters the next version of a text. `sha256` is the digest of its wording. The latest version once
/// more is [`MemberError::ConsentTextUnchanged`]. Texts are the whole house's.
pub fn add_consent_text<Tx>(
    tx: &mut Tx,
    by: &Actor,
    new: &NewConsentText,
    sha256: Sha256,
) -> Result<ConsentText, MemberError>
where
    Tx: ConsentRepository + AuditLog,
{
    by.whole_house()?;
    let version = match tx.latest_consent_text(&new.code)? {
        Some(latest) if latest.sha256 == sha256 => {
            return Err(MemberError::ConsentTextUnchanged(latest.id));
        }
        Some(latest) => latest.version.saturating_add(1),
        None => 1,
    };
    let text = tx.add_consent_text(new, version, sha256, by.user_id)?;
    let view = AuditValue::new()
        .with("code", text.code.as_str())
        .with("version", text.version)
        .with("title", text.wording.title.as_str())
        .text("sha256", text.sha256);
    tx.audit(by, AuditEntry::new("consent_text.add", "consent_texts", text.id.get()).is(view))?;
    Ok(text)
}

/// A page of the texts, or of the versions of one, newest first.
pub fn list_consent_texts<Tx: ConsentRepository>(
    tx: &mut Tx,
    code: Option<&str>,
    page: &PageRequest,
) -> Result<Page<ConsentText>, MemberError> {
    Ok(tx.consent_texts(code, page)?)
}

/// Records a member's consent to the latest version of a text.
pub fn give_consent<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    command: GiveConsent,
) -> Result<Consent, MemberError>
where
    Tx: MemberRepository + ConsentRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let text = known_text(tx, command)?;
    let latest = tx.latest_consent_text(&text.code)?.map_or(text.version, |latest| latest.version);
    command.decide(&text, latest, &tx.consents(member)?)?;
    let consent = tx.add_consent(member, &text, command.channel, by.user_id)?;
    tx.audit(by, entry("member.consent.give", &consent).is(consent.audit_view()))?;
    Ok(consent)
}

fn known_text<Tx: ConsentRepository>(
    tx: &mut Tx,
    command: GiveConsent,
) -> Result<ConsentText, MemberError> {
    let text = tx.consent_text(command.text_id)?;
    let mut faults = Faults::new();
    faults.require(text.is_some(), "text_id", "unknown", "is no text to consent to");
    Ok(faults.finish(text)?)
}

/// Records that a member withdrew a consent.
pub fn withdraw_consent<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (member, id): (MemberId, ConsentId),
    command: WithdrawConsent,
    at: Moment,
) -> Result<Consent, MemberError>
where
    Tx: MemberRepository + ConsentRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let found = tx.consents(member)?.into_iter().find(|consent| consent.id == id);
    let before = found.ok_or(StorageError::not_found("consent", id.get()))?;
    let after = before.withdrawn(command, by, at.now)?;
    tx.save_withdrawal(&after)?;
    let entry = entry("member.consent.withdraw", &after);
    tx.audit(by, entry.was(before.audit_view()).is(after.audit_view()))?;
    Ok(after)
}

/// All consents of a member, oldest first.
pub fn list_consents<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
) -> Result<Vec<Consent>, MemberError>
where
    Tx: MemberRepository + ConsentRepository,
{
    tx.member(member, by.scope)?;
    Ok(tx.consents(member)?)
}

fn entry(action: &'static str, consent: &Consent) -> AuditEntry {
    AuditEntry::new(action, "member_consents", consent.id.get()).of_member(consent.member_id)
}
