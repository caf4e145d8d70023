//! The settings as the policies that rules take. One place, so that a setting means the same to every
//! use case.

use std::fmt::Display;

use pensipro_auth::{FourEyes as FourEyesSetting, Settings};
use pensipro_flows::DisbursementPolicy;
use pensipro_members::{DocumentKind, DocumentPolicy, UploadPolicy, Verifier};
use pensipro_origination::{
    CapPolicy, CommitteePolicy, FourEyes, OfferPolicy, PrecheckPolicy,
};
use pensipro_pricing::{FirstDuePolicy, ProductPolicy};
use pensipro_servicing::{KolektibilitasBounds, ServicingPolicy};

/// What the rules of each module take from the settings.
#[derive(Debug, Clone)]
pub struct Policies {
    /// Of documents.
    pub documents: DocumentPolicy,
    /// Of uploads.
    pub uploads: UploadPolicy,
    /// Of products.
    pub product: ProductPolicy,
    /// The interest cap for an application's own terms.
    pub cap: CapPolicy,
    /// Of the pre-check.
    pub precheck: PrecheckPolicy,
    /// Of the committee.
    pub committee: CommitteePolicy,
    /// Of disbursements.
    pub disbursement: DisbursementPolicy,
    /// Of loan accounts.
    pub servicing: ServicingPolicy,
}
