//! Roles and the permissions they hold.

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditValue, Faults, Permission, RoleId, Version, clean_text, optional_text};

/// The role that holds every permission, later ones too.
pub const ADMIN: &str = "ADMIN";

/// A role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Id.
    pub id: RoleId,
    /// Unique: `KOMITE`.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Holders of a switched-off role have nothing from it.
    pub is_active: bool,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
    /// Optimistic lock.
    pub version: Version,
}

/// A role to be added; it holds nothing yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRole {
    /// Unique, whatever its case.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
}

/// What is to change of a role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleChange {
    /// Another name.
    pub name: Option<String>,
    /// Another description, or none.
    pub description: Option<Option<String>>,
    /// On or off.
    pub is_active: Option<bool>,
}

impl NewRole {
    /// Reads a role, with all faults at once.
    pub fn check(name: &str, description: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let name = faults.take(clean_text("role_name", name, 50));
        let description = faults.take(optional_text("description", description, 200));
        let new = name.zip(description).map(|(name, description)| Self { name, description });
        faults.finish(new)
    }
}

impl Role {
    /// Roles of the first start keep their names and stay switched on: rules and the committee's
    /// levels name them.
    pub fn is_seeded(&self) -> bool {
        SEED_ROLES.iter().any(|seed| seed.name == self.name)
    }

    /// The role after a change.
    pub(crate) fn changed(&self, change: RoleChange) -> Result<Self, Faults> {
        let RoleChange { name, description, is_active } = change;
        let name = name.unwrap_or_else(|| self.name.clone());
        let description = description.unwrap_or_else(|| self.description.clone());
        let NewRole { name, description } = NewRole::check(&name, description.as_deref())?;
        let is_active = is_active.unwrap_or(self.is_active);
        Ok(Self { name, description, is_active, ..self.clone() })
    }

    /// What the audit trail keeps of a role.
    pub(crate) fn audit_view(&self) -> AuditValue {
        AuditValue::new()
            .with("role_name", self.name.as_str())
            .with("description", self.description.clone())
            .with("is_active", self.is_active)
    }
}

/// A role as a user's list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleRef {
    /// Id.
    pub id: RoleId,
    /// Name.
    pub name: String,
}

/// Which roles a list holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleFilter {
    /// Active ones, or switched-off ones.
    pub is_active: Option<bool>,
    /// In which order.
    pub sort: RoleSort,
}

/// The orders of a list of roles; the id breaks ties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RoleSort {
    /// By id.
    #[default]
    Id,
    /// By name.
    Name,
}

/// A role that the first start makes.
#[derive(Debug, Clone, Copy)]
pub struct SeedRole {
    /// Name.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// What it holds.
    pub permissions: &'static [Permission],
}

use Permission::{
    AllocateFunder, AnalyzeApplication, ApproveApplication, ApproveRestructure, ApproveTarget,
    ChangeMemberStatus, CreateApplication, DeleteMember, DisburseLoan, EditApplication, EditFunder,
    EditLoan, EditMember, EditProduct, EditSales, ExportBilling, ImportBilling,
    OverrideInterestCap, PayCommission, ReconcileBilling, RecordPayment, RecordVisit,
    RequestRestructure, ResolveException, ReversePayment, RunJob, SettleFunder, SettleLoan,
    VerifyDocument, ViewApplication, ViewFunder, ViewLoan, ViewLog, ViewMember, ViewProduct,
    ViewReport, ViewSales,
};

/// The roles of the first start. They stay; what they hold may be changed, but for [`ADMIN`].
#[rustfmt::skip]
pub const SEED_ROLES: &[SeedRole] = &[
    SeedRole { name: ADMIN, description: "Administrator: every right", permissions: Permission::ALL },
    SeedRole { name: "SALES", description: "Field sales", permissions: &[
        ViewMember, EditMember, RecordVisit, ViewSales, CreateApplication, ViewApplication, ViewProduct,
        ViewLoan] },
    SeedRole { name: "SUPERVISOR", description: "Supervisor of a branch", permissions: &[
        ViewMember, EditMember, ChangeMemberStatus, VerifyDocument, ViewSales, EditSales, ApproveTarget,
        ViewApplication, ViewProduct, ViewLoan, RequestRestructure, ViewReport] },
    SeedRole { name: "ANALIS", description: "Credit analyst", permissions: &[
        ViewMember, VerifyDocument, ViewApplication, AnalyzeApplication, EditApplication, ViewProduct,
        ViewLoan, RequestRestructure] },
    SeedRole { name: "KOMITE", description: "Credit committee", permissions: &[
        ViewMember, ViewApplication, ApproveApplication, ViewProduct, ViewLoan] },
    SeedRole { name: "SPV", description: "Credit committee, first level", permissions: &[
        ViewMember, ViewApplication, ApproveApplication, ViewProduct, ViewLoan] },
    SeedRole { name: "MANAGER", description: "Manager", permissions: &[
        ViewMember, ChangeMemberStatus, DeleteMember, ViewSales, EditSales, ApproveTarget, ViewApplication,
        EditApplication, ApproveApplication, ApproveRestructure, EditLoan, ViewProduct, ViewLoan,
        ViewFunder, ViewReport] },
    SeedRole { name: "DIREKSI", description: "Board of directors", permissions: &[
        ViewMember, ViewSales, ViewApplication, ApproveApplication, ApproveRestructure, EditProduct,
        OverrideInterestCap, ViewProduct, ViewLoan, ViewFunder, EditFunder, ViewReport, ViewLog,
        ResolveException] },
    SeedRole { name: "FINANCE", description: "Finance", permissions: &[
        ViewMember, ViewLoan, ViewProduct, DisburseLoan, RecordPayment, ReversePayment, SettleLoan,
        RequestRestructure, ExportBilling, ImportBilling, ReconcileBilling, ViewFunder, AllocateFunder,
        SettleFunder, PayCommission, ViewSales, ViewReport, RunJob] },
    SeedRole { name: "AUDITOR", description: "Auditor: sees, changes nothing", permissions: &[
        ViewMember, ViewSales, ViewApplication, ViewLoan, ViewProduct, ViewFunder, ViewReport, ViewLog] },
    SeedRole { name: "FUNDER", description: "A funder's user", permissions: &[ViewFunder] },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_decisions_are_in_different_hands() {
        let holders = |permission| -> Vec<&str> {
            let holds = |role: &&SeedRole| role.permissions.contains(&permission);
            SEED_ROLES.iter().filter(holds).map(|role| role.name).collect()
        };
        assert_eq!(holders(Permission::DisburseLoan), [ADMIN, "FINANCE"]);
        assert_eq!(
            holders(Permission::ApproveApplication),
            [ADMIN, "KOMITE", "SPV", "MANAGER", "DIREKSI"]
        );
        assert_eq!(holders(Permission::ManageUser), [ADMIN]);
    }

    #[test]
    fn no_role_lists_a_permission_twice() {
        for role in SEED_ROLES {
            let mut codes = role.permissions.to_vec();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), role.permissions.len(), "{}", role.name);
        }
    }
}
