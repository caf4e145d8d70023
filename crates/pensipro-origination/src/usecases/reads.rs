//! An application with everything that was found and said of it.

use pensipro_kernel::{Actor, ApplicationId, Page, PageRequest};

use crate::{
    Analysis, Application, ApplicationDocument, ApplicationDocumentRepository, ApplicationFilter,
    ApplicationRepository, ApplicationStatus, AssessmentRepository, CommitteePolicy,
    CommitteeRepository, Condition, Decision, Level, OriginationError, Precheck,
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
    /// The level that is due, while the committee has it.
    pub next_level: Option<Level>,
}

/// Reads an application's file: five queries.
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
    let next_level = match application.status {
        ApplicationStatus::Committee => policy.due(application.request.plafon, &decisions),
        _ => None,
    };
    Ok(ApplicationFile {
        precheck: tx.latest_precheck(id)?,
        analyses: tx.analyses(id)?,
        conditions: tx.conditions(id)?,
        next_level: next_level.map(|seat| seat.level),
        application,
        decisions,
    })
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
