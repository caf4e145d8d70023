//! Ways to reach a member.

use pensipro_kernel::{ContactId, MemberId};
use pensipro_members::{
    ContactDetails,
    usecases::{UpdateContact, add_contact, delete_contact, list_contacts, update_contact},
};

use crate::{
    App,
    bodies::members::{ContactBody, ContactChangeBody, NewContactBody},
    http::{
        Allowed, Created, Done, Id, IfMatch, List, Reply, Shown, Valid,
        right::{EditMember, ViewMember},
    },
};

pub(super) async fn add(
    app: App,
    by: Allowed<EditMember>,
    member: Id<MemberId>,
    body: Valid<NewContactBody>,
) -> Reply<Created<ContactBody>> {
    let (once, body) = body.split();
    let (raw, preference) = body.into_parts();
    let details = ContactDetails::check(raw)?;
    app.post("add_contact", once, move |tx, _| {
        let contact = add_contact(tx, &by, *member, &details, preference)?;
        let (id, version) = (contact.id, contact.version);
        let location = format!("/members/{}/contacts/{id}", *member);
        Ok(Created::new(location, ContactBody::from(contact)).at(version))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
) -> Reply<List<ContactBody>> {
    let asker = by.clone();
    let answer = app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_contacts(tx, &by, *member)?, ContactBody::from))
    });
    let answer = answer.await?;
    app.note_reading(&asker, *member, "member.contacts.read").await?;
    Ok(answer)
}

pub(super) async fn change(
    app: App,
    by: Allowed<EditMember>,
    ids: Id<(MemberId, ContactId)>,
    expected: IfMatch,
    body: Valid<ContactChangeBody>,
) -> Reply<Shown<ContactBody>> {
    let command = UpdateContact::from(body.into_inner());
    app.write("update_contact", move |tx, at| {
        let contact = update_contact(tx, &by, *ids, expected.0, command.clone(), at)?;
        let version = contact.version;
        Ok(Shown::new(ContactBody::from(contact)).at(version))
    })
    .await
}

pub(super) async fn remove(
    app: App,
    by: Allowed<EditMember>,
    ids: Id<(MemberId, ContactId)>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write("delete_contact", move |tx, _| {
        delete_contact(tx, &by, *ids, expected.0)?;
        Ok(Done)
    })
    .await
}
