//! Which channels may tell a member of what.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use pensipro_kernel::{AuditValue, Faults, MemberId, NotificationChannel, Version, read_code};

use crate::EventGroup;

/// The channels that a member may switch off. His notices in the application are the house's record.
pub const MEMBER_CHANNELS: &[NotificationChannel] =
    &[NotificationChannel::Email, NotificationChannel::WhatsApp, NotificationChannel::Sms];

/// What a member wants: everything but what he switched off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferences {
    off: BTreeSet<(EventGroup, NotificationChannel)>,
}

/// A member's preferences as stored. Those of one who never chose are of version 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberPreferences {
    /// Whose they are.
    pub member_id: MemberId,
    /// What he wants.
    pub preferences: Preferences,
    /// The row's version.
    pub version: Version,
    /// When they were last changed.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A change as it came in: group, channel, on or off. What is not named stays.
pub type RawPreferences = BTreeMap<String, BTreeMap<String, bool>>;

impl MemberPreferences {
    /// Of a member who never chose.
    pub const fn none_of(member_id: MemberId) -> Self {
        let preferences = Preferences { off: BTreeSet::new() };
        Self { member_id, preferences, version: Version::new(0), updated_at: None }
    }
}

impl Preferences {
    /// Those that switch these off.
    pub fn without(off: impl IntoIterator<Item = (EventGroup, NotificationChannel)>) -> Self {
        Self { off: off.into_iter().filter(|(_, channel)| is_choice(*channel)).collect() }
    }

    /// What is switched off.
    pub fn off(&self) -> impl Iterator<Item = (EventGroup, NotificationChannel)> + '_ {
        self.off.iter().copied()
    }

    /// True if the channel may tell of events of the group.
    pub fn wants(&self, group: EventGroup, channel: NotificationChannel) -> bool {
        !self.off.contains(&(group, channel))
    }

    /// These with a change applied; every unknown group and channel is a fault.
    pub fn changed(&self, change: &RawPreferences) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let mut changed = self.clone();
        for (group, channels) in change {
            let field = format!("groups.{group}");
            let group = faults.take(read_code::<EventGroup>(&field, group));
            for (channel, on) in channels {
                let field = format!("{field}.{channel}");
                let channel = faults.take(read_code::<NotificationChannel>(&field, channel));
                let Some(channel) = channel else { continue };
                let message = "is the house's own record and stays on";
                faults.require(is_choice(channel), &field, "not_applicable", message);
                if let Some(group) = group {
                    changed.set(group, channel, *on);
                }
            }
        }
        faults.finish(Some(changed))
    }

    fn set(&mut self, group: EventGroup, channel: NotificationChannel, on: bool) {
        match on {
            true => self.off.remove(&(group, channel)),
            false => self.off.insert((group, channel)),
        };
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let off: Vec<String> =
            self.off.iter().map(|(group, channel)| format!("{group}:{channel}")).collect();
        AuditValue::new().with("off", off)
    }
}

fn is_choice(channel: NotificationChannel) -> bool {
    MEMBER_CHANNELS.contains(&channel)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(pairs: &[(&str, &str, bool)]) -> RawPreferences {
        let mut raw = RawPreferences::new();
        for (group, channel, on) in pairs {
            raw.entry((*group).into()).or_default().insert((*channel).into(), *on);
        }
        raw
    }

    #[test]
    fn what_is_not_named_stays_as_it_was() {
        let (payment, sms) = (EventGroup::Payment, NotificationChannel::Sms);
        let all = Preferences::default();
        assert!(all.wants(payment, sms));
        let one = all.changed(&change(&[("payment", "sms", false)])).unwrap();
        assert!(!one.wants(payment, sms) && one.wants(EventGroup::Refund, sms));
        let two = one.changed(&change(&[("refund", "email", false)])).unwrap();
        assert!(!two.wants(payment, sms));
        assert!(!two.wants(EventGroup::Refund, NotificationChannel::Email));
        let back = two.changed(&change(&[("payment", "sms", true), ("refund", "email", true)]));
        assert_eq!(back, Ok(all));
        assert_eq!(Preferences::without(two.off()), two);
    }

    #[test]
    fn unknown_names_and_the_record_itself_are_refused_at_once() {
        let wrong = change(&[
            ("payment", "pigeon", false),
            ("payment", "inapp", false),
            ("weather", "sms", false),
        ]);
        let faults = Preferences::default().changed(&wrong).unwrap_err();
        let told: Vec<_> =
            faults.list().iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(
            told,
            [
                ("groups.payment.inapp", "not_applicable"),
                ("groups.payment.pigeon", "unknown_value"),
                ("groups.weather", "unknown_value"),
            ]
        );
    }
}
