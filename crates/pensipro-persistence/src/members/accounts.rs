//! Members' bank accounts.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{BankAccountId, MemberId, StorageError, UserId};
use pensipro_members::{AccountDetails, BankAccount, BankAccountRepository};

use crate::{
    Tx,
    convert::{code, from_time},
    crypto::{LookupKey, SealingKey},
    schema::member_bank_accounts,
    sql::{batch_row, columns},
};

const NUMBER: &str = "member_bank_accounts.account_number";
const NAME: &str = "member_bank_accounts.account_name";

#[derive(Queryable, Selectable)]
#[diesel(table_name = member_bank_accounts)]
struct Row {
    id: i64,
    member_id: i64,
    bank_code: String,
    bank_name: String,
    account_number_sealed: Vec<u8>,
    account_name_sealed: Vec<u8>,
    is_default: bool,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl Row {
    fn opened(self, key: &SealingKey) -> Result<BankAccount, StorageError> {
        let Self {
            id,
            member_id,
            bank_code,
            bank_name,
            account_number_sealed,
            account_name_sealed,
            is_default,
            created_at,
            created_by,
        } = self;
        Ok(BankAccount {
            id: BankAccountId::new(id),
            member_id: MemberId::new(member_id),
            details: AccountDetails {
                bank_code,
                bank_name,
                account_number: code(NUMBER, &key.open_text(NUMBER, &account_number_sealed)?)?,
                account_name: key.open_text(NAME, &account_name_sealed)?,
            },
            is_default,
            created_at: from_time(created_at),
            created_by: created_by.map(UserId::new),
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = member_bank_accounts)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    id: i64,
    member_id: i64,
    bank_code: String,
    bank_name: String,
    account_number: Vec<u8>,
    account_number_sealed: Vec<u8>,
    account_name_sealed: Vec<u8>,
    is_default: bool,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}
batch_row!(NewRow => member_bank_accounts);

impl Tx<'_> {
    fn account_row(
        &self,
        id: i64,
        (member, key): (MemberId, &SealingKey),
        details: AccountDetails,
        by: Option<UserId>,
    ) -> NewRow {
        let AccountDetails { bank_code, bank_name, account_number, account_name } = details;
        let seal = |place, text| key.seal_text(self.entropy(), place, text);
        NewRow {
            id,
            member_id: member.get(),
            bank_code,
            bank_name,
            account_number: self.lookup(LookupKey::Account, account_number.as_str()).to_vec(),
            account_number_sealed: seal(NUMBER, account_number.as_str()),
            account_name_sealed: seal(NAME, &account_name),
            is_default: true,
            created_at: self.now(),
            created_by: by.map(UserId::get),
        }
    }
}

impl BankAccountRepository for Tx<'_> {
    fn bank_accounts(&mut self, member: MemberId) -> Result<Vec<BankAccount>, StorageError> {
        let rows: Vec<Row> = self.run(|conn| {
            member_bank_accounts::table
                .filter(member_bank_accounts::member_id.eq(member.get()))
                .order(member_bank_accounts::id)
                .select(Row::as_select())
                .load(conn)
        })?;
        let key = self.member_key(member)?;
        rows.into_iter().map(|row| row.opened(&key)).collect()
    }

    fn add_bank_account(
        &mut self,
        member: MemberId,
        details: &AccountDetails,
        by: Option<UserId>,
    ) -> Result<BankAccount, StorageError> {
        use member_bank_accounts::dsl;
        let AccountDetails { bank_code, bank_name, account_number, account_name } = details;
        let key = self.member_key(member)?;
        let seal = |place, text| key.seal_text(self.entropy(), place, text);
        let entry = self.lookup(LookupKey::Account, account_number.as_str()).to_vec();
        let values = (
            dsl::member_id.eq(member.get()),
            dsl::bank_code.eq(bank_code),
            dsl::bank_name.eq(bank_name),
            dsl::account_number.eq(entry),
            dsl::account_number_sealed.eq(seal(NUMBER, account_number.as_str())),
            dsl::account_name_sealed.eq(seal(NAME, account_name)),
            dsl::is_default.eq(false),
            dsl::created_at.eq(self.now()),
            dsl::created_by.eq(by.map(UserId::get)),
        );
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::member_bank_accounts)
                .values(values)
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.opened(&key)
    }

    fn add_first_accounts(
        &mut self,
        new: Vec<(MemberId, AccountDetails)>,
        by: Option<UserId>,
    ) -> Result<Vec<BankAccountId>, StorageError> {
        let members: Vec<MemberId> = new.iter().map(|(member, _)| *member).collect();
        let keys = self.member_keys(&members)?;
        let ids = self.reserve_ids("member_bank_accounts", new.len())?;
        let rows = ids.iter().zip(new).map(|(id, (member, details))| {
            let key = keys.get(&member).ok_or(StorageError::not_found("member", member.get()))?;
            Ok(self.account_row(*id, (member, key), details, by))
        });
        let rows = rows.collect::<Result<_, StorageError>>()?;
        self.insert_all::<NewRow>(rows)?;
        Ok(ids.into_iter().map(BankAccountId::new).collect())
    }

    fn set_default_account(
        &mut self,
        member: MemberId,
        account: BankAccountId,
    ) -> Result<(), StorageError> {
        use member_bank_accounts::dsl;
        self.run(|conn| {
            diesel::update(dsl::member_bank_accounts)
                .filter(dsl::member_id.eq(member.get()))
                .filter(dsl::is_default)
                .set(dsl::is_default.eq(false))
                .execute(conn)?;
            diesel::update(dsl::member_bank_accounts.find(account.get()))
                .filter(dsl::member_id.eq(member.get()))
                .set(dsl::is_default.eq(true))
                .execute(conn)
                .map(drop)
        })
    }
}
