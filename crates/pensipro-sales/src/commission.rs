//! Commissions: earned by a disbursement, taken back when that is reversed, or entered by hand; paid
//! with a payroll.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use pensipro_kernel::{
    Actor, AuditValue, BranchId, CommissionId, Faults, FieldFault, LoanId, Money, Period, Rate,
    Rounding, SalesId, TransactionId, UserId, Version, clean_text, codes, div_round, optional_text,
};

use crate::{SalesError, SalesPerson};

codes! {
    /// Where a commission comes from.
    pub enum CommissionKind {
        /// A disbursement earned it.
        Disbursement = "disbursement",
        /// It takes a paid one back, whose disbursement was reversed.
        Clawback = "clawback",
        /// Somebody entered it, with a reason.
        Manual = "manual",
    }
}

codes! {
    /// How far a commission is.
    pub enum CommissionStatus {
        /// To be paid with a payroll; a negative one, to be deducted.
        Unpaid = "unpaid",
        /// Was paid or deducted.
        Paid = "paid",
        /// Its disbursement was reversed before it was paid.
        Void = "void",
    }
}

/// A row of a sales person's commissions as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commission {
    /// Its id.
    pub id: CommissionId,
    /// What was entered, which never changes.
    pub entry: CommissionEntry,
    /// How far it is.
    pub state: CommissionState,
    /// The row's version.
    pub version: Version,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who entered it, or made or reversed the disbursement.
    pub created_by: Option<UserId>,
}

/// What is entered of a commission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionEntry {
    /// Whose it is.
    pub sales_id: SalesId,
    /// The branch that he worked for.
    pub branch_id: BranchId,
    /// The loan it is about.
    pub loan_id: Option<LoanId>,
    /// Where it comes from.
    pub origin: CommissionOrigin,
    /// The month that it counts for: of the disbursement's value date, or of the day of entry.
    pub periode: Period,
    /// Not zero; below zero where it is deducted.
    pub amount: Money,
    /// Why it was entered by hand or taken back.
    pub reason: Option<String>,
}

/// Where a commission comes from, with what it follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommissionOrigin {
    /// A disbursement earned it; no other commission follows from the same one.
    Disbursement(Earned),
    /// It takes this one back; no other row does.
    Clawback(CommissionId),
    /// Somebody entered it.
    Manual,
}

/// What an earned commission follows from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earned {
    /// The disbursement.
    pub disbursement: TransactionId,
    /// The plafon disbursed.
    pub plafon: Money,
    /// The sales person's share on that day.
    pub commission_pct: Rate,
}

/// How far a commission is, with its payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommissionState {
    /// To be paid.
    Unpaid,
    /// Was paid.
    Paid(CommissionPayment),
    /// Not to be paid.
    Void,
}

/// The payroll that a commission was paid with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommissionPayment {
    /// The day.
    pub paid_on: NaiveDate,
    /// The payroll's month.
    pub payroll_periode: Period,
    /// The bank's or payroll's reference.
    pub reference: Option<String>,
    /// Who marked it as paid.
    pub paid_by: Option<UserId>,
}

/// A disbursement as it earns a commission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EarnedFacts {
    /// The loan.
    pub loan_id: LoanId,
    /// The disbursement.
    pub disbursement: TransactionId,
    /// The plafon disbursed.
    pub plafon: Money,
    /// Its value date.
    pub disbursed_on: NaiveDate,
}

/// What becomes of a commission whose disbursement is reversed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undo {
    /// It was not paid: it is void.
    Void(Commission),
    /// It was paid: this row takes it back.
    ClawBack(CommissionEntry),
    /// It is void already.
    Nothing,
}

/// A commission entered by hand, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManualCommission {
    /// The loan it is about.
    pub loan_id: Option<LoanId>,
    amount: Money,
    reason: String,
}

/// The fields of a commission entered by hand, as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of ManualCommission, unchecked")]
pub struct RawManualCommission {
    pub loan_id: Option<LoanId>,
    pub amount: Option<Money>,
    pub reason: Option<String>,
}

/// The command to mark a commission as paid, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayCommission {
    paid_on: NaiveDate,
    payroll_periode: Period,
    reference: Option<String>,
}

/// The fields of a commission's payment as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of PayCommission, unchecked")]
pub struct RawPayCommission {
    pub paid_on: Option<NaiveDate>,
    pub payroll_periode: Option<Period>,
    pub reference: Option<String>,
}

/// A share of a plafon, to the sen, half away from zero.
pub fn commission_of(plafon: Money, pct: Rate) -> Money {
    let units = i128::from(plafon.sen()).saturating_mul(pct.units().into());
    let sen = div_round(units, Rate::UNITS_PER_WHOLE.into(), Rounding::HalfAwayFromZero);
    sen.and_then(Money::from_wide).unwrap_or_default()
}

impl ManualCommission {
    /// Checks the fields, all at once.
    pub fn check(raw: RawManualCommission) -> Result<Self, Faults> {
        let RawManualCommission { loan_id, amount, reason } = raw;
        let mut faults = Faults::new();
        let amount = faults.take(amount.ok_or_else(|| FieldFault::required("amount")));
        let zero = amount.is_some_and(Money::is_zero);
        faults.require(!zero, "amount", "zero", "is not zero");
        let reason = faults.take(clean_text("reason", &reason.unwrap_or_default(), 500));
        let command = || Some(Self { loan_id, amount: amount?, reason: reason? });
        faults.finish(command())
    }
}

impl PayCommission {
    /// Checks the fields, all at once; `today` is the business day.
    pub fn check(raw: RawPayCommission, today: NaiveDate) -> Result<Self, Faults> {
        let RawPayCommission { paid_on, payroll_periode, reference } = raw;
        let mut faults = Faults::new();
        let paid_on = faults.take(paid_on.ok_or_else(|| FieldFault::required("paid_on")));
        let ahead = paid_on.is_some_and(|day| day > today);
        faults.require(!ahead, "paid_on", "date_in_future", "is not after today");
        let ancient = paid_on.is_some_and(|day| day.year() < 2000);
        faults.require(!ancient, "paid_on", "invalid_date", "is not before 2000");
        let payroll_periode =
            payroll_periode.ok_or_else(|| FieldFault::required("payroll_periode"));
        let payroll_periode = faults.take(payroll_periode);
        let reference = faults.take(optional_text("reference", reference.as_deref(), 100));
        let command = || {
            Some(Self {
                paid_on: paid_on?,
                payroll_periode: payroll_periode?,
                reference: reference?,
            })
        };
        faults.finish(command())
    }
}

impl CommissionEntry {
    /// What a disbursement earns its sales person; `None` where his share comes to nothing.
    pub fn earned(person: &SalesPerson, facts: EarnedFacts) -> Option<Self> {
        let EarnedFacts { loan_id, disbursement, plafon, disbursed_on } = facts;
        let commission_pct = person.details.commission_pct;
        let amount = commission_of(plafon, commission_pct);
        (!amount.is_zero()).then(|| Self {
            sales_id: person.id,
            branch_id: person.details.branch_id,
            loan_id: Some(loan_id),
            origin: CommissionOrigin::Disbursement(Earned { disbursement, plafon, commission_pct }),
            periode: Period::of(disbursed_on),
            amount,
            reason: None,
        })
    }

    /// What somebody enters by hand. Nobody does for himself.
    pub fn manual(
        person: &SalesPerson,
        command: ManualCommission,
        by: &Actor,
        today: NaiveDate,
    ) -> Result<Self, SalesError> {
        if by.is_user(person.details.user_id) {
            return Err(SalesError::SamePerson);
        }
        let ManualCommission { loan_id, amount, reason } = command;
        Ok(Self {
            sales_id: person.id,
            branch_id: person.details.branch_id,
            loan_id,
            origin: CommissionOrigin::Manual,
            periode: Period::of(today),
            amount,
            reason: Some(reason),
        })
    }

    /// Where it comes from.
    pub const fn kind(&self) -> CommissionKind {
        match self.origin {
            CommissionOrigin::Disbursement(_) => CommissionKind::Disbursement,
            CommissionOrigin::Clawback(_) => CommissionKind::Clawback,
            CommissionOrigin::Manual => CommissionKind::Manual,
        }
    }
}

impl CommissionState {
    /// The status.
    pub const fn status(&self) -> CommissionStatus {
        match self {
            Self::Unpaid => CommissionStatus::Unpaid,
            Self::Paid(_) => CommissionStatus::Paid,
            Self::Void => CommissionStatus::Void,
        }
    }
}

impl Commission {
    /// The same, paid. Nobody pays himself, nor what he entered by hand. `own_user` is the user whose
    /// commission it is.
    pub fn pay(
        &self,
        command: PayCommission,
        by: &Actor,
        own_user: Option<UserId>,
    ) -> Result<Self, SalesError> {
        if self.state != CommissionState::Unpaid {
            let (from, to) = (self.state.status().code(), CommissionStatus::Paid.code());
            return Err(SalesError::InvalidTransition { thing: "commission", from, to });
        }
        let entered = self.entry.kind() == CommissionKind::Manual && by.is_user(self.created_by);
        if entered || by.is_user(own_user) {
            return Err(SalesError::SamePerson);
        }
        let PayCommission { paid_on, payroll_periode, reference } = command;
        let payment =
            CommissionPayment { paid_on, payroll_periode, reference, paid_by: by.user_id };
        Ok(Self { state: CommissionState::Paid(payment), ..self.clone() })
    }

    /// What becomes of it when its disbursement is reversed on a day.
    pub fn undo(&self, today: NaiveDate, reason: &str) -> Undo {
        match self.state {
            CommissionState::Void => Undo::Nothing,
            CommissionState::Unpaid => {
                Undo::Void(Self { state: CommissionState::Void, ..self.clone() })
            }
            CommissionState::Paid(_) => Undo::ClawBack(CommissionEntry {
                origin: CommissionOrigin::Clawback(self.id),
                periode: Period::of(today),
                // An earned amount is above zero, and so has an opposite.
                amount: self.entry.amount.checked_neg().unwrap_or_default(),
                reason: Some(reason.to_owned()),
                ..self.entry.clone()
            }),
        }
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let CommissionEntry { sales_id, branch_id, loan_id, origin: _, periode, amount, reason } =
            &self.entry;
        let view = AuditValue::new()
            .with("sales_id", sales_id.get())
            .with("branch_id", branch_id.get())
            .with("loan_id", loan_id.map(LoanId::get))
            .text("kind", self.entry.kind())
            .text("periode", periode)
            .text("amount", amount)
            .with("reason", reason.clone())
            .text("status", self.state.status());
        match &self.state {
            CommissionState::Unpaid | CommissionState::Void => view,
            CommissionState::Paid(payment) => view
                .text("paid_on", payment.paid_on)
                .text("payroll_periode", payment.payroll_periode)
                .with("reference", payment.reference.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, commission, sales_person, today};
    use pensipro_kernel::DomainError;
    use proptest::prelude::*;

    fn payment() -> PayCommission {
        let raw = RawPayCommission {
            paid_on: Some(today()),
            payroll_periode: "2026-06".parse().ok(),
            reference: None,
        };
        PayCommission::check(raw, today()).unwrap()
    }

    #[test]
    fn a_disbursement_earns_the_share_of_its_plafon() {
        let facts = EarnedFacts {
            loan_id: LoanId::new(3),
            disbursement: TransactionId::new(9),
            plafon: "33333333.33".parse().unwrap(),
            disbursed_on: "2026-05-31".parse().unwrap(),
        };
        let mut person = sales_person();
        person.details.commission_pct = "1.5".parse().unwrap();
        let entry = CommissionEntry::earned(&person, facts).unwrap();
        assert_eq!(
            (entry.amount.to_string(), entry.periode.to_string()),
            ("500000.00".into(), "2026-05".into())
        );
        person.details.commission_pct = Rate::ZERO;
        assert_eq!(CommissionEntry::earned(&person, facts), None);
    }

    #[test]
    fn what_was_not_paid_is_void_and_what_was_paid_is_taken_back() {
        let unpaid = commission(CommissionOrigin::Manual);
        let Undo::Void(void) = unpaid.undo(today(), "salah") else { panic!("it was not paid") };
        assert_eq!(void.state, CommissionState::Void);
        assert_eq!(void.undo(today(), "lagi"), Undo::Nothing);
        let paid = unpaid.pay(payment(), &actor(8), None).unwrap();
        let Undo::ClawBack(back) = paid.undo(today(), "salah") else { panic!("it was paid") };
        assert_eq!(back.origin, CommissionOrigin::Clawback(paid.id));
        assert_eq!(Money::checked_sum([back.amount, paid.entry.amount]), Some(Money::ZERO));
        assert_eq!((back.sales_id, back.loan_id), (paid.entry.sales_id, paid.entry.loan_id));
    }

    #[test]
    fn nobody_pays_himself_nor_what_he_entered() {
        let code = |commission: &Commission, by: i64| {
            let paid = commission.pay(payment(), &actor(by), Some(UserId::new(5)));
            paid.map(|paid| paid.state.status()).map_err(|error| error.kind().code)
        };
        let manual = commission(CommissionOrigin::Manual);
        let author = manual.created_by.unwrap().get();
        assert_eq!(code(&manual, author), Err("same_person"));
        assert_eq!(code(&manual, 5), Err("same_person"));
        assert_eq!(code(&manual, 8), Ok(CommissionStatus::Paid));
        let back = commission(CommissionOrigin::Clawback(CommissionId::new(2)));
        assert_eq!(code(&back, author), Ok(CommissionStatus::Paid));
        for state in [CommissionState::Void, manual.pay(payment(), &actor(8), None).unwrap().state]
        {
            let other = Commission { state, ..manual.clone() };
            assert_eq!(code(&other, 8), Err("invalid_transition"));
        }
    }

    #[test]
    fn a_row_by_hand_has_an_amount_and_a_reason() {
        let faults = |amount: &str, reason: &str| {
            let raw = RawManualCommission {
                loan_id: None,
                amount: amount.parse().ok(),
                reason: Some(reason.into()),
            };
            ManualCommission::check(raw).map(drop).map_err(|faults| faults.list()[0].code)
        };
        assert_eq!(faults("0", "bonus"), Err("zero"));
        assert_eq!(faults("", "bonus"), Err("required"));
        assert_eq!(faults("1", " "), Err("required"));
        assert_eq!(faults("-1", "kelebihan"), Ok(()));
        let own = actor(5);
        let mut person = sales_person();
        person.details.user_id = own.user_id;
        let raw = RawManualCommission {
            amount: "1".parse().ok(),
            reason: Some("bonus".into()),
            loan_id: None,
        };
        let command = ManualCommission::check(raw).unwrap();
        let refused = CommissionEntry::manual(&person, command, &own, today()).unwrap_err();
        assert_eq!(refused.kind().code, "same_person");
    }

    #[test]
    fn a_payment_is_of_a_day_that_came() {
        let code = |day: Option<&str>| {
            let raw = RawPayCommission {
                paid_on: day.map(|day| day.parse().unwrap()),
                payroll_periode: "2026-06".parse().ok(),
                reference: None,
            };
            PayCommission::check(raw, today()).map(drop).map_err(|faults| faults.list()[0].code)
        };
        assert_eq!(code(None), Err("required"));
        assert_eq!(code(Some("2026-06-16")), Err("date_in_future"));
        assert_eq!(code(Some("1999-06-16")), Err("invalid_date"));
        assert_eq!(code(Some("2026-06-15")), Ok(()));
    }

    proptest! {
        #[test]
        fn a_commission_is_within_half_a_sen_of_its_share(sen in 0..=i64::MAX / 2, units in 0..=1_000_000_i64) {
            let amount = commission_of(Money::from_sen(sen), Rate::from_units(units));
            let exact = i128::from(sen) * i128::from(units);
            let off = (i128::from(amount.sen()) * 1_000_000 - exact).abs();
            prop_assert!(off <= 500_000 && amount <= Money::from_sen(sen));
        }
    }
}
