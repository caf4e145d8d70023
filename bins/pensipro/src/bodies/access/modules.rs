//! Bodies of modules.

use pensipro_auth::Module;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A module to be added.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewModuleBody {
    /// Unique: 2 to 50 capital letters, digits and underscores.
    #[schema(required, example = "SAVINGS")]
    pub module_code: String,
    /// What people call it.
    #[schema(required, example = "Simpanan")]
    pub name: String,
}

/// A switch.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchBody {
    /// On, or off.
    pub is_active: bool,
}

/// A module.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ModuleBody {
    pub id: i64,
    pub module_code: String,
    pub name: String,
    /// The endpoints of one that is switched off answer 503.
    pub is_active: bool,
}

impl From<Module> for ModuleBody {
    fn from(Module { id, code, name, is_active, version: _ }: Module) -> Self {
        Self { id: id.get(), module_code: code, name, is_active }
    }
}
