//! Refund requests: money of a payment that the member does not owe. They follow the fold: a payment
//! whose excess is another after a later entry has another request.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Event, ImportLineId, LoanId, MemberId, Money, Outbox,
    RefundId, TransactionId, UserId, Version, codes,
};

use crate::{error::ServicingError, open_loan::RefundDue, repository::RefundRepository};

codes! {
    /// How far a refund request is.
    pub enum RefundStatus {
        /// Asked for.
        Requested = "requested",
        /// Agreed.
        Approved = "approved",
        /// Paid out.
        Paid = "paid",
        /// Refused: the money prepays.
        Rejected = "rejected",
        /// No longer due: what was entered since took the money.
        Withdrawn = "withdrawn",
    }
}

/// A refund request as stored; a payment has one at the most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Its id.
    pub id: RefundId,
    /// Whose money it is.
    pub member_id: MemberId,
    /// The loan that was paid.
    pub loan_id: LoanId,
    /// The payment.
    pub transaction_id: TransactionId,
    /// The line of a payer's file that the payment came with.
    pub source_line_id: Option<ImportLineId>,
    /// How much; above zero.
    pub amount: Money,
    /// How far it is.
    pub status: RefundStatus,
    /// What was noted last.
    pub notes: Option<String>,
    /// Who approved it; another person pays it out.
    pub approved_by: Option<UserId>,
    /// For optimistic locks.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

/// What a refund that is due makes of the payment's request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundChange {
    /// There is a new request.
    Request {
        /// The loan.
        loan_id: LoanId,
        /// The payment.
        transaction_id: TransactionId,
        /// Above zero.
        amount: Money,
    },
    /// The request has another amount; an approval is withdrawn with it.
    Amend {
        /// The request.
        id: RefundId,
        /// Above zero.
        amount: Money,
    },
    /// Nothing is due any more.
    Withdraw {
        /// The request.
        id: RefundId,
    },
}

impl RefundChange {
    /// What a due refund makes of the payment's present request. What was paid out or refused is
    /// settled by inputs of its own and stays.
    pub fn of(due: &RefundDue, present: Option<&RefundRequest>) -> Option<Self> {
        let RefundDue { loan_id, transaction: transaction_id, amount } = *due;
        let Some(present) = present else {
            return amount.is_positive().then_some(Self::Request {
                loan_id,
                transaction_id,
                amount,
            });
        };
        let (id, open) = (present.id, present.status.is_open());
        match present.status {
            RefundStatus::Paid | RefundStatus::Rejected => None,
            _ if !amount.is_positive() => open.then_some(Self::Withdraw { id }),
            _ if open && amount == present.amount => None,
            _ => Some(Self::Amend { id, amount }),
        }
    }
}

impl RefundStatus {
    /// True while it waits for somebody.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Approved)
    }
}

/// Lets the refund requests of payments follow what posting found due, and gives what changed.
/// Without any, no statement; otherwise one to read, one for all new requests, one for each that
/// changes.
pub fn follow_refunds<Tx>(
    tx: &mut Tx,
    by: &Actor,
    due: &[RefundDue],
) -> Result<Vec<RefundChange>, ServicingError>
where
    Tx: RefundRepository,
{
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let payments: Vec<_> = due.iter().map(|due| due.transaction).collect();
    let present = tx.refunds_of(&payments)?;
    let request = |payment| present.iter().find(|request| request.transaction_id == payment);
    let changes: Vec<_> =
        due.iter().filter_map(|due| RefundChange::of(due, request(due.transaction))).collect();
    tx.store_refund_changes(&changes, by.user_id)?;
    Ok(changes)
}

/// Audits and tells of changed requests one by one; an import tells of its chunk as a whole instead.
pub fn tell_refunds<Tx>(
    tx: &mut Tx,
    by: &Actor,
    changes: &[RefundChange],
) -> Result<(), ServicingError>
where
    Tx: AuditLog + Outbox,
{
    for change in changes {
        tx.audit(by, audit_entry(change))?;
        tx.emit(event(change))?;
    }
    Ok(())
}

fn audit_entry(change: &RefundChange) -> AuditEntry {
    match *change {
        RefundChange::Request { loan_id, transaction_id, amount } => {
            let view = AuditValue::new().with("loan_id", loan_id.get()).text("amount", amount);
            AuditEntry::new("refund.request", "loan_payments", transaction_id.get()).is(view)
        }
        RefundChange::Amend { id, amount } => {
            let view = AuditValue::new().text("amount", amount);
            AuditEntry::new("refund.amend", "refund_requests", id.get()).is(view)
        }
        RefundChange::Withdraw { id } => {
            AuditEntry::new("refund.withdraw", "refund_requests", id.get())
        }
    }
}

fn event(change: &RefundChange) -> Event {
    match *change {
        RefundChange::Request { loan_id, transaction_id, amount } => {
            Event::new("refund.requested", "loan_payments", transaction_id.get())
                .with("loan_id", loan_id)
                .with("amount", amount)
        }
        RefundChange::Amend { id, amount } => {
            Event::new("refund.amended", "refund_requests", id.get()).with("amount", amount)
        }
        RefundChange::Withdraw { id } => {
            Event::new("refund.withdrawn", "refund_requests", id.get())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(sen: i64) -> RefundDue {
        let transaction = TransactionId::new(7);
        RefundDue { loan_id: LoanId::new(3), transaction, amount: Money::from_sen(sen) }
    }

    fn present(status: RefundStatus, sen: i64) -> RefundRequest {
        RefundRequest {
            id: RefundId::new(1),
            member_id: MemberId::new(2),
            loan_id: LoanId::new(3),
            transaction_id: TransactionId::new(7),
            source_line_id: None,
            amount: Money::from_sen(sen),
            status,
            notes: None,
            approved_by: None,
            version: Version::FIRST,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn change(sen: i64, status: RefundStatus) -> Option<RefundChange> {
        RefundChange::of(&due(sen), Some(&present(status, 500)))
    }

    #[test]
    fn money_that_is_not_owed_makes_a_request() {
        let (loan_id, transaction_id) = (LoanId::new(3), TransactionId::new(7));
        let amount = Money::from_sen(500);
        let request = RefundChange::Request { loan_id, transaction_id, amount };
        assert_eq!(RefundChange::of(&due(500), None), Some(request));
        assert_eq!(RefundChange::of(&due(0), None), None);
    }

    #[test]
    fn an_open_request_follows() {
        let id = RefundId::new(1);
        let amend = |sen| Some(RefundChange::Amend { id, amount: Money::from_sen(sen) });
        for status in [RefundStatus::Requested, RefundStatus::Approved] {
            assert_eq!(change(500, status), None);
            assert_eq!(change(300, status), amend(300));
            assert_eq!(change(0, status), Some(RefundChange::Withdraw { id }));
        }
        assert_eq!(change(500, RefundStatus::Withdrawn), amend(500));
        assert_eq!(change(0, RefundStatus::Withdrawn), None);
    }

    #[test]
    fn what_was_paid_or_refused_stays() {
        for status in [RefundStatus::Paid, RefundStatus::Rejected] {
            assert_eq!(change(300, status), None);
            assert_eq!(change(0, status), None);
        }
    }
}
