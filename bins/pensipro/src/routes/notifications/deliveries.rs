//! Messages that leave the house.

use pensipro_flows::retry_delivery;
use pensipro_kernel::DeliveryId;
use pensipro_notifications::{DeliveryFilter, usecases::list_deliveries};

use crate::{
    App,
    bodies::messages::{DeliveryBody, DeliveryQuery},
    http::{Allowed, Id, List, Listing, NoBody, Reply, Shown, right::SendNotification},
};

pub(super) async fn list(
    app: App,
    by: Allowed<SendNotification>,
    listing: Listing<DeliveryQuery>,
) -> Reply<List<DeliveryBody>> {
    let Listing { filter, page, pager } = listing;
    let filter = DeliveryFilter::from(filter);
    app.read(move |tx, _| {
        Ok(pager.list(list_deliveries(tx, &by, &filter, &page)?, DeliveryBody::from))
    })
    .await
}

pub(super) async fn retry(
    app: App,
    by: Allowed<SendNotification>,
    id: Id<DeliveryId>,
    body: NoBody,
) -> Reply<Shown<DeliveryBody>> {
    app.post("retry_delivery", body.once(), move |tx, _| {
        Ok(Shown::new(retry_delivery(tx, &by, *id)?.into()))
    })
    .await
}
