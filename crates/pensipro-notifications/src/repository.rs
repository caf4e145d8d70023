//! What this module needs from storage.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    DeliveryId, FunderId, MemberId, NotificationChannel, NotificationId, Page, PageRequest, Scope,
    StorageError, TemplateId, UserId, Version, WebhookId,
};

use crate::{
    Broadcast, Claim, Delivery, DeliveryChannel, DeliveryFilter, Lane, MemberPreferences,
    NewDelivery, NewNotification, Notification, Outcome, PendingEvent, PreviousSecret, Ready,
    SalesContact, Template, TemplateDetails, Ways, Webhook, WebhookDetails,
};

/// What a template is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of a template")]
pub struct TemplateKey {
    pub code: String,
    pub event: String,
    pub channel: NotificationChannel,
    pub is_active: bool,
}

/// Templates.
pub trait TemplateRepository {
    /// One.
    fn template(&mut self, id: TemplateId) -> Result<Template, StorageError>;
    /// One, locked until the transaction ends.
    fn lock_template(&mut self, id: TemplateId) -> Result<Template, StorageError>;
    /// The one of a code.
    fn template_with_code(&mut self, code: &str) -> Result<Option<Template>, StorageError>;
    /// The active one of an event and channel.
    fn active_template(
        &mut self,
        event: &str,
        channel: NotificationChannel,
    ) -> Result<Option<TemplateId>, StorageError>;
    /// Every active template of these events.
    fn templates_of(&mut self, events: &[String]) -> Result<Vec<Template>, StorageError>;
    /// A page, by code; active ones or those that are switched off.
    fn templates(
        &mut self,
        is_active: bool,
        page: &PageRequest,
    ) -> Result<Page<Template>, StorageError>;
    /// Code, event and channel of every one, and whether it is active.
    fn template_keys(&mut self) -> Result<Vec<TemplateKey>, StorageError>;
    /// Inserts one.
    fn add_template(
        &mut self,
        details: &TemplateDetails,
        by: Option<UserId>,
    ) -> Result<Template, StorageError>;
    /// Saves title, body and switch over the version read; gives the new version.
    fn save_template(&mut self, template: &Template) -> Result<Version, StorageError>;
}

/// Which notices a list holds; every condition given must hold. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NotificationFilter {
    /// To this user in the application. What he hid is left out, and what left the house.
    pub user_id: Option<UserId>,
    /// To this member.
    pub member_id: Option<MemberId>,
    /// Read or not.
    pub is_read: Option<bool>,
    /// Of this event.
    pub event: Option<String>,
}

/// Notices.
pub trait NotificationRepository {
    /// Stores notices, all or none, and gives their ids in the same order. One that an entry of the
    /// outbox told the same recipient by the same channel before is [`StorageError::Duplicate`].
    fn add_notifications(
        &mut self,
        new: &[NewNotification],
        by: Option<UserId>,
    ) -> Result<Vec<NotificationId>, StorageError>;
    /// A page of those to people within the scope.
    fn notifications(
        &mut self,
        filter: &NotificationFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Notification>, StorageError>;
    /// How many of a user's in the application are unread.
    fn unread_count(&mut self, user: UserId) -> Result<i64, StorageError>;
    /// A notice to this user that he did not hide, locked until the transaction ends.
    fn lock_own_notification(
        &mut self,
        id: NotificationId,
        user: UserId,
    ) -> Result<Notification, StorageError>;
    /// Notes that it was read.
    fn mark_read(&mut self, id: NotificationId, at: DateTime<Utc>) -> Result<(), StorageError>;
    /// Hides it from its recipient; the row stays.
    fn hide_notification(
        &mut self,
        id: NotificationId,
        at: DateTime<Utc>,
    ) -> Result<(), StorageError>;
}

/// Who is behind an audience.
pub trait RecipientDirectory {
    /// The sales person of an application or loan; `ref_table` and `ref_id` as the event has them.
    fn sales_of(
        &mut self,
        ref_table: &str,
        ref_id: i64,
    ) -> Result<Option<SalesContact>, StorageError>;
    /// Active users with one of the roles, of no branch or of that of an application; what an event is
    /// about is named by its table and id.
    fn role_holders_of(
        &mut self,
        roles: &[String],
        of: (&str, i64),
    ) -> Result<Vec<UserId>, StorageError>;
    /// Active users of a funder.
    fn funder_users_of(&mut self, funder: FunderId) -> Result<Vec<UserId>, StorageError>;
    /// How a funder's contact is reached; `None` where there is none.
    fn funder_contact(&mut self, funder: FunderId) -> Result<Option<Ways>, StorageError>;
    /// How users are reached outside the application.
    fn user_ways(&mut self, users: &[UserId]) -> Result<HashMap<UserId, Ways>, StorageError>;
    /// How members are reached by their contacts.
    fn member_ways(
        &mut self,
        members: &[MemberId],
    ) -> Result<HashMap<MemberId, Ways>, StorageError>;
    /// Active users of a kind within the scope, at most `limit`.
    fn users_to_tell(
        &mut self,
        broadcast: &Broadcast,
        scope: Scope,
        limit: u32,
    ) -> Result<Vec<UserId>, StorageError>;
    /// Whether there is such an active user within the scope.
    fn is_user_to_tell(&mut self, user: UserId, scope: Scope) -> Result<bool, StorageError>;
    /// Those of these members who are there, within the scope.
    fn members_to_tell(
        &mut self,
        members: &[MemberId],
        scope: Scope,
    ) -> Result<Vec<MemberId>, StorageError>;
}

/// The outbox, as who delivers reads it.
pub trait OutboxQueue {
    /// Whether there is anything to tell; reads alone.
    fn is_anything_to_tell(&mut self) -> Result<bool, StorageError>;
    /// The oldest entries that nobody was told of, locked; those that another instance has locked are
    /// passed over.
    fn take_events(&mut self, limit: u32) -> Result<Vec<PendingEvent>, StorageError>;
    /// The payments that lines of a payer's file became, each as the event of one that came otherwise; one
    /// statement.
    fn payments_of_file(&mut self, chunk: &PendingEvent)
    -> Result<Vec<PendingEvent>, StorageError>;
    /// Notes that they were told of.
    fn mark_told(&mut self, ids: &[i64]) -> Result<(), StorageError>;
}

/// What members want.
pub trait PreferenceRepository {
    /// Those of a member within the scope.
    fn preferences(
        &mut self,
        member: MemberId,
        scope: Scope,
    ) -> Result<MemberPreferences, StorageError>;
    /// The same; the member's row is locked until the transaction ends.
    fn lock_preferences(
        &mut self,
        member: MemberId,
        scope: Scope,
    ) -> Result<MemberPreferences, StorageError>;
    /// Stores them in place of those before.
    fn save_preferences(
        &mut self,
        preferences: &MemberPreferences,
        by: Option<UserId>,
    ) -> Result<(), StorageError>;
    /// Those of these members, as far as they chose; one statement.
    fn preferences_of(
        &mut self,
        members: &[MemberId],
    ) -> Result<HashMap<MemberId, MemberPreferences>, StorageError>;
}

/// Other systems that are told of events.
pub trait WebhookRepository {
    /// Those that are switched on.
    fn active_webhooks(&mut self) -> Result<Vec<Webhook>, StorageError>;
    /// A page, newest first.
    fn webhooks(&mut self, page: &PageRequest) -> Result<Page<Webhook>, StorageError>;
    /// One, locked until the transaction ends.
    fn lock_webhook(&mut self, id: WebhookId) -> Result<Webhook, StorageError>;
    /// Inserts one with its secret, which is stored sealed.
    fn add_webhook(
        &mut self,
        details: &WebhookDetails,
        secret: &str,
        by: Option<UserId>,
    ) -> Result<Webhook, StorageError>;
    /// Saves the details over the version read; gives the new version.
    fn save_webhook(&mut self, webhook: &Webhook) -> Result<Version, StorageError>;
    /// The secret of one that is locked, and those that were renewed.
    fn secrets(&mut self, id: WebhookId) -> Result<(String, Vec<PreviousSecret>), StorageError>;
    /// Stores a new secret and those that sign beside it, sealed; gives the new version.
    fn save_secrets(
        &mut self,
        webhook: &Webhook,
        secret: &str,
        previous: &[PreviousSecret],
    ) -> Result<Version, StorageError>;
    /// Takes one away with its secrets, and cancels what was on its way to it.
    fn end_webhook(&mut self, id: WebhookId) -> Result<(), StorageError>;
}

/// Messages on their way, as who sends them needs them.
pub trait DeliveryQueue {
    /// Stores messages, all or none.
    fn add_deliveries(&mut self, new: &[NewDelivery]) -> Result<(), StorageError>;
    /// The lanes of these channels in which something may go now; reads alone, by an index.
    fn busy_lanes(&mut self, open: &[DeliveryChannel]) -> Result<Vec<Lane>, StorageError>;
    /// Holds the oldest messages of a lane that may go, at most `limit`, and counts a try for each.
    /// What another instance holds is passed over until its claim ends.
    fn claim_deliveries(
        &mut self,
        lane: Lane,
        limit: u32,
        claim: Claim,
    ) -> Result<Vec<DeliveryId>, StorageError>;
    /// What is held, with words and addresses, which are in clear only here.
    fn ready_deliveries(&mut self, ids: &[DeliveryId]) -> Result<Vec<Ready>, StorageError>;
    /// Those that this claim still holds, locked until the transaction ends.
    fn lock_claimed(
        &mut self,
        ids: &[DeliveryId],
        claim: Claim,
    ) -> Result<Vec<DeliveryId>, StorageError>;
    /// Stores what became of messages that are locked, and ends the claim.
    fn settle_deliveries(&mut self, settled: &[(DeliveryId, Outcome)]) -> Result<(), StorageError>;
    /// Removes messages that went out before a time, and events of which everybody was told before it:
    /// of each at most so many, the oldest; gives how many went.
    fn forget_messages(
        &mut self,
        before: DateTime<Utc>,
        at_most: u32,
    ) -> Result<usize, StorageError>;
}

/// Messages on their way, as people see them.
pub trait DeliveryRepository {
    /// A page, newest first.
    fn deliveries(
        &mut self,
        filter: &DeliveryFilter,
        page: &PageRequest,
    ) -> Result<Page<Delivery>, StorageError>;
    /// One, locked until the transaction ends.
    fn lock_delivery(&mut self, id: DeliveryId) -> Result<Delivery, StorageError>;
    /// Lets one that was given up wait for its first try again, from now on.
    fn revive_delivery(&mut self, id: DeliveryId) -> Result<(), StorageError>;
}
