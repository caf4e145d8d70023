//! Who pays the pension.

use pensipro_kernel::codes;

codes! {
    /// The institution that pays a pension and cuts the instalment from it.
    pub enum Payer {
        /// PT Taspen: civil servants.
        Taspen = "TASPEN",
        /// PT Asabri: armed forces and police.
        Asabri = "ASABRI",
        /// Any other pension payer.
        Lainnya = "LAINNYA",
    }
}
