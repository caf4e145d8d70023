//! What a settlement reads of a loan, and the lines that follow.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{ContractId, FunderId, LoanId, Money, Period, Rate, TransactionId};

use super::{
    line::{HeldLine, LineKind, NewLine, Received},
    split::split,
};
use crate::{
    Allocation, ContractDetails, Holdings, OriginatorBase, SharingTerms, allocation::percentage_of,
};

/// A loan in which a funder has or had a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettledLoan {
    /// Its id.
    pub id: LoanId,
    /// Its plafon: shares are parts of it.
    pub plafon: Money,
    /// When it was paid out, if it is.
    pub disbursed_on: Option<NaiveDate>,
    /// Its yearly rates.
    pub rates: LoanRates,
    /// Every funder's shares, by entry.
    pub allocations: Vec<Allocation>,
    /// Transactions that may not be settled as they stand now, by id.
    pub paid: Vec<PaidTransaction>,
    /// What the funder's final settlements hold of them and of the fee on principal.
    pub held: Vec<HeldLine>,
}

/// What a transaction pays of a loan's principal and interest, as booked up to the settlement's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidTransaction {
    /// Its id.
    pub id: TransactionId,
    /// Its value date, by which it is shared.
    pub effective_on: NaiveDate,
    /// By what it came.
    pub source: PaidBy,
    /// True once it is taken back.
    pub is_reversed: bool,
    /// What it pays, row by row.
    pub parts: Vec<PaidPart>,
}

/// By what a payment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidBy {
    /// The member, his heirs, his pension or his deposit.
    Member,
    /// A settlement of the whole loan.
    Payoff,
    /// An insurer.
    Insurer,
    /// Whatever comes after a write-off.
    Recovery,
}

/// What a transaction pays of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaidPart {
    /// When the row was due.
    pub due_date: NaiveDate,
    /// The disbursement or restructure that made the row.
    pub made_by: TransactionId,
    /// Of its principal.
    pub principal: Money,
    /// Of its interest.
    pub interest: Money,
}

/// The yearly rates of a loan, by the transaction that made its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LoanRates {
    first: Rate,
    later: BTreeMap<TransactionId, Rate>,
}

impl LoanRates {
    /// The rate of the disbursement, and those that restructures brought.
    pub fn new(first: Rate, later: impl IntoIterator<Item = (TransactionId, Rate)>) -> Self {
        Self { first, later: later.into_iter().collect() }
    }

    /// The rate of a maker's rows.
    fn of(&self, made_by: TransactionId) -> Rate {
        self.later.range(..=made_by).next_back().map_or(self.first, |(_, rate)| *rate)
    }
}

/// For whom and up to when loans are settled.
#[derive(Debug, Clone)]
pub struct Settling<'a> {
    /// The funder.
    pub funder: FunderId,
    /// His contracts.
    pub contracts: &'a BTreeMap<ContractId, ContractDetails>,
    /// The month: rows due before it are late.
    pub periode: Period,
    /// The last day whose bookings count.
    pub through: NaiveDate,
}

impl Settling<'_> {
    /// The lines of a loan, by transaction: what the funder's share of everything booked is now, less what
    /// his final settlements hold of it.
    pub fn lines(&self, loan: &SettledLoan) -> Vec<NewLine> {
        let paid = loan.paid.iter().flat_map(|paid| self.transaction(loan, paid));
        paid.chain(self.origination(loan)).collect()
    }

    fn transaction(&self, loan: &SettledLoan, paid: &PaidTransaction) -> Vec<NewLine> {
        let mut held: BTreeMap<ContractId, Vec<&HeldLine>> = BTreeMap::new();
        for line in loan.held.iter().filter(|line| line.transaction == Some(paid.id)) {
            held.entry(line.contract_id).or_default().push(line);
        }
        let share = self.share(loan, paid);
        let blank = |contract_id, kind, received| NewLine {
            contract_id,
            loan_id: Some(loan.id),
            transaction: Some(paid.id),
            kind,
            corrects: None,
            received,
            origination: Money::ZERO,
        };
        if held.is_empty() {
            let Some((contract, received)) = share else { return Vec::new() };
            let pieces = self.pieces(paid, received);
            return pieces.map(|(kind, received)| blank(contract, kind, received)).collect();
        }
        if let Some((contract, _)) = share {
            held.entry(contract).or_default();
        }
        let corrected = held.into_iter().filter_map(|(contract, lines)| {
            let now = share.filter(|(of, _)| *of == contract).map(|(_, received)| received);
            let before = Received::sum(lines.iter().map(|line| line.received));
            let change = now.unwrap_or_default().minus(before);
            let kind = if paid.is_reversed { LineKind::Reversal } else { LineKind::Adjustment };
            let corrects = lines.iter().map(|line| line.settlement).max();
            let line = NewLine { corrects, ..blank(contract, kind, change) };
            (!change.is_nothing()).then_some(line)
        });
        corrected.collect()
    }

    /// The funder's contract and share on the transaction's value date.
    fn share(&self, loan: &SettledLoan, paid: &PaidTransaction) -> Option<(ContractId, Received)> {
        let holders: Vec<&Allocation> = Holdings(&loan.allocations).on(paid.effective_on).collect();
        let own = holders.iter().position(|holder| holder.content.funder_id == self.funder)?;
        let contract = holders.get(own)?.content.contract_id;
        let mut weights: Vec<Money> =
            holders.iter().map(|holder| holder.content.principal).collect();
        let held = Money::checked_sum(weights.iter().copied()).unwrap_or(loan.plafon);
        weights.push(loan.plafon.minus_or_zero(held));
        let of = |amount| split(amount, &weights).get(own).copied().unwrap_or_default();
        let total = |figure: fn(&PaidPart) -> Money| {
            Money::checked_sum(paid.parts.iter().map(figure)).unwrap_or_default()
        };
        let (paid_principal, paid_interest) =
            (total(|part| part.principal), total(|part| part.interest));
        let interest_on_share = of(paid_interest);
        let interest = self.taken(contract, loan, paid, interest_on_share);
        let principal = of(paid_principal);
        let received =
            Received { paid_principal, paid_interest, principal, interest_on_share, interest };
        Some((contract, received))
    }

    /// What the funder takes of the interest on his share.
    fn taken(
        &self,
        contract: ContractId,
        loan: &SettledLoan,
        paid: &PaidTransaction,
        on_share: Money,
    ) -> Money {
        match self.contracts.get(&contract).map(|contract| contract.sharing) {
            None | Some(SharingTerms::PariPassu) => on_share,
            Some(SharingTerms::InterestShare(pct)) => percentage_of(on_share, pct),
            Some(SharingTerms::FunderRate(own)) => {
                let weights: Vec<Money> = paid.parts.iter().map(|part| part.interest).collect();
                let parts = split(on_share, &weights).into_iter().zip(&paid.parts);
                let taken =
                    parts.map(|(share, part)| at_rate(share, own, loan.rates.of(part.made_by)));
                Money::checked_sum(taken).unwrap_or_default()
            }
        }
    }

    /// A share parted into what was due in earlier months and the rest, where the kind of the payment does
    /// not already say what it is.
    fn pieces(
        &self,
        paid: &PaidTransaction,
        received: Received,
    ) -> impl Iterator<Item = (LineKind, Received)> {
        let whole = |kind| [(kind, received), (kind, Received::default())];
        let pieces = match paid.source {
            PaidBy::Payoff => whole(LineKind::Payoff),
            PaidBy::Insurer => whole(LineKind::Claim),
            PaidBy::Recovery => whole(LineKind::Recovery),
            PaidBy::Member => {
                let late = self.late(paid, received);
                [(LineKind::Late, late), (LineKind::Instalment, received.minus(late))]
            }
        };
        pieces.into_iter().filter(|(_, received)| !received.is_nothing())
    }

    fn late(&self, paid: &PaidTransaction, received: Received) -> Received {
        let late = paid.parts.iter().filter(|part| part.due_date < self.periode.first_day());
        let late = late.fold((Money::ZERO, Money::ZERO), |(principal, interest), part| {
            let plus = |sum: Money, part| sum.checked_add(part).unwrap_or(sum);
            (plus(principal, part.principal), plus(interest, part.interest))
        });
        let (paid_principal, paid_interest) = late;
        let rest =
            received.minus(Received { paid_principal, paid_interest, ..Received::default() });
        let of = |amount, late, rest| split(amount, &[late, rest]).first().copied();
        let of_principal = |amount| of(amount, paid_principal, rest.paid_principal);
        let of_interest = |amount| of(amount, paid_interest, rest.paid_interest);
        Received {
            paid_principal,
            paid_interest,
            principal: of_principal(received.principal).unwrap_or_default(),
            interest_on_share: of_interest(received.interest_on_share).unwrap_or_default(),
            interest: of_interest(received.interest).unwrap_or_default(),
        }
    }

    /// The fee on principal, once for every rupiah that the funder ever took of the loan, less what final
    /// settlements hold of it.
    fn origination(&self, loan: &SettledLoan) -> Vec<NewLine> {
        let mut changes: BTreeMap<ContractId, (i64, Option<_>)> = BTreeMap::new();
        for (contract, fee) in self.origination_fees(loan) {
            let change = changes.entry(contract).or_default();
            change.0 = change.0.saturating_add(fee.sen());
        }
        for line in loan.held.iter().filter(|line| line.transaction.is_none()) {
            let change = changes.entry(line.contract_id).or_default();
            change.0 = change.0.saturating_sub(line.origination.sen());
            change.1 = change.1.max(Some(line.settlement));
        }
        let changed = changes.into_iter().filter(|(_, (fee, _))| *fee != 0);
        let line = |(contract_id, (fee, corrects))| NewLine {
            contract_id,
            loan_id: Some(loan.id),
            transaction: None,
            kind: LineKind::Origination,
            corrects,
            received: Received::default(),
            origination: Money::from_sen(fee),
        };
        changed.map(line).collect()
    }

    fn origination_fees<'l>(
        &'l self,
        loan: &'l SettledLoan,
    ) -> impl Iterator<Item = (ContractId, Money)> + 'l {
        let is_paid_out = loan.disbursed_on.is_some_and(|day| day <= self.through);
        let own = loan.allocations.iter().filter(move |allocation| {
            let content = &allocation.content;
            let stood = allocation.ended_on != Some(content.valid_from);
            is_paid_out
                && content.funder_id == self.funder
                && stood
                && content.valid_from <= self.through
        });
        let mut most = Money::ZERO;
        own.filter_map(move |allocation| {
            let more = allocation.content.principal.minus_or_zero(most);
            most = most.max(allocation.content.principal);
            let contract = allocation.content.contract_id;
            let fee = self.contracts.get(&contract)?.originator;
            (fee.base == OriginatorBase::Principal)
                .then(|| (contract, percentage_of(more, fee.pct)))
        })
    }
}

/// The interest of a share at the funder's own rate, from the interest at the loan's: both are of one
/// balance and time, so that they stand as the rates do. He never takes more than there is.
fn at_rate(interest: Money, own: Rate, of_loan: Rate) -> Money {
    if own >= of_loan {
        return interest;
    }
    crate::allocation::scaled(interest, own.units(), of_loan.units())
}
