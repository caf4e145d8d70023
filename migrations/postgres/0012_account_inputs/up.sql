-- Inputs of every kind. loans.collection and the status by hand follow from them; interest_waived is
-- what of a row's interest is not charged. paid_as tells a pension cut from other money; details are
-- what the fold needs of inputs made by hand, as JSON.

ALTER TABLE loans ADD COLUMN default_by_hand_since DATE;
ALTER TABLE loans ADD COLUMN deceased_on DATE;
ALTER TABLE loan_schedules ADD COLUMN interest_waived BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loan_schedules_interest_waived_check
    CHECK (interest_waived >= 0 AND interest_paid + interest_waived <= interest);
ALTER TABLE loan_transactions ADD COLUMN paid_as TEXT COLLATE "C"
    CONSTRAINT loan_transactions_paid_as_check
    CHECK (paid_as IN ('ordinary', 'pension_cut', 'settlement'));
ALTER TABLE loan_transactions ADD COLUMN details TEXT COLLATE "C";

ALTER TABLE loan_transactions DISABLE TRIGGER loan_transactions_append_only;
UPDATE loan_transactions SET paid_as = CASE WHEN EXISTS (
    SELECT 1 FROM loan_payments WHERE loan_payments.id = loan_transactions.id AND channel = 'potong_pensiun'
) THEN 'pension_cut' ELSE 'ordinary' END WHERE kind = 'payment';
ALTER TABLE loan_transactions ENABLE TRIGGER loan_transactions_append_only;

ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_kind_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_kind_check
    CHECK (kind IN ('disbursement', 'death', 'restructure', 'manual_penalty', 'failed_cut', 'waiver', 'deposit_applied', 'deposit_released', 'payment', 'recovery', 'settlement', 'write_off', 'status', 'collection', 'refund_paid', 'refund_refused', 'reversal'));
ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_amount_kind_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_amount_kind_check
    CHECK ((amount IS NULL) = (kind NOT IN ('disbursement', 'manual_penalty', 'waiver', 'deposit_applied', 'deposit_released', 'payment', 'recovery', 'refund_paid')) OR kind IN ('restructure', 'settlement', 'write_off'));
ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_payment_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_payment_check
    CHECK ((kind IN ('payment', 'recovery')) = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL AND paid_as IS NOT NULL));
ALTER TABLE loan_transactions DROP CONSTRAINT loan_transactions_reversal_check;
ALTER TABLE loan_transactions ADD CONSTRAINT loan_transactions_reversal_check
    CHECK ((kind = 'reversal') = (reverses IS NOT NULL) AND (kind <> 'reversal' OR reason IS NOT NULL));
