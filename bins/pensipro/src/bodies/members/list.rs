//! The list of members.

use pensipro_kernel::{BranchId, Faults, SalesId, optional_text};
use pensipro_members::{MemberFilter, MemberSort, MemberStatus, Nik, NoPensiun, Payer, name_query};
use serde::Deserialize;
use utoipa::IntoParams;

/// Filters of the list of members.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MemberQuery {
    /// Exactly this NIK.
    nik: Option<String>,
    /// Exactly this pension number.
    no_pensiun: Option<String>,
    /// `aktif`, `nonaktif` or `meninggal`.
    #[param(value_type = Option<String>)]
    status: Option<MemberStatus>,
    /// `TASPEN`, `ASABRI` or `LAINNYA`.
    #[param(value_type = Option<String>)]
    payer: Option<Payer>,
    /// Of this branch.
    branch_id: Option<i64>,
    /// Of this sales person.
    sales_id: Option<i64>,
    /// Of this pay office, exactly.
    pay_office: Option<String>,
    /// Words, or parts of them, of the name; all must be in it, in any order, and one has at least
    /// three characters.
    q: Option<String>,
    /// `name`, `-name`, `created_at` or `-created_at`, which is the default.
    #[param(value_type = Option<String>)]
    sort: Option<MemberSort>,
}

impl TryFrom<MemberQuery> for MemberFilter {
    type Error = Faults;

    fn try_from(query: MemberQuery) -> Result<Self, Faults> {
        let MemberQuery {
            nik,
            no_pensiun,
            status,
            payer,
            branch_id,
            sales_id,
            pay_office,
            q,
            sort,
        } = query;
        let mut faults = Faults::new();
        let nik = faults.take(nik.map(|text| Nik::read("nik", &text)).transpose());
        let read = |text: String| NoPensiun::read("no_pensiun", &text);
        let no_pensiun = faults.take(no_pensiun.map(read).transpose());
        let pay_office = faults.take(optional_text("pay_office", pay_office.as_deref(), 100));
        let q = faults.take(name_query("q", q.as_deref()));
        let filter = || {
            Some(Self {
                nik: nik?,
                no_pensiun: no_pensiun?,
                status,
                payer,
                branch_id: branch_id.map(BranchId::new),
                sales_id: sales_id.map(SalesId::new),
                pay_office: pay_office?,
                q: q?,
                sort: sort.unwrap_or_default(),
            })
        };
        faults.finish(filter())
    }
}
