//! Changing a member: what a new status does to his applications and loans follows in the same
//! transaction.

use pensipro_kernel::{
    Actor, AuditLog, Authority, Expected, MemberId, Moment, Outbox, Permission, Scope,
};
use pensipro_members::{
    DeathNotice, LoanResolution, Member, MemberRegistry, MemberRepository, SalesDirectory,
    StatusDecision, Unfinished,
    usecases::{UpdateMember, UpdatedMember, update_member},
};
use pensipro_origination::ApplicationRepository;
use pensipro_servicing::{
    AccountingPeriods, DeathNews, LoanRepository, MemberNews, RefundRepository, Resolution,
    ServicingPolicy, follow_member,
};

use crate::{FlowError, withdraw::withdraw};

/// Changes a member's fields, his status, or both. Leaving `aktif` cancels what is not finished and
/// resolves open loans; a death goes to the accounts of all loans that it touches, and its correction
/// takes it out of them again.
pub fn change_member<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: MemberId,
    expected: Expected,
    command: UpdateMember,
    policy: &ServicingPolicy,
    at: Moment,
) -> Result<Member, FlowError>
where
    Tx: MemberRepository
        + MemberRegistry
        + SalesDirectory
        + ApplicationRepository
        + LoanRepository
        + RefundRepository
        + AccountingPeriods
        + AuditLog
        + Outbox
        + Authority,
{
    if !command.status.is_empty() {
        tx.recheck(by, Permission::ChangeMemberStatus)?;
    }
    let UpdatedMember { member, decision } = update_member(tx, by, id, expected, command, at)?;
    if let Some(decision) = decision {
        // A member's applications and loans follow him, whatever branch they are of.
        let house = Actor { scope: Scope::WholeHouse, ..by.clone() };
        cancel_unfinished(tx, &house, &member, &decision, at)?;
        follow_member(tx, &house, id, news(&decision), policy, at)?;
    }
    Ok(member)
}

/// Locks all applications before the first loan, then withdraws them.
fn cancel_unfinished<Tx>(
    tx: &mut Tx,
    by: &Actor,
    member: &Member,
    decision: &StatusDecision,
    at: Moment,
) -> Result<(), FlowError>
where
    Tx: ApplicationRepository + LoanRepository + AuditLog + Outbox,
{
    if decision.unfinished == Unfinished::Keep {
        return Ok(());
    }
    let unfinished = tx.unfinished_applications(member.id)?;
    for id in &unfinished {
        tx.lock_application(*id, by.scope)?;
    }
    // Whatever was said about the person stays with the person.
    let reason = format!("Anggota {}", member.status());
    for id in unfinished {
        withdraw(tx, by, id, Expected::Any, reason.clone(), at)?;
    }
    Ok(())
}

fn news(decision: &StatusDecision) -> MemberNews {
    let StatusDecision { standing: _, open_loans, death, unfinished: _ } = *decision;
    MemberNews {
        death: match death {
            DeathNotice::None => DeathNews::None,
            DeathNotice::Died(day) => DeathNews::Died(day),
            DeathNotice::Redated(day) => DeathNews::Redated(day),
            DeathNotice::Reversed => DeathNews::Reversed,
        },
        resolution: match open_loans {
            Some(LoanResolution::HeirSettlement) => Some(Resolution::Heirs),
            Some(LoanResolution::Default) => Some(Resolution::Default),
            Some(LoanResolution::Keep) | None => None,
        },
    }
}
