DROP INDEX loan_settlements_netted_by_key;
ALTER TABLE loan_settlements DROP COLUMN netted_by;
ALTER TABLE applications DROP COLUMN topup_loan_id;
