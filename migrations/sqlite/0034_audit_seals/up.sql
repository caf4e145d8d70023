-- The seal of the audit trail: a chain of hashes over its rows. Rows themselves are not touched for it.

-- root and previous: SHA-256. The first seal is number 1, and before it stand 32 zeros.
CREATE TABLE audit_seals (
    seal_no INTEGER PRIMARY KEY NOT NULL,
    count BIGINT NOT NULL,
    root BLOB NOT NULL,
    previous BLOB NOT NULL,
    sealed_at TIMESTAMP NOT NULL
);

-- Which row is in which seal, with its hash. Nothing refers to a row by key: a row that is gone is found by
-- the proof, and tables that are checked against each other could not be written so fast.
CREATE TABLE audit_seal_entries (
    audit_id INTEGER PRIMARY KEY NOT NULL,
    seal_no BIGINT NOT NULL,
    row_hash BLOB NOT NULL
);
CREATE INDEX audit_seal_entries_seal_no_audit_id_idx ON audit_seal_entries (seal_no, audit_id);

CREATE TRIGGER audit_seals_no_update BEFORE UPDATE ON audit_seals
  BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
CREATE TRIGGER audit_seals_no_delete BEFORE DELETE ON audit_seals
  BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
CREATE TRIGGER audit_seal_entries_no_update BEFORE UPDATE ON audit_seal_entries
  BEGIN SELECT RAISE(ABORT, 'audit_seal_entries is append-only'); END;
CREATE TRIGGER audit_seal_entries_no_delete BEFORE DELETE ON audit_seal_entries
  BEGIN SELECT RAISE(ABORT, 'audit_seal_entries is append-only'); END;

-- Open exceptions are counted by these at every look at the metrics.
CREATE INDEX exception_logs_severity_source_idx ON exception_logs (severity, source)
    WHERE resolved_at IS NULL;
