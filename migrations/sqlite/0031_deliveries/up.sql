-- Messages that leave the house, each until it is taken or given up.

-- lane: the webhook, 0 for channels to people. Whose it is and what it says stands with its notice; title
-- and body are of those that have none. available_at: not before this time; while claimed, when the claim
-- ends. last_error: a code of ours.
CREATE TABLE notification_deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    channel TEXT NOT NULL,
    lane BIGINT NOT NULL,
    event TEXT NOT NULL,
    notification_id BIGINT REFERENCES notifications (id),
    sales_id BIGINT,
    funder_id BIGINT,
    outbox_id BIGINT,
    title TEXT,
    body TEXT,
    status TEXT NOT NULL,
    tries INTEGER NOT NULL,
    available_at TIMESTAMP NOT NULL,
    claim BIGINT,
    last_error TEXT,
    sent_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT notification_deliveries_channel_check CHECK (channel IN ('email', 'whatsapp', 'sms', 'webhook')),
    CONSTRAINT notification_deliveries_lane_check CHECK ((channel = 'webhook') = (lane > 0) AND lane >= 0),
    CONSTRAINT notification_deliveries_recipient_check CHECK ((CASE WHEN lane > 0 THEN 1 ELSE 0 END + CASE WHEN notification_id IS NULL THEN 0 ELSE 1 END + CASE WHEN sales_id IS NULL THEN 0 ELSE 1 END + CASE WHEN funder_id IS NULL THEN 0 ELSE 1 END) = 1),
    CONSTRAINT notification_deliveries_words_check CHECK ((notification_id IS NULL) = (body IS NOT NULL)),
    CONSTRAINT notification_deliveries_status_check CHECK (status IN ('pending', 'sent', 'dead', 'cancelled')),
    CONSTRAINT notification_deliveries_sent_check CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT notification_deliveries_tries_check CHECK (tries >= 0)
);
CREATE INDEX notification_deliveries_channel_lane_available_at_id_idx ON notification_deliveries (channel, lane, available_at, id)
    WHERE status = 'pending';
CREATE UNIQUE INDEX notification_deliveries_notification_id_key ON notification_deliveries (notification_id)
    WHERE notification_id IS NOT NULL;
CREATE INDEX notification_deliveries_channel_id_idx ON notification_deliveries (channel, id);
CREATE INDEX notification_deliveries_status_id_idx ON notification_deliveries (status, id);
