//! Leases: a job that must run once at a time, across instances and processes, holds a row.

use chrono::TimeDelta;
use diesel::prelude::*;
use pensipro_kernel::StorageError;

use crate::{Tx, schema::job_leases, sql::Raw};

/// A holder that was silent for so long has died, and his lease may be taken.
pub const LEASE_SILENCE: TimeDelta = TimeDelta::seconds(60);

/// A lease as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job.
    pub job: String,
    /// Who holds it: instance and process.
    pub holder: String,
    /// How far he says he came; the next holder goes on there.
    pub cursor: Option<String>,
}

impl Tx<'_> {
    /// Takes the job's lease if nobody holds it, or its holder was silent for [`LEASE_SILENCE`].
    /// Gives the lease (with the cursor that was left), or `None` while another holds it.
    pub fn take_lease(&mut self, job: &str, holder: &str) -> Result<Option<Lease>, StorageError> {
        let now = self.now();
        let taken = self.run(|conn| {
            Raw::new(
                "INSERT INTO job_leases (job, holder, heartbeat_at, taken_at) \
                 VALUES ($1, $2, $3, $4) ON CONFLICT (job) DO UPDATE SET \
                 holder = excluded.holder, heartbeat_at = excluded.heartbeat_at, \
                 taken_at = excluded.taken_at \
                 WHERE job_leases.holder = excluded.holder OR job_leases.heartbeat_at <= $5",
            )?
            .bind(job)
            .bind(holder)
            .bind(now)
            .bind(now)
            .bind(now - LEASE_SILENCE)
            .execute(conn)
        })?;
        if taken == 0 { Ok(None) } else { self.lease(job) }
    }

    /// Says that the holder lives; false if the lease is no longer his. His until the transaction
    /// ends: nobody takes it meanwhile.
    pub fn keep_lease(&mut self, job: &str, holder: &str) -> Result<bool, StorageError> {
        use job_leases::dsl;
        let now = self.now();
        let kept = self.run(|conn| {
            diesel::update(dsl::job_leases)
                .filter(dsl::job.eq(job))
                .filter(dsl::holder.eq(holder))
                .set(dsl::heartbeat_at.eq(now))
                .execute(conn)
        })?;
        Ok(kept > 0)
    }

    /// Says how far the holder of a lease came, for whoever goes on.
    pub fn note_progress(
        &mut self,
        job: &str,
        holder: &str,
        cursor: &str,
    ) -> Result<(), StorageError> {
        use job_leases::dsl;
        self.run(|conn| {
            diesel::update(dsl::job_leases)
                .filter(dsl::job.eq(job))
                .filter(dsl::holder.eq(holder))
                .set(dsl::cursor.eq(cursor))
                .execute(conn)
                .map(drop)
        })
    }

    /// Gives the lease back, with nothing left to go on with.
    pub fn end_lease(&mut self, job: &str, holder: &str) -> Result<(), StorageError> {
        use job_leases::dsl;
        self.run(|conn| {
            diesel::delete(dsl::job_leases)
                .filter(dsl::job.eq(job))
                .filter(dsl::holder.eq(holder))
                .execute(conn)
                .map(drop)
        })
    }

    /// All leases.
    pub fn leases(&mut self) -> Result<Vec<Lease>, StorageError> {
        use job_leases::dsl;
        let rows: Vec<(String, String, Option<String>)> = self.run(|conn| {
            dsl::job_leases.select((dsl::job, dsl::holder, dsl::cursor)).order(dsl::job).load(conn)
        })?;
        Ok(rows.into_iter().map(|(job, holder, cursor)| Lease { job, holder, cursor }).collect())
    }

    /// Frees a lease for whoever comes next, who goes on where it was left: its holder gives it up
    /// before the end, or is known to be dead.
    pub fn free_lease(&mut self, job: &str, holder: &str) -> Result<(), StorageError> {
        use job_leases::dsl;
        let long_ago = self.now() - LEASE_SILENCE;
        self.run(|conn| {
            diesel::update(dsl::job_leases)
                .filter(dsl::job.eq(job))
                .filter(dsl::holder.eq(holder))
                .set(dsl::heartbeat_at.eq(long_ago))
                .execute(conn)
                .map(drop)
        })
    }

    fn lease(&mut self, job: &str) -> Result<Option<Lease>, StorageError> {
        Ok(self.leases()?.into_iter().find(|lease| lease.job == job))
    }
}
