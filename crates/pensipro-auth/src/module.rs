//! Modules: parts of the system that can be switched off.

use std::fmt;

use pensipro_kernel::ModuleId;

macro_rules! modules {
    ($($name:ident = $code:literal $title:literal),* $(,)?) => {
        /// A module that the code knows, by its stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ModuleCode { $(#[doc = $title] $name),* }

        impl ModuleCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What people call it.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),* }
            }
        }
    };
}

modules! {
    Auth = "AUTH" "Users and access",
    Member = "MEMBER" "Members",
    Sales = "SALES" "Sales",
    Los = "LOS" "Loan origination",
    Lms = "LMS" "Loan management",
    Product = "PRODUCT" "Loan products",
    Funder = "FUNDER" "Funders",
    Billing = "BILLING" "Pension-cut billing",
    Report = "REPORT" "Reports and logs",
    Notification = "NOTIFICATION" "Notifications",
}

impl fmt::Display for ModuleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A module as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Id.
    pub id: ModuleId,
    /// Unique.
    pub module_code: String,
    /// What people call it.
    pub name: String,
    /// Endpoints of a module that is switched off answer 503.
    pub is_active: bool,
}
