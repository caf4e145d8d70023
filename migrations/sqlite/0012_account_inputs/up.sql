-- Inputs of every kind. loans.collection and the status by hand follow from them; interest_waived is
-- what of a row's interest is not charged. paid_as tells a pension cut from other money; details are
-- what the fold needs of inputs made by hand, as JSON.

ALTER TABLE loans ADD COLUMN default_by_hand_since DATE;
ALTER TABLE loans ADD COLUMN deceased_on DATE;
ALTER TABLE loan_schedules ADD COLUMN interest_waived BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loan_schedules_interest_waived_check
    CHECK (interest_waived >= 0 AND interest_paid + interest_waived <= interest);
ALTER TABLE loan_transactions ADD COLUMN paid_as TEXT
    CONSTRAINT loan_transactions_paid_as_check
    CHECK (paid_as IN ('ordinary', 'pension_cut', 'settlement'));
ALTER TABLE loan_transactions ADD COLUMN details TEXT;

DROP TRIGGER loan_transactions_no_update;
UPDATE loan_transactions SET paid_as = CASE WHEN EXISTS (
    SELECT 1 FROM loan_payments WHERE loan_payments.id = loan_transactions.id AND channel = 'potong_pensiun'
) THEN 'pension_cut' ELSE 'ordinary' END WHERE kind = 'payment';
CREATE TRIGGER loan_transactions_no_update BEFORE UPDATE ON loan_transactions BEGIN
  SELECT RAISE(ABORT, 'loan_transactions is append-only');
END;

-- A table's rules are its text: https://sqlite.org/lang_altertable.html#otheralter
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(replace(replace(replace(sql,
    'CHECK (kind IN (''disbursement'', ''failed_cut'', ''payment'', ''reversal''))',
    'CHECK (kind IN (''disbursement'', ''death'', ''restructure'', ''manual_penalty'', ''failed_cut'', ''waiver'', ''deposit_applied'', ''deposit_released'', ''payment'', ''recovery'', ''settlement'', ''write_off'', ''status'', ''collection'', ''refund_paid'', ''refund_refused'', ''reversal''))'),
    'CHECK ((amount IS NULL) = (kind NOT IN (''disbursement'', ''payment'')))',
    'CHECK ((amount IS NULL) = (kind NOT IN (''disbursement'', ''manual_penalty'', ''waiver'', ''deposit_applied'', ''deposit_released'', ''payment'', ''recovery'', ''refund_paid'')) OR kind IN (''restructure'', ''settlement'', ''write_off''))'),
    'CHECK ((kind = ''payment'') = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL))',
    'CHECK ((kind IN (''payment'', ''recovery'')) = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL AND paid_as IS NOT NULL))'),
    'CHECK ((kind = ''reversal'') = (reverses IS NOT NULL) AND (kind = ''reversal'') = (reason IS NOT NULL))',
    'CHECK ((kind = ''reversal'') = (reverses IS NOT NULL) AND (kind <> ''reversal'' OR reason IS NOT NULL))')
WHERE type = 'table' AND name = 'loan_transactions';
PRAGMA writable_schema = RESET;
