ALTER TABLE webhooks DROP COLUMN previous_secrets;
