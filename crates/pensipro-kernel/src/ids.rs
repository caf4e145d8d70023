//! Row ids, one type per thing, so that one cannot stand in for another.

use std::{fmt, num::ParseIntError, str::FromStr};

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(i64);

        impl $name {
            /// The id with this number.
            pub const fn new(id: i64) -> Self { Self(id) }
            /// The number.
            pub const fn get(self) -> i64 { self.0 }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { self.0.fmt(f) }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(text: &str) -> Result<Self, ParseIntError> { text.parse().map(Self) }
        }
    )*};
}

ids! {
    /// A member (pensioner).
    MemberId,
    /// A way to reach a member.
    ContactId,
    /// A member's bank account.
    BankAccountId,
    /// A member's document.
    MemberDocumentId,
    /// A version of a text that members consent to.
    ConsentTextId,
    /// A member's consent.
    ConsentId,
    /// A spreadsheet of members.
    IntakeId,
    /// A branch of the cooperative.
    BranchId,
    /// A sales person.
    SalesId,
    /// A sales person's visit.
    VisitId,
    /// A monthly target.
    TargetId,
    /// A row of a sales person's commissions.
    CommissionId,
    /// A loan product.
    ProductId,
    /// A product's fee.
    FeeId,
    /// A product's penalty rule.
    PenaltyRuleId,
    /// A loan application.
    ApplicationId,
    /// An application's document.
    ApplicationDocumentId,
    /// A credit analysis.
    AnalysisId,
    /// One decision of a committee level.
    DecisionId,
    /// A condition that a committee set.
    ConditionId,
    /// A loan.
    LoanId,
    /// An input of a loan account.
    TransactionId,
    /// A payment.
    PaymentId,
    /// A disbursement.
    DisbursementId,
    /// A funder.
    FunderId,
    /// A funder's contract.
    ContractId,
    /// A funder's share of a loan.
    AllocationId,
    /// A pension-cut export.
    ExportId,
    /// A pension-cut import.
    ImportId,
    /// A line of an import, as the interface numbers it: import id · 10^7 + line number.
    ImportLineId,
    /// A payer's profile of the installation's own.
    PayerProfileId,
    /// A run that tries unmatched lines again.
    RetryId,
    /// A refund request.
    RefundId,
    /// A monthly settlement with a funder.
    FunderSettlementId,
    /// A request to restructure a loan.
    RestructureId,
    /// A user of the system.
    UserId,
    /// A role.
    RoleId,
    /// A permission's row.
    PermissionId,
    /// A module's row.
    ModuleId,
    /// A configuration's row.
    ConfigurationId,
    /// A user's session.
    SessionId,
    /// A row of the audit trail.
    AuditId,
    /// A logged exception.
    ExceptionId,
    /// A notice to somebody.
    NotificationId,
    /// A template of notices.
    TemplateId,
    /// A message on its way by a channel.
    DeliveryId,
    /// Another system that is told of events.
    WebhookId,
    /// A run of a background job.
    JobRunId,
}

/// `prefix-year-number`, as people write it: `LN-2026-000123`.
pub(crate) fn numbered(prefix: &str, year: i32, id: i64) -> String {
    format!("{prefix}-{year:04}-{id:06}")
}

impl ApplicationId {
    /// The number people use, from the year of entry: `APP-2026-000123`.
    pub fn number(self, year: i32) -> String {
        numbered("APP", year, self.0)
    }
}

impl LoanId {
    /// The number people use, from the year of approval: `LN-2026-000123`.
    pub fn number(self, year: i32) -> String {
        numbered("LN", year, self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_from_ids() {
        assert_eq!(ApplicationId::new(123).number(2026), "APP-2026-000123");
        assert_eq!(LoanId::new(1_234_567).number(2026), "LN-2026-1234567");
        assert_eq!("7".parse::<LoanId>(), Ok(LoanId::new(7)));
    }
}
