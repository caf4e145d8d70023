//! Money that comes in: what a payment may be. What it does is the account's business.

use chrono::NaiveDate;
use pensipro_kernel::{
    Faults, FieldFault, LoanId, Money, Period, TransactionId, optional_text, read_code,
};

use crate::{
    error::ServicingError,
    input::{ExcessTo, PaidAs, PaymentInput},
    loan::LoanStatus,
    open_loan::OpenLoan,
    outstanding::SettlementTotal,
    posting::NewPayment,
    rules::ServicingPolicy,
};

pensipro_kernel::codes! {
    /// How a payment came in.
    pub enum Channel {
        /// Deducted from the pension by its payer.
        PensionCut = "potong_pensiun",
        /// Bank transfer.
        Transfer = "transfer",
        /// Cash.
        Cash = "tunai",
        /// From the heirs.
        Heirs = "ahli_waris",
        /// From an insurance.
        Insurance = "asuransi",
    }
}

impl Channel {
    /// What becomes of the rest where the payer does not say: a pension cut's is refunded.
    pub const fn default_excess(self) -> ExcessTo {
        match self {
            Self::PensionCut => ExcessTo::Refund,
            Self::Transfer | Self::Cash | Self::Heirs | Self::Insurance => ExcessTo::PrepayNext,
        }
    }

    /// The rows due up to this day are what a counter payment is for: those of the month for a
    /// pension cut, otherwise those due when it is paid.
    pub fn due_through(self, paid_on: NaiveDate) -> NaiveDate {
        match self {
            Self::PensionCut => Period::of(paid_on).last_day(),
            Self::Transfer | Self::Cash | Self::Heirs | Self::Insurance => paid_on,
        }
    }

    /// As what such a payment comes in.
    pub const fn paid_as(self) -> PaidAs {
        match self {
            Self::PensionCut => PaidAs::PensionCut,
            Self::Transfer | Self::Cash | Self::Heirs | Self::Insurance => PaidAs::Ordinary,
        }
    }

    /// What such a payment at the counter may miss or pass the amount due by.
    pub const fn tolerance(self, policy: &ServicingPolicy) -> Money {
        match self {
            Self::PensionCut => policy.cut_tolerance,
            Self::Transfer | Self::Cash | Self::Heirs | Self::Insurance => Money::ZERO,
        }
    }
}

/// A counter payment as asked for, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawPayment {
    /// Value date.
    pub paid_on: Option<NaiveDate>,
    /// Amount.
    pub amount: Option<Money>,
    /// A code of [`Channel`].
    pub channel: Option<String>,
    /// The bank's or payer's reference.
    pub reference: Option<String>,
    /// A code of [`ExcessTo`].
    pub excess_to: Option<String>,
}

/// A counter payment whose fields hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordPayment {
    paid_on: NaiveDate,
    amount: Money,
    channel: Channel,
    reference: Option<String>,
    excess_to: ExcessTo,
}

/// The longest reference.
pub(crate) const MAX_REFERENCE: usize = 100;

impl RecordPayment {
    /// Checks the fields, all at once.
    pub fn check(raw: RawPayment, today: NaiveDate) -> Result<Self, Faults> {
        let RawPayment { paid_on, amount, channel, reference, excess_to } = raw;
        let mut faults = Faults::new();
        let amount = faults.take(amount.ok_or_else(|| FieldFault::required("amount")));
        let positive = amount.is_none_or(Money::is_positive);
        faults.require(positive, "amount", "not_positive", "must be above zero");
        let possible = amount.is_none_or(|amount| amount <= Money::MAX_INPUT);
        faults.require(possible, "amount", "out_of_range", "is more than an amount can be");
        let paid_on = faults.take(paid_on.ok_or_else(|| FieldFault::required("paid_on")));
        if let Some(date) = paid_on {
            check_date(&mut faults, "paid_on", date, today);
        }
        let reference =
            faults.take(optional_text("reference", reference.as_deref(), MAX_REFERENCE));
        let channel = channel.ok_or_else(|| FieldFault::required("channel"));
        let channel: Option<Channel> =
            faults.take(channel.and_then(|code| read_code("channel", &code)));
        let excess_to =
            excess_to.and_then(|code| faults.take(read_code::<ExcessTo>("excess_to", &code)));
        let command = || {
            let (paid_on, amount, channel, reference) = (paid_on?, amount?, channel?, reference?);
            let excess_to = excess_to.unwrap_or(channel.default_excess());
            Some(Self { paid_on, amount, channel, reference, excess_to })
        };
        let command = command();
        faults.finish(command)
    }

    /// Value date.
    pub const fn paid_on(&self) -> NaiveDate {
        self.paid_on
    }

    /// Above zero.
    pub const fn amount(&self) -> Money {
        self.amount
    }

    /// How it came in.
    pub const fn channel(&self) -> Channel {
        self.channel
    }

    /// The bank's or payer's reference.
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// Accepts the payment at the counter or says why not. Accepted once, it is never refused by a
    /// later replay. A value date before the loan's last input needs the loan's history.
    pub fn accept(
        &self,
        loan: &OpenLoan,
        policy: &ServicingPolicy,
    ) -> Result<PaymentInput, ServicingError> {
        let dates = match (loan.loan().status, loan.account().state().dates) {
            (status @ LoanStatus::Cancelled, _) => {
                return Err(ServicingError::LoanNotOpen { status });
            }
            (_, None) => {
                return Err(ServicingError::LoanNotOpen { status: LoanStatus::Pending });
            }
            (_, Some(dates)) => dates,
        };
        if self.paid_on < dates.disbursed_on {
            let disbursed_on = dates.disbursed_on;
            return Err(ServicingError::BeforeDisbursement { disbursed_on });
        }
        let account = loan.account_on(self.paid_on)?;
        if !account.state().takes_money() {
            return Err(ServicingError::LoanNotOpen { status: account.status() });
        }
        let due_through = self.channel.due_through(self.paid_on);
        let total = SettlementTotal::of(&account, loan.rules(), self.paid_on, due_through).total;
        if self.amount > total {
            return Err(ServicingError::AmountExceedsOutstanding { total });
        }
        let tolerance = self.channel.tolerance(policy);
        Ok(PaymentInput {
            amount: self.amount,
            due_through,
            tolerance,
            excess_to: self.excess_to,
            paid_as: self.channel.paid_as(),
        })
    }

    /// The particulars of the payment that a transaction makes of it.
    pub(crate) fn particulars(&self, transaction_id: TransactionId, loan_id: LoanId) -> NewPayment {
        NewPayment {
            transaction_id,
            loan_id,
            paid_on: self.paid_on,
            amount: self.amount,
            channel: self.channel,
            reference: self.reference.clone(),
            source_line: None,
        }
    }
}

impl PaymentInput {
    /// A pension cut from a payer's file, for the instalments of a month: always taken; what is not
    /// owed becomes a refund.
    pub fn of_cut(amount: Money, periode: Period, tolerance: Money) -> Self {
        let due_through = periode.last_day();
        let (excess_to, paid_as) = (ExcessTo::Refund, PaidAs::PensionCut);
        Self { amount, due_through, tolerance, excess_to, paid_as }
    }
}

/// Refuses a value date after today.
pub(crate) fn check_date(faults: &mut Faults, field: &str, date: NaiveDate, today: NaiveDate) {
    faults.require(date <= today, field, "date_in_future", "must not lie in the future");
}
