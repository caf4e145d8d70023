//! Texts that members consent to, and their consents.

use chrono::{DateTime, Utc};
use pensipro_kernel::{ConsentTextId, Faults, UserId};
use pensipro_members::{
    Consent, ConsentText, ConsentWording, ConsentedText, GiveConsent, NewConsentText,
    WithdrawConsent, Withdrawal,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A text to be entered. A code that there is already gets its next version.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsentTextBody {
    /// What it asks for, the same in all versions: letters, digits, `-` and `_`.
    #[schema(value_type = String, example = "pemrosesan_data")]
    code: Option<String>,
    /// Its heading.
    #[schema(value_type = String)]
    title: Option<String>,
    /// The text itself; it may have lines.
    #[schema(value_type = String)]
    body: Option<String>,
}

impl TryFrom<NewConsentTextBody> for NewConsentText {
    type Error = Faults;

    fn try_from(body: NewConsentTextBody) -> Result<Self, Faults> {
        let NewConsentTextBody { code, title, body } = body;
        Self::check(code.as_deref(), title.as_deref(), body.as_deref())
    }
}

/// Filters of the texts.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ConsentTextQuery {
    /// The versions of this text alone.
    pub code: Option<String>,
}

/// A version of a text.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ConsentTextBody {
    pub id: i64,
    pub code: String,
    /// 1, 2, …; a consent is to one version.
    pub version: i32,
    pub title: String,
    pub body: String,
    /// SHA-256 of title, a line break and body, in UTF-8.
    pub sha256: String,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

impl From<ConsentText> for ConsentTextBody {
    fn from(text: ConsentText) -> Self {
        let ConsentText { id, code, version, wording, sha256, created_at, created_by } = text;
        let ConsentWording { title, body } = wording;
        Self {
            id: id.get(),
            code,
            version,
            title,
            body,
            sha256: sha256.to_string(),
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

/// A consent that was given.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConsentBody {
    /// The latest version of a text.
    #[schema(value_type = i64)]
    text_id: Option<i64>,
    /// The way it came by: `paper`, `in_person`, `phone`, `whatsapp` or `email`.
    #[schema(value_type = String, example = "paper")]
    channel: Option<String>,
}

impl TryFrom<NewConsentBody> for GiveConsent {
    type Error = Faults;

    fn try_from(NewConsentBody { text_id, channel }: NewConsentBody) -> Result<Self, Faults> {
        Self::check(text_id.map(ConsentTextId::new), channel)
    }
}

/// A consent that was withdrawn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalBody {
    /// The way it came by: `paper`, `in_person`, `phone`, `whatsapp` or `email`.
    #[schema(value_type = String, example = "phone")]
    channel: Option<String>,
    /// Why, if that was said.
    reason: Option<String>,
}

impl TryFrom<WithdrawalBody> for WithdrawConsent {
    type Error = Faults;

    fn try_from(WithdrawalBody { channel, reason }: WithdrawalBody) -> Result<Self, Faults> {
        Self::check(channel, reason.as_deref())
    }
}

/// A consent.
#[derive(Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ConsentBody {
    pub id: i64,
    pub member_id: i64,
    pub text_id: i64,
    /// What the text asks for.
    pub code: String,
    /// The text's version.
    pub version: i32,
    /// The text's digest.
    pub sha256: String,
    /// `given` or `withdrawn`
    pub status: &'static str,
    /// `paper`, `in_person`, `phone`, `whatsapp` or `email`
    pub channel: &'static str,
    pub given_at: DateTime<Utc>,
    /// Who took it.
    pub taken_by: Option<i64>,
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Who took the withdrawal in.
    pub withdrawn_by: Option<i64>,
    pub withdrawal_channel: Option<&'static str>,
    pub withdrawal_reason: Option<String>,
}

impl From<Consent> for ConsentBody {
    fn from(consent: Consent) -> Self {
        let status = consent.status().code();
        let Consent { id, member_id, text, channel, given_at, taken_by, withdrawal } = consent;
        let ConsentedText { id: text_id, code, version, sha256 } = text;
        let given = Self {
            id: id.get(),
            member_id: member_id.get(),
            text_id: text_id.get(),
            code,
            version,
            sha256: sha256.to_string(),
            status,
            channel: channel.code(),
            given_at,
            taken_by: taken_by.map(UserId::get),
            withdrawn_at: None,
            withdrawn_by: None,
            withdrawal_channel: None,
            withdrawal_reason: None,
        };
        match withdrawal {
            None => given,
            Some(Withdrawal { at, taken_by, channel, reason }) => Self {
                withdrawn_at: Some(at),
                withdrawn_by: taken_by.map(UserId::get),
                withdrawal_channel: Some(channel.code()),
                withdrawal_reason: reason,
                ..given
            },
        }
    }
}
