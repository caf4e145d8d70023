DROP INDEX pension_cut_import_lines_loan_id_idx;
CREATE TABLE exception_logs_old (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    severity TEXT NOT NULL,
    source TEXT NOT NULL,
    message TEXT NOT NULL,
    payload TEXT NOT NULL,
    member_id BIGINT,
    personal BLOB,
    request_id TEXT,
    created_at TIMESTAMP NOT NULL,
    resolved_by BIGINT REFERENCES sys_users (id),
    resolved_at TIMESTAMP,
    note TEXT,
    CONSTRAINT exception_logs_severity_check CHECK (severity IN ('info', 'warning', 'error', 'critical')),
    CONSTRAINT exception_logs_resolved_check CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
);
INSERT INTO exception_logs_old (id, severity, source, message, payload, member_id, personal, request_id, created_at,
    resolved_by, resolved_at, note)
    SELECT id, severity, source, message, payload, member_id, personal, request_id, created_at,
    resolved_by, CASE WHEN resolved_by IS NOT NULL THEN resolved_at END, note
    FROM exception_logs;
DROP TABLE exception_logs;
ALTER TABLE exception_logs_old RENAME TO exception_logs;
CREATE INDEX exception_logs_created_at_id_idx ON exception_logs (created_at, id);
CREATE INDEX exception_logs_source_id_idx ON exception_logs (source, id);
CREATE INDEX exception_logs_severity_id_idx ON exception_logs (severity, id);
CREATE INDEX exception_logs_id_idx ON exception_logs (id)
    WHERE resolved_at IS NULL;
