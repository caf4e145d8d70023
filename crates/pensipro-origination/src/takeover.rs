//! A loan of another lender that is paid off from the new one.

use pensipro_kernel::{Faults, FieldFault, Money, clean_text, optional_text};

use crate::request::positive;

/// Another lender's loan, and what paying it off takes. It is paid to that lender at the disbursement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeover {
    /// The lender, 1 to 120 characters.
    pub institution: String,
    /// What pays his loan off; positive.
    pub payoff: Money,
    /// The loan's number there, at most 60 characters.
    pub reference: Option<String>,
}

/// The fields of a take-over as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of Takeover, unchecked")]
pub struct RawTakeover {
    pub institution: Option<String>,
    pub payoff: Option<Money>,
    pub reference: Option<String>,
}

impl Takeover {
    /// Checks the fields of a body.
    pub fn check(raw: RawTakeover) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let given = raw.institution.ok_or_else(|| FieldFault::required("institution"));
        let institution = faults.take(given.and_then(|name| clean_text("institution", &name, 120)));
        let payoff = faults.take(positive("payoff", raw.payoff));
        let reference = faults.take(optional_text("reference", raw.reference.as_deref(), 60));
        let takeover =
            || Some(Self { institution: institution?, payoff: payoff?, reference: reference? });
        faults.finish(takeover()).map_err(|faults| faults.within("takeover"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_take_over_names_the_lender_and_what_he_is_owed() {
        let faults = Takeover::check(RawTakeover::default()).unwrap_err();
        let fields: Vec<_> = faults.list().iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["takeover.institution", "takeover.payoff"]);
        let raw = RawTakeover {
            institution: Some(" Bank Lama ".into()),
            payoff: Money::from_rupiah(10),
            reference: Some(" ".into()),
        };
        let takeover = Takeover::check(raw.clone()).unwrap();
        assert_eq!((takeover.institution.as_str(), &takeover.reference), ("Bank Lama", &None));
        let free = RawTakeover { payoff: Some(Money::ZERO), ..raw };
        assert_eq!(Takeover::check(free).unwrap_err().list()[0].field, "takeover.payoff");
    }
}
