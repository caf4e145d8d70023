//! What people do with exports and imports. Each is one transaction of the shell.

mod exports;
mod imports;

pub use exports::*;
pub use imports::*;

use pensipro_kernel::Actor;

use crate::BillingError;

/// Pension cuts concern the cooperative as a whole: not for users bound to a branch or a funder.
fn whole_house(by: &Actor) -> Result<(), BillingError> {
    if by.scope.branch_id.is_none() && by.scope.funder_id.is_none() {
        Ok(())
    } else {
        Err(BillingError::WholeHouseOnly)
    }
}
