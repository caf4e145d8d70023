//! Charging a penalty, waiving what is owed, using the deposit, giving a loan up.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, Faults, FieldFault, LoanId, Moment, Money, Permission, read_code};

use crate::{
    account::Account,
    error::ServicingError,
    hand::{Act, Takes, post_act, read_amount, read_reason},
    input::{InputKind, ManualPenalty, Waivable, Waiver},
    open_loan::OpenLoan,
    outstanding::Outstanding,
    payment::check_date,
    records::Transaction,
    repository::AccountWork,
    row::{Row, RowKey},
    rules::ServicingPolicy,
};

/// A penalty to be charged, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawPenalty {
    /// How much.
    pub amount: Option<Money>,
    /// Value date.
    pub charged_on: Option<NaiveDate>,
    /// The number of the row that it is for.
    pub no: Option<u16>,
    /// Why.
    pub reason: Option<String>,
}

/// A penalty to be charged, whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChargePenalty {
    amount: Money,
    charged_on: NaiveDate,
    no: Option<u16>,
    reason: String,
}

impl ChargePenalty {
    /// Checks the fields, all at once.
    pub fn check(raw: RawPenalty, today: NaiveDate) -> Result<Self, Faults> {
        let RawPenalty { amount, charged_on, no, reason } = raw;
        let mut faults = Faults::new();
        let amount = read_amount(&mut faults, amount);
        let charged_on = read_date(&mut faults, "charged_on", charged_on, today);
        let reason = read_reason(&mut faults, reason.as_deref());
        let command =
            || Some(Self { amount: amount?, charged_on: charged_on?, no, reason: reason? });
        let command = command();
        faults.finish(command)
    }
}

/// Something to be waived, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawWaiver {
    /// How much.
    pub amount: Option<Money>,
    /// A code of [`Waivable`].
    pub component: Option<String>,
    /// The number of the row that it is of.
    pub no: Option<u16>,
    /// Why.
    pub reason: Option<String>,
}

/// Something to be waived, whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaiveOwed {
    amount: Money,
    component: Waivable,
    no: Option<u16>,
    reason: String,
}

impl WaiveOwed {
    /// Checks the fields, all at once.
    pub fn check(raw: RawWaiver) -> Result<Self, Faults> {
        let RawWaiver { amount, component, no, reason } = raw;
        let mut faults = Faults::new();
        let amount = read_amount(&mut faults, amount);
        let component = component.ok_or_else(|| FieldFault::required("component"));
        let component: Option<Waivable> =
            faults.take(component.and_then(|code| read_code("component", &code)));
        let fits = no.is_none() || component != Some(Waivable::Settlement);
        faults.require(fits, "no", "not_applicable", "a settlement is of no row");
        let reason = read_reason(&mut faults, reason.as_deref());
        let command = || Some(Self { amount: amount?, component: component?, no, reason: reason? });
        let command = command();
        faults.finish(command)
    }
}

/// What is done with a part of the deposit, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseDeposit {
    amount: Money,
    reason: String,
}

impl UseDeposit {
    /// Checks the fields, all at once.
    pub fn check(amount: Option<Money>, reason: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let amount = read_amount(&mut faults, amount);
        let reason = read_reason(&mut faults, reason);
        faults.finish(amount.zip(reason).map(|(amount, reason)| Self { amount, reason }))
    }
}

/// What is done to a loan as of a day, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActOnDay {
    on: NaiveDate,
    reason: String,
}

impl ActOnDay {
    /// Checks the fields, all at once; `field` is what the day is called.
    pub fn check(
        field: &str,
        on: Option<NaiveDate>,
        reason: Option<&str>,
        today: NaiveDate,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let on = read_date(&mut faults, field, on, today);
        let reason = read_reason(&mut faults, reason);
        faults.finish(on.zip(reason).map(|(on, reason)| Self { on, reason }))
    }
}

fn read_date(
    faults: &mut Faults,
    field: &str,
    date: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let date = faults.take(date.ok_or_else(|| FieldFault::required(field)));
    if let Some(date) = date {
        check_date(faults, field, date, today);
    }
    date
}

/// Charges a penalty by hand, on a row that asks for something or on the loan.
pub fn charge_penalty<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: &ChargePenalty,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Transaction, ServicingError> {
    let ChargePenalty { amount, charged_on, no, ref reason } = *command;
    let act = by_loan_editor("loan.penalty", loan, charged_on, reason);
    post_act(tx, by, act, policy, at, |loan, account| {
        let row = row_of(loan, account, no)?;
        Ok(InputKind::ManualPenalty(ManualPenalty { amount, row }))
    })
}

/// Waives what has accrued by today; a discount on paying off early is kept for the settlement.
pub fn waive<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: &WaiveOwed,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Transaction, ServicingError> {
    let WaiveOwed { amount, component, no, ref reason } = *command;
    let act = by_loan_editor("loan.waive", loan, at.today, reason);
    post_act(tx, by, act, policy, at, |loan, account| {
        let row = row_of(loan, account, no)?;
        if component != Waivable::Settlement {
            let accrued = account.accrued(loan.rules(), component, row, at.today);
            if amount > accrued {
                return Err(ServicingError::WaiverExceedsAccrued { accrued });
            }
        }
        Ok(InputKind::Waiver(Waiver { amount, component, row }))
    })
}

/// Pays what is due today with the deposit.
pub fn apply_deposit<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: &UseDeposit,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Transaction, ServicingError> {
    let UseDeposit { amount, ref reason } = *command;
    let act = by_loan_editor("loan.deposit_apply", loan, at.today, reason);
    post_act(tx, by, act, policy, at, |loan, account| {
        require_deposit(account, amount)?;
        let bounds = Default::default();
        let due = Outstanding::of(account, loan.rules(), &bounds, at.today).total_due;
        if amount > due {
            return Err(ServicingError::AmountExceedsDue { due });
        }
        Ok(InputKind::DepositApplied(amount))
    })
}

/// Gives a part of the deposit back, also of a loan that is closed.
pub fn release_deposit<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: &UseDeposit,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Transaction, ServicingError> {
    let UseDeposit { amount, ref reason } = *command;
    let act = by_loan_editor("loan.deposit_release", loan, at.today, reason);
    let act = Act { takes: Takes::Disbursed, ..act };
    post_act(tx, by, act, policy, at, |_, account| {
        require_deposit(account, amount)?;
        Ok(InputKind::DepositReleased(amount))
    })
}

/// Gives a loan up.
pub fn write_off<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: &ActOnDay,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Transaction, ServicingError> {
    let ActOnDay { on, ref reason } = *command;
    let act = by_loan_editor("loan.write_off", loan, on, reason);
    post_act(tx, by, act, policy, at, |_, _| Ok(InputKind::WriteOff))
}

/// Stops interest from a day on, for whatever rows there are or will be; its reversal is as if it had
/// never stopped.
pub fn freeze_interest<Tx: AccountWork>(
    tx: &mut Tx,
    by: &Actor,
    loan: LoanId,
    command: &ActOnDay,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Transaction, ServicingError> {
    let ActOnDay { on, ref reason } = *command;
    let act = by_loan_editor("loan.interest_freeze", loan, on, reason);
    post_act(tx, by, act, policy, at, |_, account| match account.state().frozen_on {
        Some(since) => Err(ServicingError::InterestFrozen { since }),
        None => Ok(InputKind::InterestFreeze),
    })
}

const fn by_loan_editor<'a>(
    action: &'static str,
    loan: LoanId,
    on: NaiveDate,
    reason: &'a str,
) -> Act<'a> {
    Act { action, right: Permission::EditLoan, loan, on, reason, takes: Takes::Open }
}

fn require_deposit(account: &Account, amount: Money) -> Result<(), ServicingError> {
    let deposit = account.state().deposit;
    if amount > deposit { Err(ServicingError::DepositTooSmall { deposit }) } else { Ok(()) }
}

/// The row of this number that asks for something.
fn row_of(
    loan: &OpenLoan,
    account: &Account,
    no: Option<u16>,
) -> Result<Option<RowKey>, ServicingError> {
    let Some(no) = no else { return Ok(None) };
    let asks = |row: &&Row| row.key.no == no && row.is_live() && !row.is_paid(loan.rules());
    let found = account.open_rows().iter().find(asks).map(|row| Some(row.key));
    let mut faults = Faults::new();
    faults.require(found.is_some(), "no", "unknown", "no row of this number asks for anything");
    Ok(faults.finish(found)?)
}
