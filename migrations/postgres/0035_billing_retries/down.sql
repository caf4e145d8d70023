DROP TABLE billing_retries;
