//! What a restructure is asked to change, and what it would come to.

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{Faults, FieldFault, Money, Rate, TransactionId, clip_day, read_code};
use pensipro_pricing::{DueDates, MAX_TENOR, Repayment, RepaymentFacts};
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    allocation::Component,
    amount::{plus, total},
    error::ServicingError,
    fold::replay,
    input::{Input, InputKind, Order, Rank},
    loan::Loan,
    open_loan::OpenLoan,
    payment::check_date,
    restructured::{Arrears, Restructured},
    row::{Row, RowKey},
    rules::{RestructurePolicy, Rules},
};

pensipro_kernel::codes! {
    /// What a restructure does; one may do several.
    pub enum RestructureKind {
        /// The loan runs longer.
        TenorExtension = "tenor_extension",
        /// It costs less.
        RateReduction = "rate_reduction",
        /// For some months nothing is repaid.
        PaymentHoliday = "payment_holiday",
    }
}

pensipro_kernel::codes! {
    /// What becomes of the interest of a holiday.
    pub enum HolidayKind {
        /// It is paid month by month.
        InterestOnly = "interest_only",
        /// It becomes principal.
        Capitalise = "capitalise",
    }
}

/// Months in which nothing is repaid; the loan runs longer by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// How many, above zero.
    pub months: u16,
    /// What becomes of their interest.
    pub kind: HolidayKind,
}

/// A restructure as asked for, unchecked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RawRestructure {
    /// Value date.
    pub effective_on: Option<NaiveDate>,
    /// Months that the loan runs longer.
    pub extra_months: Option<u16>,
    /// The rate from then on, percent a year.
    pub new_rate: Option<Rate>,
    /// Months of a holiday.
    pub holiday_months: Option<u16>,
    /// A code of [`HolidayKind`].
    pub holiday: Option<String>,
    /// A code of [`Arrears`].
    pub arrears: Option<String>,
}

/// What a restructure is asked to change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RestructureTerms {
    /// Value date.
    pub effective_on: NaiveDate,
    /// Months that the loan runs longer.
    pub extra_months: u16,
    /// The rate from then on, below the present one; the present one if absent.
    pub new_rate: Option<Rate>,
    /// Months in which nothing is repaid.
    pub holiday: Option<Holiday>,
    /// What becomes of what is in arrears.
    pub arrears: Arrears,
}

impl RestructureTerms {
    /// Checks the fields, and notes all faults at once.
    pub(crate) fn check(
        raw: &RawRestructure,
        today: NaiveDate,
        faults: &mut Faults,
    ) -> Option<Self> {
        let effective_on =
            faults.take(raw.effective_on.ok_or_else(|| FieldFault::required("effective_on")));
        if let Some(date) = effective_on {
            check_date(faults, "effective_on", date, today);
        }
        let some = raw.extra_months.is_some() || raw.new_rate.is_some();
        let message = "more months, a lower rate or a holiday is needed";
        let some = some || raw.holiday_months.is_some();
        faults.require(some, "extra_months", "required", message);
        for (field, months) in
            [("extra_months", raw.extra_months), ("holiday_months", raw.holiday_months)]
        {
            let possible = months.is_none_or(|months| (1..MAX_TENOR).contains(&months));
            faults.require(possible, field, "out_of_range", "must be from 1 to 599");
        }
        let holiday = read_holiday(raw, faults);
        let arrears = raw.arrears.as_ref().ok_or_else(|| FieldFault::required("arrears"));
        let arrears = faults.take(arrears.and_then(|code| read_code("arrears", code)));
        Some(Self {
            effective_on: effective_on?,
            extra_months: raw.extra_months.unwrap_or(0),
            new_rate: raw.new_rate,
            holiday: holiday?,
            arrears: arrears?,
        })
    }

    /// What it does.
    pub fn kinds(&self) -> Vec<RestructureKind> {
        let kinds = [
            (RestructureKind::TenorExtension, self.extra_months > 0),
            (RestructureKind::RateReduction, self.new_rate.is_some()),
            (RestructureKind::PaymentHoliday, self.holiday.is_some()),
        ];
        kinds.into_iter().filter(|(_, does)| *does).map(|(kind, _)| kind).collect()
    }
}

fn read_holiday(raw: &RawRestructure, faults: &mut Faults) -> Option<Option<Holiday>> {
    let kind = raw.holiday.as_ref().map(|code| read_code("holiday", code)).transpose();
    let kind: Option<HolidayKind> = faults.take(kind)?;
    match (raw.holiday_months, kind) {
        (Some(months), Some(kind)) => Some(Some(Holiday { months, kind })),
        (None, None) => Some(None),
        (months, _) => {
            let missing = if months.is_some() { "holiday" } else { "holiday_months" };
            faults.add(missing, "required", "months and kind of a holiday go together");
            None
        }
    }
}

/// What a restructure comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestructurePreview {
    /// What the account takes.
    pub agreed: Restructured,
    /// Principal that is repaid in new rows.
    pub principal: Money,
    /// Of it, what was interest, fees or penalties before, interest of a holiday included.
    pub capitalised: Money,
    /// What is waived of interest, fees and penalties.
    pub waived: Money,
    /// The instalment of the rows that repay.
    pub instalment: Money,
    /// The rows that were owed before, by number.
    pub replaced: u16,
    /// Due date of the last row before.
    pub maturity_before: NaiveDate,
    /// The new rows.
    pub rows: Vec<PreviewRow>,
}

/// A row that a restructure would make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewRow {
    /// Its number.
    pub no: u16,
    /// When it is to be paid.
    pub due_date: NaiveDate,
    /// Principal.
    pub principal: Money,
    /// Interest.
    pub interest: Money,
    /// Of the interest, what is capitalised or not charged.
    pub interest_settled: Money,
    /// Fees.
    pub fee: Money,
}

impl RestructurePreview {
    /// What the terms come to for a loan, of which the whole history is at hand.
    pub fn of(
        terms: &RestructureTerms,
        loan: &OpenLoan,
        policy: &RestructurePolicy,
    ) -> Result<Self, ServicingError> {
        let before = Before::of(loan, terms.effective_on)?;
        let agreed = before.agree(terms, loan.loan(), policy)?;
        Ok(before.preview(agreed, loan))
    }
}

/// An account at the place of a restructure, before it.
struct Before {
    account: Account,
    rules: Rules,
    rate: Rate,
    on: NaiveDate,
}

/// The transaction of a restructure that is not made.
const IMAGINED: TransactionId = TransactionId::new(i64::MAX);

impl Before {
    fn of(loan: &OpenLoan, on: NaiveDate) -> Result<Self, ServicingError> {
        crate::hand::open_account(loan, on)?;
        let now = loan.status_of(loan.account());
        if !now.is_open() {
            return Err(ServicingError::LoanNotOpen { status: now });
        }
        if loan.account().state().settled_on.is_some() {
            return Err(ServicingError::LoanSettled);
        }
        let history = loan.history().ok_or(ServicingError::HistoryMissing)?;
        let place = Order { effective_on: on, rank: Rank::Restructure, id: IMAGINED };
        let earlier = history.entered.inputs.iter().filter(|input| input.order() < place);
        let mut account = replay(loan.rules(), loan.holds(), earlier.clone()).account;
        account.bring_to(loan.rules(), loan.holds(), on);
        let last = earlier.filter_map(|input| match &input.kind {
            InputKind::Restructure(agreed) => Some((input.order(), agreed.repayment.rules)),
            _ => None,
        });
        let last = last.max_by_key(|(order, _)| *order);
        let rules = last.map_or(loan.loan().terms.rules, |(_, rules)| rules);
        Ok(Self { account, rules: *loan.rules(), rate: rules.interest_rate, on })
    }

    fn live_rows(&self) -> impl Iterator<Item = &Row> {
        self.account.rows().iter().filter(|row| row.is_live())
    }

    /// Rows that are due and not paid.
    fn due(&self) -> impl Iterator<Item = &Row> {
        self.live_rows().filter(|row| row.due_date <= self.on && !row.is_paid(&self.rules))
    }

    /// Rows to come, from the first on which anything is owed.
    fn to_come(&self) -> impl Iterator<Item = &Row> {
        let to_come = self.live_rows().filter(|row| row.due_date > self.on);
        to_come.skip_while(|row| row.is_paid(&self.rules))
    }

    fn charges(&self) -> Money {
        let left =
            |row: &Row| total([row.interest_left(), row.fee_left(), row.penalty_left(&self.rules)]);
        plus(self.account.state().loan_penalty, total(self.due().map(left)))
    }

    fn agree(
        &self,
        terms: &RestructureTerms,
        loan: &Loan,
        policy: &RestructurePolicy,
    ) -> Result<Restructured, ServicingError> {
        let RestructureTerms { extra_months, new_rate, holiday, arrears, .. } = *terms;
        let mut faults = Faults::new();
        let lower = new_rate.is_none_or(|rate| Rate::ZERO <= rate && rate < self.rate);
        faults.require(lower, "new_rate", "not_reduced", "must be below the present rate");
        let left = u16::try_from(self.to_come().count()).unwrap_or(MAX_TENOR);
        let months = holiday.map_or(0, |holiday| holiday.months);
        let rows = [left, extra_months, months].into_iter().fold(0, u16::saturating_add);
        let possible = (months + 1..=MAX_TENOR).contains(&rows);
        faults.require(
            possible,
            "extra_months",
            "out_of_range",
            "leaves no row to repay, or too many",
        );
        faults.finish(Some(()))?;
        let charges = self.charges();
        let (settled, capitalised) = match arrears {
            Arrears::Capitalise => (charges, charges),
            Arrears::Waive => (charges, Money::ZERO),
            Arrears::Carry => (Money::ZERO, Money::ZERO),
        };
        let joined = if arrears == Arrears::Carry { Money::ZERO } else { left_of(self.due()) };
        let principal = total([left_of(self.to_come()), joined, capitalised]);
        if !principal.is_positive() {
            return Err(ServicingError::NothingToRestructure);
        }
        let (grace, holiday) = match holiday.map(|holiday| holiday.kind) {
            Some(HolidayKind::InterestOnly) => (months, 0),
            Some(HolidayKind::Capitalise) => (0, months),
            None => (0, 0),
        };
        let rules = loan.terms.rules.renewed(new_rate.unwrap_or(self.rate), grace)?;
        let dates = self.dates(loan, policy)?;
        let facts = RepaymentFacts { principal, rules, dates, rows, holiday };
        Ok(Restructured { repayment: Repayment::agree(facts)?, arrears, settled })
    }

    /// The rhythm of the rows to come; after the last of them, that of a disbursement on the day.
    fn dates(&self, loan: &Loan, policy: &RestructurePolicy) -> Result<DueDates, ServicingError> {
        let given = loan.terms.rules.due_day.map(u32::from);
        let day = given.or(loan.disbursed_on.map(|date| date.day())).unwrap_or(1);
        let first = loan.first_due_date;
        let day = if clip_day(first, day) == first { day } else { first.day() };
        let Some(row) = self.to_come().next() else {
            let day = u8::try_from(day).ok();
            return Ok(DueDates::following(self.on, day, policy.first_due));
        };
        let first = row.due_date;
        let day = if clip_day(first, day) == first { day } else { first.day() };
        Ok(DueDates::anchored(row.starts_on, first, u8::try_from(day).unwrap_or(1))?)
    }

    fn preview(&self, agreed: Restructured, loan: &OpenLoan) -> RestructurePreview {
        let input = Input {
            id: IMAGINED,
            effective_on: self.on,
            booked_on: self.on,
            kind: InputKind::Restructure(Box::new(agreed)),
        };
        let (mut after, mut parts) = (self.account.clone(), Vec::new());
        after.apply(&self.rules, loan.holds(), &input, &mut parts);
        let lent = parts
            .iter()
            .filter(|part| part.row == RowKey::NONE && part.component == Component::Principal);
        let capitalised = total(lent.map(|part| crate::interest_stop::negative(part.amount)));
        let made = || after.rows().iter().filter(|row| row.key.made_by == IMAGINED);
        let mut rows: Vec<_> =
            made().filter(|row| asks_for_something(row)).map(preview_row).collect();
        rows.sort_unstable_by_key(|row| row.no);
        let instalment = instalment(&agreed, &rows);
        let replaced = self.due().chain(self.to_come()).count();
        let principal = total(made().map(|row| row.principal));
        let waived = match agreed.arrears {
            Arrears::Waive => agreed.settled,
            Arrears::Capitalise | Arrears::Carry => Money::ZERO,
        };
        let maturity = self.account.state().dates.map(|dates| dates.maturity_date);
        RestructurePreview {
            instalment,
            agreed,
            principal,
            capitalised,
            waived,
            replaced: u16::try_from(replaced).unwrap_or(u16::MAX),
            maturity_before: maturity.unwrap_or(self.on),
            rows,
        }
    }
}

fn left_of<'a>(rows: impl Iterator<Item = &'a Row>) -> Money {
    total(rows.map(Row::principal_left))
}

/// That of the first row that repays: after what is carried, and after a holiday.
fn instalment(agreed: &Restructured, rows: &[PreviewRow]) -> Money {
    let before = [
        u16::from(agreed.arrears == Arrears::Carry),
        agreed.repayment.holiday,
        agreed.repayment.rules.principal_grace,
    ];
    let first = before.into_iter().fold(1, u16::saturating_add);
    let first = rows.iter().find(|row| row.no == first);
    first.map_or(Money::ZERO, |row| plus(row.principal, row.interest))
}

pub(crate) fn asks_for_something(row: &Row) -> bool {
    plus(row.instalment(), row.fee).is_positive()
}

fn preview_row(row: &Row) -> PreviewRow {
    PreviewRow {
        no: row.key.no,
        due_date: row.due_date,
        principal: row.principal,
        interest: row.interest,
        interest_settled: plus(row.interest_paid, row.interest_waived),
        fee: row.fee,
    }
}
