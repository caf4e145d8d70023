//! The penalties of a loan as they are read.

use chrono::NaiveDate;
use pensipro_kernel::{LoanId, Money, Scope, TransactionId};

use crate::{
    error::ServicingError,
    input::InputKind,
    reading::{open_loan, with_history},
    repository::LoanRepository,
    row::Row,
    rules::{Rules, ServicingPolicy},
};

/// A penalty: of a row, for lateness and by hand together, or one by hand alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Penalty {
    /// The row; `None` for what belongs to the loan as a whole.
    pub no: Option<u16>,
    /// The transaction of a penalty by hand.
    pub transaction: Option<TransactionId>,
    /// Since when: the row's due date, or the day on which it was charged.
    pub on: NaiveDate,
    /// Charged so far.
    pub charged: Money,
    /// Paid of it; `None` for one by hand, which is paid with its row or with the loan.
    pub paid: Option<Money>,
    /// Waived of it.
    pub waived: Option<Money>,
}

/// The penalties of rows today, by due date, then those charged by hand that stand, by value date.
pub fn list_penalties<Tx: LoanRepository>(
    tx: &mut Tx,
    scope: Scope,
    id: LoanId,
    policy: &ServicingPolicy,
    today: NaiveDate,
) -> Result<Vec<Penalty>, ServicingError> {
    let loan = open_loan(tx, id, scope, policy, today)?;
    let loan = with_history(tx, loan)?;
    let history = loan.history().map_or(&[][..], |history| &history.entered.inputs);
    let account = crate::replay_as_of(loan.rules(), loan.holds(), history, today).account;
    let of_rows = account.rows().iter().filter_map(|row| of_row(row, loan.rules()));
    let mut by_hand: Vec<_> = history
        .iter()
        .filter_map(|input| match &input.kind {
            InputKind::ManualPenalty(penalty) => Some(Penalty {
                no: penalty.row.map(|key| key.no),
                transaction: Some(input.id),
                on: input.effective_on,
                charged: penalty.amount,
                paid: None,
                waived: None,
            }),
            _ => None,
        })
        .collect();
    by_hand.sort_unstable_by_key(|penalty| (penalty.on, penalty.transaction));
    Ok(of_rows.chain(by_hand).collect())
}

fn of_row(row: &Row, rules: &Rules) -> Option<Penalty> {
    let charged = row.penalty(rules);
    charged.is_positive().then_some(Penalty {
        no: Some(row.key.no),
        transaction: None,
        on: row.due_date,
        charged,
        paid: Some(row.penalty_paid),
        waived: Some(row.penalty_waived),
    })
}
