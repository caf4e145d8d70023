//! Who works on a job: a lease for each, and how a dead holder is told from a living one.

use std::{fs, path::Path};

use pensipro_kernel::Entropy;
use pensipro_persistence::{Backend, Lease, Tx};

use super::{END_OF_DAY, END_OF_MONTH, Job, SEALING};
use crate::{App, clock::random_hex, http::Problem};

/// This process as it signs leases: host, process, and chance, since numbers of processes return.
pub(super) fn holder(entropy: &dyn Entropy) -> String {
    format!("{} {} {}", host(), std::process::id(), random_hex::<8>(entropy))
}

fn host() -> String {
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    name.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// True for a lease of an earlier process that is known to be dead: SQLite has one process, and a
/// number of this host that no process has (or this very one, by another name) is free. Were it
/// taken wrongly, the living holder would find it lost at its next chunk and do nothing twice.
fn is_dead(lease: &Lease, own: &str, backend: Backend) -> bool {
    if lease.holder == own {
        return false;
    }
    let mut parts = lease.holder.split(' ');
    let (Some(at), Some(process)) = (parts.next(), parts.next()) else { return false };
    let is_gone = Path::new("/proc/self").exists() && !Path::new("/proc").join(process).exists();
    let is_here = at == host() && at != "unknown";
    backend == Backend::Sqlite || is_here && (is_gone || process == std::process::id().to_string())
}

impl App {
    /// Frees what dead processes held, so that a start need not wait until their silence is long
    /// enough.
    pub(super) async fn free_dead_leases(&self) -> Result<(), Problem> {
        let (app, backend) = (self.clone(), self.store().backend());
        self.change("free_leases", move |tx, _| {
            for lease in tx.leases()? {
                let kinds = ["export:", "import:", "intake:", "retry:", "settlement:"];
                let mut ours = kinds.into_iter().chain([END_OF_DAY, END_OF_MONTH, SEALING]);
                let is_ours = ours.any(|kind| lease.job.starts_with(kind));
                if is_ours && is_dead(&lease, &app.jobs.holder, backend) {
                    tx.free_lease(&lease.job, &lease.holder)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// The lease, if nobody else holds it.
    pub(super) async fn take_lease(&self, job: Job) -> Result<Option<Lease>, Problem> {
        let app = self.clone();
        self.change("take_lease", move |tx, _| Ok(tx.take_lease(&job.lease(), &app.jobs.holder)?))
            .await
    }

    /// Gives the lease up before the end, for whoever goes on.
    pub(super) async fn leave_lease(&self, job: Job) -> Result<(), Problem> {
        let app = self.clone();
        self.change("leave_lease", move |tx, _| Ok(tx.free_lease(&job.lease(), &app.jobs.holder)?))
            .await
    }

    pub(super) async fn end_lease(&self, job: Job) -> Result<(), Problem> {
        let app = self.clone();
        self.change("end_lease", move |tx, _| Ok(tx.end_lease(&job.lease(), &app.jobs.holder)?))
            .await
    }

    /// Renews the lease in a chunk's own transaction; false if another has the job by now.
    pub(super) fn keep_lease(&self, tx: &mut Tx<'_>, job: Job) -> Result<bool, Problem> {
        Ok(tx.keep_lease(&job.lease(), &self.jobs.holder)?)
    }

    /// Notes how far a job came, in a chunk's own transaction.
    pub(super) fn note_progress(
        &self,
        tx: &mut Tx<'_>,
        job: Job,
        cursor: &str,
    ) -> Result<(), Problem> {
        Ok(tx.note_progress(&job.lease(), &self.jobs.holder, cursor)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    fn lease(holder: &str) -> Lease {
        Lease { job: "import:1".into(), holder: holder.into(), cursor: None }
    }

    #[test]
    fn only_processes_of_this_host_can_be_told_to_be_dead() {
        let own = holder(&SystemEntropy);
        let dead = |holder: &str, backend| is_dead(&lease(holder), &own, backend);
        let (host, this) = (host(), std::process::id());
        assert!(!dead(&own, Backend::Postgres) && !dead(&own, Backend::Sqlite));
        assert!(dead(&format!("{host} {this} other"), Backend::Postgres));
        assert!(dead(&format!("{host} 4194999 x"), Backend::Postgres));
        assert!(!dead(&format!("{host} 1 x"), Backend::Postgres));
        assert!(!dead("elsewhere 4194999 x", Backend::Postgres));
        assert!(dead("elsewhere 4194999 x", Backend::Sqlite));
    }
}
