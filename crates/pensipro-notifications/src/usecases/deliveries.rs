//! Messages on their way, as staff see them.

use pensipro_kernel::{Actor, Page, PageRequest};

use crate::{Delivery, DeliveryFilter, DeliveryRepository, NotificationError};

/// A page of messages, newest first; for users bound to no branch.
pub fn list_deliveries<Tx: DeliveryRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &DeliveryFilter,
    page: &PageRequest,
) -> Result<Page<Delivery>, NotificationError> {
    by.whole_house()?;
    Ok(tx.deliveries(filter, page)?)
}
