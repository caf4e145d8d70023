DROP FUNCTION audit_trails_refuse() CASCADE;
DROP TABLE job_runs;
DROP TABLE outbox;
DROP TABLE exception_logs;
DROP TABLE access_logs;
DROP TABLE audit_trails;
