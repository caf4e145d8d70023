DROP INDEX pension_cut_import_lines_loan_id_idx;
DROP INDEX exception_logs_source_ref_id_idx;
UPDATE exception_logs SET resolved_at = NULL WHERE resolved_by IS NULL;
ALTER TABLE exception_logs DROP CONSTRAINT exception_logs_resolved_check;
ALTER TABLE exception_logs ADD CONSTRAINT exception_logs_resolved_check
    CHECK ((resolved_at IS NULL) = (resolved_by IS NULL));
ALTER TABLE exception_logs DROP COLUMN ref_id;
