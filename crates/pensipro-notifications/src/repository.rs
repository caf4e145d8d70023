//! What this module needs from storage.

use chrono::{DateTime, Utc};
use pensipro_kernel::{
    FunderId, MemberId, NotificationChannel, NotificationId, Page, PageRequest, Scope,
    StorageError, TemplateId, UserId, Version,
};

use crate::{Broadcast, NewNotification, Notification, PendingEvent, Template, TemplateDetails};

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
    /// To this user. What he hid is left out.
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
    /// Stores notices, all or none. One that an entry of the outbox told the same recipient by the same
    /// channel before is [`StorageError::Duplicate`].
    fn add_notifications(
        &mut self,
        new: &[NewNotification],
        by: Option<UserId>,
    ) -> Result<(), StorageError>;
    /// A page of those to people within the scope.
    fn notifications(
        &mut self,
        filter: &NotificationFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Notification>, StorageError>;
    /// How many of a user's are unread.
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
    /// The user as whom the sales person of an application or loan signs in; `ref_table` and `ref_id`
    /// as the event has them.
    fn sales_user_of(
        &mut self,
        ref_table: &str,
        ref_id: i64,
    ) -> Result<Option<UserId>, StorageError>;
    /// Active users with one of the roles, of no branch or of that of an application; what an event is
    /// about is named by its table and id.
    fn role_holders_of(
        &mut self,
        roles: &[String],
        of: (&str, i64),
    ) -> Result<Vec<UserId>, StorageError>;
    /// Active users of a funder.
    fn funder_users_of(&mut self, funder: FunderId) -> Result<Vec<UserId>, StorageError>;
    /// Active users of a kind within the scope, at most `limit`.
    fn users_to_tell(
        &mut self,
        broadcast: &Broadcast,
        scope: Scope,
        limit: u32,
    ) -> Result<Vec<UserId>, StorageError>;
    /// Whether there is such an active user within the scope.
    fn is_user_to_tell(&mut self, user: UserId, scope: Scope) -> Result<bool, StorageError>;
    /// Whether there is such a member within the scope.
    fn is_member_to_tell(&mut self, member: MemberId, scope: Scope) -> Result<bool, StorageError>;
}

/// The outbox, as who delivers reads it.
pub trait OutboxQueue {
    /// The oldest entries that nobody was told of, locked; those that another instance has locked are
    /// passed over.
    fn take_events(&mut self, limit: u32) -> Result<Vec<PendingEvent>, StorageError>;
    /// Notes that they were told of.
    fn mark_told(&mut self, ids: &[i64]) -> Result<(), StorageError>;
}
