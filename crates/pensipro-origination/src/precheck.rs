//! The pre-check of an application: facts in, every rule with its figures out.

use chrono::{DateTime, Utc};
use pensipro_kernel::{UserId, codes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

codes! {
    /// A rule of the pre-check.
    pub enum PrecheckRule {
        /// Every required document of the member is verified.
        DocumentsVerified = "documents_verified",
        /// The product is in use.
        ProductActive = "product_active",
        /// The plafon is within the product's.
        PlafonRange = "plafon_range",
        /// The tenor is within the product's.
        TenorRange = "tenor_range",
        /// Instalments and obligations over the monthly benefit.
        Dsr = "dsr",
        /// The member's age when the last instalment is due.
        AgeAtEnd = "age_at_end",
        /// The plafon over the benefit payable during the tenor.
        MaxBenefit = "max_benefit",
        /// Another application under way, or as many loans as the product allows.
        DoubleFinancing = "double_financing",
    }
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleResult {
    /// The rule.
    pub rule: PrecheckRule,
    /// Whether it holds.
    pub passed: bool,
    /// The figure found.
    pub actual: String,
    /// The figure that limits it.
    pub limit: String,
}

/// The result of a pre-check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Precheck {
    /// Every rule, in order.
    pub rules: Vec<RuleResult>,
    /// When it was made.
    pub checked_at: DateTime<Utc>,
    /// Who handed the application in.
    pub checked_by: Option<UserId>,
}

impl Precheck {
    /// True if every rule holds.
    pub fn passed(&self) -> bool {
        self.rules.iter().all(|rule| rule.passed)
    }

    /// How many rules do not hold.
    pub fn failing(&self) -> usize {
        self.rules.iter().filter(|rule| !rule.passed).count()
    }

    /// The form of bodies and the audit trail: `{passed, rules}`.
    pub fn to_json(&self) -> Value {
        json!({ "passed": self.passed(), "rules": self.rules })
    }
}
