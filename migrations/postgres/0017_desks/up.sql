-- What waits for whom since when, who stepped back from deciding, and which waits were told of.

ALTER TABLE applications ADD COLUMN due_level INTEGER
    CONSTRAINT applications_due_level_check CHECK (due_level > 0);
ALTER TABLE applications ADD COLUMN waiting_since TIMESTAMP;
UPDATE applications SET waiting_since = updated_at
    WHERE status IN ('submitted', 'analyzing', 'committee', 'approved');
UPDATE applications SET due_level = 1 + (SELECT count(*) FROM committee_decisions
    WHERE committee_decisions.application_id = applications.id) WHERE status = 'committee';
CREATE INDEX applications_status_waiting_since_id_idx ON applications (status, waiting_since, id)
    WHERE waiting_since IS NOT NULL;
CREATE INDEX applications_due_level_waiting_since_id_idx ON applications (due_level, waiting_since, id)
    WHERE due_level IS NOT NULL;

CREATE TABLE committee_recusals (
    application_id BIGINT NOT NULL REFERENCES applications (id),
    user_id BIGINT NOT NULL REFERENCES sys_users (id),
    level INTEGER NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    recused_at TIMESTAMP NOT NULL,
    CONSTRAINT committee_recusals_level_check CHECK (level > 0),
    CONSTRAINT committee_recusals_application_id_user_id_key PRIMARY KEY (application_id, user_id)
);
CREATE INDEX committee_recusals_user_id_idx ON committee_recusals (user_id);

-- One row for each wait that was told of, so that it is told once, by whichever instance.
CREATE TABLE committee_deadlines (
    application_id BIGINT NOT NULL REFERENCES applications (id),
    waiting_since TIMESTAMP NOT NULL,
    told_at TIMESTAMP NOT NULL,
    CONSTRAINT committee_deadlines_application_id_waiting_since_key PRIMARY KEY (application_id, waiting_since)
);
