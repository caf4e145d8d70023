//! Templates.

use pensipro_kernel::{
    Actor, AuditEntry, AuditLog, Expected, Moment, Page, PageRequest, StorageError, TemplateId,
};

use crate::{
    MANUAL, NotificationError, RawTemplateChange, Seed, Template, TemplateDetails,
    TemplateRepository, Wording, seeds,
};

/// Makes a template; for users bound to no branch.
pub fn create_template<Tx>(
    tx: &mut Tx,
    by: &Actor,
    details: &TemplateDetails,
) -> Result<Template, NotificationError>
where
    Tx: TemplateRepository + AuditLog,
{
    by.whole_house()?;
    if let Some(other) = tx.template_with_code(&details.code)? {
        return Err(NotificationError::DuplicateCode { existing: Some(other.id) });
    }
    refuse_second(tx, details, None)?;
    let template = tx.add_template(details, by.user_id).map_err(NotificationError::from_save)?;
    tx.audit(by, entry("template.create", template.id).is(template.details.audit_view()))?;
    Ok(template)
}

/// Changes a template's words or switches it off or on; for users bound to no branch.
pub fn update_template<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: TemplateId,
    expected: Expected,
    change: RawTemplateChange,
    at: Moment,
) -> Result<Template, NotificationError>
where
    Tx: TemplateRepository + AuditLog,
{
    by.whole_house()?;
    let before = tx.lock_template(id)?;
    expected.check("template", before.version)?;
    let mut after = Template { details: before.details.changed(change)?, ..before.clone() };
    if after == before {
        return Ok(before);
    }
    refuse_second(tx, &after.details, Some(id))?;
    after.version = tx.save_template(&after).map_err(NotificationError::from_save)?;
    after.updated_at = at.now;
    let entry = entry("template.update", id).was(before.details.audit_view());
    tx.audit(by, entry.is(after.details.audit_view()))?;
    Ok(after)
}

/// Switches a template off; what was told by it stays.
pub fn switch_template_off<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: TemplateId,
    expected: Expected,
    at: Moment,
) -> Result<(), NotificationError>
where
    Tx: TemplateRepository + AuditLog,
{
    let off = RawTemplateChange { is_active: Some(false), ..RawTemplateChange::default() };
    update_template(tx, by, id, expected, off, at).map(drop)
}

/// A page of templates by code.
pub fn list_templates<Tx: TemplateRepository>(
    tx: &mut Tx,
    is_active: bool,
    page: &PageRequest,
) -> Result<Page<Template>, NotificationError> {
    Ok(tx.templates(is_active, page)?)
}

/// Adds the templates of a first start where their codes are free and their events have none by their
/// channel: later versions bring templates of their own.
pub fn seed_templates<Tx: TemplateRepository>(tx: &mut Tx) -> Result<(), StorageError> {
    let there = tx.template_keys()?;
    let is_there = |seed: &Seed| {
        there.iter().any(|key| {
            let tells = key.is_active && key.event == seed.event && key.channel == seed.channel;
            key.code == seed.code || tells
        })
    };
    for seed in seeds().filter(|seed| !is_there(seed)) {
        let Seed { code, event, channel, title, body } = seed;
        let wording = Wording::check(event, title, &body)
            .map_err(|faults| StorageError::Failed(format!("the template {code}: {faults}")))?;
        tx.add_template(&TemplateDetails { code, channel, wording, is_active: true }, None)?;
    }
    Ok(())
}

/// Of one event and channel one template is active; of notices by hand there may be many.
fn refuse_second<Tx: TemplateRepository>(
    tx: &mut Tx,
    details: &TemplateDetails,
    own: Option<TemplateId>,
) -> Result<(), NotificationError> {
    if !details.is_active || details.wording.event() == MANUAL {
        return Ok(());
    }
    match tx.active_template(details.wording.event(), details.channel)? {
        Some(other) if Some(other) != own => {
            Err(NotificationError::DuplicateTemplate { existing: Some(other) })
        }
        _ => Ok(()),
    }
}

fn entry(action: &'static str, id: TemplateId) -> AuditEntry {
    AuditEntry::new(action, "notification_templates", id.get())
}
