//! Modules: parts of the system that can be switched off.

use std::fmt;

use pensipro_kernel::{AuditValue, Faults, ModuleId, Position, Version, clean_text};

use crate::code::new_code;

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
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Endpoints of a module that is switched off answer 503.
    pub is_active: bool,
    /// Optimistic lock.
    pub version: Version,
}

/// A module to be added. One that the code does not know has no endpoints; tokens name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewModule {
    /// Unique.
    pub code: String,
    /// What people call it.
    pub name: String,
}

impl NewModule {
    /// Reads a module, with all faults at once.
    pub fn check(module_code: &str, name: &str) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let code = faults.take(new_code("module_code", module_code));
        let name = faults.take(clean_text("name", name, 100));
        faults.finish(code.zip(name).map(|(code, name)| Self { code, name }))
    }
}

impl From<ModuleCode> for NewModule {
    fn from(code: ModuleCode) -> Self {
        Self { code: code.code().to_owned(), name: code.title().to_owned() }
    }
}

impl Module {
    /// Without this one nobody could switch anything on again.
    pub fn is_required(&self) -> bool {
        self.code == ModuleCode::Auth.code()
    }

    /// What the audit trail keeps of a module.
    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new().with("module_code", self.code.as_str()).with("is_active", self.is_active)
    }

    /// Where it stands in a list by code.
    pub(crate) fn position(&self) -> Position {
        Position { key: self.code.clone(), id: self.id.get() }
    }
}
