//! What is asked for in an application, checked: all faults at once.

use pensipro_kernel::{
    Faults, FieldFault, LoanId, MemberId, Money, ProductId, Rate, SalesId, optional_text,
};
use pensipro_pricing::{FeeTerms, MAX_TENOR};

use crate::Takeover;

/// What the member asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The principal; positive.
    pub plafon: Money,
    /// Monthly instalments, 1 to [`MAX_TENOR`].
    pub tenor: u16,
    /// What the money is for.
    pub purpose: Option<String>,
    /// What he pays a month elsewhere, as he declares it; without the loan that is taken over.
    pub other_obligations: Money,
    /// Another lender's loan that this one pays off.
    pub takeover: Option<Takeover>,
    /// The member's own loan that this one tops up: netted against it, and closed, when this one is
    /// disbursed.
    pub topup: Option<LoanId>,
}

/// The fields of a new application as they came in.
#[derive(Debug, Clone, Default)]
pub struct RawApplication {
    /// Who applies.
    pub member_id: Option<MemberId>,
    /// For which product.
    pub product_id: Option<ProductId>,
    /// The sales person; absent: the caller, else the member's.
    pub sales_id: Option<SalesId>,
    /// The principal.
    pub plafon: Option<Money>,
    /// Monthly instalments.
    pub tenor: Option<u16>,
    /// A yearly rate other than the product's.
    pub interest_rate: Option<Rate>,
    /// Fees other than the product's, as a whole.
    pub fees: Option<Vec<FeeTerms>>,
    /// What the money is for.
    pub purpose: Option<String>,
    /// Other obligations a month.
    pub other_obligations: Option<Money>,
    /// Another lender's loan, checked by itself.
    pub takeover: Option<Takeover>,
    /// The member's own loan to be topped up.
    pub topup: Option<LoanId>,
}

/// A checked new application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewApplication {
    /// Who applies.
    pub member_id: MemberId,
    /// For which product.
    pub product_id: ProductId,
    /// The sales person, if named.
    pub sales_id: Option<SalesId>,
    /// What is asked for.
    pub request: Request,
    /// Terms other than the product's.
    pub wishes: TermWishes,
}

/// Terms that an application may have of its own.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TermWishes {
    /// The yearly rate.
    pub interest_rate: Option<Rate>,
    /// All fees.
    pub fees: Option<Vec<FeeTerms>>,
}

/// A change of a draft: `None` keeps what stands; of an optional field, `Some(None)` clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DraftChange {
    /// Another product: its terms replace those of the draft.
    pub product_id: Option<ProductId>,
    /// Another sales person.
    pub sales_id: Option<Option<SalesId>>,
    /// Another principal.
    pub plafon: Option<Money>,
    /// Another tenor.
    pub tenor: Option<u16>,
    /// Another yearly rate.
    pub interest_rate: Option<Rate>,
    /// Other fees, as a whole.
    pub fees: Option<Vec<FeeTerms>>,
    /// Another purpose.
    pub purpose: Option<Option<String>>,
    /// Other obligations a month.
    pub other_obligations: Option<Money>,
    /// Another lender's loan.
    pub takeover: Option<Option<Takeover>>,
    /// The member's own loan to be topped up.
    pub topup: Option<Option<LoanId>>,
}

impl NewApplication {
    /// Checks the fields of a body.
    pub fn check(raw: RawApplication) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let member_id = faults.take(raw.member_id.ok_or_else(|| FieldFault::required("member_id")));
        let product_id =
            faults.take(raw.product_id.ok_or_else(|| FieldFault::required("product_id")));
        let request = faults.take_all(Request::check(
            raw.plafon,
            raw.tenor,
            raw.purpose.as_deref(),
            raw.other_obligations,
        ));
        let RawApplication { sales_id, takeover, topup, .. } = raw;
        let request = request.map(|request| Request { takeover, topup, ..request });
        let wishes = TermWishes { interest_rate: raw.interest_rate, fees: raw.fees };
        let new = || {
            let (member_id, product_id) = (member_id?, product_id?);
            Some(Self { member_id, product_id, sales_id, request: request?, wishes })
        };
        faults.finish(new())
    }
}

impl Request {
    /// Checks the fields of a body; undeclared obligations are none, and no loan is paid off.
    pub fn check(
        plafon: Option<Money>,
        tenor: Option<u16>,
        purpose: Option<&str>,
        other_obligations: Option<Money>,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let plafon = faults.take(positive("plafon", plafon));
        let tenor = faults.take(months(tenor));
        let purpose = faults.take(optional_text("purpose", purpose, 300));
        let other_obligations = other_obligations.unwrap_or_default();
        let fits = !other_obligations.is_negative() && other_obligations <= Money::MAX_INPUT;
        faults.require(fits, "other_obligations", "negative", "is zero or more");
        let request = || {
            let (plafon, tenor, purpose) = (plafon?, tenor?, purpose?);
            Some(Self { plafon, tenor, purpose, other_obligations, takeover: None, topup: None })
        };
        faults.finish(request())
    }

    /// This request with a change applied, checked as a whole.
    pub fn changed(&self, change: &DraftChange) -> Result<Self, Faults> {
        let purpose = change.purpose.as_ref().unwrap_or(&self.purpose);
        let request = Self::check(
            change.plafon.or(Some(self.plafon)),
            change.tenor.or(Some(self.tenor)),
            purpose.as_deref(),
            change.other_obligations.or(Some(self.other_obligations)),
        )?;
        let takeover = change.takeover.clone().unwrap_or_else(|| self.takeover.clone());
        let topup = change.topup.unwrap_or(self.topup);
        Ok(Self { takeover, topup, ..request })
    }
}

/// An amount above zero that input may state.
pub(crate) fn positive(field: &str, amount: Option<Money>) -> Result<Money, FieldFault> {
    let amount = amount.ok_or_else(|| FieldFault::required(field))?;
    if amount.is_positive() && amount <= Money::MAX_INPUT {
        Ok(amount)
    } else {
        Err(FieldFault::new(field, "not_positive", "is more than zero"))
    }
}

fn months(tenor: Option<u16>) -> Result<u16, FieldFault> {
    let tenor = tenor.ok_or_else(|| FieldFault::required("tenor"))?;
    if (1..=MAX_TENOR).contains(&tenor) {
        Ok(tenor)
    } else {
        let message = format!("is 1 to {MAX_TENOR} months");
        Err(FieldFault::new("tenor", "out_of_range", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_told_at_once() {
        let raw = RawApplication {
            plafon: Some(Money::ZERO),
            tenor: Some(0),
            purpose: Some("x".repeat(301)),
            other_obligations: Some(Money::from_sen(-1)),
            ..RawApplication::default()
        };
        let faults = NewApplication::check(raw).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        let all = ["member_id", "product_id", "plafon", "tenor", "purpose", "other_obligations"];
        assert_eq!(fields, all);
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let plafon = Money::from_rupiah(50_000_000);
        let request = Request::check(plafon, Some(36), Some("renovasi"), None).unwrap();
        assert_eq!(request.changed(&DraftChange::default()), Ok(request.clone()));
        let change = DraftChange { tenor: Some(48), purpose: Some(None), ..DraftChange::default() };
        let changed = request.changed(&change).unwrap();
        assert_eq!(changed, Request { tenor: 48, purpose: None, ..request.clone() });
        let takeover =
            Takeover { institution: "Bank Lama".into(), payoff: plafon.unwrap(), reference: None };
        let change =
            DraftChange { takeover: Some(Some(takeover.clone())), ..DraftChange::default() };
        let taking_over = request.changed(&change).unwrap();
        assert_eq!(taking_over.takeover, Some(takeover));
        assert_eq!(taking_over.changed(&DraftChange::default()), Ok(taking_over.clone()));
        let none = DraftChange { takeover: Some(None), ..DraftChange::default() };
        assert_eq!(taking_over.changed(&none), Ok(request));
    }
}
