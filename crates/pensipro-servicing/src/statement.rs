//! A loan's account over a period: what it stood at before and after, and every transaction between.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, LoanId, Money, Scope, TransactionId};

use crate::{
    account::Account,
    allocation::{Allocation, Component},
    amount::plus,
    error::ServicingError,
    input::Input,
    loan::Loan,
    open_loan::OpenLoan,
    outstanding::Outstanding,
    posting::TransactionKind,
    reading::with_history,
    repository::LoanRepository,
    rules::ServicingPolicy,
};

/// The days of a statement, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementPeriod {
    /// The first.
    pub from: NaiveDate,
    /// The last, not ahead of today.
    pub to: NaiveDate,
}

impl StatementPeriod {
    /// Checks the days: up to today where none is given, from the first of that month.
    pub fn check(
        from: Option<NaiveDate>,
        to: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, Faults> {
        let to = to.unwrap_or(today);
        let from = from.unwrap_or_else(|| pensipro_kernel::Period::of(to).first_day());
        let mut faults = Faults::new();
        crate::payment::check_date(&mut faults, "to", to, today);
        faults.require(from <= to, "from", "after_end", "must not be after the last day");
        faults.finish(Some(Self { from, to }))
    }
}

/// A loan's account over a period, by value date, with all inputs known now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The loan.
    pub loan: Loan,
    /// The days.
    pub period: StatementPeriod,
    /// What was owed at the end of the day before.
    pub opening: Outstanding,
    /// What stands, in the order of the account.
    pub lines: Vec<StatementLine>,
    /// What was owed at the end of the last day.
    pub closing: Outstanding,
}

/// A transaction, and what it did to the account when it took it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementLine {
    /// The transaction.
    pub transaction: TransactionId,
    /// Value date.
    pub on: NaiveDate,
    /// What it is.
    pub kind: TransactionKind,
    /// The money it moves or is about.
    pub amount: Option<Money>,
    /// What it pays; below zero where it takes off, or adds to what is owed.
    pub paid: Paid,
    /// Principal that is owed after it.
    pub principal_left: Money,
}

/// What a transaction pays, by component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paid {
    /// Penalties.
    pub penalty: Money,
    /// Fees.
    pub fee: Money,
    /// Interest.
    pub interest: Money,
    /// Principal.
    pub principal: Money,
    /// What was due from the member beside his rows.
    pub due_from_member: Money,
    /// Not owed.
    pub excess: Money,
}

impl Paid {
    fn of(parts: &[Allocation]) -> Self {
        let mut paid = Self::default();
        for part in parts {
            let sum = match part.component {
                Component::Penalty => &mut paid.penalty,
                Component::Fee => &mut paid.fee,
                Component::Interest => &mut paid.interest,
                Component::Principal => &mut paid.principal,
                Component::DueFromMember => &mut paid.due_from_member,
                Component::Excess => &mut paid.excess,
            };
            *sum = plus(*sum, part.amount);
        }
        paid
    }
}

/// A loan's account over a period. What was reversed is not in it.
///
/// Cost: the loan with its history, and one replay.
pub fn loan_statement<Tx: LoanRepository>(
    tx: &mut Tx,
    id: LoanId,
    scope: Scope,
    policy: &ServicingPolicy,
    period: StatementPeriod,
) -> Result<Statement, ServicingError> {
    let open = OpenLoan::new(tx.stored_loan(id, scope)?, policy);
    let open = with_history(tx, open)?;
    Ok(Statement::of(&open, policy, period))
}

impl Statement {
    /// The statement of a loan, of which the whole history is at hand.
    pub fn of(open: &OpenLoan, policy: &ServicingPolicy, period: StatementPeriod) -> Self {
        let inputs = open.history().map_or(&[][..], |history| &history.entered.inputs);
        let mut ordered: Vec<_> = inputs.iter().collect();
        ordered.sort_unstable_by_key(|input| input.order());
        let (before, rest) =
            ordered.split_at(ordered.partition_point(|input| input.effective_on < period.from));
        let within = rest.iter().take_while(|input| input.effective_on <= period.to);
        let mut teller = Teller { open, policy, account: Account::new(), parts: Vec::new() };
        for input in before {
            teller.take(input);
        }
        let opening = teller.owed(period.from.pred_opt().unwrap_or(period.from));
        let lines = within.map(|input| teller.take(input)).collect();
        let closing = teller.owed(period.to);
        Self { loan: open.loan().clone(), period, opening, lines, closing }
    }
}

/// An account that is told its history.
struct Teller<'a> {
    open: &'a OpenLoan,
    policy: &'a ServicingPolicy,
    account: Account,
    parts: Vec<Allocation>,
}

impl Teller<'_> {
    fn take(&mut self, input: &Input) -> StatementLine {
        let known = self.parts.len();
        self.account.apply(self.open.rules(), self.open.holds(), input, &mut self.parts);
        StatementLine {
            transaction: input.id,
            on: input.effective_on,
            kind: input.kind.transaction_kind(),
            amount: input.kind.amount(),
            paid: Paid::of(self.parts.get(known..).unwrap_or(&[])),
            principal_left: self.now(input.effective_on).principal,
        }
    }

    /// What is owed on the day on which the account stands.
    fn now(&self, date: NaiveDate) -> Outstanding {
        let bounds = &self.policy.kolektibilitas;
        Outstanding::of(&self.account, self.open.rules(), bounds, date)
    }

    /// What is owed on a day until the next input.
    fn owed(&self, date: NaiveDate) -> Outstanding {
        let bounds = &self.policy.kolektibilitas;
        self.account.outstanding(self.open.rules(), self.open.holds(), bounds, date)
    }
}
