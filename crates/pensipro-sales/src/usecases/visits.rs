//! Visits.

use pensipro_kernel::{Actor, AuditEntry, AuditLog, Faults, Page, PageRequest, SalesId};

use crate::{
    SalesError, SalesReferences, SalesRepository, Visit, VisitDetails, VisitFilter,
    VisitRepository, Visited,
};

/// Records a visit of a sales person who is not switched off.
pub fn record_visit<Tx>(
    tx: &mut Tx,
    by: &Actor,
    sales: SalesId,
    details: &VisitDetails,
) -> Result<Visit, SalesError>
where
    Tx: SalesRepository + SalesReferences + VisitRepository + AuditLog,
{
    let person = tx.sales_person(sales, by.scope)?;
    if !person.details.is_active {
        return Err(SalesError::SalesNotActive);
    }
    if let Visited::Member(member) = details.visited {
        let mut faults = Faults::new();
        let known = tx.member_is_visible(member, by.scope)?;
        faults.require(known, "member_id", "unknown", "is no member of yours");
        faults.finish(Some(()))?;
    }
    let visit = tx.add_visit(&person, details, by.user_id)?;
    let entry = AuditEntry::new("sales.visit", "sales_visits", visit.id.get());
    let entry = match details.visited {
        Visited::Member(member) => entry.of_member(member),
        Visited::Prospect(_) => entry,
    };
    tx.audit(by, entry.is(details.audit_view().with("sales_id", sales.get())))?;
    Ok(visit)
}

/// A page of a sales person's visits.
pub fn list_visits<Tx>(
    tx: &mut Tx,
    by: &Actor,
    sales: SalesId,
    filter: &VisitFilter,
    page: &PageRequest,
) -> Result<Page<Visit>, SalesError>
where
    Tx: SalesRepository + VisitRepository,
{
    tx.sales_person(sales, by.scope)?;
    Ok(tx.visits(sales, filter, page, by.scope)?)
}
