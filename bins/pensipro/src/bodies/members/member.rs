//! A member.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{BranchId, Money, SalesId, UserId};
use pensipro_members::{Member, MemberDetails, RawMember};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A member to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMemberBody {
    /// 16 digits; no two members share one.
    #[schema(value_type = String, example = "3173051708570001")]
    nik: Option<String>,
    /// 6 to 20 letters or digits; no two members share one.
    #[schema(value_type = String, example = "140012345678901")]
    no_pensiun: Option<String>,
    /// Full name.
    #[schema(value_type = String, example = "Suparman Hadi")]
    name: Option<String>,
    /// Place of birth.
    #[schema(value_type = String)]
    birth_place: Option<String>,
    /// Date of birth.
    #[schema(value_type = NaiveDate)]
    birth_date: Option<NaiveDate>,
    /// `L` or `P`.
    #[schema(value_type = String, example = "L")]
    sex: Option<String>,
    /// Home address.
    #[schema(value_type = String)]
    address: Option<String>,
    /// `TASPEN`, `ASABRI` or `LAINNYA`.
    #[schema(value_type = String, example = "TASPEN")]
    payer: Option<String>,
    /// The payer's bank or post office.
    pay_office: Option<String>,
    /// Golongan.
    rank: Option<String>,
    /// Number of the pension decree.
    sk_number: Option<String>,
    /// Date of the pension decree.
    sk_date: Option<NaiveDate>,
    /// Gross pension a month.
    #[schema(value_type = String, example = "4500000.00")]
    monthly_benefit: Option<Money>,
    /// Who looks after him; by default the caller, if he is a sales person.
    sales_id: Option<i64>,
    /// By default the caller's branch.
    branch_id: Option<i64>,
}

impl From<NewMemberBody> for RawMember {
    fn from(body: NewMemberBody) -> Self {
        let NewMemberBody {
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
        } = body;
        Self {
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
            sales_id: sales_id.map(SalesId::new),
            branch_id: branch_id.map(BranchId::new),
        }
    }
}

/// A member.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields are those of a registration, and speak for themselves")]
pub struct MemberBody {
    pub id: i64,
    /// In lists its middle is hidden: `3173********0001`.
    pub nik: String,
    pub no_pensiun: String,
    pub name: String,
    pub birth_place: String,
    pub birth_date: NaiveDate,
    /// `L` or `P`
    pub sex: &'static str,
    pub address: String,
    /// `TASPEN`, `ASABRI` or `LAINNYA`
    pub payer: &'static str,
    pub pay_office: Option<String>,
    pub rank: Option<String>,
    pub sk_number: Option<String>,
    pub sk_date: Option<NaiveDate>,
    #[schema(value_type = String)]
    pub monthly_benefit: Money,
    /// `aktif`, `nonaktif` or `meninggal`
    pub status: &'static str,
    pub deceased_on: Option<NaiveDate>,
    pub sales_id: Option<i64>,
    pub branch_id: Option<i64>,
    /// Where the NIK contradicts the record: `nik_birth_date_differs`, `nik_sex_differs`.
    pub warnings: Vec<&'static str>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl MemberBody {
    /// As a row of a list, whose reader has not asked for this very member.
    pub fn listed(member: Member) -> Self {
        let nik = member.details.nik.masked();
        Self { nik, ..Self::from(member) }
    }
}

impl From<Member> for MemberBody {
    fn from(member: Member) -> Self {
        let warnings = member.warnings().into_iter().map(|warning| warning.code()).collect();
        let Member { id, details, standing, version: _, created_at, updated_at, created_by } =
            member;
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
        Self {
            id: id.get(),
            nik: nik.as_str().to_owned(),
            no_pensiun: no_pensiun.as_str().to_owned(),
            name,
            birth_place,
            birth_date,
            sex: sex.code(),
            address,
            payer: payer.code(),
            pay_office,
            rank,
            sk_number,
            sk_date,
            monthly_benefit,
            status: standing.status().code(),
            deceased_on: standing.death().map(|death| death.deceased_on),
            sales_id: sales_id.map(SalesId::get),
            branch_id: branch_id.map(BranchId::get),
            warnings,
            created_at,
            updated_at,
            created_by: created_by.map(UserId::get),
        }
    }
}
