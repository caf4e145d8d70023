//! Sales people.

use chrono::{DateTime, Utc};
use pensipro_kernel::{BranchId, Faults, Rate, UserId, optional_text};
use pensipro_sales::{
    PeopleSort, RawSales, RawSalesChange, SalesDetails, SalesFilter, SalesPerson,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::bodies::change::{Change, given};

/// A sales person to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSalesBody {
    /// His branch; the caller's if absent.
    branch_id: Option<i64>,
    /// Short code; no two sales people share one.
    #[schema(value_type = String, example = "S01")]
    code: Option<String>,
    /// Name.
    #[schema(value_type = String, example = "Sari Puspita")]
    name: Option<String>,
    /// Telephone number.
    #[schema(example = "081234567890")]
    phone: Option<String>,
    /// E-mail address.
    email: Option<String>,
    /// His share of a disbursed plafon, 0 to 100 percent.
    #[schema(value_type = String, example = "1.25")]
    commission_pct: Option<Rate>,
    /// The user that he signs in as; no two sales people share one.
    user_id: Option<i64>,
}

impl From<NewSalesBody> for RawSales {
    fn from(body: NewSalesBody) -> Self {
        let NewSalesBody { branch_id, code, name, phone, email, commission_pct, user_id } = body;
        Self {
            branch_id: branch_id.map(BranchId::new),
            code,
            name,
            phone,
            email,
            commission_pct,
            user_id: user_id.map(UserId::new),
        }
    }
}

/// What is to change of a sales person. What he earned keeps its share and its branch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SalesChangeBody {
    /// His branch.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    branch_id: Option<i64>,
    /// Short code.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    code: Option<String>,
    /// Name.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// Telephone number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Change<String>,
    /// E-mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Change<String>,
    /// His share of a disbursed plafon; nobody sets his own.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    commission_pct: Option<Rate>,
    /// The user that he signs in as.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    user_id: Change<i64>,
    /// `false` switches him off: no new member, application or visit names him.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    is_active: Option<bool>,
}

impl From<SalesChangeBody> for RawSalesChange {
    fn from(body: SalesChangeBody) -> Self {
        let SalesChangeBody {
            branch_id,
            code,
            name,
            phone,
            email,
            commission_pct,
            user_id,
            is_active,
        } = body;
        Self {
            branch_id: branch_id.map(BranchId::new),
            code,
            name,
            phone: phone.into_option(),
            email: email.into_option(),
            commission_pct,
            user_id: user_id.into_option().map(|user| user.map(UserId::new)),
            is_active,
        }
    }
}

/// A sales person.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct SalesBody {
    pub id: i64,
    pub branch_id: i64,
    pub code: String,
    pub name: String,
    /// A telephone number as `+6281234567890`.
    pub phone: Option<String>,
    pub email: Option<String>,
    #[schema(value_type = String, example = "1.25")]
    pub commission_pct: Rate,
    pub user_id: Option<i64>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl From<SalesPerson> for SalesBody {
    fn from(person: SalesPerson) -> Self {
        let SalesPerson { id, details, version: _, created_at, updated_at } = person;
        let SalesDetails {
            branch_id,
            code,
            name,
            phone,
            email,
            commission_pct,
            user_id,
            is_active,
        } = details;
        Self {
            id: id.get(),
            branch_id: branch_id.get(),
            code,
            name,
            phone: phone.map(|phone| phone.as_str().to_owned()),
            email,
            commission_pct,
            user_id: user_id.map(UserId::get),
            is_active,
            created_at,
            updated_at,
        }
    }
}

/// Filters of the list of sales people.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SalesQuery {
    /// Of this branch.
    #[param(value_type = Option<i64>)]
    branch_id: Option<BranchId>,
    /// Who signs in as this user.
    #[param(value_type = Option<i64>)]
    user_id: Option<UserId>,
    /// Those who sell, or those switched off.
    is_active: Option<bool>,
    /// Part of the name.
    q: Option<String>,
    /// `code` (if absent), `name` or `-created_at`.
    #[param(value_type = Option<String>)]
    sort: Option<PeopleSort>,
}

impl TryFrom<SalesQuery> for SalesFilter {
    type Error = Faults;

    fn try_from(query: SalesQuery) -> Result<Self, Faults> {
        let SalesQuery { branch_id, user_id, is_active, q, sort } = query;
        let mut faults = Faults::new();
        let q = faults.take(optional_text("q", q.as_deref(), 100));
        let sort = sort.unwrap_or_default();
        faults.finish(q.map(|q| Self { branch_id, user_id, is_active, q, sort }))
    }
}
