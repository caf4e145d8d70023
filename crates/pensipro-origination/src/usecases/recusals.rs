//! Stepping back from the committee, and levels that let their deadline pass.

use pensipro_kernel::{
    Actor, ApplicationId, AuditEntry, AuditLog, Authority, Event, Moment, Outbox, Permission,
};

use crate::{
    Application, ApplicationRepository, AssessmentRepository, CommitteeFile, CommitteePolicy,
    CommitteeRepository, Level, OriginationError, Recusal,
};

/// The caller steps back from deciding on an application at whose due level he sits, for good.
pub fn recuse<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: ApplicationId,
    reason: String,
    policy: &CommitteePolicy,
    at: Moment,
) -> Result<Recusal, OriginationError>
where
    Tx: ApplicationRepository + AssessmentRepository + CommitteeRepository + AuditLog + Authority,
{
    tx.recheck(by, Permission::ApproveApplication)?;
    let application = tx.lock_application(id, by.scope)?;
    let (analyses, decisions, recusals) = (tx.analyses(id)?, tx.decisions(id)?, tx.recusals(id)?);
    let file = CommitteeFile { analyses: &analyses, decisions: &decisions, recusals: &recusals };
    let recusal = application.recuse(file, policy, by, reason, at)?;
    tx.add_recusal(&recusal)?;
    let entry = AuditEntry::new("application.recuse", "applications", id.get())
        .of_member(application.member_id);
    tx.audit(by, entry.is(recusal.audit_view()))?;
    Ok(recusal)
}

/// Tells of applications that waited at a level longer than it may take, each once for each wait,
/// whoever else tells at the same time; gives how many. At most `limit` of each level.
pub fn tell_deadlines<Tx>(
    tx: &mut Tx,
    policy: &CommitteePolicy,
    limit: u16,
    at: Moment,
) -> Result<usize, OriginationError>
where
    Tx: CommitteeRepository + Outbox,
{
    let mut told = 0;
    for (level, within) in policy.deadlines() {
        for application in tx.overdue(level, at.now - within, limit)? {
            if tx.note_deadline(&application)? {
                tx.emit(deadline_passed(&application, level, policy))?;
                told += 1;
            }
        }
    }
    Ok(told)
}

fn deadline_passed(application: &Application, level: Level, policy: &CommitteePolicy) -> Event {
    let roles = policy.roles_at(application.subject(), level).join(",");
    let since = application.waiting.map_or(application.updated_at, |waiting| waiting.since);
    Event::new("application.deadline_passed", "applications", application.id.get())
        .of_member(application.member_id)
        .with("number", application.number())
        .with("plafon", application.request.plafon)
        .with("level", level.get())
        .with("roles", roles)
        .with("waiting_since", since.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
}
