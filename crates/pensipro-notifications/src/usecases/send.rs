//! Notices by hand.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, AuditValue, Authority, BranchId, Faults, MemberId,
    NotificationChannel, Permission, UserId,
};

use crate::{
    Addressee, MANUAL, NewNotification, NotificationError, NotificationRepository, Recipient,
    RecipientDirectory, SendNotice, TemplateRepository, Text, manual::Words,
};

/// How many users are told at once at the most.
const MAX_BROADCAST: u32 = 100_000;

/// Sends a notice to a user, a member, or many users; people bound to a branch reach those of their
/// own alone. Gives how many are told.
pub fn send_notice<Tx>(
    tx: &mut Tx,
    by: &Actor,
    notice: &SendNotice,
    default_channel: NotificationChannel,
    open: &[NotificationChannel],
) -> Result<usize, NotificationError>
where
    Tx: NotificationRepository + RecipientDirectory + TemplateRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::SendNotification)?;
    let channel = notice.channel.unwrap_or(default_channel);
    if !open.contains(&channel) {
        return Err(NotificationError::ChannelClosed(channel));
    }
    let text = words(tx, notice, channel)?;
    let told = recipients(tx, by, &notice.to)?;
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
    tx.add_notifications(&new, by.user_id)?;
    tx.audit(by, audit_entry(&notice.to, channel, &text, new.len()))?;
    Ok(new.len())
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
            let known = tx.is_member_to_tell(*member, by.scope)?;
            faults.require(known, "member_id", "unknown", "is no member of yours");
            vec![Recipient::Member(*member)]
        }
        Addressee::Users(broadcast) => {
            let users = tx.users_to_tell(broadcast, by.scope, MAX_BROADCAST)?;
            faults.require(!users.is_empty(), "broadcast", "nobody", "reaches nobody");
            users.into_iter().map(Recipient::User).collect()
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
    let (user, member, broadcast) = match to {
        Addressee::User(user) => (Some(*user), None, None),
        Addressee::Member(member) => (None, Some(*member), None),
        Addressee::Users(broadcast) => (None, None, Some(broadcast)),
    };
    let view = AuditValue::new()
        .with("user_id", user.map(UserId::get))
        .with("member_id", member.map(MemberId::get))
        .with("role", broadcast.and_then(|many| many.role.clone()))
        .with("branch_id", broadcast.and_then(|many| many.branch_id).map(BranchId::get))
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
