//! What members consent to.

use aws_lc_rs::digest::{SHA256, digest};
use pensipro_kernel::{ConsentId, MemberId};
use pensipro_members::{
    GiveConsent, NewConsentText, Sha256, WithdrawConsent,
    usecases::{
        add_consent_text, give_consent, list_consent_texts, list_consents, withdraw_consent,
    },
};

use crate::{
    App,
    bodies::members::{
        ConsentBody, ConsentTextBody, ConsentTextQuery, NewConsentBody, NewConsentTextBody,
        WithdrawalBody,
    },
    http::{
        Allowed, Created, Id, List, Listing, Problem, Reply, Shown, Valid,
        right::{EditMember, ManagePersonalData, ViewMember},
    },
};

pub(super) async fn add_text(
    app: App,
    by: Allowed<ManagePersonalData>,
    body: Valid<NewConsentTextBody>,
) -> Reply<Created<ConsentTextBody>> {
    let (once, body) = body.split();
    let new = NewConsentText::try_from(body)?;
    let sha256 = digest_of(&new)?;
    app.post("add_consent_text", once, move |tx, _| {
        let text = add_consent_text(tx, &by, &new, sha256)?;
        let location = format!("/consent-texts?code={}", text.code);
        Ok(Created::new(location, ConsentTextBody::from(text)))
    })
    .await
}

fn digest_of(new: &NewConsentText) -> Result<Sha256, Problem> {
    let digest = digest(&SHA256, new.wording.digested().as_bytes());
    let bytes = digest.as_ref().try_into();
    Ok(Sha256(bytes.map_err(|_| Problem::internal("SHA-256 has another length"))?))
}

pub(super) async fn texts(
    app: App,
    _by: Allowed<ViewMember>,
    listing: Listing<ConsentTextQuery>,
) -> Reply<List<ConsentTextBody>> {
    let Listing { filter, page, pager } = listing;
    app.read(move |tx, _| {
        let texts = list_consent_texts(tx, filter.code.as_deref(), &page)?;
        Ok(pager.list(texts, ConsentTextBody::from))
    })
    .await
}

pub(super) async fn give(
    app: App,
    by: Allowed<EditMember>,
    member: Id<MemberId>,
    body: Valid<NewConsentBody>,
) -> Reply<Created<ConsentBody>> {
    let (once, body) = body.split();
    let command = GiveConsent::try_from(body)?;
    app.post("give_consent", once, move |tx, _| {
        let consent = give_consent(tx, &by, *member, command)?;
        let location = format!("/members/{}/consents", *member);
        Ok(Created::new(location, ConsentBody::from(consent)))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
) -> Reply<List<ConsentBody>> {
    let asker = by.clone();
    let answer = app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_consents(tx, &by, *member)?, ConsentBody::from))
    });
    let answer = answer.await?;
    app.note_reading(&asker, *member, "member.consents.read").await?;
    Ok(answer)
}

pub(super) async fn withdraw(
    app: App,
    by: Allowed<EditMember>,
    ids: Id<(MemberId, ConsentId)>,
    body: Valid<WithdrawalBody>,
) -> Reply<Shown<ConsentBody>> {
    let (once, body) = body.split();
    let command = WithdrawConsent::try_from(body)?;
    app.post("withdraw_consent", once, move |tx, at| {
        let consent = withdraw_consent(tx, &by, *ids, command.clone(), at)?;
        Ok(Shown::new(ConsentBody::from(consent)))
    })
    .await
}
