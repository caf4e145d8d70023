//! Which profile reads a payer's file.

use std::sync::Arc;

use super::{PayerProfile, built_in};
use crate::{BillingError, Payer};

/// The profiles of an installation. A configured one replaces a built-in one of its code.
#[derive(Debug, Clone)]
pub struct Profiles {
    all: Vec<Arc<PayerProfile>>,
}

const GENERIC: &str = "GENERIC";

impl Profiles {
    /// The built-in profiles and an installation's own.
    pub fn new(configured: Vec<PayerProfile>) -> Self {
        let replaced = |profile: &PayerProfile| {
            configured.iter().any(|own| own.code().eq_ignore_ascii_case(profile.code()))
        };
        let kept: Vec<_> = built_in().into_iter().filter(|profile| !replaced(profile)).collect();
        Self { all: configured.into_iter().chain(kept).map(Arc::new).collect() }
    }

    /// The profile of this code, in either case of letters.
    pub fn by_code(&self, code: &str) -> Result<Arc<PayerProfile>, BillingError> {
        let found = self.all.iter().find(|profile| profile.code().eq_ignore_ascii_case(code));
        found.cloned().ok_or_else(|| BillingError::ProfileUnknown { code: code.to_owned() })
    }

    /// The profile in which a payer's export is written: the payer's, else the generic one.
    pub fn for_export(&self, payer: Payer) -> Result<Arc<PayerProfile>, BillingError> {
        self.of_payer(payer).map_or_else(|| self.by_code(GENERIC), Ok)
    }

    /// The profiles that may read a payer's file, in the order in which their headers are looked
    /// for: the one named, the payer's, the generic one.
    pub fn for_import(
        &self,
        named: Option<&str>,
        payer: Payer,
    ) -> Result<Vec<Arc<PayerProfile>>, BillingError> {
        let named = named.map(|code| self.by_code(code)).transpose()?;
        let generic = self.by_code(GENERIC)?;
        let mut order: Vec<Arc<PayerProfile>> = Vec::with_capacity(3);
        for profile in named.into_iter().chain(self.of_payer(payer)).chain([generic]) {
            if !order.iter().any(|known| known.code() == profile.code()) {
                order.push(profile);
            }
        }
        Ok(order)
    }

    fn of_payer(&self, payer: Payer) -> Option<Arc<PayerProfile>> {
        self.all.iter().find(|profile| profile.parts().payer == Some(payer)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ProfileParts, generic};

    fn codes(named: Option<&str>, payer: Payer) -> Vec<String> {
        let order = Profiles::new(vec![]).for_import(named, payer).unwrap();
        order.iter().map(|profile| profile.code().to_owned()).collect()
    }

    #[test]
    fn named_then_the_payers_then_generic() {
        assert_eq!(codes(None, Payer::Taspen), ["TASPEN", "GENERIC"]);
        assert_eq!(codes(None, Payer::Lainnya), ["GENERIC"]);
        assert_eq!(codes(Some("asabri"), Payer::Taspen), ["ASABRI", "TASPEN", "GENERIC"]);
        assert_eq!(codes(Some("TASPEN"), Payer::Taspen), ["TASPEN", "GENERIC"]);
        let unknown = Profiles::new(vec![]).for_import(Some("X"), Payer::Taspen);
        assert!(matches!(unknown, Err(BillingError::ProfileUnknown { .. })));
    }

    #[test]
    fn a_configured_profile_replaces_the_built_in_one() {
        let parts = ProfileParts { pay_day: 25, ..generic().into() };
        let profiles = Profiles::new(vec![parts.try_into().unwrap()]);
        let order = profiles.for_import(None, Payer::Lainnya).unwrap();
        assert_eq!(order.len(), 1);
        assert_eq!(order[0].parts().pay_day, 25);
    }
}
