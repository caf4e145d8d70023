-- What an exception is about, so that what settles the thing settles the exception; the system itself
-- may settle one. ref_id: the thing's number in the interface.
CREATE TABLE exception_logs_new (
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
    ref_id BIGINT,
    CONSTRAINT exception_logs_severity_check CHECK (severity IN ('info', 'warning', 'error', 'critical')),
    CONSTRAINT exception_logs_resolved_check CHECK (resolved_at IS NOT NULL OR resolved_by IS NULL)
);
INSERT INTO exception_logs_new (id, severity, source, message, payload, member_id, personal, request_id, created_at,
    resolved_by, resolved_at, note, ref_id)
    SELECT id, severity, source, message, payload, member_id, personal, request_id, created_at,
    resolved_by, resolved_at, note,
    CASE source WHEN 'billing.import' THEN json_extract(payload, '$.line_id') END
    FROM exception_logs;
DROP TABLE exception_logs;
ALTER TABLE exception_logs_new RENAME TO exception_logs;
CREATE INDEX exception_logs_created_at_id_idx ON exception_logs (created_at, id);
CREATE INDEX exception_logs_source_id_idx ON exception_logs (source, id);
CREATE INDEX exception_logs_severity_id_idx ON exception_logs (severity, id);
CREATE INDEX exception_logs_id_idx ON exception_logs (id)
    WHERE resolved_at IS NULL;
CREATE INDEX exception_logs_source_ref_id_idx ON exception_logs (source, ref_id)
    WHERE ref_id IS NOT NULL;

-- The failures that payers told of a loan.
CREATE INDEX pension_cut_import_lines_loan_id_idx ON pension_cut_import_lines (loan_id)
    WHERE outcome = 'failed';
