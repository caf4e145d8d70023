-- The end of months: its runs, and the aging of months that are closed, which nothing changes any more.

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
    CONSTRAINT job_runs_job_check CHECK (job IN ('end-of-day', 'end-of-month')),
    CONSTRAINT job_runs_status_check CHECK (status IN ('running', 'done')),
    CONSTRAINT job_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL)),
    CONSTRAINT job_runs_dates_check CHECK (business_date <= run_on)
);
INSERT INTO job_runs_new SELECT id, job, business_date, run_on, status, result, started_at, finished_at, created_by
    FROM job_runs WHERE job IN ('end-of-day', 'end-of-month');
DROP TABLE job_runs;
ALTER TABLE job_runs_new RENAME TO job_runs;
CREATE INDEX job_runs_job_status_business_date_idx ON job_runs (job, status, business_date);
CREATE UNIQUE INDEX job_runs_job_business_date_key ON job_runs (job, business_date)
    WHERE status = 'running';

-- grouped_by: empty for the whole portfolio. is_total: of all groups together. bucket: of days past due, or
-- 'current' for the loans of the first that are not past due at all.
CREATE TABLE aging_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    periode TEXT NOT NULL,
    grouped_by TEXT NOT NULL,
    is_total BOOLEAN NOT NULL,
    group_id BIGINT,
    group_name TEXT,
    bucket TEXT NOT NULL,
    loans BIGINT NOT NULL,
    outstanding BIGINT NOT NULL,
    CONSTRAINT aging_reports_grouped_by_check CHECK (grouped_by IN ('', 'branch', 'payer', 'product', 'funder', 'sales')),
    CONSTRAINT aging_reports_bucket_check CHECK (bucket IN ('0-30', '31-60', '61-90', '>90', 'current')),
    CONSTRAINT aging_reports_loans_check CHECK (loans >= 0),
    CONSTRAINT aging_reports_outstanding_check CHECK (outstanding >= 0)
);
CREATE INDEX aging_reports_periode_grouped_by_id_idx ON aging_reports (periode, grouped_by, id);
CREATE TRIGGER aging_reports_no_update BEFORE UPDATE ON aging_reports
  BEGIN SELECT RAISE(ABORT, 'aging_reports is append-only'); END;
CREATE TRIGGER aging_reports_no_delete BEFORE DELETE ON aging_reports
  BEGIN SELECT RAISE(ABORT, 'aging_reports is append-only'); END;
