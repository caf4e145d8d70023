-- Runs of jobs as they are needed (nothing wrote them before), loans as they stood at the end of a
-- month, and the reminders of arrears that were sent.

DROP TABLE job_runs;
-- run_on: the business day on which the run began. How far an unfinished one came stands with its lease.
CREATE TABLE job_runs (
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
CREATE INDEX job_runs_job_status_business_date_idx ON job_runs (job, status, business_date);
CREATE UNIQUE INDEX job_runs_job_business_date_key ON job_runs (job, business_date)
    WHERE status = 'running';

-- Open loans as they stood at the end of a month's last day, by what was entered up to it.
-- outstanding: unpaid principal.
CREATE TABLE loan_month_ends (
    day DATE NOT NULL,
    loan_id BIGINT NOT NULL,
    dpd INTEGER NOT NULL,
    kolektibilitas INTEGER NOT NULL,
    outstanding BIGINT NOT NULL,
    CONSTRAINT loan_month_ends_day_loan_id_key PRIMARY KEY (day, loan_id),
    CONSTRAINT loan_month_ends_dpd_check CHECK (dpd >= 0),
    CONSTRAINT loan_month_ends_kolektibilitas_check CHECK (kolektibilitas BETWEEN 1 AND 5),
    CONSTRAINT loan_month_ends_outstanding_check CHECK (outstanding >= 0)
);

-- dpd: the days past due from which it is sent, once for each oldest unpaid due date.
CREATE TABLE loan_reminders (
    loan_id BIGINT NOT NULL,
    due_date DATE NOT NULL,
    dpd INTEGER NOT NULL,
    told_on DATE NOT NULL,
    CONSTRAINT loan_reminders_loan_id_due_date_dpd_key PRIMARY KEY (loan_id, due_date, dpd),
    CONSTRAINT loan_reminders_dpd_check CHECK (dpd > 0)
);

-- Whether something was entered to a loan after a day.
CREATE INDEX loan_transactions_loan_id_booked_on_idx ON loan_transactions (loan_id, booked_on);
