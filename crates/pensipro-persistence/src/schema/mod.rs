//! The tables as both databases have them, by migration. `tests/schema.rs` compares them with the
//! databases themselves.

mod identity;
mod members_sales;
mod monitoring;
mod pricing;

pub(crate) use identity::*;
pub(crate) use members_sales::*;
pub(crate) use monitoring::*;
pub(crate) use pricing::*;

diesel::allow_tables_to_appear_in_same_query!(
    installation_keys,
    sales_branches,
    funders,
    sys_users,
    sys_roles,
    sys_permissions,
    sys_role_permissions,
    sys_user_roles,
    sys_modules,
    sys_user_sessions,
    sys_configurations,
    idempotency_keys,
    job_leases,
    sales,
    members,
    member_keys,
    member_contacts,
    member_bank_accounts,
    member_documents,
    loan_products,
    loan_fees,
    penalty_rules,
    audit_trails,
    exception_logs,
    outbox,
    job_runs,
);

diesel::joinable!(sys_users -> sales_branches (branch_id));
diesel::joinable!(sys_users -> funders (funder_id));
diesel::joinable!(sys_role_permissions -> sys_roles (role_id));
diesel::joinable!(sys_role_permissions -> sys_permissions (permission_id));
diesel::joinable!(sys_user_roles -> sys_users (user_id));
diesel::joinable!(sys_user_roles -> sys_roles (role_id));
diesel::joinable!(sys_user_sessions -> sys_users (user_id));
diesel::joinable!(sys_configurations -> sys_users (updated_by));
diesel::joinable!(idempotency_keys -> sys_users (user_id));
diesel::joinable!(sales -> sales_branches (branch_id));
diesel::joinable!(sales -> sys_users (user_id));
diesel::joinable!(members -> sys_users (death_recorded_by));
diesel::joinable!(members -> sales (sales_id));
diesel::joinable!(members -> sales_branches (branch_id));
diesel::joinable!(member_keys -> members (member_id));
diesel::joinable!(member_contacts -> members (member_id));
diesel::joinable!(member_bank_accounts -> members (member_id));
diesel::joinable!(member_documents -> members (member_id));
diesel::joinable!(loan_products -> funders (funder_id));
diesel::joinable!(loan_fees -> loan_products (product_id));
diesel::joinable!(penalty_rules -> loan_products (product_id));
diesel::joinable!(exception_logs -> sys_users (resolved_by));
