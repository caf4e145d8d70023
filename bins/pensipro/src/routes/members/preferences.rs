//! What members want to be told by which channel.

use pensipro_kernel::MemberId;
use pensipro_notifications::{
    MemberPreferences, RawPreferences,
    usecases::{change_preferences, show_preferences},
};

use crate::{
    App,
    bodies::messages::{PreferencesBody, PreferencesChangeBody},
    http::{
        Allowed, Id, IfMatch, Reply, Shown, Valid,
        right::{EditMember, ViewMember},
    },
};

pub(super) async fn show(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
) -> Reply<Shown<PreferencesBody>> {
    let asker = by.clone();
    let answer = app.read_snapshot(move |tx, _| Ok(shown(show_preferences(tx, &by, *member)?)));
    let answer = answer.await?;
    app.note_reading(&asker, *member, "member.preferences.read").await?;
    Ok(answer)
}

pub(super) async fn change(
    app: App,
    by: Allowed<EditMember>,
    member: Id<MemberId>,
    expected: IfMatch,
    body: Valid<PreferencesChangeBody>,
) -> Reply<Shown<PreferencesBody>> {
    let change = RawPreferences::from(body.into_inner());
    app.write("change_preferences", move |tx, at| {
        Ok(shown(change_preferences(tx, &by, *member, expected.0, &change, at)?))
    })
    .await
}

fn shown(preferences: MemberPreferences) -> Shown<PreferencesBody> {
    let version = preferences.version;
    Shown::new(PreferencesBody::from(preferences)).at(version)
}
