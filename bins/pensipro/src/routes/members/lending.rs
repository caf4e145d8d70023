//! What a member borrows and has applied for.

use pensipro_kernel::MemberId;
use pensipro_members::usecases::get_member;
use pensipro_origination::{ApplicationFilter, usecases::list_applications};
use pensipro_servicing::{LoanFilter, list_loans};

use crate::{
    App,
    bodies::{applications::ApplicationBody, loans::LoanBody},
    http::{Allowed, Id, List, Listing, NoFilter, Reply, right::ViewMember},
    routes::applications::listed,
};

pub(super) async fn loans(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
    listing: Listing<NoFilter>,
) -> Reply<List<LoanBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    let bounds = app.policies().servicing.kolektibilitas;
    app.read_snapshot(move |tx, at| {
        let member_id = Some(get_member(tx, &by, *member)?.id);
        let filter = LoanFilter { member_id, ..LoanFilter::default() };
        let loans = list_loans(tx, by.scope, &filter, &page)?;
        Ok(pager.list(loans, |summary| {
            let figures = summary.figures(&bounds, at.today);
            LoanBody::of(summary.loan, figures)
        }))
    })
    .await
}

pub(super) async fn applications(
    app: App,
    by: Allowed<ViewMember>,
    member: Id<MemberId>,
    listing: Listing<NoFilter>,
) -> Reply<List<ApplicationBody>> {
    let Listing { filter: NoFilter {}, page, pager } = listing;
    app.read_snapshot(move |tx, _| {
        let member_id = Some(get_member(tx, &by, *member)?.id);
        let filter = ApplicationFilter { member_id, ..ApplicationFilter::default() };
        let applications = list_applications(tx, &by, &filter, &page)?;
        listed(tx, applications, &pager)
    })
    .await
}
