PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql,
    'CHECK (kind IN (''disbursement'', ''death'', ''interest_freeze'', ''restructure''',
    'CHECK (kind IN (''disbursement'', ''death'', ''restructure''')
WHERE type = 'table' AND name = 'loan_transactions';
PRAGMA writable_schema = RESET;

DROP TABLE loan_restructures;
ALTER TABLE loans DROP COLUMN frozen_on;
