-- What people are told: templates, and notices to users and members.

CREATE TABLE notification_templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    template_code TEXT NOT NULL,
    event TEXT NOT NULL,
    channel TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT notification_templates_template_code_key UNIQUE (template_code),
    CONSTRAINT notification_templates_channel_check CHECK (channel IN ('inapp', 'email', 'whatsapp', 'sms'))
);
CREATE UNIQUE INDEX notification_templates_event_channel_key ON notification_templates (event, channel)
    WHERE is_active AND event <> 'manual';

-- outbox_id is the entry that a notice tells of; hidden_at is when its recipient deleted it.
CREATE TABLE notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    user_id BIGINT REFERENCES sys_users (id),
    member_id BIGINT REFERENCES members (id),
    event TEXT NOT NULL,
    channel TEXT NOT NULL,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    outbox_id BIGINT,
    read_at TIMESTAMP,
    hidden_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT notifications_recipient_check CHECK ((user_id IS NULL) <> (member_id IS NULL)),
    CONSTRAINT notifications_channel_check CHECK (channel IN ('inapp', 'email', 'whatsapp', 'sms'))
);
CREATE INDEX notifications_user_id_id_idx ON notifications (user_id, id);
CREATE INDEX notifications_member_id_id_idx ON notifications (member_id, id);
CREATE INDEX notifications_user_id_idx ON notifications (user_id)
    WHERE read_at IS NULL AND hidden_at IS NULL AND user_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_outbox_id_channel_user_id_key ON notifications (outbox_id, channel, user_id)
    WHERE outbox_id IS NOT NULL AND user_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_outbox_id_channel_member_id_key ON notifications (outbox_id, channel, member_id)
    WHERE outbox_id IS NOT NULL AND member_id IS NOT NULL;

-- What happened before anybody could be told is not told afterwards.
UPDATE outbox SET delivered_at = created_at WHERE delivered_at IS NULL;
