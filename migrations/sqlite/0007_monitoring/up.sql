-- The audit trail, exceptions, the outbox and job runs.

-- What changed, by whom. *_personal are sealed with the subject's key.
CREATE TABLE audit_trails (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    actor_id BIGINT,
    session_id BIGINT,
    action TEXT NOT NULL,
    ref_table TEXT NOT NULL,
    ref_id BIGINT NOT NULL,
    subject_id BIGINT,
    old_value TEXT,
    old_personal BLOB,
    new_value TEXT,
    new_personal BLOB,
    ip TEXT,
    request_id TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX audit_trails_ref_table_ref_id_id_idx ON audit_trails (ref_table, ref_id, id);
CREATE INDEX audit_trails_actor_id_id_idx ON audit_trails (actor_id, id);
CREATE INDEX audit_trails_action_id_idx ON audit_trails (action, id);
CREATE INDEX audit_trails_created_at_id_idx ON audit_trails (created_at, id);

-- Who read a member's detail. Written in batches beside the requests.
CREATE TABLE access_logs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT,
    member_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    ip TEXT,
    request_id TEXT,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX access_logs_member_id_id_idx ON access_logs (member_id, id);
CREATE INDEX access_logs_user_id_id_idx ON access_logs (user_id, id);
CREATE INDEX access_logs_created_at_id_idx ON access_logs (created_at, id);

CREATE TABLE exception_logs (
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
CREATE INDEX exception_logs_created_at_id_idx ON exception_logs (created_at, id);
CREATE INDEX exception_logs_source_id_idx ON exception_logs (source, id);
CREATE INDEX exception_logs_severity_id_idx ON exception_logs (severity, id);
CREATE INDEX exception_logs_id_idx ON exception_logs (id)
    WHERE resolved_at IS NULL;

-- Events of committed changes, to be told to others.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    event TEXT NOT NULL,
    ref_table TEXT NOT NULL,
    ref_id BIGINT NOT NULL,
    member_id BIGINT,
    params TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    available_at TIMESTAMP NOT NULL,
    delivered_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT outbox_attempts_check CHECK (attempts >= 0)
);
CREATE INDEX outbox_available_at_id_idx ON outbox (available_at, id)
    WHERE delivered_at IS NULL;

CREATE TABLE job_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    job TEXT NOT NULL,
    business_date DATE NOT NULL,
    status TEXT NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    cursor TEXT,
    result TEXT NOT NULL,
    error TEXT,
    created_by BIGINT,
    CONSTRAINT job_runs_status_check CHECK (status IN ('running', 'done', 'failed')),
    CONSTRAINT job_runs_finished_check CHECK ((status = 'running') = (finished_at IS NULL))
);
CREATE INDEX job_runs_job_id_idx ON job_runs (job, id);

CREATE TRIGGER audit_trails_no_update BEFORE UPDATE ON audit_trails BEGIN
    SELECT RAISE(ABORT, 'audit_trails is append-only');
END;
CREATE TRIGGER audit_trails_no_delete BEFORE DELETE ON audit_trails BEGIN
    SELECT RAISE(ABORT, 'audit_trails is append-only');
END;
