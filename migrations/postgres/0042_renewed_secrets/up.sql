-- A webhook's secret can be renewed: those before sign beside it for a day, sealed with the times when they end.
ALTER TABLE webhooks ADD COLUMN previous_secrets BYTEA;
