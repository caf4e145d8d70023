//! What happened to a loan, in the order of value dates: inputs and reversals, requests to restructure
//! and to refund, and the changes of status that followed.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{LoanId, Money, Page, PageRequest, Position, Scope, TransactionId, UserId};

use crate::{
    account::Account,
    error::ServicingError,
    hold::Holds,
    input::{Input, Rank},
    loan::LoanStatus,
    open_loan::OpenLoan,
    posting::TransactionKind,
    reading::with_history,
    records::Transaction,
    refund::{RefundRequest, RefundStatus},
    repository::{LoanRepository, RefundRepository, RestructureRepository},
    restructure::{Restructure, RestructureStatus},
    rules::{Rules, ServicingPolicy},
};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoanEvent {
    /// The day: a value date, or the business day of a request or a reversal.
    pub on: NaiveDate,
    /// What.
    pub what: LoanHappening,
    /// The money it is about.
    pub amount: Option<Money>,
    /// Why.
    pub reason: Option<String>,
    /// When it was entered; `None` for what followed from the days that passed.
    pub at: Option<DateTime<Utc>>,
    /// By whom.
    pub by: Option<UserId>,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoanHappening {
    /// An input of the account, or a reversal.
    Transaction {
        /// Which.
        id: TransactionId,
        /// What it is.
        kind: TransactionKind,
        /// What a reversal takes back.
        reverses: Option<TransactionId>,
        /// The reversal that took it back.
        reversed_by: Option<TransactionId>,
    },
    /// A request to restructure: made, or decided.
    Restructure {
        /// Which.
        id: pensipro_kernel::RestructureId,
        /// How far it came.
        status: RestructureStatus,
    },
    /// A refund, as far as it is now.
    Refund {
        /// Which.
        id: pensipro_kernel::RefundId,
        /// How far it is.
        status: RefundStatus,
    },
    /// The loan changed its status.
    Status {
        /// From which.
        from: LoanStatus,
        /// To which.
        to: LoanStatus,
    },
}

impl LoanEvent {
    /// Its place: by day, then as the account takes inputs; what follows from an input comes after it.
    fn position(&self, rank: Option<Rank>) -> Position {
        let (place, id) = match self.what {
            LoanHappening::Transaction { kind: TransactionKind::Reversal, id, .. } => {
                (30, id.get())
            }
            LoanHappening::Transaction { id, .. } => (rank.map_or(14, Rank::get), id.get()),
            LoanHappening::Status { .. } => (20, 0),
            LoanHappening::Refund { id, .. } => (31, id.get()),
            LoanHappening::Restructure { id, status: RestructureStatus::Requested } => {
                (32, id.get())
            }
            LoanHappening::Restructure { id, .. } => (33, id.get()),
        };
        Position { key: format!("{} {place:02}", self.on), id }
    }
}

/// A page of a loan's timeline, the oldest first.
///
/// Cost: the loan with its history, its requests and its refunds, whatever the page.
pub fn loan_timeline<Tx>(
    tx: &mut Tx,
    id: LoanId,
    scope: Scope,
    page: &PageRequest,
    policy: &ServicingPolicy,
    today: NaiveDate,
) -> Result<Page<LoanEvent>, ServicingError>
where
    Tx: LoanRepository + RestructureRepository + RefundRepository,
{
    let open = OpenLoan::new(tx.stored_loan(id, scope)?, policy);
    let open = with_history(tx, open)?;
    let transactions = tx.transactions(id)?;
    let ids: Vec<_> = transactions.iter().map(|each| each.id).collect();
    let refunds = tx.refunds_of(&ids)?;
    let restructures = tx.restructures(id)?;
    let inputs = open.history().map_or(&[][..], |history| &history.entered.inputs);
    let rank = |id| inputs.iter().find(|input| input.id == id).map(|input| input.kind.rank());
    let mut events: Vec<_> = transactions.into_iter().map(of_transaction).collect();
    events.extend(refunds.into_iter().map(of_refund));
    events.extend(restructures.into_iter().flat_map(of_restructure));
    events.extend(status_changes(open.rules(), open.holds(), inputs, today));
    let position = |event: &LoanEvent| match event.what {
        LoanHappening::Transaction { id, .. } => event.position(rank(id)),
        _ => event.position(None),
    };
    events.sort_by_cached_key(|event| {
        let Position { key, id } = position(event);
        (key, id)
    });
    Ok(Page::of_whole(events, page, position))
}

fn of_transaction(transaction: Transaction) -> LoanEvent {
    let Transaction {
        id,
        loan_id: _,
        kind,
        effective_on,
        booked_on,
        amount,
        reverses,
        reason,
        reversed_by,
        allocations: _,
        created_at,
        created_by,
    } = transaction;
    let on = if kind == TransactionKind::Reversal { booked_on } else { effective_on };
    let what = LoanHappening::Transaction { id, kind, reverses, reversed_by };
    LoanEvent { on, what, amount, reason, at: Some(created_at), by: created_by }
}

fn of_refund(request: RefundRequest) -> LoanEvent {
    let RefundRequest { id, amount, status, notes, created_at, .. } = request;
    LoanEvent {
        on: created_at.date_naive(),
        what: LoanHappening::Refund { id, status },
        amount: Some(amount),
        reason: notes,
        at: Some(created_at),
        by: None,
    }
}

/// A request, and its decision where there was one.
fn of_restructure(request: Restructure) -> impl Iterator<Item = LoanEvent> {
    let id = request.id;
    let asked = LoanEvent {
        on: request.requested_on,
        what: LoanHappening::Restructure { id, status: RestructureStatus::Requested },
        amount: None,
        reason: Some(request.reason),
        at: Some(request.created_at),
        by: request.requested_by,
    };
    let (notes, by, status) = (request.notes, request.decided_by, request.status);
    let decided = request.decided_on.map(|on| LoanEvent {
        on,
        what: LoanHappening::Restructure { id, status },
        amount: None,
        reason: notes,
        at: None,
        by,
    });
    std::iter::once(asked).chain(decided)
}

/// The statuses that a loan took, by a replay: with inputs, and with the days that passed.
fn status_changes(
    rules: &Rules,
    holds: &Holds,
    inputs: &[Input],
    today: NaiveDate,
) -> Vec<LoanEvent> {
    let mut ordered: Vec<_> = inputs.iter().collect();
    ordered.sort_unstable_by_key(|input| input.order());
    let mut account = Account::new();
    let (mut changes, mut parts) = (Vec::new(), Vec::new());
    let mut status = account.status();
    let mut note = |account: &Account, on: NaiveDate| {
        let (from, to) = (status, account.status());
        status = to;
        let what = LoanHappening::Status { from, to };
        let change = LoanEvent { on, what, amount: None, reason: None, at: None, by: None };
        changes.extend((from != to).then_some(change));
    };
    for input in ordered {
        account.bring_to(rules, holds, input.effective_on);
        note(&account, account.state().default_since.unwrap_or(input.effective_on));
        account.apply(rules, holds, input, &mut parts);
        note(&account, input.effective_on);
    }
    account.bring_to(rules, holds, today);
    note(&account, account.state().default_since.unwrap_or(today));
    changes
}
