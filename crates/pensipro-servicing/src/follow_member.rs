//! What a member's new status does to his loans' accounts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{Actor, AuditEntry, AuditLog, MemberId, Moment, Outbox, TransactionId};

use crate::{
    error::ServicingError,
    input::{Input, InputKind, Setting, StatusByHand},
    loan::{Collection, LoanBalances, LoanStatus, StoredLoan},
    open_loan::{OpenLoan, Posted, RefundDue},
    posting::PostingBatch,
    reading::with_history,
    refund::{follow_refunds, tell_refunds},
    repository::{AccountingPeriods, LoanRepository, RefundRepository},
    rules::ServicingPolicy,
    usecases::{audit_view, next_id},
};

/// A member's new status, as far as it concerns his loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberNews {
    /// What is recorded of his death.
    pub death: DeathNews,
    /// What becomes of his open loans; as they are if absent.
    pub resolution: Option<Resolution>,
}

/// What is recorded of a member's death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeathNews {
    /// Nothing new.
    None,
    /// He died on this day.
    Died(NaiveDate),
    /// He died on this day, not on the one recorded.
    Redated(NaiveDate),
    /// He is alive.
    Reversed,
}

/// What becomes of open loans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resolution {
    /// Heirs or an insurance pay them.
    Heirs,
    /// They are in default.
    Default,
}

/// Lets every loan of a member follow his new status: a death goes to those that were open on its
/// day or since, a resolution to those that are open now. What a corrected death brought with it goes
/// with it. The caller has locked the member; the loans are locked here by ascending id, whatever the
/// caller's scope: a member's status is not a branch's.
pub fn follow_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    news: MemberNews,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<(), ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox,
{
    let ids = tx.loans_of_member(member)?;
    for stored in tx.lock_loans(&ids)? {
        if stored.loan.status != LoanStatus::Cancelled && news.concern(&stored) {
            let loan = with_history(tx, OpenLoan::new(stored, policy))?;
            follow(tx, by, loan, news, at)?;
        }
    }
    Ok(())
}

impl MemberNews {
    fn concern(&self, stored: &StoredLoan) -> bool {
        let is_open = stored.loan.status.is_open();
        let knows_of_death = stored.state.deceased_on.is_some();
        let dies = match self.death {
            DeathNews::None => false,
            DeathNews::Died(day) => open_since(stored, day),
            DeathNews::Redated(day) => knows_of_death || open_since(stored, day),
            DeathNews::Reversed => knows_of_death,
        };
        dies || (is_open && self.resolution.is_some())
    }
}

/// True if something was owed on that day, or is: cuts made since may have to be refunded.
fn open_since(stored: &StoredLoan, day: NaiveDate) -> bool {
    let closed_on = stored.state.closed_on;
    stored.loan.status.is_open() || closed_on.is_some_and(|closed| day <= closed)
}

fn follow<Tx>(
    tx: &mut Tx,
    by: &Actor,
    loan: OpenLoan,
    news: MemberNews,
    at: Moment,
) -> Result<(), ServicingError>
where
    Tx: LoanRepository + RefundRepository + AccountingPeriods + AuditLog + Outbox,
{
    let before = loan.balances();
    let mut step = Step { loan, news, at, batch: PostingBatch::new(), refunds: BTreeMap::new() };
    step.take(tx)?;
    let Step { loan, batch, refunds, .. } = step;
    if batch.is_empty() {
        return Ok(());
    }
    tx.book_on(at.today)?;
    tx.store_postings(&batch, by.user_id)?;
    let due: Vec<_> = refunds.into_values().collect();
    let refunds = follow_refunds(tx, by, &due)?;
    tx.audit(by, audit_entry(&loan, &before))?;
    tell_refunds(tx, by, &refunds)
}

/// What was said about the person stays with the person.
const CORRECTED: &str = "Data kematian anggota dikoreksi";

/// A loan while it follows.
struct Step {
    loan: OpenLoan,
    news: MemberNews,
    at: Moment,
    batch: PostingBatch,
    refunds: BTreeMap<TransactionId, RefundDue>,
}

impl Step {
    fn take<Tx: LoanRepository>(&mut self, tx: &mut Tx) -> Result<(), ServicingError> {
        let brought = match self.news.death {
            DeathNews::Redated(_) | DeathNews::Reversed => self.take_death_back(tx)?,
            DeathNews::None | DeathNews::Died(_) => Vec::new(),
        };
        let (death, brought) = match self.news.death {
            DeathNews::Died(day) | DeathNews::Redated(day) => {
                (Some(self.post(tx, day, InputKind::Death)?), brought)
            }
            DeathNews::None | DeathNews::Reversed => (None, Vec::new()),
        };
        let settings = match self.news.resolution {
            Some(resolution) => self.resolved(resolution),
            None => brought,
        };
        for kind in settings {
            self.post(tx, self.at.today, of_death(kind, death))?;
        }
        Ok(())
    }

    /// What a resolution sets on a loan that is open now and not set so already.
    fn resolved(&self, resolution: Resolution) -> Vec<InputKind> {
        let state = self.loan.account().state();
        let kind = match resolution {
            _ if !state.is_open() => None,
            Resolution::Heirs if state.collection == Collection::Heir => None,
            Resolution::Heirs => Some(InputKind::Collection(set(Collection::Heir))),
            Resolution::Default if state.default_by_hand_since.is_some() => None,
            Resolution::Default => Some(InputKind::Status(set(StatusByHand::Default))),
        };
        kind.into_iter().collect()
    }

    /// Takes back the death that was recorded and what came with it, which is given.
    fn take_death_back<Tx: LoanRepository>(
        &mut self,
        tx: &mut Tx,
    ) -> Result<Vec<InputKind>, ServicingError> {
        let inputs = self.loan.history().map_or(&[][..], |history| &history.entered.inputs);
        let deaths: Vec<_> =
            inputs.iter().filter(|it| it.kind == InputKind::Death).map(|it| it.id).collect();
        let brought: Vec<_> = inputs
            .iter()
            .filter(|it| it.kind.of_death().is_some_and(|death| deaths.contains(&death)))
            .map(|it| (it.id, it.kind.clone()))
            .collect();
        for of in brought.iter().map(|(id, _)| *id).chain(deaths) {
            self.reverse(tx, of)?;
        }
        Ok(brought.into_iter().map(|(_, kind)| kind).collect())
    }

    fn post<Tx: LoanRepository>(
        &mut self,
        tx: &mut Tx,
        effective_on: NaiveDate,
        kind: InputKind,
    ) -> Result<TransactionId, ServicingError> {
        let id = next_id(tx)?;
        let input = Input { id, effective_on, booked_on: self.at.today, kind };
        let posted = self.loan.post(input, &mut self.batch)?;
        self.note(posted);
        Ok(id)
    }

    fn reverse<Tx: LoanRepository>(
        &mut self,
        tx: &mut Tx,
        of: TransactionId,
    ) -> Result<(), ServicingError> {
        let (id, reason) = (next_id(tx)?, CORRECTED.to_owned());
        let (_, posted) =
            self.loan.post_reversal(id, of, reason, self.at.today, &mut self.batch)?;
        self.note(posted);
        Ok(())
    }

    /// A payment's refund is what the last posting found.
    fn note(&mut self, posted: Posted) {
        self.refunds.extend(posted.refunds.into_iter().map(|due| (due.transaction, due)));
    }
}

const fn set<T>(to: T) -> Setting<T> {
    Setting { to, of_death: None }
}

fn of_death(kind: InputKind, death: Option<TransactionId>) -> InputKind {
    match kind {
        InputKind::Collection(it) => InputKind::Collection(Setting { of_death: death, ..it }),
        InputKind::Status(it) => InputKind::Status(Setting { of_death: death, ..it }),
        other => other,
    }
}

fn audit_entry(loan: &OpenLoan, before: &LoanBalances) -> AuditEntry {
    let view = |balances: &LoanBalances| {
        audit_view(balances)
            .text("collection", balances.state.collection)
            .personal("deceased_on", balances.state.deceased_on.map(|day| day.to_string()))
    };
    AuditEntry::new("loan.follow_member", "loans", loan.loan().id.get())
        .of_member(loan.loan().member_id)
        .was(view(before))
        .is(view(&loan.balances()))
}
