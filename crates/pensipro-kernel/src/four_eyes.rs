//! How strictly an installation keeps people apart.

crate::codes! {
    /// How strictly people are kept apart.
    #[derive(Default)]
    pub enum FourEyes {
        /// Who entered or analysed an application never decides on it.
        #[default]
        Strict = "strict",
        /// For cooperatives of three: the analyst may sit at level 1, and who entered it anywhere
        /// but last. Every such seat is marked in the audit trail.
        Small = "small",
    }
}
