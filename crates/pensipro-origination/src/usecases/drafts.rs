//! Entering an application and editing its draft.

use pensipro_kernel::{
    Actor, ApplicationId, AuditLog, Expected, Faults, LoanId, MemberId, Moment, ProductId, SalesId,
    Scope, StorageError,
};
use pensipro_members::{Member, MemberRepository, SalesDirectory};
use pensipro_pricing::{LoanProduct, PricingError, ProductRepository};

use super::{check::refuse_inactive, status::store};
use crate::terms::agreed_terms;
use crate::{
    Application, ApplicationDraft, ApplicationRepository, ApplicationStatus, CapPolicy,
    DraftChange, NewApplication, OriginationError, TermWishes,
};

/// Enters an application as a draft, on the product's terms of today. A missing sales person is the
/// caller, else the member's, unless he is switched off. Terms of its own need `EDIT_PRODUCT` and stay within the cap.
pub fn create_application<Tx>(
    tx: &mut Tx,
    by: &Actor,
    new: NewApplication,
    policy: CapPolicy,
    at: Moment,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + MemberRepository + SalesDirectory + ProductRepository + AuditLog,
{
    let NewApplication { member_id, product_id, sales_id, request, wishes } = new;
    let member = named("member_id", tx.lock_member(member_id, by.scope))?;
    refuse_inactive(&member)?;
    let product = offered(tx, product_id, at)?;
    require_own_loan(tx, member_id, request.topup)?;
    let sales_id = responsible(tx, by, &member, sales_id)?;
    let terms = agreed_terms(&product, None, wishes, policy, by)?;
    let branch_id = member.details.branch_id;
    let entered_on = at.today;
    let draft =
        ApplicationDraft { member_id, product_id, sales_id, branch_id, request, terms, entered_on };
    let application = tx.add_application(&draft, by.user_id)?;
    let entry = application.audit_entry("application.create").is(application.audit_view());
    tx.audit(by, entry)?;
    Ok(application)
}

/// Edits a draft. Another product brings its own terms with it.
pub fn update_draft<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    expected: Expected,
    change: DraftChange,
    policy: CapPolicy,
    at: Moment,
) -> Result<Application, OriginationError>
where
    Tx: ApplicationRepository + SalesDirectory + ProductRepository + AuditLog,
{
    let before = tx.lock_application(id, by.scope)?;
    expected.check("application", before.version)?;
    if before.status != ApplicationStatus::Draft {
        return Err(OriginationError::NotDraft(before.status));
    }
    let request = before.request.changed(&change)?;
    require_own_loan(tx, before.member_id, change.topup.flatten())?;
    let product_id = change.product_id.unwrap_or(before.product_id);
    let wishes = TermWishes { interest_rate: change.interest_rate, fees: change.fees };
    let terms = if product_id != before.product_id {
        agreed_terms(&offered(tx, product_id, at)?, None, wishes, policy, by)?
    } else if wishes == TermWishes::default() {
        before.terms.clone()
    } else {
        agreed_terms(&tx.product(product_id)?, Some(&before.terms), wishes, policy, by)?
    };
    let sales_id = match change.sales_id {
        Some(Some(sales)) if before.sales_id != Some(sales) => Some(known_sales(tx, by, sales)?),
        Some(changed) => changed,
        None => before.sales_id,
    };
    let after = Application { product_id, sales_id, request, terms, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    store(tx, by, "application.update", &before, Application { updated_at: at.now, ..after })
}

/// A product that applications may use today.
fn offered<Tx>(tx: &mut Tx, id: ProductId, at: Moment) -> Result<LoanProduct, OriginationError>
where
    Tx: ProductRepository,
{
    let product = named("product_id", tx.product(id))?;
    match product.details.is_offered_on(at.today) {
        true => Ok(product),
        false => Err(PricingError::ProductNotActive.into()),
    }
}

/// Only an active loan of the member's own is topped up.
fn require_own_loan<Tx: ApplicationRepository>(
    tx: &mut Tx,
    member: MemberId,
    topup: Option<LoanId>,
) -> Result<(), OriginationError> {
    let Some(loan) = topup else { return Ok(()) };
    let known = tx.has_active_loan(member, loan)?;
    let mut faults = Faults::new();
    faults.require(known, "topup_loan_id", "unknown", "is no active loan of the member's");
    Ok(faults.finish(Some(()))?)
}

fn responsible<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: &Member,
    named: Option<SalesId>,
) -> Result<Option<SalesId>, OriginationError>
where
    Tx: SalesDirectory,
{
    if let Some(sales) = named {
        return known_sales(tx, by, sales).map(Some);
    }
    let own = match by.user_id {
        Some(user) => tx.seller_of_user(user)?,
        None => None,
    };
    let seller = match (own, member.details.sales_id) {
        (None, Some(sales)) => tx.seller(sales, Scope::WholeHouse)?,
        (own, _) => own,
    };
    Ok(seller.map(|seller| seller.id))
}

fn known_sales<Tx>(tx: &mut Tx, by: &Actor, sales: SalesId) -> Result<SalesId, OriginationError>
where
    Tx: SalesDirectory,
{
    let known = tx.seller(sales, by.scope)?.is_some();
    let mut faults = Faults::new();
    faults.require(known, "sales_id", "unknown", "is no sales person of yours");
    Ok(faults.finish(Some(sales))?)
}

/// A thing that a body names: one that is not there is a fault of the field.
fn named<T>(field: &str, found: Result<T, StorageError>) -> Result<T, OriginationError> {
    found.map_err(|error| match error {
        StorageError::NotFound { .. } => {
            let mut faults = Faults::new();
            faults.add(field, "unknown", error.to_string());
            faults.into()
        }
        other => other.into(),
    })
}
