ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_kind_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_kind_check
    CHECK (kind IN ('disbursement', 'death', 'restructure', 'manual_penalty', 'failed_cut', 'waiver', 'deposit_applied', 'deposit_released', 'payment', 'recovery', 'settlement', 'write_off', 'status', 'collection', 'refund_paid', 'refund_refused', 'reversal'));

DROP TABLE loan_restructures;
ALTER TABLE loans DROP COLUMN frozen_on;
