//! Who can be reached how, and when what is ready may go.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use pensipro_kernel::{MemberId, NotificationChannel, PhoneNumber, UserId, email_address};

use crate::{EventGroup, Preferences, Recipient, Ways};

/// How the people of a batch are reached, and what the members among them want.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Users outside the application; in it each is reached.
    pub users: HashMap<UserId, Ways>,
    /// Members by their contacts.
    pub members: HashMap<MemberId, Ways>,
    /// Of members who chose.
    pub preferences: HashMap<MemberId, Preferences>,
}

/// By what and when something goes out.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// The channels that are set up.
    pub open: &'a [NotificationChannel],
    /// The time.
    pub now: DateTime<Utc>,
    /// When messages to members may go: later while they are not to be disturbed.
    pub members_from: DateTime<Utc>,
    /// Whether payments are told of that came in a payer's file.
    pub file_payments: FilePayments,
}

/// Whether members are told of payments that came in a payer's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePayments {
    /// Each one, where anybody outside can be told.
    Told,
    /// None.
    Silent,
}

impl Reach {
    /// True if the channel reaches somebody and he wants to be told of this by it.
    pub fn takes(&self, to: Recipient, group: EventGroup, channel: NotificationChannel) -> bool {
        if channel == NotificationChannel::InApp {
            return true;
        }
        let ways = match &to {
            Recipient::User(user) => self.users.get(user),
            Recipient::Member(member) => self.members.get(member),
        };
        let is_wanted = match &to {
            Recipient::User(_) => true,
            Recipient::Member(member) => {
                self.preferences.get(member).is_none_or(|chosen| chosen.wants(group, channel))
            }
        };
        is_wanted && ways.is_some_and(|ways| ways.reach_by(channel))
    }
}

impl Posting<'_> {
    /// True if anything can leave the house.
    pub fn leaves_the_house(&self) -> bool {
        self.open.iter().any(|channel| *channel != NotificationChannel::InApp)
    }

    /// When a message to somebody may go.
    pub const fn time_for(&self, to: Recipient) -> DateTime<Utc> {
        match to {
            Recipient::User(_) => self.now,
            Recipient::Member(_) => self.members_from,
        }
    }
}

/// An e-mail address and a telephone number that stand in a line that people wrote, such as
/// `Ibu Ratna, ratna@bank.example.id, 021-555 1234`.
pub fn contact_in(line: &str) -> (Option<String>, Option<PhoneNumber>) {
    let separates = |c: char| matches!(c, ',' | ';' | '|' | '/' | '<' | '>') || c.is_whitespace();
    let mut words = line.split(separates).filter(|word| word.contains('@'));
    let email = words.find_map(|word| email_address("contact", word.trim_end_matches('.')).ok());
    let parts = line.split([',', ';', '|', '/', '<', '>']);
    let number = |part: &str| {
        let begins = part.find(|c: char| c.is_ascii_digit() || matches!(c, '+' | '('))?;
        part.get(begins..)?.parse().ok()
    };
    (email, parts.filter(|part| !part.contains('@')).find_map(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_of_a_contact_is_read() {
        let read = |line: &str| {
            let (email, phone) = contact_in(line);
            (email, phone.map(|phone| phone.as_str().to_owned()))
        };
        let mail = Some("ratna@bank.example.id".to_owned());
        let phone = Some("+62215551234".to_owned());
        assert_eq!(
            read("Ibu Ratna, ratna@bank.example.id, 021-555 1234"),
            (mail.clone(), phone.clone())
        );
        assert_eq!(read("Ratna <ratna@bank.example.id>"), (mail.clone(), None));
        assert_eq!(read("Telp. (021) 555 1234"), (None, phone));
        assert_eq!(read("ratna@bank.example.id"), (mail, None));
        assert_eq!(read("Divisi Kredit lt. 5"), (None, None));
    }

    #[test]
    fn in_the_application_everybody_is_reached() {
        let reach = Reach::default();
        let (user, member) = (Recipient::User(UserId::new(1)), Recipient::Member(MemberId::new(1)));
        for to in [user, member] {
            assert!(reach.takes(to, EventGroup::Loan, NotificationChannel::InApp));
            assert!(!reach.takes(to, EventGroup::Loan, NotificationChannel::Email));
        }
    }
}
