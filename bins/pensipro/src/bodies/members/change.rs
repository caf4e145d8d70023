//! A change of a member.

use chrono::NaiveDate;
use pensipro_kernel::{BranchId, Money, SalesId};
use pensipro_members::{RawMemberChange, RawStatus, usecases::UpdateMember};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::bodies::change::{Change, given};

/// What is to change of a member: absent fields stay, `null` clears an optional one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChangeBody {
    /// 16 digits; no two members share one.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    nik: Option<String>,
    /// 6 to 20 letters or digits; no two members share one.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    no_pensiun: Option<String>,
    /// Full name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Place of birth.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    birth_place: Option<String>,
    /// Date of birth.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    birth_date: Option<NaiveDate>,
    /// `L` or `P`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    sex: Option<String>,
    /// Home address.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    address: Option<String>,
    /// `TASPEN`, `ASABRI` or `LAINNYA`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    payer: Option<String>,
    /// The payer's bank or post office.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pay_office: Change<String>,
    /// Golongan.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    rank: Change<String>,
    /// Number of the pension decree.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    sk_number: Change<String>,
    /// Date of the pension decree.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    sk_date: Change<NaiveDate>,
    /// Gross pension a month.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    monthly_benefit: Option<Money>,
    /// Who looks after him.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    sales_id: Change<i64>,
    /// The branch he belongs to.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    branch_id: Change<i64>,
    /// `aktif`, `nonaktif` or `meninggal`. This and the fields below need `CHANGE_MEMBER_STATUS`,
    /// and a body of them alone nothing else.
    status: Option<String>,
    /// For `meninggal`.
    deceased_on: Option<NaiveDate>,
    /// What becomes of open loans: `heir_settlement`, `default` or `keep`.
    loan_resolution: Option<String>,
    /// Why; a recorded death is not corrected without it.
    reason: Option<String>,
}

impl From<MemberChangeBody> for UpdateMember {
    fn from(body: MemberChangeBody) -> Self {
        let MemberChangeBody {
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
            status,
            deceased_on,
            loan_resolution,
            reason,
        } = body;
        let change = RawMemberChange {
            nik,
            no_pensiun,
            name,
            birth_place,
            birth_date,
            sex,
            address,
            payer,
            pay_office: pay_office.into_option(),
            rank: rank.into_option(),
            sk_number: sk_number.into_option(),
            sk_date: sk_date.into_option(),
            monthly_benefit,
            sales_id: sales_id.into_option().map(|id| id.map(SalesId::new)),
            branch_id: branch_id.into_option().map(|id| id.map(BranchId::new)),
        };
        Self { change, status: RawStatus { status, deceased_on, loan_resolution, reason } }
    }
}
