//! An application with everything that was found and said of it.

use pensipro_kernel::{
    Actor, ApplicationId, AuthorityError, Faults, FieldFault, Page, PageRequest, Permission,
};

use crate::{
    Analysis, Application, ApplicationDocument, ApplicationDocumentRepository, ApplicationFilter,
    ApplicationRepository, AssessmentRepository, CommitteePolicy, CommitteeRepository, Condition,
    Decision, Desk, DeskName, Level, OriginationError, Precheck, Recusal,
};

/// An application as its detail shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationFile {
    /// The application.
    pub application: Application,
    /// The latest pre-check.
    pub precheck: Option<Precheck>,
    /// The analyses, oldest first.
    pub analyses: Vec<Analysis>,
    /// The committee's decisions, by level.
    pub decisions: Vec<Decision>,
    /// The conditions it set.
    pub conditions: Vec<Condition>,
    /// Who stepped back from it.
    pub recusals: Vec<Recusal>,
    /// The level that is due, while the committee has it.
    pub next_level: Option<Level>,
}

/// Reads an application's file: six queries.
pub fn application_file<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    policy: &CommitteePolicy,
) -> Result<ApplicationFile, OriginationError>
where
    Tx: ApplicationRepository + AssessmentRepository + CommitteeRepository,
{
    let application = tx.application(id, by.scope)?;
    let decisions = tx.decisions(id)?;
    let next_level = application.due(&decisions, policy).map(|seat| seat.level);
    Ok(ApplicationFile {
        precheck: tx.latest_precheck(id)?,
        analyses: tx.analyses(id)?,
        conditions: tx.conditions(id)?,
        recusals: tx.recusals(id)?,
        next_level,
        application,
        decisions,
    })
}

/// The level that is due, while the committee has the application.
pub fn level_due<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    policy: &CommitteePolicy,
) -> Result<Option<Level>, OriginationError>
where
    Tx: ApplicationRepository + CommitteeRepository,
{
    let application = tx.application(id, by.scope)?;
    let decisions = tx.decisions(id)?;
    Ok(application.due(&decisions, policy).map(|seat| seat.level))
}

/// Every pre-check of an application, oldest first.
pub fn list_prechecks<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
) -> Result<Vec<Precheck>, OriginationError>
where
    Tx: ApplicationRepository + AssessmentRepository,
{
    tx.application(id, by.scope)?;
    Ok(tx.prechecks(id)?)
}

/// A page of applications.
pub fn list_applications<Tx>(
    tx: &mut Tx,
    by: &Actor,
    filter: &ApplicationFilter,
    page: &PageRequest,
) -> Result<Page<Application>, OriginationError>
where
    Tx: ApplicationRepository,
{
    Ok(tx.applications(filter, page, by.scope)?)
}

/// The same for somebody who asks for a desk: that is shown to who may act there, with or without
/// the right to see all applications, which a list beside the desks takes.
pub fn search_applications<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (desk, level): (Option<DeskName>, Option<i64>),
    filter: ApplicationFilter,
    policy: &CommitteePolicy,
    page: &PageRequest,
) -> Result<Page<Application>, OriginationError>
where
    Tx: ApplicationRepository,
{
    let mut faults = Faults::new();
    let at_committee = level.is_none() || desk == Some(DeskName::Committee);
    faults.require(at_committee, "level", "not_applicable", "goes with desk=committee");
    let range = || FieldFault::new("level", "out_of_range", "is 1 to 9");
    let level = faults.take(level.map(|level| Level::new(level).ok_or_else(range)).transpose());
    let level = faults.finish(level)?;
    let desk = match desk {
        Some(name) => Some(Desk::of(by, name, policy)?),
        None if by.may(Permission::ViewApplication) => None,
        None => return Err(AuthorityError::Denied(Permission::ViewApplication).into()),
    };
    list_applications(tx, by, &ApplicationFilter { desk, level, ..filter }, page)
}

/// All documents of an application.
pub fn list_documents<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
) -> Result<Vec<ApplicationDocument>, OriginationError>
where
    Tx: ApplicationRepository + ApplicationDocumentRepository,
{
    tx.application(id, by.scope)?;
    Ok(tx.application_documents(id)?)
}
