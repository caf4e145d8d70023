//! Refund requests: one for a payment.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    ImportLineId, LoanId, MemberId, Money, Page, PageRequest, Position, RefundId, StorageError,
    TransactionId, UserId, Version,
};
use pensipro_servicing::{
    RefundChange, RefundFilter, RefundRepository, RefundRequest, RefundStatus,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, from_time},
    schema::{loan_payments, loans, refund_requests as requests},
    sql::{List, batch_row, one_of},
};

#[derive(Insertable)]
#[diesel(table_name = requests)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    member_id: i64,
    loan_id: i64,
    amount: i64,
    transaction_id: i64,
    status: &'static str,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}
batch_row!(NewRow => requests);

#[derive(Queryable)]
struct Row {
    id: i64,
    member_id: i64,
    loan_id: i64,
    transaction_id: i64,
    source_line_id: Option<i64>,
    amount: i64,
    status: String,
    notes: Option<String>,
    approved_by: Option<i64>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl TryFrom<Row> for RefundRequest {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            member_id,
            loan_id,
            transaction_id,
            source_line_id,
            amount,
            status,
            notes,
            approved_by,
            version,
            created_at,
            updated_at,
        } = row;
        Ok(Self {
            id: RefundId::new(id),
            member_id: MemberId::new(member_id),
            loan_id: LoanId::new(loan_id),
            transaction_id: TransactionId::new(transaction_id),
            source_line_id: source_line_id.map(ImportLineId::new),
            amount: Money::from_sen(amount),
            status: code("refund_requests.status", &status)?,
            notes,
            approved_by: approved_by.map(UserId::new),
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

/// Most requests are of payments; the others have no line of a file.
type Joined = diesel::dsl::LeftJoinOn<
    requests::table,
    loan_payments::table,
    diesel::dsl::Eq<loan_payments::id, requests::transaction_id>,
>;

type Query = diesel::helper_types::IntoBoxed<'static, Joined, MultiBackend>;

fn joined() -> Query {
    requests::table
        .left_join(loan_payments::table.on(loan_payments::id.eq(requests::transaction_id)))
        .into_boxed()
}

fn filtered(filter: &RefundFilter) -> Query {
    let RefundFilter { status, member_id, loan_id } = *filter;
    let mut query = joined();
    if let Some(status) = status {
        query = query.filter(requests::status.eq(status.code()));
    }
    if let Some(member) = member_id {
        query = query.filter(requests::member_id.eq(member.get()));
    }
    if let Some(loan) = loan_id {
        query = query.filter(requests::loan_id.eq(loan.get()));
    }
    query
}

#[diesel::dsl::auto_type(no_type_alias)]
fn columns() -> _ {
    (
        requests::id,
        requests::member_id,
        requests::loan_id,
        requests::transaction_id,
        loan_payments::source_line.nullable(),
        requests::amount,
        requests::status,
        requests::notes,
        requests::approved_by,
        requests::version,
        requests::created_at,
        requests::updated_at,
    )
}

impl RefundRepository for Tx<'_> {
    fn refund(&mut self, id: RefundId) -> Result<RefundRequest, StorageError> {
        let query = joined().filter(requests::id.eq(id.get())).select(columns());
        let row: Option<Row> = self.run(|conn| query.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("refund request", id.get()))?.try_into()
    }

    fn save_refund(&mut self, request: &RefundRequest) -> Result<Version, StorageError> {
        let RefundRequest { id, amount, status, notes, approved_by, version, .. } = request;
        let (next, updated_at) = (version.next(), self.now());
        let changed = self.run(|conn| {
            diesel::update(requests::table.find(id.get()))
                .filter(requests::version.eq(version.get()))
                .set((
                    requests::amount.eq(amount.sen()),
                    requests::status.eq(status.code()),
                    requests::notes.eq(notes),
                    requests::approved_by.eq(approved_by.map(UserId::get)),
                    requests::version.eq(next.get()),
                    requests::updated_at.eq(updated_at),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::Stale { thing: "refund request" }) } else { Ok(next) }
    }

    fn refunds_of(
        &mut self,
        payments: &[TransactionId],
    ) -> Result<Vec<RefundRequest>, StorageError> {
        let list = List::numbers(self.backend(), payments.iter().map(|payment| payment.get()));
        let query = joined().filter(one_of(requests::transaction_id, list)).select(columns());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(RefundRequest::try_from).collect()
    }

    fn store_refund_changes(
        &mut self,
        changes: &[RefundChange],
        by: Option<UserId>,
    ) -> Result<(), StorageError> {
        let mut new = Vec::new();
        for change in changes {
            match *change {
                RefundChange::Request { loan_id, transaction_id, amount } => {
                    new.push((loan_id, transaction_id, amount));
                }
                RefundChange::Amend { id, amount } => {
                    self.set_refund(id, Some(amount), RefundStatus::Requested)?;
                }
                RefundChange::Withdraw { id } => {
                    self.set_refund(id, None, RefundStatus::Withdrawn)?;
                }
            }
        }
        self.add_requests(&new, by)
    }

    fn refunds(
        &mut self,
        filter: &RefundFilter,
        page: &PageRequest,
    ) -> Result<Page<RefundRequest>, StorageError> {
        let mut query = filtered(filter);
        if let Some(last) = &page.after {
            query = query.filter(requests::id.gt(last.id));
        }
        let query = query.order(requests::id).limit(i64::from(page.limit) + 1).select(columns());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(RefundRequest::try_from).collect::<Result<_, _>>()?;
        let mut requests = Page::from_rows(rows, page.limit, |row: &RefundRequest| Position {
            key: String::new(),
            id: row.id.get(),
        });
        if page.count {
            requests.total = Some(self.run(|conn| filtered(filter).count().get_result(conn))?);
        }
        Ok(requests)
    }
}

impl Tx<'_> {
    fn set_refund(
        &mut self,
        id: RefundId,
        amount: Option<Money>,
        status: RefundStatus,
    ) -> Result<(), StorageError> {
        let updated_at = self.now();
        let target = requests::table.find(id.get());
        let row = (
            requests::status.eq(status.code()),
            requests::updated_at.eq(updated_at),
            requests::version.eq(requests::version + 1),
        );
        match amount {
            Some(amount) => self.run(|conn| {
                diesel::update(target).set((row, requests::amount.eq(amount.sen()))).execute(conn)
            }),
            None => self.run(|conn| diesel::update(target).set(row).execute(conn)),
        }?;
        Ok(())
    }

    fn add_requests(
        &mut self,
        new: &[(LoanId, TransactionId, Money)],
        by: Option<UserId>,
    ) -> Result<(), StorageError> {
        if new.is_empty() {
            return Ok(());
        }
        let members: HashMap<i64, i64> =
            self.members_of(new.iter().map(|(loan, ..)| *loan))?.into_iter().collect();
        let now = self.now();
        let row = |(loan, transaction, amount): &(LoanId, TransactionId, Money)| {
            let member_id = members.get(&loan.get()).copied();
            Ok(NewRow {
                member_id: member_id.ok_or(StorageError::not_found("loan", loan.get()))?,
                loan_id: loan.get(),
                amount: amount.sen(),
                transaction_id: transaction.get(),
                status: RefundStatus::Requested.code(),
                version: Version::FIRST.get(),
                created_at: now,
                updated_at: now,
                created_by: by.map(UserId::get),
            })
        };
        let rows = new.iter().map(row).collect::<Result<_, StorageError>>()?;
        self.insert_all(rows)
    }

    fn members_of(
        &mut self,
        ids: impl Iterator<Item = LoanId>,
    ) -> Result<Vec<(i64, i64)>, StorageError> {
        let list = List::numbers(self.backend(), ids.map(LoanId::get));
        let query =
            loans::table.filter(one_of(loans::id, list)).select((loans::id, loans::member_id));
        self.run(|conn| query.load(conn))
    }
}
