DROP INDEX loan_transactions_loan_id_booked_on_idx;
DROP TABLE loan_reminders;
DROP TABLE loan_month_ends;
DROP TABLE job_runs;
CREATE TABLE job_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job TEXT NOT NULL,
    business_date DATE NOT NULL,
    status TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    cursor TEXT,
    result TEXT NOT NULL,
    error TEXT,
    created_by BIGINT,
    CONSTRAINT job_runs_status_check CHECK (status IN ('running', 'done', 'failed')),
    CONSTRAINT job_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX job_runs_job_id_idx ON job_runs (job, id);
