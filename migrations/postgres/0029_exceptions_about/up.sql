-- What an exception is about, so that what settles the thing settles the exception; the system itself
-- may settle one. ref_id: the thing's number in the interface.
ALTER TABLE exception_logs ADD COLUMN ref_id BIGINT;
UPDATE exception_logs SET ref_id = (payload::json ->> 'line_id')::bigint
    WHERE source = 'billing.import';
ALTER TABLE exception_logs DROP CONSTRAINT exception_logs_resolved_check;
ALTER TABLE exception_logs ADD CONSTRAINT exception_logs_resolved_check
    CHECK (resolved_at IS NOT NULL OR resolved_by IS NULL);
CREATE INDEX exception_logs_source_ref_id_idx ON exception_logs (source, ref_id)
    WHERE ref_id IS NOT NULL;

-- The failures that payers told of a loan.
CREATE INDEX pension_cut_import_lines_loan_id_idx ON pension_cut_import_lines (loan_id)
    WHERE outcome = 'failed';
