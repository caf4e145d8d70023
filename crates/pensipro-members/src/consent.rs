//! Consent to the processing of personal data: to which version of which text, by which way, who took
//! it, and when it was withdrawn.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    Actor, AuditValue, ConsentId, ConsentTextId, Faults, FieldFault, MemberId, UserId, clean_text,
    codes, optional_text, read_code,
};

use crate::{MemberError, Sha256, details::given};

/// The longest text, in characters.
const MAX_TEXT: usize = 20_000;

codes! {
    /// The way that a consent, or its withdrawal, came by.
    pub enum ConsentChannel {
        /// Signed on paper.
        Paper = "paper",
        /// Said to a member of the staff who was there.
        InPerson = "in_person",
        /// By telephone.
        Phone = "phone",
        /// By WhatsApp.
        Whatsapp = "whatsapp",
        /// By e-mail.
        Email = "email",
    }
}

codes! {
    /// Whether a consent stands.
    pub enum ConsentStatus {
        /// It does.
        Given = "given",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
    }
}

/// A version of a text that members consent to. It never changes: another wording is another
/// version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentText {
    /// Its id.
    pub id: ConsentTextId,
    /// What it asks for, the same in all versions.
    pub code: String,
    /// 1, 2, ….
    pub version: i32,
    /// What it says.
    pub wording: ConsentWording,
    /// SHA-256 of title, a line break and body, in UTF-8.
    pub sha256: Sha256,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// Who entered it.
    pub created_by: Option<UserId>,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentWording {
    /// Its heading.
    pub title: String,
    /// The text itself; it may have lines.
    pub body: String,
}

/// A text to be entered, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsentText {
    /// What it asks for.
    pub code: String,
    /// What it says.
    pub wording: ConsentWording,
}

/// A member's consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Its id.
    pub id: ConsentId,
    /// Whose it is.
    pub member_id: MemberId,
    /// To what.
    pub text: ConsentedText,
    /// The way it came by.
    pub channel: ConsentChannel,
    /// When it was taken.
    pub given_at: DateTime<Utc>,
    /// Who took it.
    pub taken_by: Option<UserId>,
    /// How it ended.
    pub withdrawal: Option<Withdrawal>,
}

/// The version of a text that a consent is to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentedText {
    /// The text.
    pub id: ConsentTextId,
    /// What it asks for.
    pub code: String,
    /// Its version.
    pub version: i32,
    /// Its digest.
    pub sha256: Sha256,
}

/// The end of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawal {
    /// When.
    pub at: DateTime<Utc>,
    /// Who took it in.
    pub taken_by: Option<UserId>,
    /// The way it came by.
    pub channel: ConsentChannel,
    /// Why, if that was said.
    pub reason: Option<String>,
}

/// A consent to be recorded, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GiveConsent {
    /// To which text.
    pub text_id: ConsentTextId,
    /// The way it came by.
    pub channel: ConsentChannel,
}

/// A withdrawal to be recorded, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithdrawConsent {
    /// The way it came by.
    pub channel: ConsentChannel,
    /// Why, if that was said.
    pub reason: Option<String>,
}

impl NewConsentText {
    /// Checks the fields of a body: a code of letters, digits, `-` and `_`.
    pub fn check(
        code: Option<&str>,
        title: Option<&str>,
        body: Option<&str>,
    ) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let code = faults.take(text_code(code.unwrap_or_default()));
        let title = faults.take(clean_text("title", title.unwrap_or_default(), 200));
        let body = faults.take(lines("body", body.unwrap_or_default()));
        let new = || {
            let wording = ConsentWording { title: title?, body: body? };
            Some(Self { code: code?, wording })
        };
        faults.finish(new())
    }
}

fn text_code(text: &str) -> Result<String, FieldFault> {
    let code = clean_text("code", text, 60)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if code.chars().all(plain) {
        Ok(code)
    } else {
        Err(FieldFault::new("code", "invalid_code", "has letters, digits, - and _ alone"))
    }
}

/// A text of several lines, with one kind of line break.
fn lines(field: &str, text: &str) -> Result<String, FieldFault> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldFault::required(field));
    }
    if text.chars().count() > MAX_TEXT {
        let message = format!("has at most {MAX_TEXT} characters");
        return Err(FieldFault::new(field, "too_long", message));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(FieldFault::new(field, "control_character", "holds a control character"));
    }
    Ok(text.to_owned())
}

impl ConsentWording {
    /// What its digest is made of.
    pub fn digested(&self) -> String {
        format!("{}\n{}", self.title, self.body)
    }
}

impl GiveConsent {
    /// Checks the fields of a body.
    pub fn check(text_id: Option<ConsentTextId>, channel: Option<String>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let text_id = faults.take(text_id.ok_or_else(|| FieldFault::required("text_id")));
        let channel = faults.take(given("channel", channel, read_code));
        let command = || Some(Self { text_id: text_id?, channel: channel? });
        faults.finish(command())
    }

    /// Refuses a consent to a text that a later version took the place of, and one that the member
    /// has given already.
    pub fn decide(
        self,
        text: &ConsentText,
        latest: i32,
        given: &[Consent],
    ) -> Result<(), MemberError> {
        if text.version != latest {
            let mut faults = Faults::new();
            faults.add("text_id", "superseded", "a later version of this text is there");
            return Err(faults.into());
        }
        let stands = |consent: &&Consent| {
            consent.text.id == text.id && consent.status() == ConsentStatus::Given
        };
        match given.iter().find(stands) {
            Some(consent) => Err(MemberError::ConsentGiven(consent.id)),
            None => Ok(()),
        }
    }
}

impl WithdrawConsent {
    /// Checks the fields of a body.
    pub fn check(channel: Option<String>, reason: Option<&str>) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let channel = faults.take(given("channel", channel, read_code));
        let reason = faults.take(optional_text("reason", reason, 500));
        let command = || Some(Self { channel: channel?, reason: reason? });
        faults.finish(command())
    }
}

impl Consent {
    /// Whether it stands.
    pub const fn status(&self) -> ConsentStatus {
        match self.withdrawal {
            None => ConsentStatus::Given,
            Some(_) => ConsentStatus::Withdrawn,
        }
    }

    /// The same, withdrawn. Once is enough.
    pub fn withdrawn(
        &self,
        command: WithdrawConsent,
        by: &Actor,
        at: DateTime<Utc>,
    ) -> Result<Self, MemberError> {
        if self.withdrawal.is_some() {
            return Err(MemberError::ConsentWithdrawn);
        }
        let WithdrawConsent { channel, reason } = command;
        let withdrawal = Withdrawal { at, taken_by: by.user_id, channel, reason };
        Ok(Self { withdrawal: Some(withdrawal), ..self.clone() })
    }

    /// What the audit trail stores of it.
    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { id: _, member_id: _, text, channel, given_at: _, taken_by: _, withdrawal } =
            self;
        let view = AuditValue::new()
            .with("text_id", text.id.get())
            .with("code", text.code.as_str())
            .with("version", text.version)
            .text("sha256", text.sha256)
            .text("channel", channel)
            .text("status", self.status());
        match withdrawal {
            None => view,
            Some(Withdrawal { at: _, taken_by: _, channel, reason }) => {
                view.text("withdrawal_channel", channel).personal("reason", reason.clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::slice::from_ref;

    use pensipro_kernel::DomainError;

    use super::*;
    use crate::fixtures::{actor, now};

    fn text(id: i64, version: i32) -> ConsentText {
        let wording = ConsentWording { title: "Persetujuan".into(), body: "Saya setuju.".into() };
        ConsentText {
            id: ConsentTextId::new(id),
            code: "data".into(),
            version,
            wording,
            sha256: Sha256([1; 32]),
            created_at: now(),
            created_by: None,
        }
    }

    fn consent(to: &ConsentText) -> Consent {
        let ConsentText { id, code, version, sha256, .. } = to.clone();
        Consent {
            id: ConsentId::new(5),
            member_id: MemberId::new(1),
            text: ConsentedText { id, code, version, sha256 },
            channel: ConsentChannel::Paper,
            given_at: now(),
            taken_by: None,
            withdrawal: None,
        }
    }

    fn code<T>(result: Result<T, MemberError>) -> Option<&'static str> {
        result.err().map(|error| error.kind().code)
    }

    #[test]
    fn a_consent_stands_once_and_to_the_latest_text() {
        let (one, two) = (text(1, 1), text(2, 2));
        let give =
            |text: &ConsentText| GiveConsent { text_id: text.id, channel: ConsentChannel::Paper };
        assert_eq!(code(give(&two).decide(&two, 2, &[consent(&one)])), None);
        assert_eq!(code(give(&one).decide(&one, 2, &[])), Some("validation_failed"));
        let given = consent(&two);
        assert_eq!(code(give(&two).decide(&two, 2, from_ref(&given))), Some("consent_given"));
        let command = WithdrawConsent { channel: ConsentChannel::Phone, reason: None };
        let withdrawn = given.withdrawn(command.clone(), &actor(3), now()).unwrap();
        assert_eq!(withdrawn.status(), ConsentStatus::Withdrawn);
        assert_eq!(code(give(&two).decide(&two, 2, from_ref(&withdrawn))), None);
        assert_eq!(code(withdrawn.withdrawn(command, &actor(3), now())), Some("consent_withdrawn"));
    }

    #[test]
    fn a_text_has_lines_and_a_plain_code() {
        let check = |code, title, body| {
            let faults = NewConsentText::check(Some(code), Some(title), Some(body)).err();
            faults.map(|faults| {
                let faults = faults.list().iter();
                faults.map(|fault| (fault.field.clone(), fault.code)).collect::<Vec<_>>()
            })
        };
        assert_eq!(check("data-1", "Judul", "Satu\r\nDua\n"), None);
        assert_eq!(check("data 1", "Judul", "x"), Some(vec![("code".into(), "invalid_code")]));
        assert_eq!(
            check("", " ", "a\u{0}b"),
            Some(vec![
                ("code".into(), "required"),
                ("title".into(), "required"),
                ("body".into(), "control_character"),
            ])
        );
        let long = "x".repeat(MAX_TEXT + 1);
        assert_eq!(check("data", "J", &long), Some(vec![("body".into(), "too_long")]));
    }
}
