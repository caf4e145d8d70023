-- Runs that try a month's unmatched lines again. payer: empty for all. through: the last line that was tried, as
-- the interface numbers it.
CREATE TABLE billing_retries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    from_periode TEXT NOT NULL,
    payer TEXT NOT NULL,
    status TEXT NOT NULL,
    through BIGINT,
    retried BIGINT NOT NULL,
    matched BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    created_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    CONSTRAINT billing_retries_status_check CHECK (status IN ('running', 'done')),
    CONSTRAINT billing_retries_finished_check CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE UNIQUE INDEX billing_retries_from_periode_payer_key ON billing_retries (from_periode, payer)
    WHERE status = 'running';
