DROP INDEX exception_logs_severity_source_idx;
DROP TABLE audit_seal_entries;
DROP TABLE audit_seals;
