-- The pension cut: exports, realisation files, refunds.

-- definition is the profile as JSON.
CREATE TABLE payer_profiles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    definition TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT payer_profiles_code_key UNIQUE (code)
);

-- pay_office '' is all. cursor is the last loan decided on.
CREATE TABLE pension_cut_exports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    periode TEXT NOT NULL,
    payer TEXT NOT NULL,
    pay_office TEXT NOT NULL,
    arrears TEXT NOT NULL,
    tolerance BIGINT NOT NULL,
    profile TEXT NOT NULL,
    status TEXT NOT NULL,
    cursor BIGINT,
    lines INTEGER NOT NULL,
    left_out INTEGER NOT NULL,
    total_amount BIGINT NOT NULL,
    replaces BIGINT REFERENCES pension_cut_exports (id),
    reason TEXT,
    sent_on DATE,
    sent_note TEXT,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT pension_cut_exports_payer_check CHECK (payer IN ('TASPEN', 'ASABRI', 'LAINNYA')),
    CONSTRAINT pension_cut_exports_arrears_check CHECK (arrears IN ('exclude', 'include')),
    CONSTRAINT pension_cut_exports_tolerance_check CHECK (tolerance >= 0),
    CONSTRAINT pension_cut_exports_status_check CHECK (status IN ('generating', 'generated', 'sent', 'superseded')),
    CONSTRAINT pension_cut_exports_lines_check CHECK (lines >= 0),
    CONSTRAINT pension_cut_exports_left_out_check CHECK (left_out >= 0),
    CONSTRAINT pension_cut_exports_total_amount_check CHECK (total_amount >= 0),
    CONSTRAINT pension_cut_exports_sent_check CHECK (status <> 'sent' OR sent_on IS NOT NULL)
);
CREATE UNIQUE INDEX pension_cut_exports_periode_payer_pay_office_key ON pension_cut_exports (periode, payer, pay_office)
    WHERE status <> 'superseded';
CREATE INDEX pension_cut_exports_periode_id_idx ON pension_cut_exports (periode, id);
CREATE INDEX pension_cut_exports_payer_id_idx ON pension_cut_exports (payer, id);
CREATE INDEX pension_cut_exports_status_id_idx ON pension_cut_exports (status, id);

-- outcome, reason, paid and the import line that brought them are the payer's latest answer.
CREATE TABLE pension_cut_export_lines (
    export_id BIGINT NOT NULL REFERENCES pension_cut_exports (id),
    line_no INTEGER NOT NULL,
    periode TEXT NOT NULL,
    loan_id BIGINT NOT NULL,
    member_id BIGINT NOT NULL,
    instalment_no INTEGER NOT NULL,
    due_date DATE NOT NULL,
    due_from DATE NOT NULL,
    made_on DATE NOT NULL,
    amount BIGINT NOT NULL,
    is_live BOOLEAN NOT NULL,
    outcome TEXT,
    reason TEXT,
    paid BIGINT NOT NULL,
    import_id BIGINT,
    import_line_no INTEGER,
    CONSTRAINT pension_cut_export_lines_export_id_line_no_key PRIMARY KEY (export_id, line_no),
    CONSTRAINT pension_cut_export_lines_line_no_check CHECK (line_no > 0),
    CONSTRAINT pension_cut_export_lines_instalment_no_check CHECK (instalment_no > 0),
    CONSTRAINT pension_cut_export_lines_amount_check CHECK (amount > 0),
    CONSTRAINT pension_cut_export_lines_outcome_check CHECK (outcome IN ('matched', 'partial', 'over', 'failed')),
    CONSTRAINT pension_cut_export_lines_paid_check CHECK (paid >= 0),
    CONSTRAINT pension_cut_export_lines_answer_check CHECK ((outcome IS NULL) = (import_id IS NULL) AND (import_id IS NULL) = (import_line_no IS NULL)),
    CONSTRAINT pension_cut_export_lines_failed_check CHECK ((outcome IS NOT NULL AND outcome = 'failed') = (reason IS NOT NULL))
) WITHOUT ROWID;
CREATE UNIQUE INDEX pension_cut_export_lines_loan_id_periode_key ON pension_cut_export_lines (loan_id, periode)
    WHERE is_live;
CREATE INDEX pension_cut_export_lines_member_id_periode_idx ON pension_cut_export_lines (member_id, periode)
    WHERE is_live;
CREATE INDEX pension_cut_export_lines_import_id_idx ON pension_cut_export_lines (import_id)
    WHERE import_id IS NOT NULL;

-- The schedule rows that a line bills; each is on hold on the days after hold_after through
-- hold_until.
CREATE TABLE pension_cut_export_rows (
    export_id BIGINT NOT NULL REFERENCES pension_cut_exports (id),
    line_no INTEGER NOT NULL,
    made_by BIGINT NOT NULL,
    no INTEGER NOT NULL,
    loan_id BIGINT NOT NULL,
    due_date DATE NOT NULL,
    amount BIGINT NOT NULL,
    hold_after DATE NOT NULL,
    hold_until DATE NOT NULL,
    CONSTRAINT pension_cut_export_rows_export_id_line_no_made_by_no_key PRIMARY KEY (export_id, line_no, made_by, no),
    CONSTRAINT pension_cut_export_rows_line_no_check CHECK (line_no > 0),
    CONSTRAINT pension_cut_export_rows_made_by_check CHECK (made_by > 0),
    CONSTRAINT pension_cut_export_rows_no_check CHECK (no > 0),
    CONSTRAINT pension_cut_export_rows_amount_check CHECK (amount > 0)
) WITHOUT ROWID;
CREATE INDEX pension_cut_export_rows_loan_id_made_by_no_idx ON pension_cut_export_rows (loan_id, made_by, no);

-- Loans that owe something and are not on the export.
CREATE TABLE pension_cut_export_left_out (
    export_id BIGINT NOT NULL REFERENCES pension_cut_exports (id),
    loan_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    held_by BIGINT,
    CONSTRAINT pension_cut_export_left_out_export_id_loan_id_key PRIMARY KEY (export_id, loan_id),
    CONSTRAINT pension_cut_export_left_out_reason_check CHECK (reason IN ('held_by_export', 'awaiting_answer'))
) WITHOUT ROWID;

-- summary holds the totals by outcome of the lines done, as JSON.
CREATE TABLE pension_cut_imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    payer TEXT NOT NULL,
    periode TEXT NOT NULL,
    profile TEXT NOT NULL,
    paid_on DATE NOT NULL,
    tolerance BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    bytes BIGINT NOT NULL,
    spool_key TEXT,
    status TEXT NOT NULL,
    lines INTEGER NOT NULL,
    lines_done INTEGER NOT NULL,
    last_line INTEGER NOT NULL,
    summary TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT pension_cut_imports_payer_check CHECK (payer IN ('TASPEN', 'ASABRI', 'LAINNYA')),
    CONSTRAINT pension_cut_imports_tolerance_check CHECK (tolerance >= 0),
    CONSTRAINT pension_cut_imports_bytes_check CHECK (bytes >= 0),
    CONSTRAINT pension_cut_imports_status_check CHECK (status IN ('processing', 'done', 'discarded')),
    CONSTRAINT pension_cut_imports_lines_check CHECK (lines >= 0),
    CONSTRAINT pension_cut_imports_lines_done_check CHECK (lines_done >= 0),
    CONSTRAINT pension_cut_imports_last_line_check CHECK (last_line >= 0),
    CONSTRAINT pension_cut_imports_done_check CHECK (lines_done <= lines),
    CONSTRAINT pension_cut_imports_spool_check CHECK (status <> 'processing' OR spool_key IS NOT NULL)
);
CREATE UNIQUE INDEX pension_cut_imports_sha256_key ON pension_cut_imports (sha256)
    WHERE status <> 'discarded';
CREATE INDEX pension_cut_imports_periode_id_idx ON pension_cut_imports (periode, id);
CREATE INDEX pension_cut_imports_payer_id_idx ON pension_cut_imports (payer, id);
CREATE INDEX pension_cut_imports_status_id_idx ON pension_cut_imports (status, id);

-- given is what the payer wrote, sealed with the member's key, or the installation's where no
-- member was found. key_base is the keyed index entry of payer, periode, identifier and amount.
CREATE TABLE pension_cut_import_lines (
    import_id BIGINT NOT NULL REFERENCES pension_cut_imports (id),
    line_no INTEGER NOT NULL,
    periode TEXT NOT NULL,
    own_periode TEXT,
    reference_periode TEXT,
    reference_loan_id BIGINT,
    key_base BLOB,
    key_occurrence INTEGER,
    claims_key BOOLEAN NOT NULL,
    given BLOB,
    amount BIGINT,
    billed BIGINT NOT NULL,
    difference BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    applied BIGINT NOT NULL,
    to_refund BIGINT NOT NULL,
    held BIGINT NOT NULL,
    export_id BIGINT,
    export_line_no INTEGER,
    loan_id BIGINT,
    member_id BIGINT,
    payment_id BIGINT,
    CONSTRAINT pension_cut_import_lines_import_id_line_no_key PRIMARY KEY (import_id, line_no),
    CONSTRAINT pension_cut_import_lines_line_no_check CHECK (line_no > 0),
    CONSTRAINT pension_cut_import_lines_amount_check CHECK (amount >= 0),
    CONSTRAINT pension_cut_import_lines_billed_check CHECK (billed >= 0),
    CONSTRAINT pension_cut_import_lines_outcome_check CHECK (outcome IN ('matched', 'partial', 'over', 'failed', 'unmatched', 'duplicate', 'invalid')),
    CONSTRAINT pension_cut_import_lines_applied_check CHECK (applied >= 0),
    CONSTRAINT pension_cut_import_lines_to_refund_check CHECK (to_refund >= 0),
    CONSTRAINT pension_cut_import_lines_held_check CHECK (held >= 0),
    CONSTRAINT pension_cut_import_lines_split_check CHECK (applied + to_refund + held = COALESCE(amount, 0)),
    CONSTRAINT pension_cut_import_lines_key_check CHECK ((key_base IS NULL) = (key_occurrence IS NULL)),
    CONSTRAINT pension_cut_import_lines_claims_key_check CHECK (NOT claims_key OR key_base IS NOT NULL),
    CONSTRAINT pension_cut_import_lines_export_line_check CHECK ((export_id IS NULL) = (export_line_no IS NULL))
) WITHOUT ROWID;
CREATE UNIQUE INDEX pension_cut_import_lines_key_base_key_occurrence_key ON pension_cut_import_lines (key_base, key_occurrence)
    WHERE claims_key;
CREATE INDEX pension_cut_import_lines_key_base_idx ON pension_cut_import_lines (key_base)
    WHERE key_base IS NOT NULL;
CREATE INDEX pension_cut_import_lines_periode_import_id_line_no_idx ON pension_cut_import_lines (periode, import_id, line_no)
    WHERE held > 0 OR outcome = 'unmatched';
CREATE INDEX pension_cut_import_lines_import_id_outcome_line_no_idx ON pension_cut_import_lines (import_id, outcome, line_no);

CREATE TABLE refund_requests (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    amount BIGINT NOT NULL,
    transaction_id BIGINT NOT NULL,
    status TEXT NOT NULL,
    notes TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT refund_requests_amount_check CHECK (amount > 0),
    CONSTRAINT refund_requests_status_check CHECK (status IN ('requested', 'approved', 'paid', 'rejected', 'withdrawn'))
);
CREATE UNIQUE INDEX refund_requests_transaction_id_key ON refund_requests (transaction_id);
CREATE INDEX refund_requests_status_id_idx ON refund_requests (status, id);
CREATE INDEX refund_requests_member_id_id_idx ON refund_requests (member_id, id);
CREATE INDEX refund_requests_loan_id_id_idx ON refund_requests (loan_id, id);
