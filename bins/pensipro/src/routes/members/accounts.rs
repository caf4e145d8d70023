//! Where a member's money goes.

use pensipro_kernel::{BankAccountId, MemberId};
use pensipro_members::{
    AccountDetails,
    usecases::{add_bank_account, list_bank_accounts, make_default_account},
};

use crate::{
    App,
    bodies::members::{AccountBody, NewAccountBody},
    http::{
        Allowed, Created, Id, List, NoBody, Reply, Shown, Valid,
        right::{EditMember, ViewMember},
    },
};

pub(super) async fn add(
    app: App,
    by: Allowed<EditMember>,
    member: Id<MemberId>,
    body: Valid<NewAccountBody>,
) -> Reply<Created<AccountBody>> {
    let (once, body) = body.split();
    let (raw, preference) = body.into_parts();
    let details = AccountDetails::check(raw)?;
    app.post("add_bank_account", once, move |tx, _| {
        let account = add_bank_account(tx, &by, *member, &details, preference)?;
        Ok(Created::new(format!("/members/{}/bank-accounts", *member), AccountBody::from(account)))
    })
    .await
}

pub(super) async fn list(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
) -> Reply<List<AccountBody>> {
    let asker = by.clone();
    let answer = app.read_snapshot(move |tx, _| {
        Ok(List::whole(list_bank_accounts(tx, &by, *member)?, AccountBody::from))
    });
    let answer = answer.await?;
    app.note_reading(&asker, *member, "member.bank_accounts.read").await?;
    Ok(answer)
}

pub(super) async fn make_default(
    app: App,
    by: Allowed<EditMember>,
    ids: Id<(MemberId, BankAccountId)>,
    body: NoBody,
) -> Reply<Shown<AccountBody>> {
    let (member, account) = *ids;
    app.post("make_default_account", body.once(), move |tx, _| {
        let account = make_default_account(tx, &by, member, account)?;
        Ok(Shown::new(AccountBody::from(account)))
    })
    .await
}
