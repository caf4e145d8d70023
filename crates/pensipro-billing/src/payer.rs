//! Who pays the pension.

use crate::coded::coded;

coded! {
    /// The institution that pays a pension and cuts the instalment from it.
    Payer {
        /// PT Taspen: civil servants.
        Taspen = "TASPEN",
        /// PT Asabri: armed forces and police.
        Asabri = "ASABRI",
        /// Any other pension payer.
        Lainnya = "LAINNYA",
    }
}
