-- Spreadsheets of members. What they hold is stored nowhere but in the members that come of them.
-- sent_from is the branch that the sender is tied to; branch_id and sales_id are of rows that name none.
CREATE TABLE member_intakes (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    mode TEXT NOT NULL,
    sent_from BIGINT REFERENCES sales_branches (id),
    branch_id BIGINT REFERENCES sales_branches (id),
    sales_id BIGINT REFERENCES sales (id),
    sha256 BLOB NOT NULL,
    spool_key TEXT,
    status TEXT NOT NULL,
    rows INTEGER NOT NULL,
    last_row INTEGER NOT NULL,
    registered INTEGER NOT NULL,
    acceptable INTEGER NOT NULL,
    present INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT member_intakes_mode_check CHECK (mode IN ('register', 'dry_run')),
    CONSTRAINT member_intakes_status_check CHECK (status IN ('processing', 'done')),
    CONSTRAINT member_intakes_rows_check CHECK (rows >= 0),
    CONSTRAINT member_intakes_last_row_check CHECK (last_row >= 0),
    CONSTRAINT member_intakes_registered_check CHECK (registered >= 0),
    CONSTRAINT member_intakes_acceptable_check CHECK (acceptable >= 0),
    CONSTRAINT member_intakes_present_check CHECK (present >= 0),
    CONSTRAINT member_intakes_refused_check CHECK (refused >= 0),
    CONSTRAINT member_intakes_spool_check CHECK ((status = 'processing') = (spool_key IS NOT NULL))
);
CREATE INDEX member_intakes_status_id_idx ON member_intakes (status, id);
CREATE INDEX member_intakes_sent_from_id_idx ON member_intakes (sent_from, id);

-- faults are those of a refused row, as JSON; they never repeat what the row holds.
CREATE TABLE member_intake_rows (
    intake_id BIGINT NOT NULL REFERENCES member_intakes (id),
    row_no INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    member_id BIGINT,
    faults TEXT,
    CONSTRAINT member_intake_rows_intake_id_row_no_key PRIMARY KEY (intake_id, row_no),
    CONSTRAINT member_intake_rows_row_no_check CHECK (row_no > 0),
    CONSTRAINT member_intake_rows_verdict_check CHECK (verdict IN ('registered', 'acceptable', 'present', 'refused')),
    CONSTRAINT member_intake_rows_faults_check CHECK ((verdict = 'refused') = (faults IS NOT NULL))
);
CREATE INDEX member_intake_rows_intake_id_verdict_row_no_idx ON member_intake_rows (intake_id, verdict, row_no);
