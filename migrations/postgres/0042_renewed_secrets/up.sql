-- A webhook's secret can be renewed: the one before signs beside it until previous_until, sealed as it was.
ALTER TABLE webhooks ADD COLUMN previous_secret BYTEA;
ALTER TABLE webhooks ADD COLUMN previous_until TIMESTAMP;
