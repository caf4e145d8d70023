//! An application as it is entered and as its draft is edited.

use pensipro_kernel::{Faults, LoanId, MemberId, Money, ProductId, Rate, SalesId};
use pensipro_origination::{DraftChange, NewApplication, RawApplication, RawTakeover, Takeover};
use pensipro_pricing::FeeTerms;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::bodies::{
    change::{Change, given},
    fees::FeeInput,
};

/// An application to be entered, as a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplicationBody {
    /// Who applies.
    #[schema(value_type = i64)]
    member_id: Option<MemberId>,
    /// For which product.
    #[schema(value_type = i64)]
    product_id: Option<ProductId>,
    /// Who brought it; absent: the caller, else the member's sales person.
    #[schema(value_type = Option<i64>)]
    sales_id: Option<SalesId>,
    /// The principal.
    #[schema(value_type = String, example = "50000000.00")]
    plafon: Option<Money>,
    /// Monthly instalments.
    #[schema(value_type = i64, example = 36)]
    tenor: Option<i64>,
    /// A yearly rate other than the product's; needs `EDIT_PRODUCT`.
    #[schema(value_type = Option<String>, example = "12")]
    interest_rate: Option<Rate>,
    /// Fees other than the product's, as a whole; they need `EDIT_PRODUCT`.
    fees: Option<Vec<FeeInput>>,
    /// What the money is for.
    purpose: Option<String>,
    /// What the member pays a month elsewhere.
    #[schema(value_type = Option<String>)]
    other_obligations: Option<Money>,
    /// Another lender's loan that this one pays off.
    takeover: Option<TakeoverInput>,
    /// An active loan of the member's that this one tops up: it is settled from the disbursement.
    #[schema(value_type = Option<i64>)]
    topup_loan_id: Option<LoanId>,
}

/// Another lender's loan, paid off from what is disbursed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeoverInput {
    /// The lender.
    #[schema(value_type = String, example = "Bank Lama")]
    institution: Option<String>,
    /// What pays his loan off.
    #[schema(value_type = String, example = "20000000.00")]
    payoff: Option<Money>,
    /// The loan's number there.
    reference: Option<String>,
}

impl TakeoverInput {
    fn check(self) -> Result<Takeover, Faults> {
        let Self { institution, payoff, reference } = self;
        Takeover::check(RawTakeover { institution, payoff, reference })
    }
}

/// What is to change of a draft: absent fields stay, `null` clears an optional one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationChangeBody {
    /// Another product: its terms replace those of the draft.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>, nullable = false)]
    product_id: Option<ProductId>,
    /// Who brought it.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    sales_id: Change<SalesId>,
    /// The principal.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    plafon: Option<Money>,
    /// Monthly instalments.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    tenor: Option<i64>,
    /// The yearly rate; another than the product's needs `EDIT_PRODUCT`.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    interest_rate: Option<Rate>,
    /// All fees; others than the product's need `EDIT_PRODUCT`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    fees: Option<Vec<FeeInput>>,
    /// What the money is for.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    purpose: Change<String>,
    /// What the member pays a month elsewhere.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, nullable = false)]
    other_obligations: Option<Money>,
    /// Another lender's loan that this one pays off, as a whole.
    #[serde(default)]
    #[schema(value_type = Option<TakeoverInput>)]
    takeover: Change<TakeoverInput>,
    /// An active loan of the member's that this one tops up.
    #[serde(default)]
    #[schema(value_type = Option<i64>)]
    topup_loan_id: Change<LoanId>,
}

impl NewApplicationBody {
    /// The application to be entered, or every fault.
    pub fn check(self) -> Result<NewApplication, Faults> {
        let Self {
            member_id,
            product_id,
            sales_id,
            plafon,
            tenor,
            interest_rate,
            fees,
            purpose,
            other_obligations,
            takeover,
            topup_loan_id,
        } = self;
        let mut faults = Faults::new();
        let fees = faults.take_all(agreed(fees)).flatten();
        let takeover = takeover.map(TakeoverInput::check).transpose();
        let takeover = faults.take_all(takeover).flatten();
        let new = faults.take_all(NewApplication::check(RawApplication {
            member_id,
            product_id,
            sales_id,
            plafon,
            tenor: tenor.map(months),
            interest_rate,
            fees,
            purpose,
            other_obligations,
            takeover,
            topup: topup_loan_id,
        }));
        faults.finish(new)
    }
}

impl ApplicationChangeBody {
    /// The change; whether the draft can be so is judged when it is there.
    pub fn check(self) -> Result<DraftChange, Faults> {
        let Self {
            product_id,
            sales_id,
            plafon,
            tenor,
            interest_rate,
            fees,
            purpose,
            other_obligations,
            takeover,
            topup_loan_id,
        } = self;
        let takeover = takeover.into_option();
        let takeover =
            takeover.map(|change| change.map(TakeoverInput::check).transpose()).transpose()?;
        Ok(DraftChange {
            product_id,
            sales_id: sales_id.into_option(),
            plafon,
            tenor: tenor.map(months),
            interest_rate,
            fees: agreed(fees)?,
            purpose: purpose.into_option(),
            other_obligations,
            takeover,
            topup: topup_loan_id.into_option(),
        })
    }
}

fn agreed(fees: Option<Vec<FeeInput>>) -> Result<Option<Vec<FeeTerms>>, Faults> {
    fees.map(|fees| FeeInput::check_all("fees", fees)).transpose()
}

/// What is no tenor at all fails the domain's check as 0 does.
fn months(tenor: i64) -> u16 {
    u16::try_from(tenor).unwrap_or(0)
}
