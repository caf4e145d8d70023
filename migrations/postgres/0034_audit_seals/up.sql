-- The seal of the audit trail: a chain of hashes over its rows. Rows themselves are not touched for it.

-- root and previous: SHA-256. The first seal is number 1, and before it stand 32 zeros.
CREATE TABLE audit_seals (
    seal_no BIGINT PRIMARY KEY,
    count BIGINT NOT NULL,
    root BYTEA NOT NULL,
    previous BYTEA NOT NULL,
    sealed_at TIMESTAMP NOT NULL
);

-- Which row is in which seal, with its hash. Nothing refers to a row by key: a row that is gone is found by
-- the proof, and tables that are checked against each other could not be written so fast.
CREATE TABLE audit_seal_entries (
    audit_id BIGINT PRIMARY KEY,
    seal_no BIGINT NOT NULL,
    row_hash BYTEA NOT NULL
);
CREATE INDEX audit_seal_entries_seal_no_audit_id_idx ON audit_seal_entries (seal_no, audit_id);

CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON audit_seals FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse();
CREATE TRIGGER audit_seal_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON audit_seal_entries FOR EACH STATEMENT EXECUTE FUNCTION append_only_refuse();

-- Open exceptions are counted by these at every look at the metrics.
CREATE INDEX exception_logs_severity_source_idx ON exception_logs (severity, source)
    WHERE resolved_at IS NULL;
