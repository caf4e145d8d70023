//! Who may pay a part of a plafon.

use pensipro_kernel::Faults;
use pensipro_pricing::ProductDirectory;

use crate::{disbursement::DisburseLoan, error::ServicingError};

/// Refuses sources that name a funder who is not there, or a contract: no loan is allocated under
/// one, so that none can be drawn on.
pub fn require_known_funders<Tx: ProductDirectory>(
    tx: &mut Tx,
    command: &DisburseLoan,
) -> Result<(), ServicingError> {
    let mut faults = Faults::new();
    for (place, source) in command.sources().iter().enumerate() {
        let Some(funder) = source.funder_id else { continue };
        let known = tx.funder_exists(funder)?;
        let field = format!("sources[{place}].funder_id");
        faults.require(known, &field, "unknown", "there is no such funder");
        let field = format!("sources[{place}].contract_id");
        let message = "the loan is not allocated under such a contract";
        faults.require(source.contract_id.is_none(), &field, "unknown", message);
    }
    Ok(faults.finish(Some(()))?)
}
