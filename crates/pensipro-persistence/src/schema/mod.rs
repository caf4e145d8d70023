//! The tables as both databases have them, by migration. `tests/schema.rs` compares them with the
//! databases themselves.

mod billing;
mod funding;
mod identity;
mod members_sales;
mod monitoring;
mod notices;
mod origination;
mod pricing;
mod servicing;

pub(crate) use billing::*;
pub(crate) use funding::*;
pub(crate) use identity::*;
pub(crate) use members_sales::*;
pub(crate) use monitoring::*;
pub(crate) use notices::*;
pub(crate) use origination::*;
pub(crate) use pricing::*;
pub(crate) use servicing::*;

diesel::allow_tables_to_appear_in_same_query!(
    installation_keys,
    sales_branches,
    funders,
    funder_contracts,
    funder_allocations,
    funder_settlements,
    funder_settlement_contracts,
    funder_settlement_lines,
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
    sales_visits,
    sales_targets,
    sales_commissions,
    members,
    member_keys,
    member_contacts,
    member_bank_accounts,
    member_documents,
    consent_texts,
    member_consents,
    files_to_remove,
    member_intakes,
    member_intake_rows,
    loan_products,
    loan_fees,
    penalty_rules,
    applications,
    application_docs,
    precheck_results,
    analysis,
    committee_decisions,
    application_conditions,
    committee_recusals,
    committee_deadlines,
    loans,
    loan_terms,
    loan_schedules,
    loan_transactions,
    loan_payments,
    loan_disbursements,
    loan_disbursement_sources,
    loan_transaction_allocations,
    loan_settlements,
    loan_restructures,
    accounting_periods,
    loan_month_ends,
    loan_month_end_gaps,
    loan_month_end_bounds,
    loan_reminders,
    payer_profiles,
    pension_cut_exports,
    pension_cut_export_lines,
    pension_cut_export_rows,
    pension_cut_export_left_out,
    pension_cut_imports,
    pension_cut_import_lines,
    billing_retries,
    refund_requests,
    audit_trails,
    audit_seals,
    audit_seal_entries,
    access_logs,
    exception_logs,
    outbox,
    notification_templates,
    notifications,
    notification_deliveries,
    webhooks,
    member_preferences,
    job_runs,
    aging_reports,
    quality_reports,
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
diesel::joinable!(funder_contracts -> funders (funder_id));
diesel::joinable!(funder_allocations -> loans (loan_id));
diesel::joinable!(funder_settlements -> funders (funder_id));
diesel::joinable!(funder_settlement_contracts -> funder_settlements (settlement_id));
diesel::joinable!(funder_settlement_lines -> funder_settlements (settlement_id));
diesel::joinable!(sales -> sales_branches (branch_id));
diesel::joinable!(sales -> sys_users (user_id));
diesel::joinable!(sales_visits -> sales (sales_id));
diesel::joinable!(sales_visits -> sales_branches (branch_id));
diesel::joinable!(sales_visits -> members (member_id));
diesel::joinable!(sales_targets -> sales (sales_id));
diesel::joinable!(sales_targets -> sales_branches (branch_id));
diesel::joinable!(sales_commissions -> sales (sales_id));
diesel::joinable!(sales_commissions -> sales_branches (branch_id));
diesel::joinable!(sales_commissions -> loans (loan_id));
diesel::joinable!(sales_commissions -> loan_disbursements (disbursement_id));
diesel::joinable!(members -> sys_users (death_recorded_by));
diesel::joinable!(members -> sales (sales_id));
diesel::joinable!(members -> sales_branches (branch_id));
diesel::joinable!(notification_deliveries -> notifications (notification_id));
diesel::joinable!(member_keys -> members (member_id));
diesel::joinable!(member_contacts -> members (member_id));
diesel::joinable!(member_bank_accounts -> members (member_id));
diesel::joinable!(member_documents -> members (member_id));
diesel::joinable!(member_consents -> members (member_id));
diesel::joinable!(member_consents -> consent_texts (text_id));
diesel::joinable!(loan_products -> funders (funder_id));
diesel::joinable!(loan_fees -> loan_products (product_id));
diesel::joinable!(penalty_rules -> loan_products (product_id));
diesel::joinable!(applications -> members (member_id));
diesel::joinable!(applications -> loan_products (product_id));
diesel::joinable!(applications -> sales (sales_id));
diesel::joinable!(applications -> sales_branches (branch_id));
diesel::joinable!(application_docs -> applications (application_id));
diesel::joinable!(application_docs -> sys_users (uploaded_by));
diesel::joinable!(precheck_results -> applications (application_id));
diesel::joinable!(precheck_results -> sys_users (checked_by));
diesel::joinable!(analysis -> applications (application_id));
diesel::joinable!(analysis -> sys_users (analysed_by));
diesel::joinable!(committee_decisions -> applications (application_id));
diesel::joinable!(committee_decisions -> sys_users (decided_by));
diesel::joinable!(application_conditions -> applications (application_id));
diesel::joinable!(application_conditions -> committee_decisions (decision_id));
diesel::joinable!(application_conditions -> sys_users (met_by));
diesel::joinable!(committee_recusals -> applications (application_id));
diesel::joinable!(committee_recusals -> sys_users (user_id));
diesel::joinable!(committee_deadlines -> applications (application_id));
diesel::joinable!(loans -> applications (application_id));
diesel::joinable!(loans -> members (member_id));
diesel::joinable!(loans -> loan_products (product_id));
diesel::joinable!(loans -> sales (sales_id));
diesel::joinable!(loans -> sales_branches (branch_id));
diesel::joinable!(loan_terms -> loans (loan_id));
diesel::joinable!(loan_schedules -> loans (loan_id));
diesel::joinable!(loan_transactions -> loans (loan_id));
diesel::joinable!(loan_disbursements -> loan_transactions (id));
diesel::joinable!(loan_disbursements -> loans (loan_id));
diesel::joinable!(loan_disbursements -> member_bank_accounts (account_id));
diesel::joinable!(loan_disbursement_sources -> loan_disbursements (disbursement_id));
diesel::joinable!(loan_disbursement_sources -> funders (funder_id));
diesel::joinable!(loan_transaction_allocations -> loan_transactions (transaction_id));
diesel::joinable!(loan_restructures -> loans (loan_id));
diesel::joinable!(loan_restructures -> loan_transactions (transaction_id));
diesel::joinable!(loan_restructures -> sys_users (decided_by));
diesel::joinable!(accounting_periods -> sys_users (closed_by));
diesel::joinable!(pension_cut_export_lines -> pension_cut_exports (export_id));
diesel::joinable!(pension_cut_export_rows -> pension_cut_exports (export_id));
diesel::joinable!(pension_cut_export_left_out -> pension_cut_exports (export_id));
diesel::joinable!(pension_cut_import_lines -> pension_cut_imports (import_id));
diesel::joinable!(refund_requests -> members (member_id));
diesel::joinable!(refund_requests -> loans (loan_id));
diesel::joinable!(exception_logs -> sys_users (resolved_by));
