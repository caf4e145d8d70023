-- Restructures, and interest that stops by hand from frozen_on.

ALTER TABLE loans ADD COLUMN frozen_on DATE;

-- preview is what was agreed or would be, as JSON; transaction_id is the input that it became.
CREATE TABLE loan_restructures (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    status TEXT NOT NULL,
    effective_on DATE NOT NULL,
    extra_months INTEGER NOT NULL,
    new_rate BIGINT,
    holiday_months INTEGER,
    holiday TEXT,
    arrears TEXT NOT NULL,
    reason TEXT NOT NULL,
    preview TEXT NOT NULL,
    requested_on DATE NOT NULL,
    decided_on DATE,
    decided_by BIGINT REFERENCES sys_users (id),
    notes TEXT,
    transaction_id BIGINT REFERENCES loan_transactions (id),
    reversed_by BIGINT,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT loan_restructures_status_check CHECK (status IN ('requested', 'approved', 'rejected', 'lapsed')),
    CONSTRAINT loan_restructures_extra_months_check CHECK (extra_months >= 0),
    CONSTRAINT loan_restructures_new_rate_check CHECK (new_rate >= 0),
    CONSTRAINT loan_restructures_holiday_check CHECK ((holiday_months IS NULL) = (holiday IS NULL) AND (holiday_months IS NULL OR holiday_months > 0) AND (holiday IS NULL OR holiday IN ('interest_only', 'capitalise'))),
    CONSTRAINT loan_restructures_arrears_check CHECK (arrears IN ('capitalise', 'carry', 'waive')),
    CONSTRAINT loan_restructures_decided_check CHECK ((decided_on IS NULL) = (status IN ('requested', 'lapsed'))),
    CONSTRAINT loan_restructures_approved_check CHECK ((transaction_id IS NULL) = (status <> 'approved')),
    CONSTRAINT loan_restructures_transaction_id_key UNIQUE (transaction_id)
);
CREATE INDEX loan_restructures_loan_id_id_idx ON loan_restructures (loan_id, id);
CREATE UNIQUE INDEX loan_restructures_loan_id_key ON loan_restructures (loan_id) WHERE status = 'requested';

-- A table's rules are its text: https://sqlite.org/lang_altertable.html#otheralter
PRAGMA writable_schema = ON;
UPDATE sqlite_master SET sql = replace(sql,
    'CHECK (kind IN (''disbursement'', ''death'', ''restructure''',
    'CHECK (kind IN (''disbursement'', ''death'', ''interest_freeze'', ''restructure''')
WHERE type = 'table' AND name = 'loan_transactions';
PRAGMA writable_schema = RESET;
