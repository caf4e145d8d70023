//! Commissions.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, CommissionId, Faults, Moment, Page,
    PageRequest, Permission, SalesId, Scope, TransactionId,
};

use crate::{
    Commission, CommissionEntry, CommissionFilter, CommissionLine, CommissionRepository,
    EarnedFacts, ManualCommission, PayCommission, SalesError, SalesReferences, SalesRepository,
    Undo,
};

/// What a disbursement earns its sales person, whether or not he still sells. Part of the
/// disbursement's transaction.
pub fn earn_commission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    sales: SalesId,
    facts: EarnedFacts,
) -> Result<Option<Commission>, SalesError>
where
    Tx: SalesRepository + CommissionRepository + AuditLog,
{
    let person = tx.sales_person(sales, Scope::WholeHouse)?;
    match CommissionEntry::earned(&person, facts) {
        Some(entry) => add(tx, by, "commission.earn", &entry).map(Some),
        None => Ok(None),
    }
}

/// Takes back what a disbursement earned: void where it was not paid, else by a negative row. Part of
/// the reversal's transaction.
pub fn undo_commission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    disbursement: TransactionId,
    reason: &str,
    at: Moment,
) -> Result<(), SalesError>
where
    Tx: CommissionRepository + AuditLog,
{
    let Some(before) = tx.lock_commission_of(disbursement)? else { return Ok(()) };
    match before.undo(at.today, reason) {
        Undo::Nothing => Ok(()),
        Undo::ClawBack(entry) => add(tx, by, "commission.claw_back", &entry).map(drop),
        Undo::Void(after) => {
            tx.save_commission(&after)?;
            let view = after.audit_view().with("why", reason);
            let entry = entry("commission.void", after.id).was(before.audit_view());
            Ok(tx.audit(by, entry.is(view))?)
        }
    }
}

/// Adds a commission by hand.
pub fn add_commission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    sales: SalesId,
    command: ManualCommission,
    at: Moment,
) -> Result<Commission, SalesError>
where
    Tx: SalesRepository + SalesReferences + CommissionRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::EditSales)?;
    let person = tx.sales_person(sales, by.scope)?;
    if let Some(loan) = command.loan_id {
        let mut faults = Faults::new();
        let known = tx.loan_is_visible(loan, by.scope)?;
        faults.require(known, "loan_id", "unknown", "is no loan of yours");
        faults.finish(Some(()))?;
    }
    let entry = CommissionEntry::manual(&person, command, by, at.today)?;
    add(tx, by, "commission.add", &entry)
}

/// Marks a commission as paid with a payroll; of a negative one, as deducted.
pub fn pay_commission<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (sales, id): (SalesId, CommissionId),
    command: PayCommission,
    at: Moment,
) -> Result<Commission, SalesError>
where
    Tx: SalesRepository + CommissionRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::PayCommission)?;
    let person = tx.sales_person(sales, by.scope)?;
    let before = tx.lock_commission(sales, id, by.scope)?;
    let mut after = before.pay(command, by, person.details.user_id)?;
    after.version = tx.save_commission(&after)?;
    after.updated_at = at.now;
    let entry = entry("commission.pay", id).was(before.audit_view());
    tx.audit(by, entry.is(after.audit_view()))?;
    Ok(after)
}

/// A page of commissions across sales people; of one who is named, only within the caller's scope.
pub fn list_commissions<Tx>(
    tx: &mut Tx,
    by: &Actor,
    filter: &CommissionFilter,
    page: &PageRequest,
) -> Result<Page<CommissionLine>, SalesError>
where
    Tx: CommissionRepository,
{
    Ok(tx.commissions(filter, page, by.scope)?)
}

/// Notes in the audit trail that the commissions leave as a file: they are what people earn.
pub fn note_payroll_file<Tx: AuditLog>(
    tx: &mut Tx,
    by: &Actor,
    filter: &CommissionFilter,
) -> Result<(), SalesError> {
    let CommissionFilter { status, periode, payroll_periode, branch_id, sales_id, loan_id } =
        *filter;
    let view = AuditValue::new()
        .with("status", status.map(crate::CommissionStatus::code))
        .with("periode", periode.map(|month| month.to_string()))
        .with("payroll_periode", payroll_periode.map(|month| month.to_string()))
        .with("branch_id", branch_id.map(|id| id.get()))
        .with("sales_id", sales_id.map(|id| id.get()))
        .with("loan_id", loan_id.map(|id| id.get()));
    Ok(tx.audit(by, AuditEntry::new("commission.export", "sales_commissions", 0).is(view))?)
}

fn add<Tx>(
    tx: &mut Tx,
    by: &Actor,
    action: &'static str,
    new: &CommissionEntry,
) -> Result<Commission, SalesError>
where
    Tx: CommissionRepository + AuditLog,
{
    let commission = tx.add_commission(new, by.user_id)?;
    tx.audit(by, entry(action, commission.id).is(commission.audit_view()))?;
    Ok(commission)
}

fn entry(action: &'static str, id: CommissionId) -> AuditEntry {
    AuditEntry::new(action, "sales_commissions", id.get())
}
