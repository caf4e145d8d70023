-- Other systems that are told of events. One that was ended keeps its row, without the secret.
-- events: a JSON list. secret is sealed with the installation's key.
CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    secret BLOB,
    is_active BOOLEAN NOT NULL,
    ended_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT webhooks_ended_check CHECK ((ended_at IS NULL) = (secret IS NOT NULL))
);
CREATE INDEX webhooks_id_idx ON webhooks (id)
    WHERE ended_at IS NULL;
