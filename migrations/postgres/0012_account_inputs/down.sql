ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_kind_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_kind_check
    CHECK (kind IN ('disbursement', 'failed_cut', 'payment', 'reversal'));
ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_amount_kind_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_amount_kind_check
    CHECK ((amount IS NULL) = (kind NOT IN ('disbursement', 'payment')));
ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_payment_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_payment_check
    CHECK ((kind = 'payment') = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL));
ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_reversal_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_reversal_check
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL) AND (kind = 'reversal') = (reason IS NOT NULL));

ALTER TABLE loan_transactions DROP COLUMN details;
ALTER TABLE loan_transactions DROP COLUMN paid_as;
ALTER TABLE loan_schedules DROP COLUMN interest_waived;
ALTER TABLE loans DROP COLUMN deceased_on;
ALTER TABLE loans DROP COLUMN default_by_hand_since;
