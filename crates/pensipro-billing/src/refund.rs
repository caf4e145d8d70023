//! Money to be given back.

use pensipro_kernel::{ImportLineId, LoanId, MemberId, Money};

use crate::coded::coded;

coded! {
    /// How far a refund request is.
    RefundStatus {
        /// Asked for.
        Requested = "requested",
        /// Agreed.
        Approved = "approved",
        /// Paid out.
        Paid = "paid",
        /// Refused: the money prepays.
        Rejected = "rejected",
    }
}

/// A request that follows from a line: more was cut than is owed. It starts as `requested`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRefund {
    /// Whose money it is.
    pub member_id: MemberId,
    /// The loan that it was cut for.
    pub loan_id: LoanId,
    /// How much.
    pub amount: Money,
    /// The line that it came with.
    pub source_line_id: ImportLineId,
}
