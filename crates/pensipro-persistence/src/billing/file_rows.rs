//! What an export's file tells of each line: the member's numbers are opened here.

use chrono::{Datelike, NaiveDate};
use diesel::prelude::*;
use pensipro_billing::{FileRow, Nik, NoPensiun, unwrap_cell};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, StorageError};

use crate::{
    Tx,
    convert::{count, unreadable},
    crypto::SealingKey,
    schema::{loans, members, pension_cut_export_lines as lines},
};

#[derive(Queryable)]
struct Columns {
    line_no: i32,
    loan_id: i64,
    approved_on: NaiveDate,
    member_id: i64,
    no_pensiun: Option<Vec<u8>>,
    nik: Option<Vec<u8>>,
    name: String,
    pay_office: Option<String>,
    instalment_no: i32,
    due_date: NaiveDate,
    amount: i64,
}

/// Lines by ascending number: two queries, for lines and for keys.
pub(super) fn load(
    tx: &mut Tx<'_>,
    id: ExportId,
    after_line: u32,
    limit: u32,
) -> Result<Vec<FileRow>, StorageError> {
    let after: i32 = count("line_no", after_line)?;
    let query = lines::table
        .inner_join(loans::table.on(loans::id.eq(lines::loan_id)))
        .inner_join(members::table.on(members::id.eq(lines::member_id)))
        .filter(lines::export_id.eq(id.get()))
        .filter(lines::line_no.gt(after))
        .order(lines::line_no)
        .limit(limit.into())
        .select((
            lines::line_no,
            lines::loan_id,
            loans::approved_on,
            lines::member_id,
            members::no_pensiun_sealed,
            members::nik_sealed,
            members::name,
            members::pay_office,
            lines::instalment_no,
            lines::due_date,
            lines::amount,
        ));
    let found: Vec<Columns> = tx.run(|conn| query.load(conn))?;
    let ids: Vec<_> = found.iter().map(|row| MemberId::new(row.member_id)).collect();
    let keys = tx.member_keys(&ids)?;
    found
        .into_iter()
        .map(|row| {
            let key = keys.get(&MemberId::new(row.member_id));
            row.open(key.map(AsRef::as_ref))
        })
        .collect()
}

impl Columns {
    /// The line; without a key its member was anonymised.
    fn open(self, key: Option<&SealingKey>) -> Result<FileRow, StorageError> {
        let Self {
            line_no,
            loan_id,
            approved_on,
            member_id: _,
            no_pensiun,
            nik,
            name,
            pay_office,
            instalment_no,
            due_date,
            amount,
        } = self;
        let open = |place: &str, sealed: Option<Vec<u8>>| match (key, sealed) {
            (Some(key), Some(sealed)) => key.open_text(place, &sealed).map(Some),
            _ => Ok(None),
        };
        let no_pensiun = open("members.no_pensiun", no_pensiun)?;
        let nik = open("members.nik", nik)?;
        let loan_id = LoanId::new(loan_id);
        Ok(FileRow {
            line_no: count("pension_cut_export_lines.line_no", line_no)?,
            loan_id,
            loan_number: loan_id.number(approved_on.year()),
            no_pensiun: read(no_pensiun, |text| NoPensiun::read(unwrap_cell(text)))?,
            nik: read(nik, Nik::read)?,
            name,
            pay_office: pay_office.unwrap_or_default(),
            instalment_no: count("pension_cut_export_lines.instalment_no", instalment_no)?,
            due_date,
            amount: Money::from_sen(amount),
        })
    }
}

/// A number that was stored, if it was.
fn read<T>(
    text: Option<String>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, StorageError> {
    let read = |text: String| read(&text).ok_or_else(|| unreadable("members of an export"));
    text.map(read).transpose()
}
