//! Sales people.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Expected, Faults, Moment, Page, PageRequest, Permission, Rate,
    SalesId, UserId,
};

use crate::{
    BranchRepository, RawSalesChange, SalesDetails, SalesError, SalesFilter, SalesPerson,
    SalesReferences, SalesRepository,
};

/// Adds a sales person to a branch within the caller's scope.
pub fn create_sales_person<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &SalesDetails,
) -> Result<SalesPerson, SalesError>
where
    Tx: SalesRepository + BranchRepository + SalesReferences + AuditLog,
{
    check_references(tx, by, None, details)?;
    refuse_own_share(by, None, details)?;
    refuse_taken(tx, by, None, details)?;
    let person = tx.add_sales_person(details, by.user_id).map_err(SalesError::from_save)?;
    tx.audit(by, entry("sales.create", person.id).is(person.details.audit_view()))?;
    Ok(person)
}

/// Changes a sales person or switches him off. What he earned keeps its share and its branch.
pub fn update_sales_person<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: SalesId,
    expected: Expected,
    change: RawSalesChange,
    at: Moment,
) -> Result<SalesPerson, SalesError>
where
    Tx: SalesRepository + BranchRepository + SalesReferences + AuditLog,
{
    let before = tx.lock_sales_person(id, by.scope)?;
    expected.check("sales person", before.version)?;
    let mut after = SalesPerson { details: before.details.changed(change)?, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    check_references(tx, by, Some(&before.details), &after.details)?;
    refuse_own_share(by, Some(&before.details), &after.details)?;
    refuse_taken(tx, by, Some(&before.details), &after.details)?;
    after.version = tx.save_sales_person(&after).map_err(SalesError::from_save)?;
    after.updated_at = at.now;
    let entry = entry("sales.update", id).was(before.details.audit_view());
    tx.audit(by, entry.is(after.details.audit_view()))?;
    Ok(after)
}

/// A sales person.
pub fn get_sales_person<Tx>(tx: &mut Tx, by: &Actor, id: SalesId) -> Result<SalesPerson, SalesError>
where
    Tx: SalesRepository,
{
    Ok(tx.sales_person(id, by.scope)?)
}

/// A page of sales people.
pub fn list_sales_people<Tx>(
    tx: &mut Tx,
    by: &Actor,
    filter: &SalesFilter,
    page: &PageRequest,
) -> Result<Page<SalesPerson>, SalesError>
where
    Tx: SalesRepository,
{
    Ok(tx.sales_people(filter, page, by.scope)?)
}

/// The branch is one of the caller's that is in use; the user is one of his who may sign in, and who
/// sees that branch. Only what is new is asked for.
fn check_references<Tx>(
    tx: &mut Tx,
    by: &Actor,
    before: Option<&SalesDetails>,
    after: &SalesDetails,
) -> Result<(), SalesError>
where
    Tx: BranchRepository + SalesReferences,
{
    let moves = before.is_none_or(|before| before.branch_id != after.branch_id);
    let mut faults = Faults::new();
    if moves {
        let branch = found(tx.branch(after.branch_id, by.scope))?;
        faults.require(branch.is_some(), "branch_id", "unknown", "is no branch of yours");
        let open = branch.is_none_or(|branch| branch.details.is_active);
        faults.require(open, "branch_id", "not_active", "is switched off");
    }
    let is_tied = |user| moves || before.is_none_or(|before| before.user_id != Some(user));
    if let Some(user) = after.user_id.filter(|user| is_tied(*user)) {
        check_user(tx, by, user, after, &mut faults)?;
    }
    Ok(faults.finish(Some(()))?)
}

fn check_user<Tx: SalesReferences>(
    tx: &mut Tx,
    by: &Actor,
    user: UserId,
    details: &SalesDetails,
    faults: &mut Faults,
) -> Result<(), SalesError> {
    let Some(user) = tx.tied_user(user, by.scope)? else {
        faults.add("user_id", "unknown", "is no user of yours");
        return Ok(());
    };
    faults.require(user.is_active, "user_id", "not_active", "is switched off");
    let sees = user.scope.sees_branch(Some(details.branch_id));
    faults.require(sees, "user_id", "other_branch", "is bound to another branch or to a funder");
    Ok(())
}

/// Nobody sets his own share of commission.
fn refuse_own_share(
    by: &Actor,
    before: Option<&SalesDetails>,
    after: &SalesDetails,
) -> Result<(), SalesError> {
    let terms = |details: &SalesDetails| (details.user_id, details.commission_pct);
    let (user_before, pct_before) = before.map_or((None, Rate::ZERO), terms);
    let is_own = by.is_user(user_before) || by.is_user(after.user_id);
    let gains = pct_before != after.commission_pct || !by.is_user(user_before);
    if is_own && gains { Err(SalesError::SamePerson) } else { Ok(()) }
}

fn refuse_taken<Tx: SalesRepository>(
    tx: &mut Tx,
    by: &Actor,
    before: Option<&SalesDetails>,
    after: &SalesDetails,
) -> Result<(), SalesError> {
    let visible = |person: SalesPerson| {
        let sees =
            by.may(Permission::ViewSales) && by.scope.sees_branch(Some(person.details.branch_id));
        sees.then_some(person.id)
    };
    if before.is_none_or(|before| before.code != after.code)
        && let Some(holder) = tx.sales_person_with_code(&after.code)?
    {
        return Err(SalesError::DuplicateSales { existing: visible(holder) });
    }
    if let Some(user) = after.user_id
        && before.is_none_or(|before| before.user_id != Some(user))
        && let Some(holder) = tx.sales_person_of_user(user)?
    {
        return Err(SalesError::UserTaken { existing: visible(holder) });
    }
    Ok(())
}

/// A thing that a body names: `None` where it is not there.
fn found<T>(
    read: Result<T, pensipro_kernel::StorageError>,
) -> Result<Option<T>, pensipro_kernel::StorageError> {
    match read {
        Err(pensipro_kernel::StorageError::NotFound { .. }) => Ok(None),
        other => other.map(Some),
    }
}

fn entry(action: &'static str, id: SalesId) -> AuditEntry {
    AuditEntry::new(action, "sales", id.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, raw_sales};
    use pensipro_kernel::Scope;

    #[test]
    fn nobody_sets_his_own_share() {
        let details = |user: Option<i64>, pct: i32| {
            let raw = crate::RawSales {
                user_id: user.map(UserId::new),
                commission_pct: Some(Rate::percent(pct)),
                ..raw_sales()
            };
            SalesDetails::check(raw, Scope::WholeHouse).unwrap()
        };
        let refused = |before: Option<(Option<i64>, i32)>, after: (Option<i64>, i32)| {
            let before = before.map(|(user, pct)| details(user, pct));
            refuse_own_share(&actor(1), before.as_ref(), &details(after.0, after.1)).is_err()
        };
        assert!(refused(None, (Some(1), 1)));
        assert!(refused(Some((Some(1), 1)), (Some(1), 2)));
        assert!(refused(Some((Some(1), 1)), (None, 2)));
        assert!(refused(Some((None, 1)), (Some(1), 1)));
        assert!(!refused(Some((Some(1), 1)), (Some(1), 1)));
        assert!(!refused(None, (Some(2), 1)));
        assert!(!refused(Some((Some(2), 1)), (Some(2), 5)));
    }
}
