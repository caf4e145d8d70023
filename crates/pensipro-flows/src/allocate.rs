//! Giving funders their shares of loans, and buying them back.

use chrono::NaiveDate;
use pensipro_funding::{
    Allocate, Allocation, AllocationKind, AllocationRepository, Contract, ContractRepository,
    FunderRepository, FundingError, Holdings, LoanFacts, Share, exposure_of,
};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, ContractId, Faults, FieldFault, FunderId, LoanId,
    Money, Permission, Rate, Scope, StorageError, read_code,
};
use pensipro_pricing::ProductRepository;
use pensipro_servicing::{
    DisburseLoan, Loan, LoanRepository, LoanStatus, OpenLoan, ServicingError, ServicingPolicy,
    Source,
};

use crate::FlowError;

/// An allocation as asked for, unchecked.
#[derive(Debug, Clone, Default)]
pub struct RawAllocation {
    /// Absent, `None` for the cooperative, or the funder.
    pub funder_id: Option<Option<FunderId>>,
    /// Where several of his contracts are valid.
    pub contract_id: Option<ContractId>,
    /// A code of [`AllocationKind`].
    pub kind: Option<String>,
    /// His share; the contract's if absent.
    pub share_pct: Option<Rate>,
    /// From which day; today if absent.
    pub valid_from: Option<NaiveDate>,
}

/// An allocation whose fields hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllocateLoan {
    to: Option<Allocatee>,
    valid_from: NaiveDate,
}

/// Who gets a share, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Allocatee {
    funder: FunderId,
    contract: Option<ContractId>,
    kind: AllocationKind,
    share: Share,
}

impl AllocateLoan {
    /// Checks the fields, all at once. Buying back is asked for with `null`, so that nobody does by
    /// leaving a field out.
    pub fn check(raw: RawAllocation, today: NaiveDate) -> Result<Self, Faults> {
        let RawAllocation { funder_id, contract_id, kind, share_pct, valid_from } = raw;
        let mut faults = Faults::new();
        let valid_from = valid_from.unwrap_or(today);
        let message = "must not lie in the future";
        faults.require(valid_from <= today, "valid_from", "date_in_future", message);
        let funder_id = faults.take(funder_id.ok_or_else(|| FieldFault::required("funder_id")));
        let to = match funder_id {
            Some(Some(funder)) => {
                let kind = kind.ok_or_else(|| FieldFault::required("kind"));
                let kind = faults.take(kind.and_then(|code| read_code("kind", &code)));
                check_share(&mut faults, kind, share_pct);
                let contract = contract_id;
                let share = share_pct.map_or(Share::Agreed, Share::Percent);
                kind.map(|kind| Some(Allocatee { funder, contract, kind, share }))
            }
            Some(None) => {
                let message = "goes with a funder";
                let bare = contract_id.is_none() && kind.is_none() && share_pct.is_none();
                faults.require(bare, "funder_id", "not_applicable", message);
                Some(None)
            }
            None => None,
        };
        faults.finish(to.map(|to| Self { to, valid_from }))
    }
}

fn check_share(faults: &mut Faults, kind: Option<AllocationKind>, share_pct: Option<Rate>) {
    let Some(pct) = share_pct else { return };
    let fits = kind != Some(AllocationKind::Assignment);
    faults.require(fits, "share_pct", "not_applicable", "an assignment is of the whole");
    let possible = pct > Rate::percent(0) && pct <= Rate::percent(100);
    faults.require(possible, "share_pct", "out_of_range", "is above 0 and at most 100");
}

/// Gives a funder his share of a loan from a day on, or buys all shares back. The loan is locked, then
/// the contract, so that neither the whole nor a limit is passed by two at one time. Gives all shares, and the
/// loan's plafon, of which they are parts.
pub fn allocate_loan<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
    command: AllocateLoan,
    policy: &ServicingPolicy,
) -> Result<(Vec<Allocation>, Money), FlowError>
where
    Tx: LoanRepository
        + ProductRepository
        + FunderRepository
        + ContractRepository
        + AllocationRepository
        + AuditLog
        + Authority,
{
    tx.recheck(by, Permission::AllocateFunder)?;
    let open = OpenLoan::new(tx.lock_loan(id, by.scope)?, policy);
    let loan = open.loan();
    match loan.status {
        LoanStatus::Pending | LoanStatus::Active => {}
        status => return Err(ServicingError::LoanNotOpen { status }.into()),
    }
    let AllocateLoan { to, valid_from } = command;
    match to {
        Some(to) => {
            let outstanding = match loan.status {
                LoanStatus::Pending => loan.plafon,
                _ => open.balances().principal,
            };
            give(tx, by, (loan, outstanding), to, valid_from)?;
        }
        None => {
            let held = tx.allocations(id)?;
            let change = Holdings(&held).buy_back(valid_from)?;
            tx.store_reallocation(&change, by.user_id)?;
            audit_ended(tx, by, loan, &held, valid_from)?;
        }
    }
    Ok((tx.allocations(id)?, loan.plafon))
}

/// All allocations of a loan with its plafon, ended ones too, by entry; a funder's people see his alone.
pub fn list_allocations<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
) -> Result<(Vec<Allocation>, Money), FlowError>
where
    Tx: LoanRepository + AllocationRepository,
{
    let plafon = tx.stored_loan(id, by.scope)?.loan.plafon;
    let mut held = tx.allocations(id)?;
    if let Some(own) = by.scope.funder() {
        held.retain(|allocation| allocation.content.funder_id == own);
    }
    Ok((held, plafon))
}

fn give<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (loan, outstanding): (&Loan, Money),
    to: Allocatee,
    valid_from: NaiveDate,
) -> Result<(), FlowError>
where
    Tx: LoanRepository
        + ProductRepository
        + FunderRepository
        + ContractRepository
        + AllocationRepository
        + AuditLog,
{
    let locked_to = tx.product(loan.product_id)?.details.funder_id;
    let facts = LoanFacts { id: loan.id, plafon: loan.plafon, outstanding, locked_to };
    let contract =
        contract_of(tx, ("funder_id", "contract_id"), (to.funder, to.contract), valid_from)?;
    let contract = tx.lock_contract(contract.funder_id, contract.id)?;
    let held = tx.allocations(loan.id)?;
    let Allocatee { kind, share, .. } = to;
    let command = Allocate { kind, share, valid_from };
    let holdings = Holdings(&held);
    // What was allocated bounds what is outstanding; only close to the limit is that added up.
    let bound = tx.allocated_under(contract.id, loan.id)?;
    let change = match holdings.allocate(&facts, &contract, command, bound) {
        Err(FundingError::LimitExceeded { .. }) => {
            let exposure = exposure_of(&tx.shares_under(contract.id, loan.id)?);
            holdings.allocate(&facts, &contract, command, exposure)?
        }
        decided => decided?,
    };
    let added = tx.store_reallocation(&change, by.user_id)?;
    if let Some(allocation) = added {
        let view = allocation.audit_view();
        let entry = AuditEntry::new("loan.allocate", "funder_allocations", allocation.id.get());
        tx.audit(by, entry.of_member(loan.member_id).is(view))?;
    }
    Ok(())
}

fn audit_ended<Tx: AuditLog>(
    tx: &mut Tx,
    by: &Actor,
    loan: &Loan,
    held: &[Allocation],
    on: NaiveDate,
) -> Result<(), FlowError> {
    for allocation in Holdings(held).on(on) {
        let ended = Allocation { ended_on: Some(on), ..allocation.clone() };
        let entry = AuditEntry::new("loan.buy_back", "funder_allocations", ended.id.get());
        let entry = entry.of_member(loan.member_id).was(allocation.audit_view());
        tx.audit(by, entry.is(ended.audit_view()))?;
    }
    Ok(())
}

/// The contract that is meant, or the only one that is valid on the day.
fn contract_of<Tx>(
    tx: &mut Tx,
    (funder_field, contract_field): (&str, &str),
    (funder, contract): (FunderId, Option<ContractId>),
    on: NaiveDate,
) -> Result<Contract, FlowError>
where
    Tx: FunderRepository + ContractRepository,
{
    let mut faults = Faults::new();
    match tx.funder(funder, Scope::WholeHouse) {
        Ok(funder) if funder.details.is_active => {}
        Ok(_) => return Err(FundingError::FunderNotActive.into()),
        Err(StorageError::NotFound { .. }) => {
            faults.add(funder_field, "unknown", "there is no such funder");
            return Err(faults.into());
        }
        Err(other) => return Err(other.into()),
    }
    let mut contracts = tx.contracts(funder)?;
    if let Some(id) = contract {
        let found = contracts.into_iter().find(|contract| contract.id == id);
        faults.require(found.is_some(), contract_field, "unknown", "is no contract of his");
        return Ok(faults.finish(found)?);
    }
    contracts.retain(|contract| contract.details.validity.holds_on(on));
    match <[Contract; 1]>::try_from(contracts) {
        Ok([contract]) => Ok(contract),
        Err(none) if none.is_empty() => Err(FundingError::NoContract { on }.into()),
        Err(_) => {
            let message = "several of his contracts are valid on that day";
            faults.add(contract_field, "required", message);
            Err(faults.into())
        }
    }
}

/// The disbursement with the sources that the loan's allocations make, or, where there are none, with
/// its own, which make them.
pub(crate) fn funded<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan: &Loan,
    command: DisburseLoan,
) -> Result<DisburseLoan, FlowError>
where
    Tx: LoanRepository
        + ProductRepository
        + FunderRepository
        + ContractRepository
        + AllocationRepository
        + AuditLog,
{
    let on = command.disbursed_on();
    let held = tx.allocations(loan.id)?;
    let standing: Vec<Allocation> = Holdings(&held).on(on).cloned().collect();
    if !standing.is_empty() {
        return as_allocated(&standing, loan.plafon, command);
    }
    for (place, source) in command.sources().iter().enumerate() {
        let Some(funder) = source.funder_id else { continue };
        let funder_field = format!("sources[{place}].funder_id");
        let contract_field = format!("sources[{place}].contract_id");
        let named = (funder, source.contract_id);
        let contract = contract_of(tx, (&funder_field, &contract_field), named, on)?;
        let (contract, kind) = (Some(contract.id), AllocationKind::Participation);
        let share = Share::Part(source.amount);
        give(tx, by, (loan, loan.plafon), Allocatee { funder, contract, kind, share }, on)?;
    }
    let held = tx.allocations(loan.id)?;
    let made: Vec<Allocation> = Holdings(&held).on(on).cloned().collect();
    if made.is_empty() { Ok(command) } else { as_allocated(&made, loan.plafon, command) }
}

fn as_allocated(
    standing: &[Allocation],
    plafon: Money,
    command: DisburseLoan,
) -> Result<DisburseLoan, FlowError> {
    let mut sources: Vec<Source> = standing
        .iter()
        .map(|it| Source {
            funder_id: Some(it.content.funder_id),
            contract_id: Some(it.content.contract_id),
            amount: it.content.principal,
        })
        .collect();
    let theirs = Money::checked_sum(sources.iter().map(|source| source.amount));
    let own = plafon.minus_or_zero(theirs.unwrap_or(plafon));
    if own.is_positive() {
        sources.push(Source { funder_id: None, contract_id: None, amount: own });
    }
    let key = |source: &Source| (source.funder_id, source.amount);
    let sorted = |sources: &[Source]| {
        let mut keys: Vec<_> = sources.iter().map(key).collect();
        keys.sort_unstable();
        keys
    };
    if !command.sources().is_empty() && sorted(command.sources()) != sorted(&sources) {
        return Err(FlowError::SourcesNotAllocated);
    }
    Ok(command.with_sources(sources))
}
