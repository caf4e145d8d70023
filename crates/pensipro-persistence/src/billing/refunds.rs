//! Refund requests.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_billing::{NewRefund, RefundRepository, RefundStatus};
use pensipro_kernel::{StorageError, Version};

use crate::{Tx, schema::refund_requests, sql::batch_row};

#[derive(Insertable)]
#[diesel(table_name = refund_requests)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    member_id: i64,
    loan_id: i64,
    amount: i64,
    source_line_id: i64,
    status: &'static str,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}
batch_row!(NewRow => refund_requests);

impl RefundRepository for Tx<'_> {
    fn add_refunds(&mut self, refunds: &[NewRefund]) -> Result<(), StorageError> {
        let now = self.now();
        let row = |new: &NewRefund| {
            let NewRefund { member_id, loan_id, amount, source_line_id } = *new;
            NewRow {
                member_id: member_id.get(),
                loan_id: loan_id.get(),
                amount: amount.sen(),
                source_line_id: source_line_id.get(),
                status: RefundStatus::Requested.code(),
                version: Version::FIRST.get(),
                created_at: now,
                updated_at: now,
            }
        };
        self.insert_all(refunds.iter().map(row).collect())
    }
}
