//! Templates: what is told of an event, by one channel.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    AuditValue, Faults, FieldFault, NotificationChannel, TemplateId, Version, clean_text, read_code,
};

use crate::Wording;

/// A template as stored. It is switched off, never erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// What it says.
    pub details: TemplateDetails,
    /// The row's version.
    pub version: Version,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a template says, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateDetails {
    /// Short code; no two templates share one.
    pub code: String,
    /// By which channel it goes.
    pub channel: NotificationChannel,
    /// Event, title and body.
    pub wording: Wording,
    /// One that is switched off tells nobody. Of one event and channel one template is active.
    pub is_active: bool,
}

/// The fields of a template as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of TemplateDetails, unchecked")]
pub struct RawTemplate {
    pub code: Option<String>,
    pub event: Option<String>,
    pub channel: Option<String>,
    pub title: Option<String>,
    pub body: Option<String>,
    pub is_active: Option<bool>,
}

/// The fields of a change as they came in: `None` keeps.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of TemplateDetails, unchecked")]
pub struct RawTemplateChange {
    pub title: Option<String>,
    pub body: Option<String>,
    pub is_active: Option<bool>,
}

impl TemplateDetails {
    /// Checks the fields of a new template, all at once.
    pub fn check(raw: RawTemplate) -> Result<Self, Faults> {
        let RawTemplate { code, event, channel, title, body, is_active } = raw;
        let mut faults = Faults::new();
        let code = faults.take(clean_text("template_code", &code.unwrap_or_default(), 64));
        let channel = channel.ok_or_else(|| FieldFault::required("channel"));
        let channel = faults.take(channel.and_then(|code| read_code("channel", &code)));
        let [event, title, body] = [event, title, body].map(Option::unwrap_or_default);
        let wording = faults.take_all(Wording::check(&event, &title, &body));
        let is_active = is_active.unwrap_or(true);
        let details =
            || Some(Self { code: code?, channel: channel?, wording: wording?, is_active });
        faults.finish(details())
    }

    /// These details with a change applied; code, event and channel stay.
    pub fn changed(&self, change: RawTemplateChange) -> Result<Self, Faults> {
        let RawTemplateChange { title, body, is_active } = change;
        let present = self.wording.text();
        let title = title.as_deref().unwrap_or(&present.title);
        let body = body.as_deref().unwrap_or(&present.body);
        let wording = Wording::check(self.wording.event(), title, body)?;
        let is_active = is_active.unwrap_or(self.is_active);
        Ok(Self { wording, is_active, ..self.clone() })
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self { code, channel, wording, is_active } = self;
        AuditValue::new()
            .with("template_code", code.as_str())
            .with("event", wording.event())
            .with("channel", channel.code())
            .with("title", wording.text().title.as_str())
            .with("body", wording.text().body.as_str())
            .with("is_active", *is_active)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_is_checked() {
        let raw = RawTemplate {
            code: Some("LUNAS".into()),
            event: Some("loan.settled".into()),
            channel: Some("inapp".into()),
            title: Some("Lunas".into()),
            body: Some("{loan_number}".into()),
            is_active: None,
        };
        let details = TemplateDetails::check(raw).unwrap();
        assert!(details.is_active);
        assert_eq!(details.changed(RawTemplateChange::default()), Ok(details.clone()));
        let off = RawTemplateChange { is_active: Some(false), ..RawTemplateChange::default() };
        assert!(!details.changed(off).unwrap().is_active);
        let wrong = RawTemplateChange { body: Some("{x}".into()), ..RawTemplateChange::default() };
        assert_eq!(details.changed(wrong).unwrap_err().list()[0].code, "unknown_placeholder");
        let all = TemplateDetails::check(RawTemplate::default()).unwrap_err();
        assert_eq!(all.list().len(), 5);
    }
}
