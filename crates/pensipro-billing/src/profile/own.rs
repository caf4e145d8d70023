//! A profile that an installation has of its own.

use chrono::{DateTime, Utc};
use pensipro_kernel::{Faults, PayerProfileId, Version};
use serde_json::Value;

use super::{PayerProfile, ProfileParts};

/// A profile of the installation's own, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnProfile {
    /// Its id.
    pub id: PayerProfileId,
    /// What it says.
    pub profile: PayerProfile,
    /// Optimistic lock.
    pub version: Version,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

impl PayerProfile {
    /// Reads a profile that somebody wrote; what is wrong with it is a fault of the field
    /// `definition`.
    pub fn read(definition: Value) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let parts = serde_json::from_value::<ProfileParts>(definition);
        let parts = parts.map_err(|error| error.to_string());
        let profile = parts
            .and_then(|parts| Self::try_from(parts).map_err(|refused| refused.fault.to_owned()));
        match profile {
            Ok(profile) => Ok(profile),
            Err(fault) => {
                faults.add("definition", "invalid_profile", fault);
                Err(faults)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generic;
    use serde_json::json;

    fn told(definition: Value) -> String {
        PayerProfile::read(definition).unwrap_err().list()[0].message.clone()
    }

    #[test]
    fn a_profile_reads_as_it_is_written_and_tells_what_is_wrong() {
        let written = serde_json::to_value(generic()).unwrap();
        assert_eq!(PayerProfile::read(written.clone()), Ok(generic()));
        let mut other = written.clone();
        other["pay_day"] = json!(32);
        assert_eq!(told(other), "pay_day is not 1 to 31");
        let mut other = written.clone();
        other["export"]["colums"] = json!([]);
        assert!(told(other).contains("colums"));
        assert!(told(json!([])).contains("sequence") || told(json!([])).contains("invalid"));
    }
}
