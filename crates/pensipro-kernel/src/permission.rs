//! What a person may be allowed to do.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($name:ident = $code:literal),* $(,)?) => {
        /// A right that the code itself checks, by its stable code. Installations may hold further
        /// codes of their own; those carry no meaning here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission { $(#[doc = $code] #[serde(rename = $code)] $name),* }

        impl Permission {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code, as tokens and tables hold it.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
        }
    };
}

permissions! {
    ManageUser = "MANAGE_USER",
    ManageRole = "MANAGE_ROLE",
    ManageModule = "MANAGE_MODULE",
    ManageConfiguration = "MANAGE_CONFIGURATION",
    ViewMember = "VIEW_MEMBER",
    EditMember = "EDIT_MEMBER",
    DeleteMember = "DELETE_MEMBER",
    ChangeMemberStatus = "CHANGE_MEMBER_STATUS",
    VerifyDocument = "VERIFY_DOCUMENT",
    ViewSales = "VIEW_SALES",
    EditSales = "EDIT_SALES",
    RecordVisit = "RECORD_VISIT",
    ApproveTarget = "APPROVE_TARGET",
    PayCommission = "PAY_COMMISSION",
    CreateApplication = "CREATE_APPLICATION",
    ViewApplication = "VIEW_APPLICATION",
    EditApplication = "EDIT_APPLICATION",
    AnalyzeApplication = "ANALYZE_APPLICATION",
    ApproveApplication = "APPROVE_APPLICATION",
    ViewLoan = "VIEW_LOAN",
    EditLoan = "EDIT_LOAN",
    DisburseLoan = "DISBURSE_LOAN",
    RecordPayment = "RECORD_PAYMENT",
    ReversePayment = "REVERSE_PAYMENT",
    RequestRestructure = "REQUEST_RESTRUCTURE",
    ApproveRestructure = "APPROVE_RESTRUCTURE",
    SettleLoan = "SETTLE_LOAN",
    RunJob = "RUN_JOB",
    ViewProduct = "VIEW_PRODUCT",
    EditProduct = "EDIT_PRODUCT",
    OverrideInterestCap = "OVERRIDE_INTEREST_CAP",
    ViewFunder = "VIEW_FUNDER",
    EditFunder = "EDIT_FUNDER",
    AllocateFunder = "ALLOCATE_FUNDER",
    SettleFunder = "SETTLE_FUNDER",
    ExportBilling = "EXPORT_BILLING",
    ImportBilling = "IMPORT_BILLING",
    ReconcileBilling = "RECONCILE_BILLING",
    ViewReport = "VIEW_REPORT",
    ViewLog = "VIEW_LOG",
    ResolveException = "RESOLVE_EXCEPTION",
    SendNotification = "SEND_NOTIFICATION",
    ManageTemplate = "MANAGE_TEMPLATE",
    ManagePersonalData = "MANAGE_PERSONAL_DATA",
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Permission {
    type Err = ();

    fn from_str(code: &str) -> Result<Self, ()> {
        Self::ALL.iter().copied().find(|permission| permission.code() == code).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_name_one_right_each() {
        for permission in Permission::ALL {
            assert_eq!(permission.code().parse(), Ok(*permission));
        }
        assert_eq!("FLY".parse::<Permission>(), Err(()));
    }
}
