//! What is read across modules.

use pensipro_audit::{
    RectificationRepository, Rectifications, Timeline, TimelineRepository, member_rectifications,
    member_timeline,
};
use pensipro_kernel::{Actor, ApplicationId, LoanId, MemberId, PageRequest};
use pensipro_members::MemberRepository;
use pensipro_origination::{
    ApplicationRepository, AssessmentRepository, CommitteePolicy, CommitteeRepository,
    usecases::{ApplicationFile, application_file},
};
use pensipro_servicing::LoanRepository;

use crate::FlowError;

/// An application's file with the loan that it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRecord {
    /// The application with everything that was found and said of it.
    pub file: ApplicationFile,
    /// The loan, once approved.
    pub loan_id: Option<LoanId>,
}

/// Reads an application as its detail shows it: seven queries.
pub fn application_record<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    policy: &CommitteePolicy,
) -> Result<ApplicationRecord, FlowError>
where
    Tx: ApplicationRepository + AssessmentRepository + CommitteeRepository + LoanRepository,
{
    let file = application_file(tx, by, id, policy)?;
    Ok(ApplicationRecord { file, loan_id: tx.loan_of_application(id)? })
}

/// A page of what happened to a member, newest first.
pub fn list_timeline<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    page: &PageRequest,
) -> Result<Timeline, FlowError>
where
    Tx: MemberRepository + TimelineRepository,
{
    tx.member(member, by.scope)?;
    Ok(member_timeline(tx, member, page)?)
}

/// A page of how what is held of a member was put right, newest first.
pub fn list_rectifications<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: MemberId,
    page: &PageRequest,
) -> Result<Rectifications, FlowError>
where
    Tx: MemberRepository + RectificationRepository + TimelineRepository,
{
    tx.member(member, by.scope)?;
    Ok(member_rectifications(tx, member, page)?)
}
