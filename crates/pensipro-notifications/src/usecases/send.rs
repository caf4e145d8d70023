//! Notices by hand.

use std::collections::BTreeSet;

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, BranchId, Faults, MemberId,
    NotificationChannel, Permission, UserId,
};

use crate::{
    Addressee, Broadcast, DeliveryQueue, EventGroup, MANUAL, NewNotification, NotificationError,
    NotificationRepository, Posting, PreferenceRepository, Recipient, RecipientDirectory,
    SendNotice, TemplateRepository, Text, manual::Words,
};

use super::deliver::{post, reach_of};

/// How many users are told at once at the most.
const MAX_BROADCAST: u32 = 100_000;

/// What came of a notice by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sent {
    /// Who is told.
    pub recipients: usize,
    /// Who would be, but that the channel does not reach him, or that he does not want it.
    pub left_out: usize,
}

/// Sends a notice to a user, a member, or many of them; people bound to a branch reach those of their
/// own alone. One person whom the channel does not reach is refused; of many they are left out.
pub fn send_notice<Tx>(
    tx: &mut Tx,
    by: &Actor,
    notice: &SendNotice,
    default_channel: NotificationChannel,
    posting: &Posting<'_>,
) -> Result<Sent, NotificationError>
where
    Tx: NotificationRepository
        + RecipientDirectory
        + TemplateRepository
        + PreferenceRepository
        + DeliveryQueue
        + AuditLog
        + Authority,
{
    tx.recheck(by, Permission::SendNotification)?;
    let channel = notice.channel.unwrap_or(default_channel);
    if !posting.open.contains(&channel) {
        return Err(NotificationError::ChannelClosed(channel));
    }
    let text = words(tx, notice, channel)?;
    let wanted = recipients(tx, by, &notice.to)?;
    let reach = reach_of(tx, wanted.iter().copied(), posting)?;
    let takes = |to: &Recipient| reach.takes(*to, EventGroup::Manual, channel);
    let told: Vec<Recipient> = wanted.iter().copied().filter(takes).collect();
    refuse_unreached(&notice.to, told.is_empty())?;
    let new: Vec<_> = told
        .into_iter()
        .map(|to| NewNotification {
            to,
            event: MANUAL.to_owned(),
            channel,
            text: text.clone(),
            outbox_id: None,
        })
        .collect();
    post(tx, &new, Vec::new(), by.user_id, posting)?;
    tx.audit(by, audit_entry(&notice.to, channel, &text, new.len()))?;
    Ok(Sent { recipients: new.len(), left_out: wanted.len().saturating_sub(new.len()) })
}

/// Nobody is told.
fn refuse_unreached(to: &Addressee, is_nobody: bool) -> Result<(), Faults> {
    let field = match to {
        Addressee::User(_) => "user_id",
        Addressee::Member(_) => "member_id",
        Addressee::Users(_) | Addressee::Members(_) => "broadcast",
    };
    let mut faults = Faults::new();
    let message = "is not reached by the channel, or has switched it off";
    faults.require(!is_nobody, field, "not_reached", message);
    faults.finish(Some(()))
}

fn words<Tx: TemplateRepository>(
    tx: &mut Tx,
    notice: &SendNotice,
    channel: NotificationChannel,
) -> Result<Text, NotificationError> {
    let (code, params) = match &notice.words {
        Words::Free(text) => return Ok(text.clone()),
        Words::Template { code, params } => (code, params),
    };
    let mut faults = Faults::new();
    let template = tx.template_with_code(code)?.filter(|template| {
        let details = &template.details;
        details.is_active && details.channel == channel && details.wording.event() == MANUAL
    });
    let message = "is no active template for notices by hand by this channel";
    faults.require(template.is_some(), "template_code", "unknown", message);
    if let Some(template) = &template {
        for name in template.details.wording.missing(params) {
            faults.add(format!("params.{name}"), "required", "the template names it");
        }
    }
    let text = template.map(|template| template.details.wording.fill(params));
    let Text { title, body } = faults.finish(text)?;
    Ok(Text::check(&title, &body)?)
}

fn recipients<Tx: RecipientDirectory>(
    tx: &mut Tx,
    by: &Actor,
    to: &Addressee,
) -> Result<Vec<Recipient>, NotificationError> {
    let mut faults = Faults::new();
    let told = match to {
        Addressee::User(user) => {
            let known = tx.is_user_to_tell(*user, by.scope)?;
            faults.require(known, "user_id", "unknown", "is no active user of yours");
            vec![Recipient::User(*user)]
        }
        Addressee::Member(member) => {
            let known = !tx.members_to_tell(&[*member], by.scope)?.is_empty();
            faults.require(known, "member_id", "unknown", "is no member of yours");
            vec![Recipient::Member(*member)]
        }
        Addressee::Users(broadcast) => {
            let users = tx.users_to_tell(broadcast, by.scope, MAX_BROADCAST)?;
            faults.require(!users.is_empty(), "broadcast", "nobody", "reaches nobody");
            let listed: BTreeSet<_> = broadcast.user_ids.iter().collect();
            let message = "names who is no such active user of yours";
            let all_known = listed.is_empty() || listed.len() == users.len();
            faults.require(all_known, "broadcast.user_ids", "unknown", message);
            users.into_iter().map(Recipient::User).collect()
        }
        Addressee::Members(members) => {
            let known = tx.members_to_tell(members, by.scope)?;
            let message = "names who is no member of yours";
            let all_known = known.len() == members.len();
            faults.require(all_known, "broadcast.member_ids", "unknown", message);
            known.into_iter().map(Recipient::Member).collect()
        }
    };
    Ok(faults.finish(Some(told))?)
}

/// What was said, to whom and to how many.
fn audit_entry(
    to: &Addressee,
    channel: NotificationChannel,
    text: &Text,
    count: usize,
) -> AuditEntry {
    let many = Broadcast::default();
    let (user, member, broadcast, members) = match to {
        Addressee::User(user) => (Some(*user), None, &many, [].as_slice()),
        Addressee::Member(member) => (None, Some(*member), &many, [].as_slice()),
        Addressee::Users(broadcast) => (None, None, broadcast, [].as_slice()),
        Addressee::Members(members) => (None, None, &many, members.as_slice()),
    };
    let listed = |ids: Vec<i64>| (!ids.is_empty()).then_some(ids);
    let view = AuditValue::new()
        .with("user_id", user.map(UserId::get))
        .with("member_id", member.map(MemberId::get))
        .with("role", broadcast.role.clone())
        .with("branch_id", broadcast.branch_id.map(BranchId::get))
        .with("user_ids", listed(broadcast.user_ids.iter().map(|id| id.get()).collect()))
        .with("member_ids", listed(members.iter().map(|id| id.get()).collect()))
        .text("channel", channel)
        .with("title", text.title.as_str())
        .text("recipients", count);
    let ref_id = user.map_or_else(|| member.map_or(0, MemberId::get), UserId::get);
    let entry = AuditEntry::new("notification.send", "notifications", ref_id);
    match member {
        Some(member) => entry.of_member(member).is(view),
        None => entry.is(view),
    }
}
