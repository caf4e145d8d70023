//! A member's row: what is sealed in it, and back.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{BranchId, MemberId, Money, SalesId, StorageError, UserId, Version};
use pensipro_members::{Death, Member, MemberDetails, Standing};

use crate::{
    Tx,
    convert::{code, from_time, search_form, unreadable},
    crypto::{LookupKey, SealingKey},
    schema::members,
    sql::batch_row,
};

const NIK: &str = "members.nik";
const NO_PENSIUN: &str = "members.no_pensiun";

#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
pub(super) struct MemberRow {
    pub(super) id: i64,
    nik_sealed: Option<Vec<u8>>,
    no_pensiun_sealed: Option<Vec<u8>>,
    name: String,
    birth_place: Option<String>,
    birth_date: Option<NaiveDate>,
    sex: Option<String>,
    address: Option<String>,
    payer: String,
    pay_office: Option<String>,
    rank: Option<String>,
    sk_number: Option<String>,
    sk_date: Option<NaiveDate>,
    monthly_benefit: i64,
    status: String,
    deceased_on: Option<NaiveDate>,
    death_recorded_by: Option<i64>,
    sales_id: Option<i64>,
    branch_id: Option<i64>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}

/// What an insert and an update write.
#[derive(Insertable, AsChangeset)]
#[diesel(table_name = members)]
#[diesel(treat_none_as_null = true)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct MemberColumns {
    id: i64,
    nik: Option<Vec<u8>>,
    nik_sealed: Option<Vec<u8>>,
    no_pensiun: Option<Vec<u8>>,
    no_pensiun_sealed: Option<Vec<u8>>,
    name: String,
    name_search: String,
    birth_place: Option<String>,
    birth_date: Option<NaiveDate>,
    sex: Option<&'static str>,
    address: Option<String>,
    payer: &'static str,
    pay_office: Option<String>,
    rank: Option<String>,
    sk_number: Option<String>,
    sk_date: Option<NaiveDate>,
    monthly_benefit: i64,
    status: &'static str,
    deceased_on: Option<NaiveDate>,
    death_recorded_by: Option<i64>,
    sales_id: Option<i64>,
    branch_id: Option<i64>,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
}
batch_row!(MemberColumns => members);

impl Tx<'_> {
    /// A member as his row holds him, sealed with his key.
    pub(super) fn member_columns(&self, key: &SealingKey, member: &Member) -> MemberColumns {
        let Member { id, details, standing, version, created_at, updated_at, created_by } =
            member.clone();
        let MemberDetails {
            nik,
            no_pensiun,
            name,
            birth_place,
            birth_date,
            sex,
            address,
            payer,
            pay_office,
            rank,
            sk_number,
            sk_date,
            monthly_benefit,
            sales_id,
            branch_id,
        } = details;
        let seal = |place, text| Some(key.seal_text(self.entropy(), place, text));
        let death = standing.death();
        MemberColumns {
            id: id.get(),
            nik: Some(self.lookup(LookupKey::Nik, nik.as_str()).to_vec()),
            nik_sealed: seal(NIK, nik.as_str()),
            no_pensiun: Some(self.lookup(LookupKey::NoPensiun, no_pensiun.as_str()).to_vec()),
            no_pensiun_sealed: seal(NO_PENSIUN, no_pensiun.as_str()),
            name_search: search_form(&name),
            name,
            birth_place: Some(birth_place),
            birth_date: Some(birth_date),
            sex: Some(sex.code()),
            address: Some(address),
            payer: payer.code(),
            pay_office,
            rank,
            sk_number,
            sk_date,
            monthly_benefit: monthly_benefit.sen(),
            status: standing.status().code(),
            deceased_on: death.map(|death| death.deceased_on),
            death_recorded_by: death.and_then(|death| death.recorded_by).map(UserId::get),
            sales_id: sales_id.map(SalesId::get),
            branch_id: branch_id.map(BranchId::get),
            version: version.get(),
            created_at: created_at.naive_utc(),
            updated_at: updated_at.naive_utc(),
            created_by: created_by.map(UserId::get),
        }
    }
}

impl MemberRow {
    /// The member; an error for one who was anonymised.
    pub(super) fn opened(self, key: &SealingKey) -> Result<Member, StorageError> {
        let Self {
            id,
            nik_sealed,
            no_pensiun_sealed,
            name,
            birth_place,
            birth_date,
            sex,
            address,
            payer,
            pay_office,
            rank,
            sk_number,
            sk_date,
            monthly_benefit,
            status,
            deceased_on,
            death_recorded_by,
            sales_id,
            branch_id,
            version,
            created_at,
            updated_at,
            created_by,
        } = self;
        let gone = || unreadable("members of somebody anonymised");
        let open = |place, sealed: Option<Vec<u8>>| key.open_text(place, &sealed.ok_or_else(gone)?);
        let death = deceased_on.map(|deceased_on| Death {
            deceased_on,
            recorded_by: death_recorded_by.map(UserId::new),
        });
        Ok(Member {
            id: MemberId::new(id),
            details: MemberDetails {
                nik: code(NIK, &open(NIK, nik_sealed)?)?,
                no_pensiun: code(NO_PENSIUN, &open(NO_PENSIUN, no_pensiun_sealed)?)?,
                name,
                birth_place: birth_place.ok_or_else(gone)?,
                birth_date: birth_date.ok_or_else(gone)?,
                sex: code("members.sex", &sex.ok_or_else(gone)?)?,
                address: address.ok_or_else(gone)?,
                payer: code("members.payer", &payer)?,
                pay_office,
                rank,
                sk_number,
                sk_date,
                monthly_benefit: Money::from_sen(monthly_benefit),
                sales_id: sales_id.map(SalesId::new),
                branch_id: branch_id.map(BranchId::new),
            },
            standing: Standing::from_stored(code("members.status", &status)?, death)
                .ok_or_else(|| unreadable("members.deceased_on"))?,
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
            created_by: created_by.map(UserId::new),
        })
    }
}
