//! Fees and penalty rules: each kind stands once, what it replaces is kept with its end.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, FeeId, Moment, PenaltyRuleId, ProductId, StorageError,
};

use crate::audit::{fee_view, penalty_view};
use crate::{FeeTerms, LoanFee, PenaltyRule, PenaltyTerms, PricingError, ProductRepository};

/// Adds a fee; the live one of its kind ends.
pub fn add_fee<Tx>(
    tx: &mut Tx,
    by: &Actor,
    product: ProductId,
    terms: &FeeTerms,
    at: Moment,
) -> Result<LoanFee, PricingError>
where
    Tx: ProductRepository + AuditLog,
{
    by.whole_house()?;
    let product = tx.lock_product(product)?;
    let replaced = product.fees.iter().find(|fee| fee.terms.kind == terms.kind);
    if let Some(fee) = replaced {
        tx.end_fee(fee.id, at.now)?;
    }
    let fee = tx.add_fee(product.id, terms, by.user_id)?;
    tx.save_product(&product)?;
    let entry = AuditEntry::new("product.add_fee", "loan_fees", fee.id.get());
    let entry = match replaced {
        Some(old) => entry.was(fee_view(old)),
        None => entry,
    };
    tx.audit(by, entry.is(fee_view(&fee)))?;
    Ok(fee)
}

/// Adds a penalty rule; the live one of its kind ends.
pub fn add_penalty_rule<Tx>(
    tx: &mut Tx,
    by: &Actor,
    product: ProductId,
    terms: &PenaltyTerms,
    at: Moment,
) -> Result<PenaltyRule, PricingError>
where
    Tx: ProductRepository + AuditLog,
{
    by.whole_house()?;
    let product = tx.lock_product(product)?;
    let replaced = product.penalty_rules.iter().find(|rule| rule.terms.kind == terms.kind);
    if let Some(rule) = replaced {
        tx.end_penalty_rule(rule.id, at.now)?;
    }
    let rule = tx.add_penalty_rule(product.id, terms, by.user_id)?;
    tx.save_product(&product)?;
    let entry = AuditEntry::new("product.add_penalty_rule", "penalty_rules", rule.id.get());
    let entry = match replaced {
        Some(old) => entry.was(penalty_view(old)),
        None => entry,
    };
    tx.audit(by, entry.is(penalty_view(&rule)))?;
    Ok(rule)
}

/// Ends a live fee; nothing takes its place.
pub fn remove_fee<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (product, id): (ProductId, FeeId),
    at: Moment,
) -> Result<(), PricingError>
where
    Tx: ProductRepository + AuditLog,
{
    by.whole_house()?;
    let product = tx.lock_product(product)?;
    let fee = product.fees.iter().find(|fee| fee.id == id);
    let fee = fee.ok_or(StorageError::not_found("fee", id.get()))?;
    tx.end_fee(id, at.now)?;
    tx.save_product(&product)?;
    tx.audit(by, AuditEntry::new("product.remove_fee", "loan_fees", id.get()).was(fee_view(fee)))?;
    Ok(())
}

/// Ends a live penalty rule; nothing takes its place.
pub fn remove_penalty_rule<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (product, id): (ProductId, PenaltyRuleId),
    at: Moment,
) -> Result<(), PricingError>
where
    Tx: ProductRepository + AuditLog,
{
    by.whole_house()?;
    let product = tx.lock_product(product)?;
    let rule = product.penalty_rules.iter().find(|rule| rule.id == id);
    let rule = rule.ok_or(StorageError::not_found("penalty rule", id.get()))?;
    tx.end_penalty_rule(id, at.now)?;
    tx.save_product(&product)?;
    let entry = AuditEntry::new("product.remove_penalty_rule", "penalty_rules", id.get());
    tx.audit(by, entry.was(penalty_view(rule)))?;
    Ok(())
}
