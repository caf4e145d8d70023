//! Members' contacts.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{ContactId, MemberId, StorageError, UserId, Version};
use pensipro_members::{Contact, ContactDetails, ContactKind, ContactRepository};

use crate::{
    Tx,
    convert::{code, from_time},
    crypto::SealingKey,
    schema::member_contacts,
    sql::{batch_row, columns},
};

const VALUE: &str = "member_contacts.value";
const NAME: &str = "member_contacts.name";

#[derive(Queryable, Selectable)]
#[diesel(table_name = member_contacts)]
struct Row {
    id: i64,
    member_id: i64,
    kind: String,
    value_sealed: Vec<u8>,
    name_sealed: Option<Vec<u8>>,
    relation: Option<String>,
    is_primary: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable, AsChangeset)]
#[diesel(table_name = member_contacts)]
#[diesel(treat_none_as_null = true)]
struct DetailColumns {
    kind: &'static str,
    value_sealed: Vec<u8>,
    name_sealed: Option<Vec<u8>>,
    relation: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = member_contacts)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow {
    member_id: i64,
    kind: &'static str,
    value_sealed: Vec<u8>,
    name_sealed: Option<Vec<u8>>,
    relation: Option<String>,
    is_primary: bool,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}
batch_row!(NewRow => member_contacts);

impl Row {
    fn opened(self, key: &SealingKey) -> Result<Contact, StorageError> {
        let Self {
            id,
            member_id,
            kind,
            value_sealed,
            name_sealed,
            relation,
            is_primary,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Contact {
            id: ContactId::new(id),
            member_id: MemberId::new(member_id),
            details: ContactDetails {
                kind: code("member_contacts.kind", &kind)?,
                value: key.open_text(VALUE, &value_sealed)?,
                name: name_sealed.map(|sealed| key.open_text(NAME, &sealed)).transpose()?,
                relation,
            },
            is_primary,
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

impl Tx<'_> {
    fn contact_columns(&self, key: &SealingKey, details: &ContactDetails) -> DetailColumns {
        let ContactDetails { kind, value, name, relation } = details;
        let seal = |place, text: &str| key.seal_text(self.entropy(), place, text);
        DetailColumns {
            kind: kind.code(),
            value_sealed: seal(VALUE, value),
            name_sealed: name.as_deref().map(|name| seal(NAME, name)),
            relation: relation.clone(),
        }
    }
}

impl ContactRepository for Tx<'_> {
    fn contacts(&mut self, member: MemberId) -> Result<Vec<Contact>, StorageError> {
        let rows: Vec<Row> = self.run(|conn| {
            member_contacts::table
                .filter(member_contacts::member_id.eq(member.get()))
                .order(member_contacts::id)
                .select(Row::as_select())
                .load(conn)
        })?;
        let key = self.member_key(member)?;
        rows.into_iter().map(|row| row.opened(&key)).collect()
    }

    fn add_contact(
        &mut self,
        member: MemberId,
        details: &ContactDetails,
        by: Option<UserId>,
    ) -> Result<Contact, StorageError> {
        let key = self.member_key(member)?;
        let details = self.contact_columns(&key, details);
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(member_contacts::table)
                .values((
                    member_contacts::member_id.eq(member.get()),
                    details,
                    member_contacts::is_primary.eq(false),
                    member_contacts::version.eq(Version::FIRST.get()),
                    member_contacts::created_at.eq(now),
                    member_contacts::updated_at.eq(now),
                    member_contacts::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.opened(&key)
    }

    fn add_first_contacts(
        &mut self,
        new: Vec<(MemberId, ContactDetails)>,
        by: Option<UserId>,
    ) -> Result<(), StorageError> {
        let members: Vec<MemberId> = new.iter().map(|(member, _)| *member).collect();
        let keys = self.member_keys(&members)?;
        let now = self.now();
        let rows = new.iter().map(|(member, details)| {
            let key = keys.get(member).ok_or(StorageError::not_found("member", member.get()))?;
            let DetailColumns { kind, value_sealed, name_sealed, relation } =
                self.contact_columns(key, details);
            Ok(NewRow {
                member_id: member.get(),
                kind,
                value_sealed,
                name_sealed,
                relation,
                is_primary: true,
                version: Version::FIRST.get(),
                created_at: now,
                updated_at: now,
                created_by: by.map(UserId::get),
            })
        });
        let rows = rows.collect::<Result<_, StorageError>>()?;
        self.insert_all::<NewRow>(rows)
    }

    fn save_contact(&mut self, contact: &Contact) -> Result<Version, StorageError> {
        let Contact { id, member_id, details, version, .. } = contact;
        let key = self.member_key(*member_id)?;
        let details = self.contact_columns(&key, details);
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(member_contacts::table.find(id.get()))
                .filter(member_contacts::version.eq(version.get()))
                .set((
                    details,
                    member_contacts::version.eq(version.next().get()),
                    member_contacts::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        if changed == 0 {
            Err(StorageError::Stale { thing: "contact" })
        } else {
            Ok(version.next())
        }
    }

    fn set_primary_contact(
        &mut self,
        member: MemberId,
        kind: ContactKind,
        contact: ContactId,
    ) -> Result<(), StorageError> {
        use member_contacts::dsl;
        let now = self.now();
        let raised = (dsl::version.eq(dsl::version + 1), dsl::updated_at.eq(now));
        self.run(|conn| {
            diesel::update(dsl::member_contacts)
                .filter(dsl::member_id.eq(member.get()))
                .filter(dsl::kind.eq(kind.code()))
                .filter(dsl::is_primary)
                .filter(dsl::id.ne(contact.get()))
                .set((dsl::is_primary.eq(false), raised))
                .execute(conn)?;
            diesel::update(dsl::member_contacts.find(contact.get()))
                .filter(dsl::is_primary.eq(false))
                .set((dsl::is_primary.eq(true), raised))
                .execute(conn)
                .map(drop)
        })
    }

    fn delete_contact(&mut self, contact: ContactId) -> Result<(), StorageError> {
        self.run(|conn| {
            diesel::delete(member_contacts::table.find(contact.get())).execute(conn).map(drop)
        })
    }
}
