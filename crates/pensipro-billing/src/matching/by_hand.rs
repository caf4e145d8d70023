//! A line that somebody settles: he says whose money it is, the rules say what it makes of the loan.

use pensipro_kernel::{LoanId, MemberId, Money, Period};

use super::{Candidate, MatchRules, Matched, Order, engine::Verdict, judge::weigh};
use crate::{BillingError, ImportLine, Outcome, Payer, Split};

/// Whether a loan takes money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetStand {
    /// It is owed.
    Open,
    /// Nothing is owed: what comes in is refunded.
    Closed,
    /// Never disbursed, or cancelled: there is no account.
    WithoutAccount,
}

/// The loan that somebody names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The loan.
    pub loan_id: LoanId,
    /// Its member.
    pub member_id: MemberId,
    /// Who pays that member's pension.
    pub payer: Payer,
    /// Whether it takes money.
    pub stand: TargetStand,
    /// Its status, for a refusal to tell.
    pub status: &'static str,
    /// The live line that bills it for [`ImportLine::month_for`], if there is one, locked.
    pub billed: Option<Candidate>,
}

/// What settling by hand comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ByHand {
    /// The line has paid this loan, another amount than was billed, and stays so.
    Accepted,
    /// The line pays the loan.
    Paid(Box<Matched>),
}

/// Decides over a line and the loan named for it. What was there before counts no longer: whoever
/// settles a duplicate says that it is other money.
pub fn settle_by_hand(
    rules: &MatchRules,
    line: &ImportLine,
    target: &Target,
) -> Result<ByHand, BillingError> {
    if let Some(payment_id) = line.payment_id {
        let is_mismatch = matches!(line.outcome, Outcome::Partial | Outcome::Over);
        return match is_mismatch && line.loan_id == Some(target.loan_id) {
            true => Ok(ByHand::Accepted),
            false => Err(BillingError::LinePaid { payment_id }),
        };
    }
    let amount = line.split.held;
    if !amount.is_positive() {
        return Err(BillingError::NothingHeld);
    }
    target.refuse(rules.payer, line)?;
    let periode = line.month_for(target.loan_id, rules.periode);
    let verdict = pay(rules, target, periode, amount)?;
    Ok(ByHand::Paid(Box::new(verdict.on(line.clone()))))
}

impl Target {
    fn refuse(&self, payer: Payer, line: &ImportLine) -> Result<(), BillingError> {
        let cut_by = self.billed.as_ref().map_or(self.payer, |billed| billed.payer);
        if cut_by != payer {
            return Err(BillingError::OtherPayersLoan { payer: cut_by });
        }
        let referred = line.keys.reference.map(|reference| reference.loan_id);
        let is_named = [line.loan_id, referred].contains(&Some(self.loan_id));
        match self.stand {
            TargetStand::Open => Ok(()),
            TargetStand::Closed if is_named => Ok(()),
            TargetStand::Closed | TargetStand::WithoutAccount => {
                Err(BillingError::LoanTakesNoMoney { status: self.status })
            }
        }
    }
}

fn pay(
    rules: &MatchRules,
    target: &Target,
    periode: Period,
    amount: Money,
) -> Result<Verdict, BillingError> {
    let (line, billed, before) = match &target.billed {
        Some(facts) => (Some(facts.line), facts.billed, &facts.payments[..]),
        None => (None, Money::ZERO, &[][..]),
    };
    let paid = Money::checked_sum(before.iter().copied().chain([amount]));
    let judged = paid.and_then(|paid| weigh(paid, billed, rules.tolerance));
    let judged = judged.ok_or(BillingError::AmountOverflow)?;
    let split = match line {
        Some(_) => judged.split(amount),
        // Nothing was billed: the account alone says what of it is owed.
        None => Split { applied: amount, ..Split::default() },
    };
    let order = Order::Pay {
        line,
        loan_id: target.loan_id,
        member_id: target.member_id,
        periode,
        amount,
        tolerance: rules.tolerance,
    };
    Ok(Verdict { outcome: judged.outcome, billed, difference: judged.difference, split, order })
}
