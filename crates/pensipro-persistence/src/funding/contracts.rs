//! Contracts with funders.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_funding::{
    Contract, ContractDetails, ContractRepository, Fee, Sharing, SharingTerms, Validity,
};
use pensipro_kernel::{ContractId, FunderId, Money, Rate, StorageError, UserId, Version};
use pensipro_members::StoredFile;

use crate::{
    Tx,
    convert::{code, from_time, stored_file, unreadable},
    schema::funder_contracts::{self, dsl},
    sql::{Locked, RowLock, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = funder_contracts)]
struct Row {
    id: i64,
    funder_id: i64,
    number: String,
    scheme: String,
    share_pct: i64,
    sharing: String,
    interest_share_pct: Option<i64>,
    funder_rate: Option<i64>,
    fee_originator_pct: i64,
    fee_originator_base: String,
    fee_servicing_pct: i64,
    fee_servicing_base: String,
    fee_servicing_minimum: Option<i64>,
    exposure_limit: Option<i64>,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    document_key: Option<String>,
    document_type: Option<String>,
    document_size: Option<i64>,
    document_sha256: Option<Vec<u8>>,
}

#[derive(Insertable)]
#[diesel(table_name = funder_contracts)]
#[diesel(treat_none_as_default_value = false)]
struct NewRow<'a> {
    funder_id: i64,
    number: &'a str,
    scheme: &'static str,
    share_pct: i64,
    sharing: &'static str,
    interest_share_pct: Option<i64>,
    funder_rate: Option<i64>,
    fee_originator_pct: i64,
    fee_originator_base: &'static str,
    fee_servicing_pct: i64,
    fee_servicing_base: &'static str,
    fee_servicing_minimum: Option<i64>,
    exposure_limit: Option<i64>,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
    version: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
    created_by: Option<i64>,
    document_key: Option<&'a str>,
    document_type: Option<&'static str>,
    document_size: Option<i64>,
    document_sha256: Option<&'a [u8]>,
}

impl<'a> NewRow<'a> {
    fn new(
        funder: FunderId,
        details: &'a ContractDetails,
        document: Option<&'a StoredFile>,
        now: NaiveDateTime,
        by: Option<UserId>,
    ) -> Self {
        let ContractDetails {
            number,
            scheme,
            share_pct,
            sharing,
            originator,
            servicing,
            servicing_minimum,
            limit,
            validity,
        } = details;
        Self {
            funder_id: funder.get(),
            number,
            scheme: scheme.code(),
            share_pct: share_pct.units(),
            sharing: sharing.sharing().code(),
            interest_share_pct: sharing.interest_share_pct().map(Rate::units),
            funder_rate: sharing.funder_rate().map(Rate::units),
            fee_originator_pct: originator.pct.units(),
            fee_originator_base: originator.base.code(),
            fee_servicing_pct: servicing.pct.units(),
            fee_servicing_base: servicing.base.code(),
            fee_servicing_minimum: servicing_minimum.map(Money::sen),
            exposure_limit: limit.map(Money::sen),
            valid_from: validity.from,
            valid_to: validity.to,
            version: Version::FIRST.get(),
            created_at: now,
            updated_at: now,
            created_by: by.map(UserId::get),
            document_key: document.map(|file| file.key.as_str()),
            document_type: document.map(|file| file.content_type.code()),
            document_size: document.map(|file| file.size),
            document_sha256: document.map(|file| file.sha256.0.as_slice()),
        }
    }
}

impl TryFrom<Row> for Contract {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            funder_id,
            number,
            scheme,
            share_pct,
            sharing,
            interest_share_pct,
            funder_rate,
            fee_originator_pct,
            fee_originator_base,
            fee_servicing_pct,
            fee_servicing_base,
            fee_servicing_minimum,
            exposure_limit,
            valid_from,
            valid_to,
            version,
            created_at,
            updated_at,
            document_key,
            document_type,
            document_size,
            document_sha256,
        } = row;
        let document = document_key.zip(document_type).zip(document_size).zip(document_sha256);
        let document = document.map(|(((key, content_type), size), sha256)| {
            stored_file("funder_contracts", key, content_type, size, sha256)
        });
        Ok(Self {
            id: ContractId::new(id),
            funder_id: FunderId::new(funder_id),
            details: ContractDetails {
                number,
                scheme: code("funder_contracts.scheme", &scheme)?,
                share_pct: Rate::from_units(share_pct),
                sharing: sharing_terms(&sharing, interest_share_pct, funder_rate)?,
                originator: Fee {
                    pct: Rate::from_units(fee_originator_pct),
                    base: code("funder_contracts.fee_originator_base", &fee_originator_base)?,
                },
                servicing: Fee {
                    pct: Rate::from_units(fee_servicing_pct),
                    base: code("funder_contracts.fee_servicing_base", &fee_servicing_base)?,
                },
                servicing_minimum: fee_servicing_minimum.map(Money::from_sen),
                limit: exposure_limit.map(Money::from_sen),
                validity: Validity { from: valid_from, to: valid_to },
            },
            document: document.transpose()?,
            version: Version::new(version),
            created_at: from_time(created_at),
            updated_at: from_time(updated_at),
        })
    }
}

fn sharing_terms(
    sharing: &str,
    interest_share_pct: Option<i64>,
    funder_rate: Option<i64>,
) -> Result<SharingTerms, StorageError> {
    let figure = |column: &'static str, units: Option<i64>| {
        units.map(Rate::from_units).ok_or_else(|| unreadable(column))
    };
    Ok(match code::<Sharing>("funder_contracts.sharing", sharing)? {
        Sharing::PariPassu => SharingTerms::PariPassu,
        Sharing::InterestShare => SharingTerms::InterestShare(figure(
            "funder_contracts.interest_share_pct",
            interest_share_pct,
        )?),
        Sharing::FunderRate => {
            SharingTerms::FunderRate(figure("funder_contracts.funder_rate", funder_rate)?)
        }
    })
}

impl Tx<'_> {
    fn one_contract(
        &mut self,
        funder: FunderId,
        id: ContractId,
        lock: Option<RowLock>,
    ) -> Result<Contract, StorageError> {
        let query = dsl::funder_contracts
            .find(id.get())
            .filter(dsl::funder_id.eq(funder.get()))
            .select(Row::as_select());
        let row: Option<Row> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "funder_contracts").get_result(conn).optional(),
            None => query.first(conn).optional(),
        })?;
        row.ok_or(StorageError::not_found("contract", id.get()))?.try_into()
    }
}

impl ContractRepository for Tx<'_> {
    fn contracts(&mut self, funder: FunderId) -> Result<Vec<Contract>, StorageError> {
        let query = dsl::funder_contracts
            .filter(dsl::funder_id.eq(funder.get()))
            .order((dsl::valid_from, dsl::id))
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Contract::try_from).collect()
    }

    fn contract(&mut self, funder: FunderId, id: ContractId) -> Result<Contract, StorageError> {
        self.one_contract(funder, id, None)
    }

    fn lock_contract(
        &mut self,
        funder: FunderId,
        id: ContractId,
    ) -> Result<Contract, StorageError> {
        self.one_contract(funder, id, Some(RowLock::ForUpdate))
    }

    fn add_contract(
        &mut self,
        funder: FunderId,
        details: &ContractDetails,
        document: Option<&StoredFile>,
        by: Option<UserId>,
    ) -> Result<Contract, StorageError> {
        let new = NewRow::new(funder, details, document, self.now(), by);
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::funder_contracts)
                .values(&new)
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn save_contract(&mut self, contract: &Contract) -> Result<Version, StorageError> {
        let Contract { id, details, version, .. } = contract;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(dsl::funder_contracts.find(id.get()))
                .filter(dsl::version.eq(version.get()))
                .set((
                    dsl::exposure_limit.eq(details.limit.map(Money::sen)),
                    dsl::valid_to.eq(details.validity.to),
                    dsl::version.eq(version.next().get()),
                    dsl::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "contract" }),
            _ => Ok(version.next()),
        }
    }
}
