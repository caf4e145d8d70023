-- Monthly accounting with funders; when an allocation's end was entered, and how much of plafons stands
-- allocated under a contract, so that nobody has to add it up.

ALTER TABLE funder_allocations ADD COLUMN ended_at TIMESTAMP;
ALTER TABLE funder_contracts ADD COLUMN allocated BIGINT NOT NULL DEFAULT 0
    CONSTRAINT funder_contracts_allocated_check CHECK (allocated >= 0);
UPDATE funder_contracts SET allocated = COALESCE((SELECT SUM(principal) FROM funder_allocations
    WHERE contract_id = funder_contracts.id AND ended_on IS NULL), 0);
-- One loan's shares under a contract, and all of a contract.
DROP INDEX funder_allocations_contract_id_idx;
CREATE INDEX funder_allocations_contract_id_loan_id_idx ON funder_allocations (contract_id, loan_id)
    WHERE ended_on IS NULL;

-- What a replay changed of an earlier payment.
CREATE INDEX loan_transaction_allocations_caused_by_idx ON loan_transaction_allocations (caused_by)
    WHERE caused_by <> transaction_id;

-- booked_through: the last day whose bookings count. follows: the funder's final settlement before it.
-- cursor: the last loan whose lines are made. corrections: by hand, as JSON.
CREATE TABLE funder_settlements (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    funder_id BIGINT NOT NULL REFERENCES funders (id),
    periode TEXT NOT NULL,
    status TEXT NOT NULL,
    booked_through DATE NOT NULL,
    open_month BOOLEAN NOT NULL,
    follows BIGINT REFERENCES funder_settlements (id),
    months INTEGER NOT NULL,
    ppn_pct BIGINT NOT NULL,
    pph23_pct BIGINT NOT NULL,
    cursor BIGINT,
    lines INTEGER NOT NULL,
    paid_principal BIGINT NOT NULL,
    paid_interest BIGINT NOT NULL,
    principal BIGINT NOT NULL,
    interest_on_share BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    fee_originator BIGINT NOT NULL,
    fee_servicing BIGINT NOT NULL,
    ppn BIGINT NOT NULL,
    pph23 BIGINT NOT NULL,
    corrections TEXT NOT NULL,
    generated_at TIMESTAMP NOT NULL,
    generated_by BIGINT REFERENCES sys_users (id),
    finalised_at TIMESTAMP,
    finalised_by BIGINT REFERENCES sys_users (id),
    paid_at TIMESTAMP,
    paid_by BIGINT REFERENCES sys_users (id),
    version BIGINT NOT NULL,
    CONSTRAINT funder_settlements_status_check CHECK (status IN ('generating', 'draft', 'final', 'paid')),
    CONSTRAINT funder_settlements_months_check CHECK (months > 0),
    CONSTRAINT funder_settlements_lines_check CHECK (lines >= 0),
    CONSTRAINT funder_settlements_finalised_check CHECK ((finalised_at IS NOT NULL) = (status IN ('final', 'paid'))),
    CONSTRAINT funder_settlements_paid_check CHECK ((paid_at IS NOT NULL) = (status = 'paid')),
    CONSTRAINT funder_settlements_funder_id_periode_key UNIQUE (funder_id, periode)
);
CREATE INDEX funder_settlements_id_idx ON funder_settlements (id) WHERE status = 'generating';
CREATE INDEX funder_settlements_periode_idx ON funder_settlements (periode);

-- What a settlement holds under each contract.
CREATE TABLE funder_settlement_contracts (
    settlement_id BIGINT NOT NULL REFERENCES funder_settlements (id),
    contract_id BIGINT NOT NULL REFERENCES funder_contracts (id),
    paid_principal BIGINT NOT NULL,
    paid_interest BIGINT NOT NULL,
    principal BIGINT NOT NULL,
    interest_on_share BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    fee_originator BIGINT NOT NULL,
    fee_servicing BIGINT NOT NULL,
    CONSTRAINT funder_settlement_contracts_settlement_id_contract_id_key PRIMARY KEY (settlement_id, contract_id)
);

-- Signed changes: what members paid, and the funder's part. corrects: the final settlement whose line of
-- the same transaction this one corrects. origination: of fee_originator, what is on principal.
CREATE TABLE funder_settlement_lines (
    settlement_id BIGINT NOT NULL,
    no INTEGER NOT NULL,
    contract_id BIGINT NOT NULL,
    loan_id BIGINT,
    transaction_id BIGINT,
    kind TEXT NOT NULL,
    corrects BIGINT,
    paid_principal BIGINT NOT NULL,
    paid_interest BIGINT NOT NULL,
    principal BIGINT NOT NULL,
    interest_on_share BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    origination BIGINT NOT NULL,
    fee_originator BIGINT NOT NULL,
    fee_servicing BIGINT NOT NULL,
    CONSTRAINT funder_settlement_lines_settlement_id_no_key PRIMARY KEY (settlement_id, no),
    CONSTRAINT funder_settlement_lines_no_check CHECK (no > 0),
    CONSTRAINT funder_settlement_lines_kind_check CHECK (kind IN ('instalment', 'late', 'payoff', 'claim', 'recovery', 'reversal', 'adjustment', 'origination', 'minimum')),
    CONSTRAINT funder_settlement_lines_loan_id_check CHECK ((loan_id IS NULL) = (kind = 'minimum')),
    CONSTRAINT funder_settlement_lines_transaction_id_check CHECK ((transaction_id IS NULL) = (kind IN ('origination', 'minimum')))
);
CREATE INDEX funder_settlement_lines_transaction_id_idx ON funder_settlement_lines (transaction_id)
    WHERE transaction_id IS NOT NULL;
CREATE INDEX funder_settlement_lines_loan_id_idx ON funder_settlement_lines (loan_id)
    WHERE kind = 'origination';
