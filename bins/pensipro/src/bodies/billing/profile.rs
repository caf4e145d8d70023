//! Bodies of payer profiles.

use chrono::{DateTime, Utc};
use pensipro_billing::{KnownProfile, OwnProfile, PayerProfile};
use pensipro_kernel::Faults;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A profile that is wanted: how a payer writes and reads files.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewProfileBody {
    /// Its code, columns, delimiters, styles, result codes and days, in the form in which
    /// `GET /billing/profiles` shows them.
    #[schema(required, value_type = Object)]
    definition: Value,
}

impl NewProfileBody {
    /// Checks the definition.
    pub fn check(self) -> Result<PayerProfile, Faults> {
        PayerProfile::read(self.definition)
    }
}

/// A profile in force.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileBody {
    /// Its id; `null` of a built-in one, which is changed by adding one of its code.
    pub id: Option<i64>,
    /// Its code.
    #[schema(example = "TASPEN")]
    pub code: String,
    /// The payer whose profile it is unless another is named.
    pub payer: Option<&'static str>,
    /// Whether it is the product's.
    pub built_in: bool,
    /// What it says.
    #[schema(value_type = Object)]
    pub definition: Value,
    /// When it was last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

impl From<KnownProfile> for ProfileBody {
    fn from(known: KnownProfile) -> Self {
        let profile = known.profile();
        let own = match &known {
            KnownProfile::Own(own) => Some(own),
            KnownProfile::BuiltIn(_) => None,
        };
        Self {
            id: own.map(|own| own.id.get()),
            code: profile.code().to_owned(),
            payer: profile.parts().payer.map(|payer| payer.code()),
            built_in: own.is_none(),
            definition: serde_json::to_value(profile).unwrap_or_default(),
            updated_at: own.map(|own| own.updated_at),
        }
    }
}

impl From<OwnProfile> for ProfileBody {
    fn from(own: OwnProfile) -> Self {
        KnownProfile::Own(own).into()
    }
}
