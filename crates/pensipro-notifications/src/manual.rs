//! Notices that somebody writes: to one person, or to many at once.

use std::collections::BTreeSet;

use pensipro_kernel::{
    BranchId, Faults, FieldFault, MemberId, NotificationChannel, UserId, read_code,
};
use serde_json::{Map, Value};

use crate::Text;

/// A notice as it came in.
#[derive(Debug, Clone, Default)]
pub struct RawManual {
    /// To a user.
    pub user_id: Option<UserId>,
    /// To a member.
    pub member_id: Option<MemberId>,
    /// To many users.
    pub broadcast: Option<Broadcast>,
    /// A code of [`NotificationChannel`]; the default one if absent.
    pub channel: Option<String>,
    /// A template for notices by hand, in place of title and body.
    pub template_code: Option<String>,
    /// The template's values.
    pub params: Map<String, Value>,
    /// The title.
    pub title: Option<String>,
    /// The body.
    pub body: Option<String>,
}

/// The most people that a list may name.
const MAX_LISTED: usize = 1_000;

/// Who is told at once: users of whom every condition given holds, or the members of a list. One must be
/// given.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Broadcast {
    /// Who holds this role.
    pub role: Option<String>,
    /// Who belongs to this branch.
    pub branch_id: Option<BranchId>,
    /// Everybody.
    pub all: bool,
    /// These users.
    pub user_ids: Vec<UserId>,
    /// These members, and no users.
    pub member_ids: Vec<MemberId>,
}

/// Whom a notice is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addressee {
    /// A user.
    User(UserId),
    /// A member.
    Member(MemberId),
    /// All active users of a kind.
    Users(Broadcast),
    /// Members, each once.
    Members(Vec<MemberId>),
}

/// A checked notice.
#[derive(Debug, Clone, PartialEq)]
pub struct SendNotice {
    /// To whom.
    pub to: Addressee,
    /// By which channel, if said.
    pub channel: Option<NotificationChannel>,
    /// What it says.
    pub(crate) words: Words,
}

/// The words of a notice.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Words {
    /// As written.
    Free(Text),
    /// By a template.
    Template { code: String, params: Map<String, Value> },
}

impl SendNotice {
    /// Checks the fields, all at once: one addressee, and a template or title and body.
    pub fn check(raw: RawManual) -> Result<Self, Faults> {
        let RawManual {
            user_id,
            member_id,
            broadcast,
            channel,
            template_code,
            params,
            title,
            body,
        } = raw;
        let mut faults = Faults::new();
        let to = faults.take(addressee(user_id, member_id, broadcast));
        let channel = channel.map(|code| read_code("channel", &code)).transpose();
        let channel = faults.take(channel);
        let is_free = title.is_some() || body.is_some();
        let words = match template_code {
            Some(code) => {
                let message = "goes without template_code";
                faults.require(!is_free, "title", "not_applicable", message);
                Some(Words::Template { code, params })
            }
            None => {
                let text = Text::check(&title.unwrap_or_default(), &body.unwrap_or_default());
                faults.take_all(text).map(Words::Free)
            }
        };
        let notice = || Some(Self { to: to?, channel: channel?, words: words? });
        let notice = notice();
        faults.finish(notice)
    }
}

fn addressee(
    user_id: Option<UserId>,
    member_id: Option<MemberId>,
    broadcast: Option<Broadcast>,
) -> Result<Addressee, FieldFault> {
    let one =
        || FieldFault::new("user_id", "required", "give one of user_id, member_id, broadcast");
    match (user_id, member_id, broadcast) {
        (Some(user), None, None) => Ok(Addressee::User(user)),
        (None, Some(member), None) => Ok(Addressee::Member(member)),
        (None, None, Some(many)) if many == Broadcast::default() => {
            let message = "give a role, a branch, a list, or all";
            Err(FieldFault::new("broadcast", "required", message))
        }
        (None, None, Some(many)) => listed(many),
        _ => Err(one()),
    }
}

fn listed(many: Broadcast) -> Result<Addressee, FieldFault> {
    if many.user_ids.len() > MAX_LISTED || many.member_ids.len() > MAX_LISTED {
        let message = format!("a list names at most {MAX_LISTED}");
        return Err(FieldFault::new("broadcast", "too_long", message));
    }
    if many.member_ids.is_empty() {
        return Ok(Addressee::Users(many));
    }
    let Broadcast { role, branch_id, all, user_ids, member_ids } = many;
    if role.is_some() || branch_id.is_some() || all || !user_ids.is_empty() {
        let message = "goes without conditions on users";
        return Err(FieldFault::new("broadcast.member_ids", "not_applicable", message));
    }
    let members: BTreeSet<MemberId> = member_ids.into_iter().collect();
    Ok(Addressee::Members(members.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_has_one_addressee_and_one_kind_of_words() {
        let fields = |raw: RawManual| {
            let faults = SendNotice::check(raw).unwrap_err();
            faults.list().iter().map(|fault| fault.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(fields(RawManual::default()), ["user_id", "title", "body"]);
        let user_id = Some(UserId::new(1));
        let both = RawManual { user_id, member_id: Some(MemberId::new(2)), ..RawManual::default() };
        assert_eq!(fields(both)[0], "user_id");
        let nobody = RawManual { broadcast: Some(Broadcast::default()), ..RawManual::default() };
        assert_eq!(fields(nobody)[0], "broadcast");
        let mixed = RawManual {
            user_id,
            template_code: Some("RAPAT".into()),
            body: Some("x".into()),
            channel: Some("merpati".into()),
            ..RawManual::default()
        };
        assert_eq!(fields(mixed), ["channel", "title"]);
    }

    #[test]
    fn a_list_of_members_stands_alone_and_names_each_once() {
        let member_ids = vec![MemberId::new(2), MemberId::new(1), MemberId::new(2)];
        let many = Broadcast { member_ids, ..Broadcast::default() };
        let expected = Addressee::Members(vec![MemberId::new(1), MemberId::new(2)]);
        assert_eq!(listed(many.clone()), Ok(expected));
        let mixed = Broadcast { all: true, ..many };
        assert_eq!(listed(mixed).unwrap_err().field, "broadcast.member_ids");
        let user_ids = vec![UserId::new(1); MAX_LISTED + 1];
        let long = Broadcast { user_ids, ..Broadcast::default() };
        assert_eq!(listed(long).unwrap_err().code, "too_long");
    }
}
