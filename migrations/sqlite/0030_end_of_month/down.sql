DROP TABLE aging_reports;
CREATE TABLE job_runs_new (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job TEXT NOT NULL,
    business_date DATE NOT NULL,
    run_on DATE NOT NULL,
    status TEXT NOT NULL,
    result TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    created_by BIGINT,
    CONSTRAINT job_runs_job_check CHECK (job IN ('end-of-day')),
    CONSTRAINT job_runs_status_check CHECK (status IN ('running', 'done')),
    CONSTRAINT job_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL)),
    CONSTRAINT job_runs_dates_check CHECK (business_date <= run_on)
);
INSERT INTO job_runs_new SELECT id, job, business_date, run_on, status, result, started_at, finished_at, created_by
    FROM job_runs WHERE job IN ('end-of-day');
DROP TABLE job_runs;
ALTER TABLE job_runs_new RENAME TO job_runs;
CREATE INDEX job_runs_job_status_business_date_idx ON job_runs (job, status, business_date);
CREATE UNIQUE INDEX job_runs_job_business_date_key ON job_runs (job, business_date)
    WHERE status = 'running';
