//! Loan origination: from the draft to the committee's word.

mod committee;
mod documents;
mod drafts;
mod steps;

use pensipro_auth::ModuleCode;
use pensipro_flows::application_record;
use pensipro_kernel::{Actor, ApplicationId, Version};
use pensipro_origination::{OriginationError, usecases::Checked};
use pensipro_persistence::Tx;

use crate::{
    app::Settled,
    bodies::applications::ApplicationDetailBody,
    http::{Problem, Routes, Shown},
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
