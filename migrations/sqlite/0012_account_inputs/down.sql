PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(replace(replace(replace(sql,
    'CHECK (kind IN (''disbursement'', ''death'', ''restructure'', ''manual_penalty'', ''failed_cut'', ''waiver'', ''deposit_applied'', ''deposit_released'', ''payment'', ''recovery'', ''settlement'', ''write_off'', ''status'', ''collection'', ''refund_paid'', ''refund_refused'', ''reversal''))',
    'CHECK (kind IN (''disbursement'', ''failed_cut'', ''payment'', ''reversal''))'),
    'CHECK ((amount IS NULL) = (kind NOT IN (''disbursement'', ''manual_penalty'', ''waiver'', ''deposit_applied'', ''deposit_released'', ''payment'', ''recovery'', ''refund_paid'')) OR kind IN (''restructure'', ''settlement'', ''write_off''))',
    'CHECK ((amount IS NULL) = (kind NOT IN (''disbursement'', ''payment'')))'),
    'CHECK ((kind IN (''payment'', ''recovery'')) = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL AND paid_as IS NOT NULL))',
    'CHECK ((kind = ''payment'') = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL))'),
    'CHECK ((kind = ''reversal'') = (reverses IS NOT NULL) AND (kind <> ''reversal'' OR reason IS NOT NULL))',
    'CHECK ((kind = ''reversal'') = (reverses IS NOT NULL) AND (kind = ''reversal'') = (reason IS NOT NULL))')
WHERE type = 'table' AND name = 'loan_transactions';
PRAGMA writable_schema = RESET;

ALTER TABLE loan_transactions DROP COLUMN details;
ALTER TABLE loan_transactions DROP COLUMN paid_as;
ALTER TABLE loan_schedules DROP COLUMN interest_waived;
ALTER TABLE loans DROP COLUMN deceased_on;
ALTER TABLE loans DROP COLUMN default_by_hand_since;
