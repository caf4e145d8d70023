//! The member himself.

use pensipro_flows::change_member;
use pensipro_kernel::MemberId;
use pensipro_members::{
    Member, MemberDetails, MemberFilter, RawMember,
    usecases::{UpdateMember, delete_member, get_member, list_members, register_member},
};

use crate::{
    App,
    bodies::members::{MemberBody, MemberChangeBody, MemberQuery, NewMemberBody},
    http::{
        Allowed, Created, Done, Either, Id, IfMatch, List, Listing, Reply, Shown, Valid,
        right::{ChangeMemberStatus, DeleteMember, EditMember, ViewMember},
    },
};

pub(super) async fn register(
    app: App,
    by: Allowed<EditMember>,
    body: Valid<NewMemberBody>,
) -> Reply<Created<MemberBody>> {
    let (once, body) = body.split();
    let raw = RawMember::from(body);
    app.post("register_member", once, move |tx, at| {
        let details = MemberDetails::check(raw.clone(), at.today)?;
        let member = register_member(tx, &by, details)?;
        let (id, version) = (member.id, member.version);
        Ok(Created::new(format!("/members/{id}"), MemberBody::from(member)).at(version))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewMember>,
    listing: Listing<MemberQuery>,
) -> Reply<List<MemberBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = MemberFilter::try_from(filter)?;
    app.read(move |tx, _| {
        let members = list_members(tx, &by, &filter, &page)?;
        Ok(pager.list(members, MemberBody::listed))
    })
    .await
}

pub(super) async fn show(
    app: App,
    by: Allowed<ViewMember>,
    id: Id<MemberId>,
) -> Reply<Shown<MemberBody>> {
    let asker = by.clone();
    let answer = app.read(move |tx, _| Ok(shown(get_member(tx, &by, *id)?))).await?;
    app.note_reading(&asker, *id, "member.read").await?;
    Ok(answer)
}

/// Fields need `EDIT_MEMBER` and the status `CHANGE_MEMBER_STATUS`: the body tells which.
pub(super) async fn change(
    app: App,
    by: Allowed<Either<EditMember, ChangeMemberStatus>>,
    id: Id<MemberId>,
    expected: IfMatch,
    body: Valid<MemberChangeBody>,
) -> Reply<Shown<MemberBody>> {
    let command = UpdateMember::from(body.into_inner());
    let policy = app.policies().servicing;
    app.write("change_member", move |tx, at| {
        Ok(shown(change_member(tx, &by, *id, expected.0, command.clone(), &policy, at)?))
    })
    .await
}

pub(super) async fn delete(
    app: App,
    by: Allowed<DeleteMember>,
    id: Id<MemberId>,
    expected: IfMatch,
) -> Reply<Done> {
    app.write("delete_member", move |tx, _| {
        delete_member(tx, &by, *id, expected.0)?;
        Ok(Done)
    })
    .await
}

fn shown(member: Member) -> Shown<MemberBody> {
    let version = member.version;
    Shown::new(MemberBody::from(member)).at(version)
}
