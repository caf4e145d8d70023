-- A member's own loan that an application tops up: its settlement is netted against the new loan's
-- disbursement.

ALTER TABLE applications ADD COLUMN topup_loan_id BIGINT REFERENCES loans (id);
ALTER TABLE loan_settlements ADD COLUMN netted_by BIGINT;
CREATE UNIQUE INDEX loan_settlements_netted_by_key ON loan_settlements (netted_by)
    WHERE netted_by IS NOT NULL;
