//! Loan origination: from the draft to the committee's word.

mod committee;
mod documents;
mod drafts;
mod steps;

use pensipro_auth::ModuleCode;
use pensipro_flows::application_record;
use pensipro_kernel::{Actor, ApplicationId, Page, Version};
use pensipro_origination::{Application, OriginationError, usecases::Checked};
use pensipro_persistence::Tx;
use pensipro_servicing::LoanRepository;

use crate::{
    app::Settled,
    bodies::applications::{ApplicationBody, ApplicationDetailBody},
    http::{List, Pager, Problem, Routes, Shown},
    policy::Policies,
};

pub(super) fn routes() -> Routes {
    Routes::of(ModuleCode::Los)
        .and(drafts::routes())
        .and(documents::routes())
        .and(steps::routes())
        .and(committee::routes())
}

fn table() -> Routes {
    Routes::of(ModuleCode::Los)
}

/// An application with all that was found and said of it, and its version.
pub(super) fn detail(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: ApplicationId,
    policies: &Policies,
) -> Result<(ApplicationDetailBody, Version), Problem> {
    let record = application_record(tx, by, id, &policies.committee)?;
    let version = record.file.application.version;
    Ok((ApplicationDetailBody::of(record, tx.moment()), version))
}

/// A page of applications, each with the loan that it became.
pub(super) fn listed(
    tx: &mut Tx<'_>,
    page: Page<Application>,
    pager: &Pager,
) -> Result<List<ApplicationBody>, Problem> {
    let ids: Vec<_> = page.data.iter().map(|application| application.id).collect();
    let loans = tx.loans_of_applications(&ids)?;
    let at = tx.moment();
    Ok(pager.list(page, |application| {
        let loan = loans.get(&application.id).copied();
        ApplicationBody::of(application, loan, at)
    }))
}

/// The answer to a step that the pre-check decides: where it fails, its result is stored all the same.
fn settled<T, A>(
    checked: Checked<T>,
    answer: impl FnOnce() -> Result<A, Problem>,
) -> Result<Settled<A>, Problem> {
    match checked {
        Checked::Passed(_) => answer().map(Settled::Answered),
        Checked::Failed(precheck) => {
            let refusal = OriginationError::PrecheckFailed(Box::new(precheck));
            Ok(Settled::Refused(refusal.into()))
        }
    }
}

fn shown(
    tx: &mut Tx<'_>,
    by: &Actor,
    id: ApplicationId,
    policies: &Policies,
) -> Result<Shown<ApplicationDetailBody>, Problem> {
    let (body, version) = detail(tx, by, id, policies)?;
    Ok(Shown::new(body).at(version))
}
