//! An application's row.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{
    ApplicationId, BranchId, LoanId, MemberId, Money, ProductId, SalesId, StorageError, UserId,
    Version,
};
use pensipro_origination::{
    Application, ApplicationDraft, ApplicationStatus, Level, Request, Takeover, Waiting,
};

use crate::{
    convert::{code, count, from_json, from_time, to_json, unreadable},
    schema::applications,
    sql::batch_row,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = applications)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct ApplicationRow {
    id: i64,
    member_id: i64,
    product_id: i64,
    sales_id: Option<i64>,
    branch_id: Option<i64>,
    plafon: i64,
    tenor: i32,
    purpose: Option<String>,
    other_obligations: i64,
    terms: String,
    status: String,
    reason: Option<String>,
    entered_on: NaiveDate,
    approved_on: Option<NaiveDate>,
    due_level: Option<i32>,
    waiting_since: Option<NaiveDateTime>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
    takeover_institution: Option<String>,
    takeover_payoff: Option<i64>,
    takeover_reference: Option<String>,
    topup_loan_id: Option<i64>,
}

batch_row!(ApplicationRow => applications);

impl ApplicationRow {
    /// The row of an application that is disbursed on the day of its entry.
    pub(super) fn disbursed(
        id: i64,
        draft: &ApplicationDraft,
        by: Option<UserId>,
        now: NaiveDateTime,
    ) -> Result<Self, StorageError> {
        let ApplicationDraft {
            member_id,
            product_id,
            sales_id,
            branch_id,
            request,
            terms,
            entered_on,
        } = draft;
        let RequestColumns {
            plafon,
            tenor,
            purpose,
            other_obligations,
            takeover_institution,
            takeover_payoff,
            takeover_reference,
            topup_loan_id,
        } = RequestColumns::from(request);
        Ok(Self {
            id,
            member_id: member_id.get(),
            product_id: product_id.get(),
            sales_id: sales_id.map(SalesId::get),
            branch_id: branch_id.map(BranchId::get),
            plafon,
            tenor,
            purpose,
            other_obligations,
            terms: to_json(terms)?,
            status: ApplicationStatus::Disbursed.code().to_owned(),
            reason: None,
            entered_on: *entered_on,
            approved_on: Some(*entered_on),
            due_level: None,
            waiting_since: None,
            version: Version::FIRST.get(),
            created_at: now,
            updated_at: now,
            created_by: by.map(UserId::get),
            takeover_institution,
            takeover_payoff,
            takeover_reference,
            topup_loan_id,
        })
    }
}

/// What is asked for, as columns.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = applications)]
#[diesel(treat_none_as_null = true)]
pub(super) struct RequestColumns {
    plafon: i64,
    tenor: i32,
    purpose: Option<String>,
    other_obligations: i64,
    takeover_institution: Option<String>,
    takeover_payoff: Option<i64>,
    takeover_reference: Option<String>,
    topup_loan_id: Option<i64>,
}

impl From<&Request> for RequestColumns {
    fn from(request: &Request) -> Self {
        let Request { plafon, tenor, purpose, other_obligations, takeover, topup } = request;
        let takeover = takeover.as_ref();
        Self {
            plafon: plafon.sen(),
            tenor: (*tenor).into(),
            purpose: purpose.clone(),
            other_obligations: other_obligations.sen(),
            takeover_institution: takeover.map(|over| over.institution.clone()),
            takeover_payoff: takeover.map(|over| over.payoff.sen()),
            takeover_reference: takeover.and_then(|over| over.reference.clone()),
            topup_loan_id: topup.map(LoanId::get),
        }
    }
}

impl TryFrom<ApplicationRow> for Application {
    type Error = StorageError;

    fn try_from(row: ApplicationRow) -> Result<Self, StorageError> {
        let ApplicationRow {
            id,
            member_id,
            product_id,
            sales_id,
            branch_id,
            plafon,
            tenor,
            purpose,
            other_obligations,
            terms,
            status,
            reason,
            entered_on,
            approved_on,
            due_level,
            waiting_since,
            version,
            created_at,
            updated_at,
            created_by,
            takeover_institution,
            takeover_payoff,
            takeover_reference,
            topup_loan_id,
        } = row;
        let takeover = takeover_institution.zip(takeover_payoff);
        let takeover = takeover.map(|(institution, payoff)| Takeover {
            institution,
            payoff: Money::from_sen(payoff),
            reference: takeover_reference,
        });
        let level = due_level.map(|level| {
            Level::new(level.into()).ok_or_else(|| unreadable("applications.due_level"))
        });
        let level = level.transpose()?;
        Ok(Self {
            id: ApplicationId::new(id),
            member_id: MemberId::new(member_id),
            product_id: ProductId::new(product_id),
            sales_id: sales_id.map(SalesId::new),
            branch_id: branch_id.map(BranchId::new),
            request: Request {
                plafon: Money::from_sen(plafon),
                tenor: count("applications.tenor", tenor)?,
                purpose,
                other_obligations: Money::from_sen(other_obligations),
                takeover,
                topup: topup_loan_id.map(LoanId::new),
            },
            terms: from_json("applications.terms", &terms)?,
            status: code("applications.status", &status)?,
            reason,
            entered_on,
            approved_on,
            waiting: waiting_since.map(|since| Waiting { since: from_time(since), level }),
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
            created_by: created_by.map(UserId::new),
        })
    }
}
