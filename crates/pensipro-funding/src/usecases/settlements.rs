//! Settlements: making their lines, changing them, reading them.

use std::collections::BTreeMap;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, ContractId, Event, Expected, FunderId,
    FunderSettlementId, Moment, Outbox, Page, PageRequest, Permission, Position, Scope,
};

use crate::{
    ContractDetails, ContractRepository, Funder, FunderRepository, FundingError, SettlementFilter,
    SettlementRepository, SettlementWindow,
    settlement::{
        ContractTotals, NewLine, Settlement, SettlementChange, SettlementLine, SettlementStatus,
        Settling, Statement, StatementLine,
    },
};

/// The table of settlements, as the audit trail names it.
pub const SETTLEMENTS: &str = "funder_settlements";

/// Makes the lines of the funder's next `limit` loans; the settlement is a draft after the last. Call it until
/// it is. A crash between chunks loses nothing, and a settlement that is complete stays as it is.
pub fn generate_settlement_chunk<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: FunderSettlementId,
    limit: u32,
) -> Result<Settlement, FundingError>
where
    Tx: FunderRepository + SettlementRepository + ContractRepository + AuditLog + Outbox,
{
    let settlement = tx.lock_settlement(id)?;
    if settlement.is_complete() {
        return Ok(settlement);
    }
    let coverage = settlement.coverage;
    let contracts = contracts_of(tx, coverage.funder_id)?;
    let settling = Settling {
        funder: coverage.funder_id,
        contracts: &contracts,
        periode: coverage.periode,
        through: coverage.through,
    };
    let window = SettlementWindow { settlement: &settlement, limit };
    let loans = tx.settled_loans(&window)?;
    let is_last = u32::try_from(loans.len()).is_ok_and(|read| read < limit);
    let lines = loans.iter().flat_map(|loan| settling.lines(loan)).collect();
    let mut totals = totals_of(tx, &settlement)?;
    let mut lines = with_fees(lines, settlement.lines, &contracts, &mut totals);
    if is_last {
        let no = lines.last().map_or(settlement.lines, |line| line.no);
        lines.extend(minima(tx, &settlement, no, &contracts, &totals)?);
    }
    tx.add_settlement_lines(id, &lines)?;
    tx.save_contract_totals(id, &totals.into_values().collect::<Vec<_>>())?;
    let mut settlement = settlement.with_lines(&lines, loans.last().map(|loan| loan.id));
    if is_last {
        settlement = settlement.drafted();
        tx.audit(by, entry("funder.settlement.generate", &settlement).is(settlement.audit_view()))?;
        let funder = tx.funder(coverage.funder_id, Scope::WholeHouse)?;
        tx.emit(generated(&settlement, &funder))?;
    }
    settlement.version = tx.save_settlement(&settlement)?;
    Ok(settlement)
}

fn contracts_of<Tx: ContractRepository>(
    tx: &mut Tx,
    funder: FunderId,
) -> Result<BTreeMap<ContractId, ContractDetails>, FundingError> {
    let contracts = tx.contracts(funder)?;
    Ok(contracts.into_iter().map(|contract| (contract.id, contract.details)).collect())
}

fn totals_of<Tx: SettlementRepository>(
    tx: &mut Tx,
    settlement: &Settlement,
) -> Result<BTreeMap<ContractId, ContractTotals>, FundingError> {
    let totals = tx.contract_totals(settlement.id)?;
    Ok(totals.into_iter().map(|totals| (totals.contract_id, totals)).collect())
}

/// Numbers lines and gives each its part of the fees of its contract.
fn with_fees(
    lines: Vec<NewLine>,
    mut no: u32,
    contracts: &BTreeMap<ContractId, ContractDetails>,
    totals: &mut BTreeMap<ContractId, ContractTotals>,
) -> Vec<SettlementLine> {
    let number = |of: NewLine| {
        let terms = contracts.get(&of.contract_id)?;
        let under =
            totals.entry(of.contract_id).or_insert_with(|| ContractTotals::new(of.contract_id));
        no = no.saturating_add(1);
        let (after, line) = under.take(of, no, terms);
        *under = after;
        Some(line)
    };
    lines.into_iter().filter_map(number).collect()
}

/// What servicing fees lack of the minima of contracts under which loans were served.
fn minima<Tx: SettlementRepository>(
    tx: &mut Tx,
    settlement: &Settlement,
    mut no: u32,
    contracts: &BTreeMap<ContractId, ContractDetails>,
    totals: &BTreeMap<ContractId, ContractTotals>,
) -> Result<Vec<SettlementLine>, FundingError> {
    if contracts.values().all(|terms| terms.servicing_minimum.is_none()) {
        return Ok(Vec::new());
    }
    let served = tx.served_contracts(&settlement.coverage)?;
    let top_up = |id: ContractId| {
        let so_far = totals.get(&id).copied().unwrap_or_else(|| ContractTotals::new(id));
        let next = no.saturating_add(1);
        let line = so_far.top_up(next, contracts.get(&id)?, settlement.coverage.months)?;
        no = next;
        Some(line)
    };
    Ok(served.into_iter().filter_map(top_up).collect())
}

/// Changes a settlement: corrections while it is a draft, then `final`, then `paid` by another person. Months
/// become final in their order, and only as they would be generated now as to earlier finals.
pub fn change_settlement<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (funder, id): (FunderId, FunderSettlementId),
    expected: Expected,
    change: SettlementChange,
    at: Moment,
) -> Result<Settlement, FundingError>
where
    Tx: FunderRepository + SettlementRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::SettleFunder)?;
    by.whole_house()?;
    tx.lock_funder(funder, by.scope)?;
    let id = tx.settlement(funder, id)?.id;
    let before = tx.lock_settlement(id)?;
    expected.check("settlement", before.version)?;
    if !before.is_complete() {
        return Err(FundingError::SettlementGenerating);
    }
    let mut after = before.clone().changed(change, by.user_id, at)?;
    if after.status == SettlementStatus::Final && before.status == SettlementStatus::Draft {
        refuse_out_of_order(tx, &after)?;
    }
    after.version = tx.save_settlement(&after)?;
    let entry = entry("funder.settlement.change", &after).was(before.audit_view());
    tx.audit(by, entry.is(after.audit_view()))?;
    Ok(after)
}

fn refuse_out_of_order<Tx: SettlementRepository>(
    tx: &mut Tx,
    settlement: &Settlement,
) -> Result<(), FundingError> {
    let coverage = settlement.coverage;
    if let Some(earlier) = tx.earliest_unsettled(coverage.funder_id)?
        && earlier < coverage.periode
    {
        return Err(FundingError::EarlierSettlementOpen { periode: earlier });
    }
    let last = tx.last_final_settlement(coverage.funder_id)?.map(|last| last.id);
    if last == coverage.follows { Ok(()) } else { Err(FundingError::SettlementOutdated) }
}

/// A page of a funder's settlements, latest month first.
pub fn list_settlements<Tx>(
    tx: &mut Tx,
    by: &Actor,
    funder: FunderId,
    filter: &SettlementFilter,
    page: &PageRequest,
) -> Result<Page<Settlement>, FundingError>
where
    Tx: FunderRepository + SettlementRepository,
{
    tx.funder(funder, by.scope)?;
    Ok(tx.settlements(funder, filter, page)?)
}

/// A settlement with its lines by kind, and the first so many of them.
pub fn settlement_detail<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (funder, id): (FunderId, FunderSettlementId),
    most: u32,
) -> Result<Statement, FundingError>
where
    Tx: FunderRepository + SettlementRepository,
{
    let funder = tx.funder(funder, by.scope)?;
    let settlement = tx.settlement(funder.id, id)?;
    let (kinds, lines) = (tx.kind_totals(id)?, tx.settlement_lines(id, 0, most)?);
    Ok(Statement { funder, settlement, kinds, lines })
}

/// A page of a settlement's lines, by number.
pub fn list_settlement_lines<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (funder, id): (FunderId, FunderSettlementId),
    page: &PageRequest,
) -> Result<Page<StatementLine>, FundingError>
where
    Tx: FunderRepository + SettlementRepository,
{
    tx.funder(funder, by.scope)?;
    let settlement = tx.settlement(funder, id)?;
    let after = page.after.as_ref().and_then(|last| u32::try_from(last.id).ok());
    let limit = u32::from(page.limit).saturating_add(1);
    let lines = tx.settlement_lines(id, after.unwrap_or_default(), limit)?;
    let position = |line: &StatementLine| Position { key: String::new(), id: line.line.no.into() };
    let mut found = Page::from_rows(lines, page.limit, position);
    found.total = page.count.then_some(settlement.lines.into());
    Ok(found)
}

fn generated(settlement: &Settlement, funder: &Funder) -> Event {
    Event::new("funder.settlement_generated", SETTLEMENTS, settlement.id.get())
        .with("periode", settlement.coverage.periode)
        .with("funder", &funder.details.name)
        .with("funder_id", funder.id)
        .with("roles", "FINANCE")
        .with("amount", settlement.net_to_funder())
}

fn entry(action: &'static str, settlement: &Settlement) -> AuditEntry {
    AuditEntry::new(action, SETTLEMENTS, settlement.id.get())
}
