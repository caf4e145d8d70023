DROP TABLE aging_reports;
DELETE FROM job_runs WHERE job = 'end-of-month';
ALTER TABLE job_runs DROP CONSTRAINT job_runs_job_check;
ALTER TABLE job_runs ADD CONSTRAINT job_runs_job_check CHECK (job IN ('end-of-day'));
