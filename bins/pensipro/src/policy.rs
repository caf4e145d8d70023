//! The settings as the policies that rules take. One place, so that a setting means the same to every
//! use case.

use std::fmt::Display;

use chrono::TimeDelta;
use pensipro_auth::{CONFIGURATION, Settings};
use pensipro_billing::{Arrears, ExportPolicy};
use pensipro_flows::{DisbursementPolicy, PaperPolicy};
use pensipro_funding::settlement::TaxRates;
use pensipro_kernel::Faults;
use pensipro_members::{DocumentKind, DocumentPolicy, RetentionPolicy, UploadPolicy, Verifier};
use pensipro_notifications::{DeliveryChannel, FilePayments, QuietHours, RetryPolicy};
use pensipro_origination::{
    CapPolicy, CommitteePolicy, Letterhead, OfferPolicy, PrecheckPolicy, RawBand, RawFactor,
    Scorecard,
};
use pensipro_pricing::{FirstDuePolicy, ProductPolicy};
use pensipro_servicing::{
    KolektibilitasBounds, ReminderPolicy, RestructurePolicy, ServicingPolicy,
    reports::ProvisionPolicy,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// What the rules of each module take from the settings.
#[derive(Debug, Clone, Default)]
pub struct Policies {
    /// Of documents.
    pub documents: DocumentPolicy,
    /// Of uploads.
    pub uploads: UploadPolicy,
    /// How long members' papers are kept.
    pub retention: RetentionPolicy,
    /// Of products.
    pub product: ProductPolicy,
    /// The interest cap for an application's own terms.
    pub cap: CapPolicy,
    /// Of the pre-check.
    pub precheck: PrecheckPolicy,
    /// Of the committee.
    pub committee: CommitteePolicy,
    /// The scorecard of analyses.
    pub scorecard: Scorecard,
    /// Of papers that borrowers sign.
    pub papers: PaperPolicy,
    /// Of disbursements.
    pub disbursement: DisbursementPolicy,
    /// How long offers stand.
    pub offer: OfferPolicy,
    /// Of loan accounts.
    pub servicing: ServicingPolicy,
    /// When members are reminded of instalments.
    pub reminders: ReminderPolicy,
    /// Of messages that leave the house.
    pub messages: MessagePolicy,
    /// How much is set aside for loans of each quality.
    pub provision: ProvisionPolicy,
    /// The taxes on funders' fees.
    pub fee_taxes: TaxRates,
    /// Of exports to payers.
    pub export: ExportPolicy,
}

/// When messages go, how many, and how often one is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessagePolicy {
    /// When members are not disturbed.
    pub quiet: Option<QuietHours>,
    /// How often one is tried.
    pub retry: RetryPolicy,
    /// Whether members are told of payments that came in a file.
    pub file_payments: FilePayments,
    /// How long those that went out are kept.
    pub kept: TimeDelta,
    per_minute: [u32; 4],
}

impl MessagePolicy {
    fn of(settings: &Settings) -> Self {
        let file_payments = match settings.notify_file_payments {
            true => FilePayments::Told,
            false => FilePayments::Silent,
        };
        Self {
            quiet: settings.quiet_hours.and_then(|(from, until)| QuietHours::new(from, until)),
            retry: RetryPolicy { max_tries: settings.delivery_max_tries },
            file_payments,
            kept: TimeDelta::days(settings.message_retention_days.into()),
            per_minute: [
                settings.email_per_minute,
                settings.whatsapp_per_minute,
                settings.sms_per_minute,
                settings.webhook_per_minute,
            ],
        }
    }

    /// How many messages an instance sends in a minute by a channel; of webhooks, to each.
    pub const fn per_minute(&self, channel: DeliveryChannel) -> u32 {
        let [email, whatsapp, sms, webhook] = self.per_minute;
        match channel {
            DeliveryChannel::Email => email,
            DeliveryChannel::WhatsApp => whatsapp,
            DeliveryChannel::Sms => sms,
            DeliveryChannel::Webhook => webhook,
        }
    }
}

impl Default for MessagePolicy {
    fn default() -> Self {
        Self::of(&Settings::default())
    }
}

/// A setting that no rule can follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the setting {key} cannot be followed: {why}")]
pub struct PolicyError {
    key: &'static str,
    why: String,
}

impl Policies {
    /// The policies that the settings state.
    pub fn of(settings: &Settings) -> Result<Self, PolicyError> {
        let first_due = first_due(settings);
        let documents = documents(settings)?;
        let servicing = servicing(settings);
        let offer = OfferPolicy { valid_days: settings.offer_valid_days };
        Ok(Self {
            uploads: uploads(settings),
            retention: RetentionPolicy { years: settings.retention_years },
            product: ProductPolicy {
                dsr_default: settings.dsr_default,
                interest_cap: settings.interest_cap,
            },
            cap: CapPolicy { interest_cap: settings.interest_cap },
            precheck: PrecheckPolicy { documents: documents.clone(), first_due },
            committee: committee(settings)?,
            scorecard: scorecard(settings)?,
            papers: PaperPolicy { letterhead: letterhead(settings), offer, first_due, servicing },
            provision: ProvisionPolicy(settings.provision_percent),
            fee_taxes: TaxRates { ppn: settings.funder_fee_ppn, pph23: settings.funder_fee_pph23 },
            disbursement: DisbursementPolicy { first_due, offer, servicing },
            documents,
            offer,
            servicing,
            reminders: ReminderPolicy { steps: settings.dpd_reminder_days.clone() },
            messages: MessagePolicy::of(settings),
            export: export(settings),
        })
    }
}

fn first_due(settings: &Settings) -> FirstDuePolicy {
    FirstDuePolicy { min_days: u16::try_from(settings.first_due_min_days).unwrap_or(u16::MAX) }
}

fn uploads(settings: &Settings) -> UploadPolicy {
    let max_bytes = usize::try_from(settings.upload_max_bytes).unwrap_or(usize::MAX);
    UploadPolicy { max_bytes, ..UploadPolicy::default() }
}

fn documents(settings: &Settings) -> Result<DocumentPolicy, PolicyError> {
    let kinds = settings.required_documents.iter().map(|code| code.parse::<DocumentKind>());
    let required = kinds.collect::<Result<_, _>>().map_err(refuse("REQUIRED_DOCUMENTS"))?;
    let verifier =
        if settings.document_four_eyes { Verifier::AnotherPerson } else { Verifier::Anyone };
    Ok(DocumentPolicy { required, verifier })
}

fn committee(settings: &Settings) -> Result<CommitteePolicy, PolicyError> {
    let levels = settings.committee_levels.clone();
    let policy =
        CommitteePolicy::new(levels, settings.committee_third_level_from, settings.four_eyes)
            .map_err(refuse("COMMITTEE_LEVELS"))?;
    let bands: Vec<RawBand> = stated("COMMITTEE_BANDS", &settings.committee_bands)?;
    let policy = policy.with_bands(bands).map_err(refuse_all("COMMITTEE_BANDS"))?;
    Ok(policy.with_deadlines(settings.committee_deadline_hours.clone()))
}

fn servicing(settings: &Settings) -> ServicingPolicy {
    let [current, special_mention, substandard, doubtful] = settings.kolektibilitas_bounds;
    ServicingPolicy {
        default_after_days: settings.default_dpd_days,
        kolektibilitas: KolektibilitasBounds { current, special_mention, substandard, doubtful },
        cut_tolerance: settings.billing_tolerance,
        restructure: RestructurePolicy {
            valid_days: settings.restructure_valid_days,
            first_due: first_due(settings),
        },
    }
}

fn export(settings: &Settings) -> ExportPolicy {
    ExportPolicy {
        tolerance: settings.billing_tolerance,
        arrears: if settings.billing_arrears { Arrears::Include } else { Arrears::Exclude },
        cut_off_day: Some(settings.billing_cut_off_day).filter(|day| *day > 0),
        export_day: Some(settings.billing_export_day).filter(|day| *day > 0),
    }
}

fn letterhead(settings: &Settings) -> Letterhead {
    let mut lines = settings.letterhead.iter().cloned();
    Letterhead { name: lines.next().unwrap_or_default(), lines: lines.collect() }
}

fn scorecard(settings: &Settings) -> Result<Scorecard, PolicyError> {
    let factors: Vec<RawFactor> = stated("SCORECARD", &settings.scorecard)?;
    Scorecard::new(factors).map_err(refuse_all("SCORECARD"))
}

/// A list as its module reads it; the default is an empty one.
fn stated<T: DeserializeOwned>(key: &'static str, value: &Value) -> Result<Vec<T>, PolicyError> {
    match value {
        Value::Null => Ok(Vec::new()),
        value => Vec::deserialize(value).map_err(refuse(key)),
    }
}

/// The first fault, with its place.
fn refuse_all(key: &'static str) -> impl Fn(Faults) -> PolicyError {
    move |faults| {
        let first = faults.list().first();
        let why = first.map(|fault| format!("{} {}", fault.field, fault.message));
        PolicyError { key, why: why.unwrap_or_else(|| faults.to_string()) }
    }
}

fn refuse<E: Display>(key: &'static str) -> impl Fn(E) -> PolicyError {
    move |error| PolicyError { key, why: error.to_string() }
}

/// The page `docs/configuration.md`.
pub fn page() -> String {
    let mut page = String::from(
        "# Configuration\n\nWhat rules use stands in the database and is changed while the system runs, by \
         `PUT /configurations/{id}`:\nit counts at once on the instance that is asked, and within two \
         seconds on all others. A value that a rule\ncould not follow is refused. Keys of an \
         installation's own may stand beside these; no rule reads them. This\npage is written by \
         `pensipro configuration-doc`.\n\n| key | type | default | effect |\n|---|---|---|---|\n",
    );
    for declared in CONFIGURATION {
        let (key, kind, default) = (declared.key, declared.value_type, declared.default);
        page.push_str(&format!("| `{key}` | {kind} | `{default}` | {} |\n", declared.effect));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_settings_are_the_rules_defaults() {
        let policies = Policies::of(&Settings::default()).unwrap();
        assert_eq!(policies.committee, CommitteePolicy::default());
        assert_eq!(policies.documents, DocumentPolicy::default());
        assert_eq!(policies.servicing, ServicingPolicy::default());
        assert_eq!(policies.uploads, UploadPolicy::default());
        assert_eq!(policies.retention, RetentionPolicy::default());
        assert_eq!(policies.disbursement, DisbursementPolicy::default());
    }

    #[test]
    fn a_band_that_cannot_be_is_told_by_its_place() {
        let told = |bands: serde_json::Value| {
            let settings = Settings { committee_bands: bands, ..Settings::default() };
            Policies::of(&settings).map(drop).map_err(|error| error.to_string())
        };
        let good = serde_json::json!([{"plafon_from": "500000000.00", "products": [3],
            "levels": [["KOMITE"], ["DIREKSI"]]}]);
        assert_eq!(told(good), Ok(()));
        let why = told(serde_json::json!([{"levels": [["KOMITE"]]}, {"levels": [[]]}]));
        assert!(why.unwrap_err().contains("[1].levels each have at least one role"));
        let why = told(serde_json::json!([{"level": [["KOMITE"]]}])).unwrap_err();
        assert!(why.starts_with("the setting COMMITTEE_BANDS cannot be followed"), "{why}");
    }

    #[test]
    fn a_document_nobody_knows_is_told_by_its_setting() {
        let required_documents = vec!["SIM".to_owned()];
        let settings = Settings { required_documents, ..Settings::default() };
        let error = Policies::of(&settings).unwrap_err();
        assert!(error.to_string().starts_with("the setting REQUIRED_DOCUMENTS"), "{error}");
    }
}
