//! Destroying what is held of a member, across all modules' tables.

use chrono::NaiveDateTime;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Timestamp},
};
use pensipro_kernel::{MemberId, Scope, StorageError};
use pensipro_members::{FileKey, Holding, Member, MemberRepository, PersonalDataRepository};

use super::member_rows::MemberRow;
use crate::{
    Tx,
    convert::{code, from_time},
    schema::{
        files_to_remove, member_bank_accounts as accounts, member_consents as consents,
        member_contacts as contacts, member_documents as documents,
        member_preferences as preferences, members, notifications, sales_visits,
    },
    scope::seen_members,
    sql::{Locked, Raw, RowLock},
};

/// What stands in place of a name.
const NOBODY: &str = "ANONIM";

/// The files of a member's own papers and of his applications'.
const FILES: [&str; 2] = [
    "SELECT file_key, $1 FROM member_documents WHERE member_id = $2",
    "SELECT d.file_key, $1 FROM application_docs d JOIN applications a ON a.id = d.application_id \
     WHERE a.member_id = $2",
];

/// Import lines that an export line or a payment leads to by an index: their keys are entries of the
/// keyed index that name a person.
const KEYED_LINES: [&str; 2] = [
    "SELECT import_id, import_line_no FROM pension_cut_export_lines \
     WHERE member_id = $1 AND is_live AND import_id IS NOT NULL",
    "SELECT p.source_line / 10000000, p.source_line % 10000000 FROM loans l \
     JOIN loan_payments p ON p.loan_id = l.id WHERE l.member_id = $1 AND p.source_line IS NOT NULL",
];

#[derive(QueryableByName)]
struct LastEvent {
    #[diesel(sql_type = Timestamp)]
    at: NaiveDateTime,
    #[diesel(sql_type = BigInt)]
    open_refunds: i64,
}

impl PersonalDataRepository for Tx<'_> {
    fn held_member(&mut self, id: MemberId, scope: Scope) -> Result<Member, StorageError> {
        let query = members::table
            .find(id.get())
            .filter(members::anonymised_at.is_null())
            .filter(seen_members(scope))
            .select(MemberRow::as_select());
        let row: Option<MemberRow> = self.run(|conn| query.get_result(conn).optional())?;
        let row = row.ok_or(StorageError::not_found("member", id.get()))?;
        row.opened(&*self.member_key(id)?)
    }

    fn lock_holding(&mut self, id: MemberId, scope: Scope) -> Result<Holding, StorageError> {
        let query = members::table
            .find(id.get())
            .filter(seen_members(scope))
            .select(members::anonymised_at);
        let row: Option<Option<NaiveDateTime>> = self.run(|conn| {
            Locked::new(query, RowLock::ForUpdate, "members").get_result(conn).optional()
        })?;
        let anonymised_at = row.ok_or(StorageError::not_found("member", id.get()))?;
        let LastEvent { at, open_refunds } = self.last_event(id)?;
        Ok(Holding {
            obligations: self.obligations(id)?,
            open_refunds,
            last_event_on: at.date(),
            anonymised_at: anonymised_at.map(from_time),
        })
    }

    fn destroy_personal_data(&mut self, id: MemberId) -> Result<usize, StorageError> {
        let files = self.give_up_files(id)?;
        self.clear_belongings(id)?;
        self.clear_member(id)?;
        self.destroy_member_key(id)?;
        Ok(files)
    }

    fn files_to_remove(&mut self, limit: u16) -> Result<Vec<FileKey>, StorageError> {
        let keys: Vec<String> = self.run(|conn| {
            files_to_remove::table
                .order((files_to_remove::created_at, files_to_remove::file_key))
                .limit(limit.into())
                .select(files_to_remove::file_key)
                .load(conn)
        })?;
        keys.iter().map(|key| code("files_to_remove.file_key", key)).collect()
    }

    fn forget_removed_files(&mut self, keys: &[FileKey]) -> Result<(), StorageError> {
        for key in keys {
            let row = files_to_remove::table.find(key.as_str());
            self.run(|conn| diesel::delete(row).execute(conn))?;
        }
        Ok(())
    }
}

impl Tx<'_> {
    fn last_event(&mut self, id: MemberId) -> Result<LastEvent, StorageError> {
        self.run(|conn| {
            Raw::new(
                "SELECT (SELECT max(at) FROM (\
                 SELECT created_at AS at FROM members WHERE id = $1 \
                 UNION ALL SELECT max(updated_at) FROM applications WHERE member_id = $1 \
                 UNION ALL SELECT max(updated_at) FROM loans WHERE member_id = $1 \
                 UNION ALL SELECT max(updated_at) FROM refund_requests WHERE member_id = $1\
                 ) events) AS at, \
                 (SELECT count(*) FROM refund_requests WHERE member_id = $1 \
                 AND status IN ('requested', 'approved')) AS open_refunds",
            )?
            .bind(id.get())
            .get_result(conn)
        })
    }

    /// Takes the rows of files away and leaves their keys to be removed from the store.
    fn give_up_files(&mut self, id: MemberId) -> Result<usize, StorageError> {
        let now = self.now();
        let mut files = 0;
        for found in FILES {
            let sql = format!("INSERT INTO files_to_remove (file_key, created_at) {found}");
            files += self.run(|conn| Raw::new(&sql)?.bind(now).bind(id.get()).execute(conn))?;
        }
        self.run(|conn| {
            Raw::new(
                "DELETE FROM application_docs WHERE application_id IN \
                 (SELECT id FROM applications WHERE member_id = $1)",
            )?
            .bind(id.get())
            .execute(conn)
        })?;
        let own = documents::table.filter(documents::member_id.eq(id.get()));
        self.run(|conn| diesel::delete(own).execute(conn))?;
        Ok(files)
    }

    fn clear_belongings(&mut self, id: MemberId) -> Result<(), StorageError> {
        let own = contacts::table.filter(contacts::member_id.eq(id.get()));
        self.run(|conn| diesel::delete(own).execute(conn))?;
        let own = consents::table.filter(consents::member_id.eq(id.get()));
        let nothing = consents::reason_sealed.eq(None::<Vec<u8>>);
        self.run(|conn| diesel::update(own).set(nothing).execute(conn))?;
        let own = sales_visits::table.filter(sales_visits::member_id.eq(id.get()));
        let nothing = sales_visits::notes.eq(None::<String>);
        self.run(|conn| diesel::update(own).set(nothing).execute(conn))?;
        // Notices by hand may say anything of him.
        let own = notifications::table.filter(notifications::member_id.eq(id.get()));
        let nothing = (notifications::title.eq("-"), notifications::body.eq("-"));
        self.run(|conn| diesel::update(own).set(nothing).execute(conn))?;
        self.cancel_messages(id)?;
        self.clear_accounts(id)?;
        for lines in KEYED_LINES {
            let sql = format!(
                "UPDATE pension_cut_import_lines SET key_base = NULL, key_occurrence = NULL, \
                 claims_key = FALSE WHERE (import_id, line_no) IN ({lines})"
            );
            self.run(|conn| Raw::new(&sql)?.bind(id.get()).execute(conn))?;
        }
        Ok(())
    }

    /// Nothing more goes out to him, and what he wanted to be told is forgotten.
    fn cancel_messages(&mut self, id: MemberId) -> Result<(), StorageError> {
        self.run(|conn| {
            Raw::new(
                "UPDATE notification_deliveries SET status = 'cancelled', claim = NULL \
                 WHERE status IN ('pending', 'dead') AND notification_id IN \
                 (SELECT id FROM notifications WHERE member_id = $1)",
            )?
            .bind(id.get())
            .execute(conn)
        })?;
        let own = preferences::table.find(id.get());
        self.run(|conn| diesel::delete(own).execute(conn))?;
        Ok(())
    }

    /// Disbursements name accounts, so that the rows stay; each number's index entry becomes the
    /// row's own id.
    fn clear_accounts(&mut self, id: MemberId) -> Result<(), StorageError> {
        let own = accounts::table.filter(accounts::member_id.eq(id.get())).select(accounts::id);
        let ids: Vec<i64> = self.run(|conn| own.load(conn))?;
        for account in ids {
            let cleared = (
                accounts::account_number.eq(account.to_be_bytes().to_vec()),
                accounts::account_number_sealed.eq(Vec::new()),
                accounts::account_name_sealed.eq(Vec::new()),
            );
            let row = accounts::table.find(account);
            self.run(|conn| diesel::update(row).set(cleared).execute(conn))?;
        }
        Ok(())
    }

    fn clear_member(&mut self, id: MemberId) -> Result<(), StorageError> {
        let now = self.now();
        let sealed = None::<Vec<u8>>;
        let text = None::<String>;
        let date = None::<chrono::NaiveDate>;
        let person = (
            members::nik.eq(sealed.clone()),
            members::nik_sealed.eq(sealed.clone()),
            members::no_pensiun.eq(sealed.clone()),
            members::no_pensiun_sealed.eq(sealed),
            members::name.eq(NOBODY),
            members::name_search.eq(""),
            members::birth_place.eq(text.clone()),
            members::birth_date.eq(date),
            members::sex.eq(text.clone()),
            members::address.eq(text.clone()),
        );
        let papers = (
            members::pay_office.eq(text.clone()),
            members::rank.eq(text.clone()),
            members::sk_number.eq(text),
            members::sk_date.eq(date),
            members::version.eq(members::version + 1),
            members::updated_at.eq(now),
            members::anonymised_at.eq(now),
        );
        let row = members::table.find(id.get());
        self.run(|conn| {
            diesel::update(row).set((person, papers)).execute(conn)?;
            // Nobody finds him any more; who was deleted before keeps that day.
            diesel::update(row.filter(members::deleted_at.is_null()))
                .set(members::deleted_at.eq(now))
                .execute(conn)
                .map(drop)
        })
    }
}
