//! Jobs that are left alone for a while, and for how long.

use std::{
    collections::{BTreeSet, HashMap},
    time::{Duration, Instant},
};

use super::Job;

/// How long a job rests after its first failure; twice as long after each further one.
const FIRST: Duration = Duration::from_secs(60);

/// The longest rest.
const LONGEST: Duration = Duration::from_secs(3_600);

/// What a job failed of so far.
#[derive(Debug, Default)]
struct Failures {
    count: u32,
    causes: BTreeSet<&'static str>,
}

/// Until when which jobs rest.
#[derive(Debug, Default)]
pub(super) struct Rests {
    until: HashMap<Job, Instant>,
    failures: HashMap<Job, Failures>,
}

impl Rests {
    /// Forgets rests that are over and jobs that are no longer to be done.
    pub(super) fn forget(&mut self, unfinished: &[Job], now: Instant) {
        self.until.retain(|job, until| *until > now && unfinished.contains(job));
        self.failures.retain(|job, _| unfinished.contains(job));
    }

    pub(super) fn is_resting(&self, job: Job) -> bool {
        self.until.contains_key(&job)
    }

    /// Leaves a job alone for so long, through no fault of its own.
    pub(super) fn rest(&mut self, job: Job, within: Duration, now: Instant) {
        self.until.insert(job, now + within);
    }

    /// Leaves a job alone that failed; true if it did not fail of this cause before.
    pub(super) fn failed(&mut self, job: Job, cause: &'static str, now: Instant) -> bool {
        let failures = self.failures.entry(job).or_default();
        let doublings = failures.count.min(16);
        failures.count = failures.count.saturating_add(1);
        self.until.insert(job, now + FIRST.saturating_mul(1 << doublings).min(LONGEST));
        failures.causes.insert(cause)
    }

    /// Of this cause nobody could be told: its next failure is news again.
    pub(super) fn not_told(&mut self, job: Job, cause: &'static str) {
        if let Some(failures) = self.failures.get_mut(&job) {
            failures.causes.remove(cause);
        }
    }
}

#[cfg(test)]
mod tests {
    use pensipro_kernel::ImportId;

    use super::*;

    const JOB: Job = Job::Import(ImportId::new(1));

    #[test]
    fn rests_grow_up_to_an_hour_and_start_anew_for_a_job_that_ended() {
        let (mut rests, now) = (Rests::default(), Instant::now());
        for seconds in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            rests.failed(JOB, "internal", now);
            rests.forget(&[JOB], now + Duration::from_secs(seconds - 1));
            assert!(rests.is_resting(JOB), "it rests {seconds} s");
            rests.forget(&[JOB], now + Duration::from_secs(seconds));
            assert!(!rests.is_resting(JOB), "it rests {seconds} s");
        }
        rests.forget(&[], now);
        assert!(rests.failed(JOB, "internal", now), "another life, another failure");
        rests.forget(&[JOB], now + FIRST);
        assert!(!rests.is_resting(JOB));
    }

    #[test]
    fn a_cause_is_new_once_a_job() {
        let (mut rests, now) = (Rests::default(), Instant::now());
        let causes = ["internal", "internal", "period_closed", "internal"];
        let told: Vec<_> = causes.map(|cause| rests.failed(JOB, cause, now)).into();
        assert_eq!(told, [true, false, true, false]);
        assert!(rests.failed(Job::Import(ImportId::new(2)), "internal", now));
    }
}
