//! The statement of an account.

use chrono::NaiveDate;
use pensipro_kernel::{Faults, Money};
use pensipro_servicing::{Paid, Statement, StatementLine, StatementPeriod};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::OutstandingBody;
use crate::http::FileFormat;

/// Of which days, and how it is written.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// The first day; the first of the month if absent.
    from: Option<NaiveDate>,
    /// The last day, not ahead of today; today if absent.
    to: Option<NaiveDate>,
    /// `json`, `csv`, `xlsx` or `pdf`.
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

impl StatementQuery {
    /// The days, the last not after `today`.
    pub fn period(&self, today: NaiveDate) -> Result<StatementPeriod, Faults> {
        StatementPeriod::check(self.from, self.to, today)
    }
}

/// A loan's account over a period. What was reversed is not in it.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct StatementBody {
    pub loan_id: i64,
    pub number: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// What was owed at the end of the day before.
    pub opening: OutstandingBody,
    pub lines: Vec<StatementLineBody>,
    /// What was owed at the end of the last day.
    pub closing: OutstandingBody,
}

/// A transaction, and what it did to the account. Amounts below zero are taken off, or added to what is
/// owed.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct StatementLineBody {
    pub transaction_id: i64,
    /// Value date.
    pub on: NaiveDate,
    pub kind: &'static str,
    #[schema(value_type = Option<String>)]
    pub amount: Option<Money>,
    #[schema(value_type = String)]
    pub penalty: Money,
    #[schema(value_type = String)]
    pub fee: Money,
    #[schema(value_type = String)]
    pub interest: Money,
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub due_from_member: Money,
    #[schema(value_type = String)]
    pub excess: Money,
    /// Principal that is owed after it.
    #[schema(value_type = String)]
    pub principal_left: Money,
}

impl From<StatementLine> for StatementLineBody {
    fn from(line: StatementLine) -> Self {
        let StatementLine { transaction, on, kind, amount, paid, principal_left } = line;
        let Paid { penalty, fee, interest, principal, due_from_member, excess } = paid;
        Self {
            transaction_id: transaction.get(),
            on,
            kind: kind.code(),
            amount,
            penalty,
            fee,
            interest,
            principal,
            due_from_member,
            excess,
            principal_left,
        }
    }
}

impl From<&Statement> for StatementBody {
    fn from(statement: &Statement) -> Self {
        let Statement { loan, period, opening, lines, closing } = statement;
        Self {
            loan_id: loan.id.get(),
            number: loan.number(),
            from: period.from,
            to: period.to,
            opening: (*opening).into(),
            lines: lines.iter().copied().map(StatementLineBody::from).collect(),
            closing: (*closing).into(),
        }
    }
}
