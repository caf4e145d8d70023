//! Members from a spreadsheet: opened once, then worked off batch by batch, each batch in one
//! transaction with its verdicts and its checkpoint.

use std::collections::HashMap;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Authority, BranchId, Faults, IntakeId, Page, PageRequest,
    Permission,
};

use super::registration::{
    check_branch, check_sales, default_place, foresee_members, register_members,
};
use crate::{
    Intake, IntakeCommand, IntakeFilter, IntakeMode, IntakeRepository, IntakeStatus, MemberDetails,
    MemberError, MemberRegistry, NewIntake, Newcomer, ReadRow, Registration, RowVerdict,
    SalesDirectory, Seen, Seller, Sha256, StoredVerdict, Tally, VerdictKind,
};

/// A file that was spooled and read through once.
#[derive(Debug, Clone)]
pub struct SpooledSheet {
    /// Its digest.
    pub sha256: Sha256,
    /// Where it lies.
    pub spool_key: String,
    /// Rows that get a verdict.
    pub rows: u32,
}

/// Stores a spreadsheet to be worked off.
pub fn open_intake<Tx>(
    tx: &mut Tx,
    by: &Actor,
    command: IntakeCommand,
    file: SpooledSheet,
) -> Result<Intake, MemberError>
where
    Tx: IntakeRepository + SalesDirectory + AuditLog + Authority,
{
    tx.recheck(by, Permission::EditMember)?;
    let command = with_defaults(tx, by, command)?;
    let SpooledSheet { sha256, spool_key, rows } = file;
    let sent_from = by.scope.branch();
    let new = NewIntake { command, sent_from, sha256, rows, spool_key };
    let intake = tx.add_intake(&new, by.user_id)?;
    tx.audit(by, entry("member.intake.open", &intake).is(intake.audit_view()))?;
    Ok(intake)
}

/// The branch and the sales person of rows that name none: those given, else the caller's own.
pub fn with_defaults<Tx>(
    tx: &mut Tx,
    by: &Actor,
    mut command: IntakeCommand,
) -> Result<IntakeCommand, MemberError>
where
    Tx: SalesDirectory,
{
    default_place(tx, by, &mut command.sales_id, &mut command.branch_id)?;
    let mut faults = Faults::new();
    check_sales(tx, by, command.sales_id, &mut faults)?;
    check_branch(tx, by, command.branch_id, &mut faults)?;
    Ok(faults.finish(Some(command))?)
}

/// Takes up an intake, at its start or after a crash: a dry run begins anew, for what it has seen is
/// lost.
pub fn take_up_intake<Tx>(tx: &mut Tx, id: IntakeId) -> Result<Intake, MemberError>
where
    Tx: IntakeRepository,
{
    let mut intake = tx.lock_intake(id)?;
    if intake.command.mode == IntakeMode::DryRun && intake.status == IntakeStatus::Processing {
        tx.forget_verdicts(id)?;
        intake = Intake { last_row: 0, tally: Tally::default(), ..intake };
        tx.save_intake(&intake)?;
    }
    Ok(intake)
}

/// Works off the next rows of an intake. Cost: that of [`take_rows`], and a batch of verdicts.
pub fn process_intake_rows<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: IntakeId,
    rows: Vec<ReadRow>,
    seen: &mut Seen,
) -> Result<Intake, MemberError>
where
    Tx: IntakeRepository + MemberRegistry + SalesDirectory + AuditLog,
{
    let mut intake = tx.lock_intake(id)?;
    let new = rows.into_iter().filter(|row| row.row > intake.last_row).collect();
    let verdicts = take_rows(tx, by, &intake.command, new, seen)?;
    intake.tally = intake.tally.with(&verdicts);
    intake.last_row = verdicts.last().map_or(intake.last_row, |last| last.row);
    tx.add_verdicts(id, verdicts.into_iter().map(StoredVerdict::from).collect())?;
    tx.save_intake(&intake)?;
    Ok(intake)
}

/// Ends an intake whose last row has its verdict.
pub fn finish_intake<Tx>(tx: &mut Tx, by: &Actor, id: IntakeId) -> Result<Intake, MemberError>
where
    Tx: IntakeRepository + AuditLog,
{
    let intake = tx.lock_intake(id)?;
    let done = Intake { status: IntakeStatus::Done, spool_key: None, ..intake.clone() };
    tx.save_intake(&done)?;
    let entry = entry("member.intake.done", &done);
    tx.audit(by, entry.was(intake.audit_view()).is(done.audit_view()))?;
    Ok(done)
}

/// Registers the people of rows, or in a dry run tells what would become of them; gives a verdict on
/// each, in their order. A row is taken whole or not at all.
///
/// Cost: a query each for the branches and the sales people that are named, and that of
/// [`register_members`].
pub fn take_rows<Tx>(
    tx: &mut Tx,
    by: &Actor,
    command: &IntakeCommand,
    rows: Vec<ReadRow>,
    seen: &mut Seen,
) -> Result<Vec<RowVerdict>, MemberError>
where
    Tx: MemberRegistry + SalesDirectory + AuditLog,
{
    let places = Places::named_in(tx, by, &rows)?;
    let numbers: Vec<u32> = rows.iter().map(|row| row.row).collect();
    let placed: Vec<_> = rows.into_iter().map(|row| places.put(row.person?, by, command)).collect();
    let batch: Vec<_> = placed.iter().filter_map(|details| details.clone().ok()).collect();
    let registered = match command.mode {
        IntakeMode::Register => register_members(tx, by, batch)?,
        IntakeMode::DryRun => foresee_members(tx, by, &batch, seen)?,
    };
    let mut registered = registered.into_iter();
    let verdict = |(row, placed): (u32, Result<MemberDetails, Faults>)| {
        let registration = match placed {
            Ok(_) => registered.next()?,
            Err(faults) => Registration::Refused(faults),
        };
        Some(RowVerdict { row, registration })
    };
    Ok(numbers.into_iter().zip(placed).filter_map(verdict).collect())
}

/// The branches and the sales people that rows name.
struct Places {
    branches: HashMap<String, BranchId>,
    sales: HashMap<String, Seller>,
}

impl Places {
    fn named_in<Tx: SalesDirectory>(
        tx: &mut Tx,
        by: &Actor,
        rows: &[ReadRow],
    ) -> Result<Self, MemberError> {
        let codes = |code: fn(&Newcomer) -> &Option<String>| {
            let people = rows.iter().filter_map(|row| row.person.as_ref().ok());
            let mut codes: Vec<String> = people.filter_map(|one| code(one).clone()).collect();
            codes.sort_unstable();
            codes.dedup();
            codes
        };
        Ok(Self {
            branches: tx.branches_by_code(&codes(|one| &one.branch))?,
            sales: tx.sellers_by_code(&codes(|one| &one.sales), by.scope)?,
        })
    }

    /// The row's person with the branch and the sales person that he is to belong to.
    fn put(
        &self,
        newcomer: Newcomer,
        by: &Actor,
        command: &IntakeCommand,
    ) -> Result<MemberDetails, Faults> {
        let Newcomer { mut details, branch, sales } = newcomer;
        let mut faults = Faults::new();
        let seller = sales.as_ref().and_then(|code| self.sales.get(code).copied());
        let known = sales.is_none() || seller.is_some();
        faults.require(known, "sales", "unknown", "is no sales person of yours");
        details.sales_id = seller.map(|seller| seller.id).or(command.sales_id);
        details.branch_id = match branch {
            None => command.branch_id.or(seller.map(|seller| seller.branch_id)),
            Some(code) => {
                let found = self.branches.get(&code).copied();
                let seen = found.filter(|branch| by.scope.sees_branch(Some(*branch)));
                faults.require(seen.is_some(), "branch", "unknown", "is no branch of yours");
                seen
            }
        };
        faults.finish(Some(details))
    }
}

/// An intake within the caller's scope.
pub fn get_intake<Tx>(tx: &mut Tx, by: &Actor, id: IntakeId) -> Result<Intake, MemberError>
where
    Tx: IntakeRepository,
{
    Ok(tx.intake(id, by.scope)?)
}

/// A page of intakes, newest first.
pub fn list_intakes<Tx>(
    tx: &mut Tx,
    by: &Actor,
    filter: IntakeFilter,
    page: &PageRequest,
) -> Result<Page<Intake>, MemberError>
where
    Tx: IntakeRepository,
{
    Ok(tx.intakes(filter, page, by.scope)?)
}

/// A page of an intake's verdicts, in the order of rows.
pub fn list_verdicts<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: IntakeId,
    kind: Option<VerdictKind>,
    page: &PageRequest,
) -> Result<Page<StoredVerdict>, MemberError>
where
    Tx: IntakeRepository,
{
    tx.intake(id, by.scope)?;
    Ok(tx.verdicts(id, kind, page)?)
}

fn entry(action: &'static str, intake: &Intake) -> AuditEntry {
    AuditEntry::new(action, "member_intakes", intake.id.get())
}
