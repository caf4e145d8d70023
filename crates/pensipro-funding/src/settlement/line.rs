//! Lines of a settlement: what a funder gets of a transaction, or pays for a loan.

use chrono::NaiveDate;
use pensipro_kernel::{ContractId, FunderSettlementId, LoanId, Money, TransactionId};

pensipro_kernel::codes! {
    /// What a line is about.
    pub enum LineKind {
        /// Instalments of the month, or of later ones paid ahead.
        Instalment = "instalment",
        /// Instalments of earlier months.
        Late = "late",
        /// A loan that was paid off.
        Payoff = "payoff",
        /// An insurer's payment.
        Claim = "claim",
        /// A payment on a loan that was written off.
        Recovery = "recovery",
        /// A payment settled before that was taken back.
        Reversal = "reversal",
        /// A payment settled before that is shared otherwise by now.
        Adjustment = "adjustment",
        /// The originator's fee on principal that was allocated.
        Origination = "origination",
        /// What the servicing fee lacks of its minimum.
        Minimum = "minimum",
    }
}

impl LineKind {
    /// As a statement names it.
    pub const fn indonesian(self) -> &'static str {
        match self {
            Self::Instalment => "Angsuran",
            Self::Late => "Angsuran bulan lalu (susulan)",
            Self::Payoff => "Pelunasan",
            Self::Claim => "Klaim asuransi",
            Self::Recovery => "Pemulihan",
            Self::Reversal => "Pembatalan",
            Self::Adjustment => "Penyesuaian",
            Self::Origination => "Fee originator",
            Self::Minimum => "Fee servicing minimum",
        }
    }
}

/// Money of a transaction: what members paid, and the funder's part. Changes are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Received {
    /// Principal that members paid.
    pub paid_principal: Money,
    /// Interest that members paid.
    pub paid_interest: Money,
    /// The funder's share of the principal.
    pub principal: Money,
    /// The interest on the funder's share.
    pub interest_on_share: Money,
    /// What of it he takes; the rest is the cooperative's margin.
    pub interest: Money,
}

impl Received {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.combined(other, |one, other| one.saturating_add(other))
    }

    /// What this has more than the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.combined(other, |one, other| one.saturating_sub(other))
    }

    /// The sum of all.
    pub fn sum(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), Self::plus)
    }

    /// Principal and interest that are not the funder's: the cooperative's and other funders'.
    pub fn held_by_others(self) -> (Money, Money) {
        let rest = |paid: Money, own: Money| Money::from_sen(paid.sen().saturating_sub(own.sen()));
        (rest(self.paid_principal, self.principal), rest(self.paid_interest, self.interest))
    }

    /// True if nothing changes.
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// Sums fit: amounts have 15 digits of rupiah at most, and a settlement's transactions are bounded by
    /// what loans hold.
    fn combined(self, other: Self, with: impl Fn(i64, i64) -> i64) -> Self {
        let figure = |one: Money, other: Money| Money::from_sen(with(one.sen(), other.sen()));
        Self {
            paid_principal: figure(self.paid_principal, other.paid_principal),
            paid_interest: figure(self.paid_interest, other.paid_interest),
            principal: figure(self.principal, other.principal),
            interest_on_share: figure(self.interest_on_share, other.interest_on_share),
            interest: figure(self.interest, other.interest),
        }
    }
}

/// A line before percentages of its contract are taken off it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLine {
    /// Under which contract.
    pub contract_id: ContractId,
    /// The loan; none for a contract's minimum.
    pub loan_id: Option<LoanId>,
    /// What members paid with; none for fees on principal and minima.
    pub transaction: Option<TransactionId>,
    /// What it is about.
    pub kind: LineKind,
    /// The last final settlement with a line that this one corrects.
    pub corrects: Option<FunderSettlementId>,
    /// What came in.
    pub received: Received,
    /// The originator's fee on allocated principal; fees on interest come later.
    pub origination: Money,
}

/// A line as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettlementLine {
    /// Its place, from 1.
    pub no: u32,
    /// What it is of.
    pub of: NewLine,
    /// What the funder pays for bringing the loan.
    pub fee_originator: Money,
    /// What he pays for serving it.
    pub fee_servicing: Money,
}

/// A line that a final settlement holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldLine {
    /// The settlement.
    pub settlement: FunderSettlementId,
    /// Under which contract.
    pub contract_id: ContractId,
    /// Of which transaction; none for a fee on principal.
    pub transaction: Option<TransactionId>,
    /// What it gave.
    pub received: Received,
    /// The fee on principal that it took.
    pub origination: Money,
}

/// A line as statements show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The line.
    pub line: SettlementLine,
    /// The loan's number.
    pub loan_number: Option<String>,
    /// The transaction's value date.
    pub on: Option<NaiveDate>,
}

/// The lines of a kind together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindTotals {
    /// The kind.
    pub kind: LineKind,
    /// How many lines.
    pub count: u32,
    /// The funder's principal.
    pub principal: Money,
    /// What he takes of the interest.
    pub interest: Money,
    /// The originator's fee.
    pub fee_originator: Money,
    /// The servicing fee.
    pub fee_servicing: Money,
}
