//! Contacts of a member: the first of a kind is the primary one.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, ContactId, Expected, MemberId, Moment, StorageError,
};

use crate::{
    Contact, ContactDetails, ContactRepository, MemberError, MemberRepository, Preference,
    RawContactChange,
};

/// A change of a contact.
#[derive(Clone, Default)]
pub struct UpdateContact {
    /// The fields.
    pub change: RawContactChange,
    /// Whether it is to become the primary one of its kind.
    pub preference: Preference,
}

/// Adds a contact.
pub fn add_contact<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    details: &ContactDetails,
    preference: Preference,
) -> Result<Contact, MemberError>
where
    Tx: MemberRepository + ContactRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let first = !tx.contacts(member)?.iter().any(|other| other.details.kind == details.kind);
    let mut contact = tx.add_contact(member, details, by.user_id)?;
    if first || preference == Preference::Preferred {
        contact = make_primary(tx, &contact)?;
    }
    tx.audit(by, entry("member.contact.add", &contact).is(view(&contact)))?;
    Ok(contact)
}

/// Changes a contact of the member.
pub fn update_contact<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (member, id): (MemberId, ContactId),
    expected: Expected,
    command: UpdateContact,
    at: Moment,
) -> Result<Contact, MemberError>
where
    Tx: MemberRepository + ContactRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let before = find(tx.contacts(member)?, id)?;
    expected.check("contact", before.version)?;
    let mut after = Contact { details: before.details.changed(command.change)?, ..before.clone() };
    after.version = tx.save_contact(&after)?;
    after.updated_at = at.now;
    if command.preference == Preference::Preferred && !before.is_primary {
        after = make_primary(tx, &after)?;
    }
    tx.audit(by, entry("member.contact.update", &after).was(view(&before)).is(view(&after)))?;
    Ok(after)
}

/// Removes a contact of the member; the oldest left of its kind takes over as the primary one.
pub fn delete_contact<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (member, id): (MemberId, ContactId),
    expected: Expected,
) -> Result<(), MemberError>
where
    Tx: MemberRepository + ContactRepository + AuditLog,
{
    tx.lock_member(member, by.scope)?;
    let contacts = tx.contacts(member)?;
    let contact = find(contacts.clone(), id)?;
    expected.check("contact", contact.version)?;
    tx.delete_contact(id)?;
    let kind = contact.details.kind;
    let next = contacts.iter().find(|other| other.id != id && other.details.kind == kind);
    if let (true, Some(next)) = (contact.is_primary, next) {
        tx.set_primary_contact(member, kind, next.id)?;
    }
    tx.audit(by, entry("member.contact.delete", &contact).was(view(&contact)))?;
    Ok(())
}

/// The contact as the only primary one of its kind, read anew: that raises its version too.
fn make_primary<Tx>(tx: &mut Tx, contact: &Contact) -> Result<Contact, StorageError>
where
    Tx: ContactRepository,
{
    tx.set_primary_contact(contact.member_id, contact.details.kind, contact.id)?;
    find(tx.contacts(contact.member_id)?, contact.id)
}

fn find(contacts: Vec<Contact>, id: ContactId) -> Result<Contact, StorageError> {
    let found = contacts.into_iter().find(|contact| contact.id == id);
    found.ok_or(StorageError::not_found("contact", id.get()))
}

fn entry(action: &'static str, contact: &Contact) -> AuditEntry {
    AuditEntry::new(action, "member_contacts", contact.id.get()).of_member(contact.member_id)
}

fn view(contact: &Contact) -> AuditValue {
    contact.details.audit_view().with("is_primary", contact.is_primary)
}
