//! Refund requests as the finance department sees them.

use pensipro_kernel::{Actor, Page, PageRequest};
use pensipro_servicing::{RefundFilter, RefundRepository, RefundRequest};

use crate::FlowError;

/// A page of refund requests, oldest first. Most follow from pension cuts, and are seen by whom those
/// are seen by.
pub fn list_refunds<Tx: RefundRepository>(
    tx: &mut Tx,
    by: &Actor,
    filter: &RefundFilter,
    page: &PageRequest,
) -> Result<Page<RefundRequest>, FlowError> {
    by.whole_house()?;
    Ok(tx.refunds(filter, page)?)
}
