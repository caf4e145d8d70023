//! Taking an input back.

use pensipro_kernel::{Faults, clean_text};

/// A reversal whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverse {
    reason: String,
}

impl Reverse {
    /// Checks the fields: a reason is required.
    pub fn check(reason: &str) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let reason = faults.take(clean_text("reason", reason, 500));
        faults.finish(reason.map(|reason| Self { reason }))
    }

    /// Why.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}
