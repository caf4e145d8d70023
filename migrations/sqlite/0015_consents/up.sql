-- Texts that members consent to, version by version, and their consents.

-- sha256 is of title, a line break and body.
CREATE TABLE consent_texts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    sha256 BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT consent_texts_version_check CHECK (version > 0),
    CONSTRAINT consent_texts_code_version_key UNIQUE (code, version)
);

CREATE TABLE member_consents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    text_id BIGINT NOT NULL REFERENCES consent_texts (id),
    channel TEXT NOT NULL,
    given_at TIMESTAMP NOT NULL,
    taken_by BIGINT REFERENCES sys_users (id),
    withdrawn_at TIMESTAMP,
    withdrawn_by BIGINT REFERENCES sys_users (id),
    withdrawal_channel TEXT,
    reason_sealed BLOB,
    CONSTRAINT member_consents_channel_check CHECK (channel IN ('paper', 'in_person', 'phone', 'whatsapp', 'email')),
    CONSTRAINT member_consents_withdrawal_channel_check CHECK (withdrawal_channel IN ('paper', 'in_person', 'phone', 'whatsapp', 'email')),
    CONSTRAINT member_consents_withdrawn_check CHECK ((withdrawn_at IS NULL) = (withdrawal_channel IS NULL) AND (withdrawn_at IS NOT NULL OR (withdrawn_by IS NULL AND reason_sealed IS NULL)))
);
CREATE INDEX member_consents_member_id_id_idx ON member_consents (member_id, id);
CREATE UNIQUE INDEX member_consents_member_id_text_id_key ON member_consents (member_id, text_id)
    WHERE withdrawn_at IS NULL;
