//! What happened to a member, and how what is held of him was put right.

use pensipro_flows::{list_rectifications, list_timeline};
use pensipro_kernel::MemberId;

use crate::{
    App,
    bodies::members::{RectificationBody, TimelineEventBody},
    http::{Allowed, Id, List, Listing, NoFilter, Reply, right::ViewMember},
};

pub(super) async fn timeline(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
    listing: Listing<NoFilter>,
) -> Reply<List<TimelineEventBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    let asker = by.clone();
    let answer = app.read_snapshot(move |tx, _| {
        let found = list_timeline(tx, &by, *member, &page)?;
        Ok(pager.list(found.page, |event| TimelineEventBody::of(event, &found.actors)))
    });
    let answer = answer.await?;
    app.note_reading(&asker, *member, "member.timeline.read").await?;
    Ok(answer)
}

pub(super) async fn rectifications(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
    listing: Listing<NoFilter>,
) -> Reply<List<RectificationBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    let asker = by.clone();
    let answer = app.read_snapshot(move |tx, _| {
        let found = list_rectifications(tx, &by, *member, &page)?;
        Ok(pager.list(found.page, |made| RectificationBody::of(made, &found.actors)))
    });
    let answer = answer.await?;
    app.note_reading(&asker, *member, "member.rectifications.read").await?;
    Ok(answer)
}
