-- Messages that went out, and events that were told of, are forgotten after a time.
CREATE INDEX notification_deliveries_sent_at_id_idx ON notification_deliveries (sent_at, id)
    WHERE sent_at IS NOT NULL;
CREATE INDEX outbox_delivered_at_id_idx ON outbox (delivered_at, id)
    WHERE delivered_at IS NOT NULL;
