//! What the audit trail keeps of products, fees and penalty rules.

use pensipro_kernel::AuditValue;
use serde::Serialize;
use serde_json::Value;

use crate::{
    LoanFee, LoanProduct, NominalRate, PenaltyRule, ProductDetails, ProductParts, ProductPolicy,
};

/// Every field, so that a change of any shows; the compiler keeps the list complete.
pub(crate) fn details_view(details: &ProductDetails) -> AuditValue {
    let ProductParts {
        code,
        name,
        limits,
        rules,
        allocation_order,
        max_active_loans,
        freeze_interest_on_death,
        funder_id,
        is_active,
        validity,
        interest_cap_reason,
    } = &**details;
    AuditValue::new()
        .with("code", code.as_str())
        .with("name", name.as_str())
        .with("limits", json(limits))
        .with("rules", json(rules))
        .text("allocation_order", allocation_order)
        .with("max_active_loans", *max_active_loans)
        .with("freeze_interest_on_death", *freeze_interest_on_death)
        .with("funder_id", funder_id.map(|id| id.get()))
        .with("is_active", *is_active)
        .with("validity", json(validity))
        .with("interest_cap_reason", interest_cap_reason.clone())
}

pub(crate) fn fee_view(fee: &LoanFee) -> AuditValue {
    AuditValue::new()
        .with("id", fee.id.get())
        .with("product_id", fee.product_id.get())
        .with("terms", json(&fee.terms))
}

pub(crate) fn penalty_view(rule: &PenaltyRule) -> AuditValue {
    AuditValue::new()
        .with("id", rule.id.get())
        .with("product_id", rule.product_id.get())
        .with("terms", json(&rule.terms))
}

pub(crate) fn override_view(
    over: &NominalRate,
    product: &LoanProduct,
    policy: &ProductPolicy,
) -> AuditValue {
    AuditValue::new()
        .with("rate", over.percentage().map(|rate| rate.to_string()))
        .with("tenor", over.tenor)
        .text("cap", policy.interest_cap)
        .with("reason", product.details.interest_cap_reason.clone())
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
