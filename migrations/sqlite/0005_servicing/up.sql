-- Loan accounts: inputs, and what the fold made of them.

-- The terms stand in loan_terms, so that a posting does not write them again.
-- state_* is the place of the last input; balances stand at state_on.
-- Rows due after touched_through are as their maker agreed them.
CREATE TABLE loans (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    member_id BIGINT NOT NULL REFERENCES members (id),
    product_id BIGINT NOT NULL REFERENCES loan_products (id),
    sales_id BIGINT REFERENCES sales (id),
    branch_id BIGINT REFERENCES sales_branches (id),
    plafon BIGINT NOT NULL,
    tenor INTEGER NOT NULL,
    approved_on DATE NOT NULL,
    status TEXT NOT NULL,
    collection TEXT NOT NULL,
    disbursed_on DATE,
    first_due_date DATE NOT NULL,
    maturity_date DATE NOT NULL,
    state_on DATE,
    state_rank INTEGER,
    state_id BIGINT,
    closed_on DATE,
    default_since DATE,
    excess BIGINT NOT NULL,
    due_from_member BIGINT NOT NULL,
    deposit BIGINT NOT NULL,
    oldest_unpaid_due DATE,
    principal BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    penalty BIGINT NOT NULL,
    touched_through DATE NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT loans_plafon_check CHECK (plafon > 0),
    CONSTRAINT loans_tenor_check CHECK (tenor > 0),
    CONSTRAINT loans_status_check CHECK (status IN ('pending', 'active', 'closed', 'default', 'cancelled')),
    CONSTRAINT loans_collection_check CHECK (collection IN ('pension_cut', 'heir')),
    CONSTRAINT loans_excess_check CHECK (excess >= 0),
    CONSTRAINT loans_due_from_member_check CHECK (due_from_member >= 0),
    CONSTRAINT loans_deposit_check CHECK (deposit >= 0),
    CONSTRAINT loans_principal_check CHECK (principal >= 0),
    CONSTRAINT loans_interest_check CHECK (interest >= 0),
    CONSTRAINT loans_fee_check CHECK (fee >= 0),
    CONSTRAINT loans_penalty_check CHECK (penalty >= 0),
    CONSTRAINT loans_application_id_key UNIQUE (application_id),
    CONSTRAINT loans_dates_check CHECK (first_due_date <= maturity_date),
    CONSTRAINT loans_disbursed_check CHECK ((disbursed_on IS NULL) = (status IN ('pending', 'cancelled'))),
    CONSTRAINT loans_closed_check CHECK ((closed_on IS NULL) = (status <> 'closed')),
    CONSTRAINT loans_state_check CHECK ((state_on IS NULL) = (state_id IS NULL) AND (state_on IS NULL) = (state_rank IS NULL))
);
CREATE INDEX loans_member_id_id_idx ON loans (member_id, id);
CREATE INDEX loans_product_id_id_idx ON loans (product_id, id);
CREATE INDEX loans_sales_id_id_idx ON loans (sales_id, id);
CREATE INDEX loans_branch_id_id_idx ON loans (branch_id, id);
CREATE INDEX loans_status_id_idx ON loans (status, id);
CREATE INDEX loans_oldest_unpaid_due_id_idx ON loans (oldest_unpaid_due, id);

-- What a loan was agreed on: the terms as JSON, and the rows of the present schedule packed,
-- which the transaction made_by made (0 before the disbursement).
CREATE TABLE loan_terms (
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    terms TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    plan BLOB NOT NULL,
    CONSTRAINT loan_terms_loan_id_key PRIMARY KEY (loan_id),
    CONSTRAINT loan_terms_made_by_check CHECK (made_by >= 0)
);

-- is_open: something may be left on the row, or it was paid before it was due.
CREATE TABLE loan_schedules (
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    made_by BIGINT NOT NULL,
    no INTEGER NOT NULL,
    starts_on DATE NOT NULL,
    due_date DATE NOT NULL,
    principal BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    principal_paid BIGINT NOT NULL,
    interest_paid BIGINT NOT NULL,
    fee_paid BIGINT NOT NULL,
    penalty_paid BIGINT NOT NULL,
    tolerated BIGINT NOT NULL,
    counted_sen_days BIGINT NOT NULL,
    counted_base BIGINT NOT NULL,
    held_sen_days BIGINT NOT NULL,
    held_base BIGINT NOT NULL,
    cut_failed_on DATE,
    state TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    CONSTRAINT loan_schedules_loan_id_made_by_no_key PRIMARY KEY (loan_id, made_by, no),
    CONSTRAINT loan_schedules_made_by_check CHECK (made_by >= 0),
    CONSTRAINT loan_schedules_no_check CHECK (no > 0),
    CONSTRAINT loan_schedules_principal_check CHECK (principal >= 0),
    CONSTRAINT loan_schedules_interest_check CHECK (interest >= 0),
    CONSTRAINT loan_schedules_fee_check CHECK (fee >= 0),
    CONSTRAINT loan_schedules_principal_paid_check CHECK (principal_paid >= 0),
    CONSTRAINT loan_schedules_interest_paid_check CHECK (interest_paid >= 0),
    CONSTRAINT loan_schedules_fee_paid_check CHECK (fee_paid >= 0),
    CONSTRAINT loan_schedules_penalty_paid_check CHECK (penalty_paid >= 0),
    CONSTRAINT loan_schedules_tolerated_check CHECK (tolerated >= 0),
    CONSTRAINT loan_schedules_counted_sen_days_check CHECK (counted_sen_days >= 0),
    CONSTRAINT loan_schedules_counted_base_check CHECK (counted_base >= 0),
    CONSTRAINT loan_schedules_held_sen_days_check CHECK (held_sen_days >= 0),
    CONSTRAINT loan_schedules_held_base_check CHECK (held_base >= 0),
    CONSTRAINT loan_schedules_state_check CHECK (state IN ('live', 'superseded')),
    CONSTRAINT loan_schedules_dates_check CHECK (starts_on <= due_date),
    CONSTRAINT loan_schedules_paid_check CHECK (principal_paid <= principal AND interest_paid <= interest AND fee_paid <= fee)
) WITHOUT ROWID;
CREATE INDEX loan_schedules_loan_id_due_date_idx ON loan_schedules (loan_id, due_date)
    WHERE is_open;

-- The inputs of every account, and the reversals that take them back. Append-only.
-- due_from, due_through, tolerance, excess_to and deposit are what the fold needs of each kind.
CREATE TABLE loan_transactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    kind TEXT NOT NULL,
    effective_on DATE NOT NULL,
    booked_on DATE NOT NULL,
    amount BIGINT,
    due_from DATE,
    due_through DATE,
    tolerance BIGINT,
    excess_to TEXT,
    deposit BIGINT,
    reverses BIGINT,
    reason TEXT,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT,
    CONSTRAINT loan_transactions_kind_check CHECK (kind IN ('disbursement', 'failed_cut', 'payment', 'reversal')),
    CONSTRAINT loan_transactions_amount_check CHECK (amount > 0),
    CONSTRAINT loan_transactions_tolerance_check CHECK (tolerance >= 0),
    CONSTRAINT loan_transactions_excess_to_check CHECK (excess_to IN ('prepay_next', 'refund')),
    CONSTRAINT loan_transactions_deposit_check CHECK (deposit >= 0),
    CONSTRAINT loan_transactions_amount_kind_check CHECK ((amount IS NULL) = (kind NOT IN ('disbursement', 'payment'))),
    CONSTRAINT loan_transactions_payment_check CHECK ((kind = 'payment') = (excess_to IS NOT NULL AND tolerance IS NOT NULL AND due_through IS NOT NULL)),
    CONSTRAINT loan_transactions_failed_cut_check CHECK ((kind = 'failed_cut') = (due_from IS NOT NULL)),
    CONSTRAINT loan_transactions_disbursement_check CHECK ((kind = 'disbursement') = (deposit IS NOT NULL)),
    CONSTRAINT loan_transactions_reversal_check CHECK ((kind = 'reversal') = (reverses IS NOT NULL) AND (kind = 'reversal') = (reason IS NOT NULL))
);
CREATE UNIQUE INDEX loan_transactions_reverses_key ON loan_transactions (reverses)
    WHERE reverses IS NOT NULL;
CREATE INDEX loan_transactions_loan_id_id_idx ON loan_transactions (loan_id, id);
CREATE INDEX loan_transactions_loan_id_due_through_idx ON loan_transactions (loan_id, due_through)
    WHERE kind = 'failed_cut';

-- id is the transaction's. cut_periode: the month whose pension cut it is.
CREATE TABLE loan_payments (
    id BIGINT NOT NULL,
    loan_id BIGINT NOT NULL,
    paid_on DATE NOT NULL,
    amount BIGINT NOT NULL,
    channel TEXT NOT NULL,
    reference TEXT,
    source_line BIGINT,
    cut_periode TEXT,
    reversed_by BIGINT,
    CONSTRAINT loan_payments_id_key PRIMARY KEY (id),
    CONSTRAINT loan_payments_amount_check CHECK (amount > 0),
    CONSTRAINT loan_payments_channel_check CHECK (channel IN ('potong_pensiun', 'transfer', 'tunai', 'ahli_waris', 'asuransi'))
);
CREATE UNIQUE INDEX loan_payments_channel_reference_key ON loan_payments (channel, reference)
    WHERE reference IS NOT NULL AND reversed_by IS NULL;
CREATE UNIQUE INDEX loan_payments_source_line_key ON loan_payments (source_line)
    WHERE source_line IS NOT NULL AND reversed_by IS NULL;
CREATE INDEX loan_payments_loan_id_cut_periode_idx ON loan_payments (loan_id, cut_periode);

-- id is the transaction's. charges are the fees, as JSON.
CREATE TABLE loan_disbursements (
    id BIGINT NOT NULL REFERENCES loan_transactions (id),
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    disbursed_on DATE NOT NULL,
    amount BIGINT NOT NULL,
    charges TEXT NOT NULL,
    upfront_fees BIGINT NOT NULL,
    deposit BIGINT NOT NULL,
    net_amount BIGINT NOT NULL,
    account_id BIGINT NOT NULL REFERENCES member_bank_accounts (id),
    reference TEXT,
    reversed_by BIGINT,
    CONSTRAINT loan_disbursements_id_key PRIMARY KEY (id),
    CONSTRAINT loan_disbursements_amount_check CHECK (amount > 0),
    CONSTRAINT loan_disbursements_upfront_fees_check CHECK (upfront_fees >= 0),
    CONSTRAINT loan_disbursements_deposit_check CHECK (deposit >= 0),
    CONSTRAINT loan_disbursements_net_amount_check CHECK (net_amount > 0),
    CONSTRAINT loan_disbursements_amounts_check CHECK (net_amount + upfront_fees + deposit = amount)
);
CREATE UNIQUE INDEX loan_disbursements_loan_id_key ON loan_disbursements (loan_id)
    WHERE reversed_by IS NULL;

-- Who gave the money; the cooperative where there is no funder.
CREATE TABLE loan_disbursement_sources (
    disbursement_id BIGINT NOT NULL REFERENCES loan_disbursements (id),
    no INTEGER NOT NULL,
    funder_id BIGINT REFERENCES funders (id),
    contract_id BIGINT,
    amount BIGINT NOT NULL,
    CONSTRAINT loan_disbursement_sources_disbursement_id_no_key PRIMARY KEY (disbursement_id, no),
    CONSTRAINT loan_disbursement_sources_no_check CHECK (no > 0),
    CONSTRAINT loan_disbursement_sources_amount_check CHECK (amount > 0)
) WITHOUT ROWID;
CREATE INDEX loan_disbursement_sources_funder_id_disbursement_id_idx ON loan_disbursement_sources (funder_id, disbursement_id)
    WHERE funder_id IS NOT NULL;

-- Signed changes of what a payment pays, append-only; their sums are what it pays now.
-- made_by and no are 0 where they belong to no row.
CREATE TABLE loan_transaction_allocations (
    transaction_id BIGINT NOT NULL,
    caused_by BIGINT NOT NULL,
    made_by BIGINT NOT NULL,
    no INTEGER NOT NULL,
    component TEXT NOT NULL,
    amount BIGINT NOT NULL,
    booked_on DATE NOT NULL,
    loan_id BIGINT NOT NULL,
    CONSTRAINT loan_transaction_allocations_transaction_id_caused_by_made_by_no_component_key PRIMARY KEY (transaction_id, caused_by, made_by, no, component),
    CONSTRAINT loan_transaction_allocations_made_by_check CHECK (made_by >= 0),
    CONSTRAINT loan_transaction_allocations_no_check CHECK (no >= 0),
    CONSTRAINT loan_transaction_allocations_component_check CHECK (component IN ('due_from_member', 'penalty', 'fee', 'interest', 'principal', 'excess')),
    CONSTRAINT loan_transaction_allocations_amount_check CHECK (amount <> 0)
) WITHOUT ROWID;

-- Months that bookings have touched; bookings hold them FOR SHARE.
CREATE TABLE accounting_periods (
    periode TEXT NOT NULL,
    status TEXT NOT NULL,
    closed_at TIMESTAMP,
    closed_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT accounting_periods_periode_key PRIMARY KEY (periode),
    CONSTRAINT accounting_periods_status_check CHECK (status IN ('open', 'closed')),
    CONSTRAINT accounting_periods_closed_check CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);

CREATE TRIGGER loan_transactions_no_update BEFORE UPDATE ON loan_transactions BEGIN
  SELECT RAISE(ABORT, 'loan_transactions is append-only');
END;
CREATE TRIGGER loan_transactions_no_delete BEFORE DELETE ON loan_transactions BEGIN
  SELECT RAISE(ABORT, 'loan_transactions is append-only');
END;
CREATE TRIGGER loan_transaction_allocations_no_update BEFORE UPDATE ON loan_transaction_allocations BEGIN
  SELECT RAISE(ABORT, 'loan_transaction_allocations is append-only');
END;
CREATE TRIGGER loan_transaction_allocations_no_delete BEFORE DELETE ON loan_transaction_allocations BEGIN
  SELECT RAISE(ABORT, 'loan_transaction_allocations is append-only');
END;
